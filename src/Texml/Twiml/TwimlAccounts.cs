using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Account.Billing;

namespace Ringwright.Texml.Twiml;

/// <summary>The caller's own account. Those below it have keys of their own.</summary>
internal static class TwimlAccounts
{
    public static Reply Get(OperationContext op) =>
        op.Routing.FindTenant(op.Tenant) is { } tenant ? op.Bare(200, Show(tenant)) : op.Unknown("AccountSid");

    public static Reply List(OperationContext op)
    {
        bool isWanted = op.Routing.FindTenant(op.Tenant) is { } own
            && (op.Query["FriendlyName"] is not { Length: > 0 } name || name == own.Name)
            && op.Query["Status"] is null or "" or "active";
        return TwimlPages.Of(op, "accounts", "Accounts.json", isWanted ? [Show(op.Routing.FindTenant(op.Tenant)!)] : []);
    }

    /// <summary>What the account has, and those below it that roll up to it.</summary>
    public static async ValueTask<Reply> GetBalance(OperationContext op, TwimlParts parts)
    {
        var has = await Balance.OfAsync(op, op.Tenant, parts.Store, holds: null);
        return op.Bare(200, new JsonObject
        {
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["balance"] = (string?)has["balance"],
            ["currency"] = (string?)has["currency"],
        });
    }

    private static JsonObject Show(Tenant tenant)
    {
        string sid = TwimlSids.Account(tenant.Id);
        return new()
        {
            ["sid"] = sid,
            ["friendly_name"] = tenant.Name,
            ["status"] = "active",      // one that is not is told so before it gets here
            ["type"] = "Full",
            ["owner_account_sid"] = tenant.Parent is { } above ? TwimlSids.Account(above) : sid,
            ["auth_token"] = null,      // shown once, when it is made
            ["uri"] = $"{TwimlDialect.Root}/Accounts/{sid}.json",
            ["subresource_uris"] = TwimlPaths.Below($"{TwimlDialect.Root}/Accounts/{sid}", "calls", "conferences", "queues", "recordings",
                "applications", "incoming_phone_numbers", "outgoing_caller_ids"),
        };
    }
}
