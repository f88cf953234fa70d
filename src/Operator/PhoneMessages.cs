using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// How many messages wait for a SIP user: whatever takes them says so here, and the lamps of phones that have subscribed follow.
/// </summary>
internal static class PhoneMessages
{
    private const string RecordType = "waiting_messages";

    public static Reply Get(OperationContext op) => UserOf(op) is { } user
        ? op.Ok(Show(op, op.Routing.FindMessages(user.Tenant, user.Name) ?? new(user.Tenant, user.Name)))
        : op.Unknown("user_name");

    public static async ValueTask<Reply> Set(OperationContext op, WaitingMessageTable messages)
    {
        if (UserOf(op) is not { } user) return op.Unknown("user_name");
        if (Fields.Unknown(op, RecordType) is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        var waiting = new WaitingMessages(user.Tenant, user.Name)
        {
            New = Count("new"), Old = Count("old"), UrgentNew = Count("urgent_new"), UrgentOld = Count("urgent_old"),
        };
        if (waiting.UrgentNew > waiting.New)
            return op.Invalid("/urgent_new", "invalid", "urgent_new cannot be more than new: urgent messages are among the others.");
        if (waiting.UrgentOld > waiting.Old)
            return op.Invalid("/urgent_old", "invalid", "urgent_old cannot be more than old: urgent messages are among the others.");
        await messages.SetAsync(waiting, op.Stop);
        return op.Ok(Show(op, waiting));

        int Count(string field) => (int?)body[field] ?? 0;
    }

    private static SipUser? UserOf(OperationContext op) => op.Routing.Sip.FindUser(op.Path("user_name"));

    private static JsonObject Show(OperationContext op, WaitingMessages waiting) => new()
    {
        ["record_type"] = RecordType,
        ["user_name"] = waiting.User,
        ["account"] = op.Routing.FindTenant(waiting.Tenant)?.Name ?? "",
        ["account_id"] = waiting.Tenant.ToString(),
        ["new"] = waiting.New,
        ["old"] = waiting.Old,
        ["urgent_new"] = waiting.UrgentNew,
        ["urgent_old"] = waiting.UrgentOld,
    };
}
