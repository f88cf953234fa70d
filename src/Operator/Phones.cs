using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>The phones that are registered, whosever they are.</summary>
internal static class Phones
{
    public static async ValueTask<Reply> List(OperationContext op, LivePhoneTable phones)
    {
        var (rows, total) = await phones.ListAsync(op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    private static JsonObject Show(OperationContext op, LivePhone phone)
    {
        // A user that has been taken away meanwhile is nobody's.
        var account = op.Routing.Sip.FindUser(phone.User) is { } user ? op.Routing.FindTenant(user.Tenant) : null;
        return new()
        {
            ["record_type"] = "phone",
            ["user_name"] = phone.User,
            ["account"] = account?.Name,
            ["account_id"] = account?.Id.ToString(),
            ["contact"] = phone.Contact,
            ["transport"] = phone.Transport,
            ["remote"] = phone.Remote,
            ["user_agent"] = phone.UserAgent,
            ["node"] = phone.Node,
            ["registered_at"] = OperatorTime.Write(phone.RegisteredAt),
            ["expires_at"] = OperatorTime.Write(phone.ExpiresAt),
        };
    }
}
