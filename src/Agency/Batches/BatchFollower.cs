using System.Data;
using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Keeps batches and their contacts in step with whoever dials for them. What a batch is to do stands in its row, and the dialler's
/// campaign of the same id is made to; how its contacts get on the dialler knows, and their rows are made to say. Each look may be the
/// first after a crash, and any node may look.
/// </summary>
internal sealed class BatchFollower(AgencyParts parts)
{
    /// <summary>Why the dialler's campaign stands still: the batch does. Any other reason is the dialler's, or the operator's.</summary>
    private const string Held = "held";

    /// <summary>Its window is over, as the batch's is, which a look finds.</summary>
    private const string Ended = "ended";

    /// <summary>So long after a batch was made nobody is called for it.</summary>
    private static readonly TimeSpan BeforeFirst = TimeSpan.FromSeconds(1);

    private readonly BatchGuard _guard = new(parts);

    private Database Store => parts.Store;

    /// <summary>All of the node.</summary>
    public async Task FollowAllAsync(CancellationToken stop)
    {
        var open = await parts.Batches.ListOpenAsync(stop);
        parts.Marks.KeepOnly(open.Select(batch => batch.Id));
        foreach (var batch in open)
        {
            try
            {
                await FollowAsync(batch, stop);
            }
            catch (Exception failed) when (failed is not (OperationCanceledException or StoreUnavailableException))
            {
                // The others are looked at.
                parts.Log.BatchNotFollowed(failed, batch.Id);
            }
        }
    }

    /// <summary>Those of one agency, so that what is shown of them is how they are.</summary>
    public async ValueTask FollowAsync(TenantId agency, CancellationToken stop)
    {
        foreach (var batch in await parts.Batches.ListOpenAsync(agency, stop)) await FollowAsync(batch, stop);
    }

    /// <returns>The batch as it is then.</returns>
    public async ValueTask<BatchRow> FollowAsync(BatchRow batch, CancellationToken stop)
    {
        // Nothing becomes of one that is over with all of its contacts.
        if (batch.IsOver && !await parts.Followed.IsOpenAsync(batch, stop)) return batch;
        if (await SteerAsync(batch, stop) is not { } campaign) return batch;
        var now = Store.Time.GetUtcNow();
        bool isLate = !batch.IsOver && batch.WindowEnd <= now;
        if (isLate) await FinishAsync(batch, BatchRow.WindowExpired, now, stop);
        if (!batch.IsOver && CampaignTerms.Read(campaign.Terms).HasUnreadableRules)
            await new Alerts(parts).RaiseAsync(batch.TenantId, AlertRow.Unreadable, batch.Id.ToString(),
                "The calling windows cannot be read: nobody is called until they can.", now, stop);
        var (changed, waiting) = parts.Marks.Of(batch, now);
        bool isTouched = false, isFirst = !parts.Marks.Has(batch.Id);
        FollowPage? page = null;
        do
        {
            page = page is null ? await parts.Followed.ReadAsync(batch, changed, waiting, stop)
                : await parts.Followed.ReadOnAsync(batch, page, stop);
            var targets = page.Dialled.ToDictionary(target => target.Id);
            foreach (var contact in page.Contacts.Where(contact => contact.CallbackAt is not null))
                if (ContactProgress.Arranged(contact, targets.GetValueOrDefault(contact.Id), batch, now) is var (after, tries))
                {
                    // Of one that is not arranged, because something has happened meanwhile, the next look hears.
                    var target = BatchTerms.TargetOf(batch, after);
                    await parts.Followed.ArrangeAsync(target, contact.CallbackAt!.Value, after, tries, stop);      // it was asked for
                    targets.Remove(contact.Id);
                }
            List<(ContactRow Before, ContactRow After)> news =
            [
                .. page.Contacts.Where(contact => targets.ContainsKey(contact.Id))
                    .Select(contact => (Before: contact, After: ContactProgress.Of(contact, targets[contact.Id], batch, now)))
                    .Where(one => !ReferenceEquals(one.Before, one.After)),
            ];
            await SayMachinesAsync(batch, news, now, stop);
            await parts.Followed.WriteAsync(news, stop);
            isTouched |= page.IsTouched;
        }
        while (!page.IsLast);
        parts.Marks.Keep(batch.Id, new(now, page.Waiting));
        var moved = isLate && await parts.Followed.HasFailedAsync(batch, BatchRow.WindowExpired, stop) ? batch with
        {
            Status = BatchRow.Failed,
            FailureCode = BatchRow.WindowExpired,
            StartedAt = batch.StartedAt ?? now,
            CompletedAt = now,
            UpdatedAt = now,
        } : await _guard.OfAsync(Moved(batch, campaign, await parts.Followed.IsOpenAsync(batch, stop), isTouched, now),
            hasCalls: isTouched || isFirst, now, stop);
        if (moved == batch) return batch;
        if (!await parts.Batches.MoveAsync(batch, moved, note: null, stop))
            return await parts.Batches.FindAsync(batch.TenantId, batch.Id, stop) ?? batch;
        // Whoever dials hears of it at once.
        if (moved.Status != batch.Status && !moved.IsOver) await SteerAsync(moved, stop);
        return moved;
    }

    /// <summary>Before their contacts say so: whoever goes on after a crash says it again.</summary>
    private async ValueTask SayMachinesAsync(BatchRow batch, IEnumerable<(ContactRow Before, ContactRow After)> news, DateTimeOffset now,
        CancellationToken stop)
    {
        foreach (var (before, after) in news)
            if (after is { Outcome: ContactRow.Voicemail, Status: not ContactRow.Calling, CallId: { } call }
                && (before.CallId != call || before is not { Outcome: ContactRow.Voicemail, Status: not ContactRow.Calling }))
                await parts.CallNotes.SayMachineAsync(batch.TenantId, batch.ClientId, call, now, stop);
    }

    /// <summary>The dialler does what the batch's row says.</summary>
    /// <returns>Null when the dialler knows it no more.</returns>
    public async ValueTask<Campaign?> SteerAsync(BatchRow batch, CancellationToken stop)
    {
        var now = Store.Time.GetUtcNow();
        if (await Store.Campaigns.FindAsync(batch.Account, batch.Id, stop) is not { } campaign) return null;
        bool isToRun = batch.Status is BatchRow.Pending or BatchRow.Scheduled or BatchRow.Processing;
        if (isToRun && campaign.State is not CampaignState.Run && await MayStartAsync(batch, campaign, stop))
            await CampaignSwitch.StartAsync(Store, batch.Account, batch.Id, now, note: null, stop);
        else if (!isToRun && campaign.State is CampaignState.Run && await Store.Campaigns.MoveAsync(batch.Account, batch.Id,
            [CampaignState.Run], CampaignState.Stopping, Held, now, note: null, stop))
            await CampaignSwitch.WithdrawAsync(Store, batch.Account, batch.Id, Held, now, stop);
        if (batch is { Status: BatchRow.Failed, FailureCode: { } code }) await FinishAsync(batch, code, now, stop);
        return campaign;
    }

    /// <summary>Whoever waits is not called any more.</summary>
    private async ValueTask FinishAsync(BatchRow batch, string code, DateTimeOffset now, CancellationToken stop)
    {
        if (await Store.Targets.FindNextDueAsync(batch.Account, batch.ListId, stop) is not null)
            await Store.Targets.FinishIdleAsync(batch.Account, batch.ListId, code, now, stop);
    }

    /// <summary>Nobody else has stopped it; or its list was called to its end and has got somebody more.</summary>
    private async ValueTask<bool> MayStartAsync(BatchRow batch, Campaign campaign, CancellationToken stop) =>
        campaign.StopReason is null or Held or Ended || campaign.StopReason is Campaign.Exhausted
            && await Store.Targets.FindNextDueAsync(batch.Account, batch.ListId, stop) is not null;

    /// <summary>The dialler's campaign calls as fast as the batch says now.</summary>
    public ValueTask<bool> PaceAsync(BatchRow batch, CancellationToken stop) => ChangeAsync(batch,
        (db, terms) => BatchTable.Find(db, batch.TenantId, batch.Id) is { } now ? BatchTerms.Paced(now, terms) : terms, stop);

    /// <summary>The same by whom it talks, and from its numbers.</summary>
    public ValueTask<bool> VoiceAsync(BatchRow batch, CancellationToken stop) => ChangeAsync(batch, (db, terms) =>
        BatchTable.Find(db, batch.TenantId, batch.Id) is { } now
            && AgentTable.Find(db, now.TenantId, now.AgentMappingId) is { } agent ? BatchTerms.Voiced(now, agent, terms) : terms, stop);

    /// <summary>It calls from these alone of its numbers.</summary>
    public async ValueTask CallFromAsync(BatchRow batch, IReadOnlyList<string> numbers, CancellationToken stop)
    {
        if (await Store.Campaigns.FindAsync(batch.Account, batch.Id, stop) is { } campaign
                && !CampaignTerms.Read(campaign.Terms).From.SequenceEqual(numbers, StringComparer.Ordinal))
            await ChangeAsync(batch, (_, terms) => terms with { From = numbers }, stop);
    }

    /// <summary>Open batches of a campaign that has changed call by what it says now.</summary>
    public async ValueTask RewriteAsync(AgencyCampaign campaign, CancellationToken stop)
    {
        foreach (var batch in await parts.Batches.ListOpenAsync(campaign.TenantId, stop))
            if (!batch.IsOver && batch.CampaignId == campaign.Id)
                await ChangeAsync(batch, (db, terms) =>
                    AgencyCampaignTable.Find(db, campaign.TenantId, campaign.Id) is { } now
                        ? BatchTerms.Capped(batch, BatchTerms.With(now, terms)) : terms, stop);
    }

    /// <summary>By rows that are read with the terms: whoever changes them last has seen what the others wrote.</summary>
    private ValueTask<bool> ChangeAsync(BatchRow batch, Func<IDbConnection, CampaignTerms, CampaignTerms> change, CancellationToken stop) =>
        Store.Campaigns.ChangeAsync(batch.Account, batch.Id, (db, terms) => change(db, CampaignTerms.Read(terms)).Write(),
            Store.Time.GetUtcNow(), stop);

    /// <param name="isOpen">Some contact is not over.</param>
    /// <param name="isTouched">Somebody has been called, or was to be.</param>
    private static BatchRow Moved(BatchRow batch, Campaign campaign, bool isOpen, bool isTouched, DateTimeOffset now)
    {
        // A batch that was paused stays so, also where nobody is left.
        if (batch.IsOver || batch.Status is BatchRow.Paused) return batch;
        if (!isOpen)
            return batch with
            {
                Status = BatchRow.Completed,
                StartedAt = batch.StartedAt ?? now,
                CompletedAt = now,
                UpdatedAt = now,
            };
        if (campaign.State is not CampaignState.Run && campaign.StopReason is not (null or Held or Ended or Campaign.Exhausted) and var why)
            return batch with { Status = BatchRow.Paused, PausedAt = now, FailureCode = why, UpdatedAt = now };
        if (batch.ScheduledFor > now) return batch;
        if (batch.Status is BatchRow.Processing || !isTouched && now < batch.CreatedAt + BeforeFirst) return batch;
        return batch with { Status = BatchRow.Processing, StartedAt = batch.StartedAt ?? now, UpdatedAt = now };
    }
}
