using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// Channels that the account gives to those below it. The dial gate holds each to its share,
/// and all together to the limit of the account above.
/// </summary>
internal static class ManagedChannels
{
    /// <summary>What an account without a limit of its own may give away.</summary>
    private const int Most = 1_000_000;

    public static async ValueTask<Reply> Allocatable(OperationContext op, AccountParts parts)
    {
        if (op.Caller.Child is not null)
            return op.Fail(Fault.Forbidden, "A managed account has no channels to give away: ask with a key of the account above it.");
        return op.Ok(new JsonObject
        {
            ["record_type"] = "allocatable_global_outbound_channels",
            ["allocatable_global_outbound_channels"] = op.Routing.FindTenant(op.Tenant)?.Limits.Channels ?? Most,
            ["total_global_channels_allocated"] = await parts.Store.ChildTenants.SharedAsync(op.Tenant, op.Stop),
            // The top of the tree has the node's prices.
            ["managed_account_allow_custom_pricing"] = false,
        });
    }

    public static async ValueTask<Reply> Update(OperationContext op, AccountParts parts)
    {
        const string Pointer = "/channel_limit";
        if (ManagedAccounts.IdOf(op) is not { } id) return ManagedAccounts.Missing(op);
        var body = op.ReadObject();
        if (body["channel_limit"] is null)
            return await parts.Store.ChildTenants.FindAsync(op.Tenant, id, op.Stop) is { } child ? op.Ok(Show(child))
                : ManagedAccounts.Missing(op);
        if (body.Whole("channel_limit") is not { } channels || channels is < 0 or > Most)
            return op.Invalid(Pointer, VoiceErrors.BadRange, $"channel_limit must be a whole number from 0 to {Most}.");
        return await parts.Store.ChildTenants.ShareAsync(op.Tenant, id, channels, Most,
            ManagedAccounts.Notes(op, "updated"), op.Stop) switch
        {
            ShareGiven.Done given => op.Ok(Show(given.Child)),
            ShareGiven.TooMany over => op.Invalid(Pointer, VoiceErrors.BadRange,
                $"At most {over.Free} channels can be given to this account: its own share and what the others leave of this account's "
                + "limit."),
            ShareGiven.Missing => ManagedAccounts.Missing(op),
            _ => throw new UnreachableException(),
        };
    }

    private static JsonObject Show(ChildTenant child)
    {
        var shown = new JsonObject
        {
            ["id"] = child.Id.ToString(),
            ["record_type"] = "managed_account_global_outbound_settings",
            ["email"] = child.Email,
            ["manager_account_id"] = child.Parent.ToString(),
        };
        // An account without a share of its own uses what the one above has.
        if (child.Channels is { } channels) shown["channel_limit"] = channels;
        return shown;
    }
}
