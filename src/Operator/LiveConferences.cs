using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>The conferences that go on, whosever they are, and who takes part in them.</summary>
internal static class LiveConferences
{
    private const string RecordType = "conference";

    /// <summary>The oldest first; of one account, or of one name, when that is asked for.</summary>
    public static async ValueTask<Reply> List(OperationContext op, LiveConferenceTable conferences)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        var (rows, total) = await conferences.ListAsync(query, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, LiveConferenceTable conferences) =>
        await FindAsync(op, conferences) is { } conference ? op.Ok(Show(op, conference)) : Unknown(op);

    /// <summary>In the order of their coming; who has left is not among them.</summary>
    public static async ValueTask<Reply> ListParticipants(OperationContext op, LiveConferenceTable conferences)
    {
        if (await FindAsync(op, conferences) is not { } conference) return Unknown(op);
        var (rows, total) = await conferences.ListParticipantsAsync(conference, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    private static async ValueTask<LiveConference?> FindAsync(OperationContext op, LiveConferenceTable conferences) =>
        Guid.TryParse(op.Path("id"), out var id) ? await conferences.FindAsync(id, op.Stop) : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("id", $"there is no live conference '{op.Path("id")}'");

    private static JsonObject Show(OperationContext op, LiveConference conference) => new()
    {
        ["id"] = conference.Uuid.ToString(),
        ["record_type"] = RecordType,
        ["account"] = op.Routing.FindTenant(conference.Tenant)?.Name ?? "",
        ["account_id"] = conference.Tenant.ToString(),
        ["name"] = conference.Name,
        ["node"] = conference.Id.Node,
        ["status"] = conference.Status is ConferenceStatus.Init ? "init" : "in_progress",
        ["size"] = conference.Size,
        ["muted"] = conference.Muted,
        ["on_hold"] = conference.OnHold,
        ["supervisors"] = conference.Supervisors,
        ["created_at"] = OperatorTime.Write(conference.CreatedAt),
        ["expires_at"] = OperatorTime.Write(conference.ExpiresAt),
    };

    private static JsonObject Show(LiveParticipant one)
    {
        var shown = new JsonObject { ["id"] = one.Id.ToString(), ["record_type"] = "participant" };
        LiveCalls.Add(shown, one.Call);
        shown["muted"] = one.As.IsMuted;
        shown["on_hold"] = one.As.IsOnHold;
        shown["supervisor_role"] = one.As.Role.ToString().ToLowerInvariant();
        shown["whispers_to"] = new JsonArray([.. one.WhispersTo.Select(leg => (JsonNode)leg.ToString())]);
        shown["ends_conference"] = one.As.EndsConference || one.As.EndsSoftly;
        shown["joined_at"] = OperatorTime.Write(one.JoinedAt);
        return shown;
    }
}
