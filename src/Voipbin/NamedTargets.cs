using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;

namespace Ringwright.Voipbin;

/// <summary>Extensions and agents whom a list names: the SIP user, and the first of the agent's addresses that can be rung.</summary>
/// <param name="resolve">Numbers and SIP URIs behind an address of this API.</param>
internal sealed class NamedTargets(Func<TenantId, JsonObject, CancellationToken, ValueTask<IReadOnlyList<string>?>> resolve)
    : ITargetAddresses
{
    public async ValueTask<string?> ResolveAsync(TenantId tenant, string address, CancellationToken stop)
    {
        string[] named = address.Split(':', 2);
        if (named is not ["extension" or "agent", { Length: > 0 }]) return null;
        var behind = new JsonObject { ["type"] = named[0], ["target"] = named[1] };
        // Lists of older programs have ids as they were written.
        VoipbinAddress.FoldId(behind);
        return await resolve(tenant, behind, stop) is [var first, ..] ? first : null;
    }
}
