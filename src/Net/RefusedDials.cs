using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>
/// Counts the calls out that were refused before they had a leg, each with its reason, and logs them: one line a minute for an account
/// and a reason. Whoever asked was told; an operator sees it here alone: twenty rows of each of the two hundred accounts that were
/// refused last. Safe from any thread.
/// </summary>
internal sealed class RefusedDials(ILogger logger, TimeProvider clock) : IRefusedDials
{
    public const int MostAccounts = 200, MostOfAccount = 20;
    /// <summary>Of a party, and of a sentence.</summary>
    public const int MostCharacters = 128, MostOfDetail = 256;

    private readonly LoggedTurns<(TenantId Tenant, string Reason)> _turns = new(clock);
    private readonly Lock _gate = new();
    private readonly RecentRows<TenantId, RefusedDial> _rows = new(MostAccounts, MostOfAccount, static row => row.At);

    public void Note(DialRequest request, Dialled dialled)
    {
        foreach (var one in dialled.LeftOut) Note(request with { To = one.To }, one.Why);
        // Those have a line and a count of their own.
        if (dialled.Ack is { IsAccepted: true } or { Refusal: Refusal.Withdrawn }) return;
        string reason = dialled.Rule ?? SnakeName.Of(dialled.Ack.Refusal);
        Metrics.DialsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));
        Remember(new()
        {
            At = clock.GetUtcNow(), Tenant = request.Tenant, AskedBy = request.AskedBy ?? request.Application.Kind,
            From = Shown(request.From), To = Shown(request.To), Reason = reason,
            Detail = dialled.Detail is { } detail ? StrangersWord.Of(detail, MostOfDetail) : null, Times = 1,
        });
        if (_turns.TryTell((request.Tenant, reason), out long times))
            logger.DialRefused(request.Tenant, E164.Mask(request.From), E164.Mask(request.To), reason, times);
    }

    public IReadOnlyList<RefusedDial> List()
    {
        lock (_gate) return _rows.List();
    }

    /// <summary>A URI may have a password, which is nobody's to read.</summary>
    private static string Shown(string party)
    {
        int scheme = party.IndexOf(':', StringComparison.Ordinal), at = party.IndexOf('@', StringComparison.Ordinal);
        int password = scheme < 0 || at < scheme ? -1 : party.IndexOf(':', scheme + 1, at - scheme - 1);
        return StrangersWord.Of(password < 0 ? party : string.Concat(party.AsSpan(0, password), ":****", party.AsSpan(at)),
            MostCharacters);
    }

    private void Remember(RefusedDial dial)
    {
        lock (_gate)
            _rows.Put(dial.Tenant, row => (row.AskedBy, row.From, row.To, row.Reason) == (dial.AskedBy, dial.From, dial.To, dial.Reason),
                before => before is null ? dial : dial with { Times = before.Times + 1 });
    }
}
