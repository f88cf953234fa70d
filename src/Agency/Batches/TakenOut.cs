using System.Collections.Concurrent;
using Ringwright.Admission;
using Ringwright.Agency.Telling;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Contacts who wait are over as soon as their number comes onto a list that holds for them, by whatever way it came there. What another
/// node has written, or a crash has left, the dialler finds when their time comes: nobody is called either way.
/// </summary>
internal sealed class TakenOut
{
    private readonly ConcurrentQueue<(TenantId Owner, string[] Numbers)> _listed = new();

    /// <summary>Numbers have come onto an account's list.</summary>
    public void Hear(TenantId owner, IReadOnlySet<string> numbers) => _listed.Enqueue((owner, [.. numbers]));

    /// <summary>All that was heard of is done afterwards.</summary>
    public async Task RunAsync(AgencyParts parts, CancellationToken stop)
    {
        while (_listed.TryDequeue(out var one)) await TakeOutAsync(parts, one.Owner, one.Numbers, stop);
    }

    private static async Task TakeOutAsync(AgencyParts parts, TenantId owner, string[] numbers, CancellationToken stop)
    {
        if (parts.Store.Routing.Current.FindTenant(owner) is not { } account) return;
        var agency = account.Parent ?? owner;
        // An agency's own list holds for all of its clients.
        string client = account.Parent is null ? "" : owner.ToString();
        var now = Times.Cut(parts.Store.Time.GetUtcNow());
        foreach (string[] some in OneTelephone.AllOf(numbers).Chunk(TargetTable.MostAtOnce))
        {
            var waiting = await parts.Held.ListAsync(agency, client, some, stop);
            await parts.Held.BlockAsync(agency, [.. waiting.Where(one => one.BatchId is null).Select(one => one.Id)],
                ContactProgress.BlockOf(DoNotCallRule.Name), now, stop);
            foreach (var batch in waiting.Where(one => one.ListId is not null).GroupBy(one => one.BatchId!.Value))
            {
                foreach (var contact in batch)
                    if (await parts.Store.Targets.FindAsync(contact.Account, contact.ListId!.Value, contact.Id, stop) is { } target)
                        await parts.Store.Targets.FinishAsync(target, DoNotCallRule.Name, now, stop);
                if (await parts.Batches.FindAsync(agency, batch.Key, stop) is { } row) await parts.Follower.FollowAsync(row, stop);
            }
        }
        await EventTelling.TellListedAsync(parts, agency, owner, numbers, stop);
    }
}
