using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>
/// Counts the calls out that were refused before they had a leg, each with its reason, and logs them: one line a minute for an account
/// and a reason. Whoever asked was told; an operator sees it here alone. Safe from any thread.
/// </summary>
internal sealed class RefusedDials(ILogger logger, TimeProvider clock)
{
    private readonly LogTurns<(TenantId Tenant, string Reason)> _turns = new(clock);

    public void Note(DialRequest request, Dialled dialled)
    {
        foreach (var one in dialled.LeftOut) Note(request with { To = one.To }, one.Why);
        // Those have a line and a count of their own.
        if (dialled.Ack is { IsAccepted: true } or { Refusal: Refusal.Withdrawn }) return;
        string reason = dialled.Rule ?? SnakeName.Of(dialled.Ack.Refusal);
        Metrics.DialsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (_turns.TryTell((request.Tenant, reason), out long times))
            logger.DialRefused(request.Tenant, E164.Mask(request.From), E164.Mask(request.To), reason, times);
    }
}
