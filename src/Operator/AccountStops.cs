using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>Ends what an account has of live calls: for a thief at work, or a customer who has left.</summary>
internal static class AccountStops
{
    /// <summary>Calls that were being set up when the first look was taken are in the second.</summary>
    private const int Looks = 2;

    private static readonly LegCommand.Hangup End = new()
    {
        Cause = HangupCause.AccountStopped, Evidence = "The operator ended all calls of the account.",
    };

    /// <summary>Those of accounts below it too, at whichever node they are.</summary>
    public static async ValueTask<Reply> Stop(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var ended = new HashSet<LegId>();
        for (int look = 0; look < Looks; look++)
            foreach (var account in await store.Tenants.ListAsync(op.Stop))
            {
                if (account.Id != tenant.Id && account.Parent != tenant.Id) continue;
                foreach (var leg in await store.Legs.ListLiveAsync(account.Id, op.Stop))
                    if (!ended.Contains(leg) && (await op.Calls.SendAsync(leg, End, op.Stop)).IsAccepted) ended.Add(leg);
            }
        return op.Ok(new JsonObject
        {
            ["record_type"] = "account_stop", ["id"] = tenant.Id.ToString(), ["name"] = tenant.Name, ["ended"] = ended.Count,
        });
    }
}
