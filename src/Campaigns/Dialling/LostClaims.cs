using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// Tries that were taken and that nobody dials: those of an earlier start of this node, those whose end could not be written because the
/// database was away, and those of nodes that are dead. They are given back. Should a process rise again and go on with one, the first row
/// of its leg finds no claim, and there is no leg. An attempt without a call that nobody carries out any more is over.
/// </summary>
internal sealed class LostClaims(DiallerParts parts, AttemptDialling dialling, Settlement settlement)
{
    public const string NotDialled = "not_dialled";

    private const int MostAtOnce = 500;

    /// <summary>On the thread that claims: what it has claimed and not begun to dial would be taken for lost.</summary>
    /// <param name="runs">Those of whose campaign something is given back are looked at.</param>
    public async ValueTask ReturnAsync(IReadOnlyDictionary<Guid, CampaignRun> runs, CancellationToken stop)
    {
        var attempts = parts.Store.DialAttempts;
        int node = parts.Store.Node.Node;
        List<int> nodes = [node];
        if (parts.Store.Outbox.Lease is { IsShared: true } lease)
            nodes.AddRange((await attempts.ListClaimantsAsync(node, stop).ConfigureAwait(false)).Except(lease.Alive));
        int returned = 0;
        foreach (var attempt in await attempts.ListClaimedAsync(nodes, MostAtOnce, stop).ConfigureAwait(false))
        {
            if (dialling.IsOpen(attempt.Id)) continue;
            if (!await settlement.ReturnAsync(attempt, NotDialled, parts.Time.GetUtcNow(), stop).ConfigureAwait(false)) continue;
            runs.GetValueOrDefault(attempt.Campaign)?.Poke();
            returned++;
        }
        if (returned > 0) parts.Log.ClaimsReturned(returned);
        foreach (var attempt in await attempts.ListAloneAsync(nodes, MostAtOnce, stop).ConfigureAwait(false))
        {
            if (dialling.IsOpen(attempt.Id)) continue;
            if (await attempts.SettleAsync(LoneDialling.LostOf(attempt), AttemptState.Answered, parts.Time.GetUtcNow(), stop)
                .ConfigureAwait(false))
                runs.GetValueOrDefault(attempt.Campaign)?.Poke();
        }
    }
}
