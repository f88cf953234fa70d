using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>The account's conferences, live and over, whoever made them.</summary>
internal static class ConferenceResources
{
    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (TexmlPage.Read(op, out var problem) is not { } page
            || TexmlPage.Range(op, "DateCreated", out problem) is not { } created
            || TexmlPage.Range(op, "DateUpdated", out problem) is not { } updated) return op.Fail(problem!);
        var search = new ConferenceSearch
        {
            Name = TexmlPage.Filled(op, "FriendlyName"), Status = StatusOf(TexmlPage.Filled(op, "Status")),
            Created = created, Updated = updated, Cursor = page.Token, Offset = page.Offset, Limit = page.Size,
        };
        if (await parts.Store.Conferences.SearchAsync(op.Tenant, search, op.Stop) is not { } found) return op.Fail(TexmlPage.UnknownToken);
        var shown = new JsonArray([.. found.Rows.Select(row => (JsonNode)Of(op, parts, row))]);
        return op.Bare(200, page.Write(op, "conferences", shown, "Conferences", found.Next));
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        return await TexmlPaths.FindConferenceAsync(op, parts) is { } conference ? op.Bare(200, Of(op, parts, conference))
            : op.Unknown("conference_sid");
    }

    /// <summary>Ends it, or lets all hear something.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await TexmlPaths.FindConferenceAsync(op, parts) is not { } conference) return op.Unknown("conference_sid");
        var body = new VoiceBody(op.ReadObject(), parts.Egress);
        string? status = body.Text("Status") is { Length: > 0 } said ? said : null;
        if (status is not (null or CallStatus.Completed))
            body.Refuse(VoiceErrors.BadRequest, "Status", $"Status must be {CallStatus.Completed}.");
        if (status is not null && body.Text("AnnounceUrl") is { Length: > 0 })
            body.Refuse(VoiceErrors.BadRequest, "Status", "A conference that ends hears nothing: give a Status or an AnnounceUrl.");
        if (body.Problems.Count == 0 && conference.Status is ConferenceStatus.Completed)
            return op.Fail(Errors.Of(Refusal.ConferenceEnded));
        var sounds = new BodySounds(op, parts, body, conference);
        var announcement = await sounds.AllAsync("AnnounceUrl", new BodyUrls(op, parts, body).Method("AnnounceMethod"));
        if (body.Problems.Count > 0) return op.Fail(body.Problems);

        var ack = status is null
            ? await ConferenceEffects.AnnounceAsync(op.Calls, conference.Id, [], announcement, body.Text("AnnounceUrl") ?? "", op.Stop)
            : await ConferenceEffects.EndAsync(op.Calls, conference.Id, op.Stop);
        if (!ack.IsAccepted) return op.Fail(Errors.Of(ack.Refusal));
        if (sounds.Warnings.Count > 0) await WarnAsync(op, parts, conference, sounds);
        return op.Bare(200, Of(op, parts, status is null ? conference : await EndedAsync(op, parts, conference)));
    }

    public static JsonObject Of(OperationContext op, VoiceParts parts, ConferenceRow row)
    {
        string path = $"Conferences/{row.Uuid}";
        var fields = new JsonObject
        {
            ["account_sid"] = op.Tenant.ToString(),
            ["api_version"] = "v2/texml",
            ["date_created"] = TexmlTime.Text(row.CreatedAt),
            ["date_updated"] = TexmlTime.Text(row.UpdatedAt),
            ["friendly_name"] = row.Name,
            ["sid"] = row.Uuid.ToString(),
            ["status"] = WordOf(row.Status),
            ["subresource_uris"] = new JsonObject
            {
                ["participants"] = TexmlPaths.Of(op, $"{path}/Participants"), ["recordings"] = TexmlPaths.Of(op, $"{path}/Recordings.json"),
            },
            ["uri"] = TexmlPaths.Of(op, path),
        };
        if (row.EndedByLeg is { } leg) fields["call_sid_ending_conference"] = parts.Ids.CallControl(op.Tenant, leg);
        if (row.Ended is { } why && ReasonOf(why) is { } reason) fields["reason_conference_ended"] = reason;
        return fields;
    }

    public static string WordOf(ConferenceStatus status) => status switch
    {
        ConferenceStatus.Init => "init",
        ConferenceStatus.InProgress => "in-progress",
        _ => CallStatus.Completed,
    };

    /// <summary>Null where the contract has no word: by a fault, or with the node.</summary>
    public static string? ReasonOf(ConferenceEnd why) => why switch
    {
        ConferenceEnd.HostLeft => "participant-with-end-conference-on-exit-left",
        ConferenceEnd.AllLeft => "last-participant-left",
        ConferenceEnd.Commanded => "conference-ended-via-api",
        ConferenceEnd.TimeExceeded => "time-exceeded",
        _ => null,
    };

    private static ConferenceStatus? StatusOf(string? word) => word switch
    {
        null => null,
        "init" => ConferenceStatus.Init,
        "in-progress" => ConferenceStatus.InProgress,
        _ => ConferenceStatus.Completed,        // the schema knows no other
    };

    /// <summary>Its end is in the store in a moment.</summary>
    private static async ValueTask<ConferenceRow> EndedAsync(OperationContext op, VoiceParts parts, ConferenceRow before)
    {
        var now = await Settling.WaitAsync(op, parts, () => parts.Store.Conferences.FindAsync(op.Tenant, before.Uuid.ToString(), op.Stop),
            row => row.Status is ConferenceStatus.Completed);
        return now ?? before with { Status = ConferenceStatus.Completed, Ended = ConferenceEnd.Commanded, UpdatedAt = op.Now };
    }

    /// <summary>In the trace of one who takes part.</summary>
    private static async ValueTask WarnAsync(OperationContext op, VoiceParts parts, ConferenceRow conference, BodySounds sounds)
    {
        var present = await parts.Store.Conferences.ListPresentAsync(op.Tenant, conference.Id, 0, 1, op.Stop);
        if (present.Count > 0) await sounds.WarnAsync(present[0].Part.Leg);
    }
}
