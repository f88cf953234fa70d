using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>Conferences and who takes part in them, live and over.</summary>
internal static class ConferenceReads
{
    /// <summary>Of a leg: what whoever brought it into a conference calls it there.</summary>
    public const string Label = "texml.participant";

    private const string Participant = "participant_id";

    /// <summary>Of those who have taken part in one conference, when one of them is looked for who may have left.</summary>
    private const int MostLookedAt = 10_000;

    /// <summary>Filters of the contract, which lists of many kinds share, by what no conference has.</summary>
    private static readonly string[] NoConference =
        ["application_session_id", "failed", "from", "leg_id", "occurred_at", "product", "to", "type"];

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        var list = op.List;
        var query = new ConferenceQuery { Name = list.Filter("name") };
        if (list.Filter("status") is { } status)
        {
            query = query with
            {
                Status = status switch
                {
                    "init" => ConferenceStatus.Init,
                    "in_progress" => ConferenceStatus.InProgress,
                    _ => ConferenceStatus.Completed,        // the schema knows no other
                }
            };
        }
        query = query with { Connections = CallEvents.Connections(op) };
        if (Array.Exists(NoConference, name => list.Filters.Any(filter => filter.Path == name)))
            return new CursorPage([], null, null, 0).Write(op, "/conferences");
        if (OffsetPage.Read(list) is not { } page) return CursorPage.Unknown(op);
        var (rows, total) = await parts.Store.Conferences.ListAsync(op.Tenant, query, page.Offset, page.Limit, op.Stop);
        return page.Of([.. rows.Select(row => Show(row, parts, op.Tenant))], total).Write(op, "/conferences");
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts) =>
        await ConferenceActions.FindAsync(op, parts) is { } conference ? op.Ok(Show(conference, parts, op.Tenant))
            : ConferenceActions.NotFound(op);

    public static async ValueTask<Reply> ListParticipants(OperationContext op, VoiceParts parts)
    {
        if (await parts.Store.Conferences.FindAsync(op.Tenant, op.Path("conference_id"), op.Stop) is not { } conference)
            return ConferenceActions.NotFound(op);
        if (OffsetPage.Read(op.List) is not { } page) return CursorPage.Unknown(op);
        var query = new ParticipantQuery(Asked(op.List, "muted"), Asked(op.List, "on_hold"), Asked(op.List, "whispering"));
        var (rows, total) = await parts.Store.Conferences.ListParticipantsAsync(op.Tenant, conference.Id, query, page.Offset, page.Limit,
            op.Stop);
        return page.Of([.. rows.Select(row => Show(row, conference, op.Tenant, parts))], total)
            .Write(op, $"/conferences/{conference.Uuid}/participants");
    }

    public static async ValueTask<Reply> GetParticipant(OperationContext op, VoiceParts parts)
    {
        if (await ConferenceActions.FindAsync(op, parts) is not { } conference) return ConferenceActions.NotFound(op);
        return await FindParticipantAsync(op, parts, conference) is { } one ? op.Ok(ShowOne(one, conference, op.Tenant, parts))
            : op.Unknown(Participant);
    }

    /// <summary>By its own id, its call's or its label; of several parts of one call the one that is not over, if there is one.</summary>
    public static async ValueTask<ParticipantRow?> FindParticipantAsync(OperationContext op, VoiceParts parts, ConferenceRow conference)
    {
        string name = op.Path(Participant);
        bool isCall = parts.Ids.TryReadCallControl(name, op.Tenant, out var leg);
        const int all = ConferenceTerms.MostParticipants;
        var present = await parts.Store.Conferences.ListPresentAsync(op.Tenant, conference.Id, 0, all, op.Stop);
        if (present.FirstOrDefault(one => Is(one.Part) || one.Labels[Label] == name) is { } there) return there.Part;
        var (rows, _) = await parts.Store.Conferences.ListParticipantsAsync(op.Tenant, conference.Id, new(null, null, null), 0,
            MostLookedAt, op.Stop);
        return rows.LastOrDefault(Is);

        bool Is(ParticipantRow one) => isCall ? one.Leg == leg : one.Id.ToString() == name;
    }

    public static JsonObject ShowOne(ParticipantRow one, ConferenceRow conference, TenantId tenant, VoiceParts parts)
    {
        var shown = Show(one, conference, tenant, parts);
        shown["conference_id"] = conference.Uuid.ToString();
        return shown;
    }

    public static JsonObject Show(ConferenceRow conference, VoiceParts parts, TenantId tenant)
    {
        var shown = new JsonObject
        {
            ["connection_id"] = conference.Connection.ToString(),
            ["created_at"] = TelnyxTime.Millis(conference.CreatedAt),
        };
        if (conference.Ended is { } why) shown["end_reason"] = why is ConferenceEnd.Commanded ? "ended_via_api" : Word(why);
        if (conference is { EndedByLeg: { } leg, EndedBySession: { } session })
        {
            shown["ended_by"] = new JsonObject
            {
                ["call_control_id"] = parts.Ids.CallControl(tenant, leg), ["call_session_id"] = session.ToString(),
            };
        }
        shown["expires_at"] = TelnyxTime.Millis(conference.ExpiresAt);
        shown["id"] = conference.Uuid.ToString();
        shown["name"] = conference.Name;
        shown["record_type"] = "conference";
        shown["status"] = conference.Status switch
        {
            ConferenceStatus.Init => "init",
            ConferenceStatus.InProgress => "in_progress",
            _ => "completed",
        };
        shown["updated_at"] = TelnyxTime.Millis(conference.UpdatedAt);
        return shown;
    }

    /// <summary>The word of webhooks; one that a command, a fault or the node ended has nobody in it either.</summary>
    public static string Word(ConferenceEnd why) => why switch
    {
        ConferenceEnd.HostLeft => "host_left",
        ConferenceEnd.TimeExceeded => "time_exceeded",
        _ => "all_left",
    };

    private static JsonObject Show(ParticipantRow one, ConferenceRow conference, TenantId tenant, VoiceParts parts) => new()
    {
        ["call_control_id"] = parts.Ids.CallControl(tenant, one.Leg),
        ["call_leg_id"] = one.LegUuid.ToString(),
        ["conference"] = new JsonObject { ["id"] = conference.Uuid.ToString(), ["name"] = conference.Name },
        ["created_at"] = TelnyxTime.Millis(one.CreatedAt),
        ["end_conference_on_exit"] = one.As.EndsConference,
        ["id"] = one.Id.ToString(),
        ["muted"] = one.As.IsMuted,
        ["on_hold"] = one.As.IsOnHold,
        ["record_type"] = "participant",
        ["soft_end_conference_on_exit"] = one.As.EndsSoftly,
        ["status"] = one.HasLeft ? "left" : "joined",
        ["updated_at"] = TelnyxTime.Millis(one.UpdatedAt),
        ["whisper_call_control_ids"] = new JsonArray([.. one.As.WhispersTo.Select(leg => (JsonNode)parts.Ids.CallControl(tenant, leg))]),
    };

    private static bool? Asked(ListRequest list, string filter) => list.Filter(filter) is { } asked ? asked == "true" : null;
}
