using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Tells targets what became of their attempts, once each.</summary>
/// <param name="begun">Hears of it, where somebody remembers what was dialled.</param>
internal sealed class Settlement(DiallerParts parts, BegunTries? begun = null)
{
    /// <summary>Before the try that was given back is taken again.</summary>
    private static readonly TimeSpan AfterReturn = TimeSpan.FromSeconds(5);

    private readonly TimePolicy _times = new(parts.Store.DialAttempts, parts.Zones);

    /// <summary>What the ledger has ended since.</summary>
    /// <param name="runs">Those of whose campaign something was settled are looked at.</param>
    /// <returns>How many attempts it has told.</returns>
    public async ValueTask<int> RunAsync(IReadOnlyDictionary<Guid, CampaignRun> runs, int atOnce, CancellationToken stop)
    {
        var ended = await parts.Store.DialAttempts.ListEndedAsync(atOnce, stop).ConfigureAwait(false);
        int told = 0;
        foreach (var attempt in ended)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                await SettleAsync(attempt, runs.GetValueOrDefault(attempt.Campaign), stop).ConfigureAwait(false);
                told++;
            }
            catch (Exception failed) when (failed is not (OperationCanceledException or StoreUnavailableException))
            {
                parts.Log.AttemptNotSettled(failed, attempt.Id);
            }
        }
        return told;
    }

    private async ValueTask SettleAsync(DialAttempt attempt, CampaignRun? run, CancellationToken stop)
    {
        var now = parts.Time.GetUtcNow();
        if (AttemptJudge.IsReturned(attempt))
        {
            if (attempt.SipStatus is AttemptJudge.TooManyRequests)
            {
                run?.Lines.Slow(now);
                run?.WasSent();
            }
            else
            {
                run?.WasNotSent();
            }
            await SettleAsync(new(attempt, AttemptJudge.Fail, AttemptJudge.ReasonOf(attempt), now + AfterReturn, IsReturned: true), stop)
                .ConfigureAwait(false);
        }
        else
        {
            run?.HadLine();
            run?.WasSent();
            await SettleAsync(await JudgeAsync(attempt, run, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        }
        run?.Poke();
    }

    /// <summary>Nothing was sent, and nothing will be.</summary>
    public ValueTask<bool> ReturnAsync(DialAttempt claimed, string reason, DateTimeOffset due, CancellationToken stop) =>
        parts.Store.DialAttempts.SettleAsync(new(claimed, AttemptJudge.Fail, reason, due, IsReturned: true), AttemptState.Claimed,
            parts.Time.GetUtcNow(), stop);

    private async ValueTask SettleAsync(AttemptOutcome outcome, CancellationToken stop)
    {
        await parts.Store.DialAttempts.SettleAsync(outcome, AttemptState.Ended, parts.Time.GetUtcNow(), stop).ConfigureAwait(false);
        begun?.Settle(outcome);
    }

    private async ValueTask<AttemptOutcome> JudgeAsync(DialAttempt ended, CampaignRun? run, CancellationToken stop)
    {
        string reason = AttemptJudge.ReasonOf(ended);
        if (AttemptJudge.IsSuccess(ended)) return new(ended, AttemptJudge.Success, reason, Due: null);
        return new(ended, AttemptJudge.Fail, reason, await RetryAtAsync(ended, run, reason, stop).ConfigureAwait(false));
    }

    /// <inheritdoc cref="AttemptJudge.RetryAt"/>
    public async ValueTask<DateTimeOffset?> RetryAtAsync(DialAttempt ended, CampaignRun? run, string reason, CancellationToken stop)
    {
        var target = await parts.Store.Targets.FindAsync(ended.Tenant, ended.List, ended.Target, stop).ConfigureAwait(false);
        var campaign = run?.Campaign
            ?? await parts.Store.Campaigns.FindAsync(ended.Tenant, ended.Campaign, stop).ConfigureAwait(false);
        if (campaign is null) return null;
        var terms = run?.Terms ?? CampaignTerms.Read(campaign.Terms);
        bool retriesAnswered = campaign.Face is { } face && parts.RetriesAnswered.Contains(face);
        int same = terms.RetryRules.FirstOrDefault(rule => rule.Reason == reason) is { Most: not null } counting
            ? 1 + await parts.Store.DialAttempts.CountReasonsAsync(ended, terms.CountedBy(counting), stop).ConfigureAwait(false) : 1;
        if (AttemptJudge.RetryAt(ended, target, terms, reason, same, parts.Time.GetUtcNow(), retriesAnswered) is not { } at) return null;
        // There is a target with a try left, or there were no time.
        string number = target!.Destinations[target.NextDestination(terms.Tries)]!;
        return await _times.FirstAsync(terms, target, number, at, stop).ConfigureAwait(false);
    }
}
