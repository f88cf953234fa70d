using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>One look at one campaign: who is due, may be called and fits the pace is claimed and dialled.</summary>
/// <param name="sharing">The other campaigns that call for the agents of a campaign's queue.</param>
internal sealed class CampaignStep(DiallerParts parts, AttemptDialling dialling, ICallingPolicy policy,
    Func<CampaignRun, IReadOnlyList<CampaignRun>> sharing)
{
    public const string Exhausted = Campaign.Exhausted, Ended = "ended", NoCaller = "no_caller_id";

    private const int MostAtOnce = 50, MostProgressing = 500;
    /// <summary>Targets that may turn out not to be called at this moment: looked at beside those that are.</summary>
    private const int Spare = 50;
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1), Finest = TimeSpan.FromMilliseconds(20);

    private readonly QueueGate _gate = new(parts);
    private readonly Settlement _settlement = new(parts);
    private readonly SharedPaces _paces = new(parts);
    /// <summary>Of the last attempt: no two are made at one moment, for lists are walked by it.</summary>
    private DateTimeOffset _madeAt;

    /// <param name="share">Calls that it may begin beside those of the node's other campaigns.</param>
    /// <returns>Whether it has begun any.</returns>
    public async ValueTask<bool> RunAsync(CampaignRun run, int share, CancellationToken stop)
    {
        var now = parts.Time.GetUtcNow();
        if (run.TakePoke()) run.LookAt = now;
        if (now < run.LookAt) return false;
        run.IsHeldBack = false;
        (run.LookAt, int begun) = await NextAsync(run, share, now, stop).ConfigureAwait(false);
        return begun > 0;
    }

    /// <returns>When there is something to do next, if nothing happens before; and how many calls were begun.</returns>
    private async ValueTask<(DateTimeOffset LookAt, int Begun)> NextAsync(CampaignRun run, int share, DateTimeOffset now,
        CancellationToken stop)
    {
        switch (run.Campaign.State)
        {
            case CampaignState.Stopping:
                await EndAsync(run, now, stop).ConfigureAwait(false);
                break;
            case CampaignState.Run when run.Terms.EndsAt <= now:
                await dialling.StopAsync(run, Ended, stop).ConfigureAwait(false);
                break;
            case CampaignState.Run when run.Unsent >= AttemptDialling.MostTroubles:
                await dialling.StopAsync(run, AttemptDialling.NoLine, stop).ConfigureAwait(false);
                break;
            case CampaignState.Run when run.Terms.StartsAt > now:
                return (run.Terms.StartsAt.Value, 0); // it has one
            case CampaignState.Run:
                bool goesOn = await LookAnewAsync(run, now, stop).ConfigureAwait(false);
                if (await LookAtRetriesAsync(run, now, stop).ConfigureAwait(false)) goesOn = true;
                var (next, begun) = await LookAsync(run, share, now, stop).ConfigureAwait(false);
                if (goesOn) next = now;
                return (run.Terms.EndsAt is { } end && end < next ? end : next, begun);
        }
        return (Later(now), 0);
    }

    /// <summary>What happens here pokes the run; what other nodes do is found so.</summary>
    private DateTimeOffset Later(DateTimeOffset now) => now + parts.BetweenLooks;

    /// <summary>
    /// Whoever waits for an hour, or for the next try, by what the campaign and the clock said before, is due by what they say now. A piece
    /// of the list at a time; the rules are asked when somebody is due.
    /// </summary>
    /// <returns>Whether there is another piece, which needs no waiting for.</returns>
    private async ValueTask<bool> LookAnewAsync(CampaignRun run, DateTimeOffset now, CancellationToken stop)
    {
        if (run.AnewBehind is not { } behind) return false;
        var waiting = await parts.Store.Targets.ListWaitingAsync(run.Campaign, behind.Since, behind.After, TargetTable.MostAtOnce, stop)
            .ConfigureAwait(false);
        var earlier = new List<TargetDeferral>();
        int ahead = 0;
        foreach (var target in waiting)
        {
            if (target.IsRecalled) continue;
            bool isUntried = target.Tries.All(tries => tries == 0);
            // Made later than now are those of one request, which have a moment each, and by a clock that was set back since anybody may
            // be: they keep their order.
            var due = !isUntried ? target.UpdatedAt + run.Terms.GapAfter(target.Outcome)
                : target.CreatedAt < now ? target.CreatedAt : now + TimeSpan.FromMicroseconds(ahead++);
            if (due < target.DueAt) earlier.Add(new(target, due));
        }
        if (earlier.Count > 0)
        {
            // Changed meanwhile: by what was read, those who now wait longer would be called too early. When it is read, it goes on.
            var read = await parts.Store.Campaigns.FindAsync(run.Campaign.Tenant, run.Campaign.Id, stop).ConfigureAwait(false);
            if (read?.Revision != run.Campaign.Revision) return false;
            await parts.Store.Targets.DeferAsync(earlier, stop).ConfigureAwait(false);
        }
        bool goesOn = waiting.Count == TargetTable.MostAtOnce;
        run.AnewBehind = goesOn ? (run.Campaign.Face is null ? waiting[^1].CreatedAt : waiting[^1].DueAt, waiting[^1].Id) : null;
        return goesOn;
    }

    /// <summary>
    /// Whoever waits for a retry since a moment that is to come, because the clock was set back, waits the whole interval from now on, and
    /// not as much longer. A piece of the list at a time.
    /// </summary>
    /// <inheritdoc cref="LookAnewAsync"/>
    private async ValueTask<bool> LookAtRetriesAsync(CampaignRun run, DateTimeOffset now, CancellationToken stop)
    {
        if (run.RetriesBehind is not { } last) return false;
        var waiting = await parts.Store.Targets.ListRetriesAsync(run.Campaign.Tenant, run.Campaign.List, now, last, TargetTable.MostAtOnce,
            stop).ConfigureAwait(false);
        TargetDeferral[] earlier =
        [
            .. waiting.Where(target => !target.IsRecalled && target.UpdatedAt > now)
                .Select(target => new TargetDeferral(target, now + run.Terms.GapAfter(target.Outcome)))
                .Where(one => one.Due < one.Target.DueAt),
        ];
        if (earlier.Length > 0) await parts.Store.Targets.DeferAsync(earlier, stop).ConfigureAwait(false);
        bool goesOn = waiting.Count == TargetTable.MostAtOnce;
        run.RetriesBehind = goesOn ? waiting[^1].Id : null;
        return goesOn;
    }

    /// <inheritdoc cref="NextAsync"/>
    private async ValueTask<(DateTimeOffset LookAt, int Begun)> LookAsync(CampaignRun run, int share, DateTimeOffset now,
        CancellationToken stop)
    {
        var (campaign, terms) = (run.Campaign, run.Terms);
        int room = Math.Min(MostAtOnce, run.Pace.Room(now, run.Lines.Of(terms.CallsPerSecond, now), Slack));
        if (room <= 0) return (run.Pace.Next > now ? run.Pace.Next : Later(now), 0);
        // Whoever calls nobody takes nothing of what is shared by those who call.
        if (!terms.IsAlone) room = Math.Min(room, _paces.RoomOf(campaign.Tenant, now));
        if (room <= 0) return (_paces.NextOf(campaign.Tenant, now), 0);
        room = Math.Min(room, run.Rest.Of(now));
        if (room <= 0) return (run.Rest.Next, 0);
        room = Math.Min(room, run.Room.Of(now));
        if (room <= 0)
        {
            // Whatever ends is told to those who were held back.
            run.IsHeldBack = true;
            return (run.Room.Next, 0);
        }
        if (terms.ConcurrentCalls is { } most)
            room = Math.Min(room, most - await parts.Store.DialAttempts.CountLiveAsync(campaign, stop).ConfigureAwait(false));
        IReadOnlyList<CampaignRun> others = sharing(run);
        if (terms.Queue is { } queue) room = Math.Min(room, await _gate.RoomAsync(run, queue, others, now, stop).ConfigureAwait(false));
        if (room <= 0)
        {
            // An agent who is free again is nobody's before: whoever has waited longest calls for him.
            run.IsHeldBack = others.Count > 0;
            // Whoever is left waits for room; where nobody is left, nobody waits for an agent either.
            var rest = await RestAsync(run, now, stop).ConfigureAwait(false);
            return (rest > now ? rest : Later(now), 0);
        }
        run.IsHeldBack = share < room;
        if (share <= 0) return (Later(now), 0);
        room = Math.Min(room, share);

        var due = await parts.Store.Targets.ListDueAsync(campaign.Tenant, campaign.List, now, room + Spare, stop).ConfigureAwait(false);
        if (due.Count == 0) return (await RestAsync(run, now, stop).ConfigureAwait(false), 0);
        if (!terms.IsAlone && terms.From.All(string.IsNullOrEmpty))
        {
            await dialling.StopAsync(run, NoCaller, stop).ConfigureAwait(false);
            return (Later(now), 0);
        }
        var wanted = new List<DialAttempt>();
        var deferred = new List<TargetDeferral>();
        var callers = new Dictionary<string, int>(StringComparer.Ordinal);
        var (paced, free) = (0, DateTimeOffset.MaxValue);
        foreach (var target in due)
        {
            if (wanted.Count == room) break;
            int place = target.NextDestination(terms.Tries);
            if (place < 0)
            {
                await parts.Store.Targets.FinishAsync(target, Exhausted, now, stop).ConfigureAwait(false);
                continue;
            }
            string from = FromOf(run, target);
            if (!callers.TryGetValue(from, out int left)) callers[from] = left = terms.IsAlone ? room : _paces.RoomOf(from, now);
            if (left <= 0)
            {
                paced++;
                if (_paces.NextOf(from, now) is var at && at < free) free = at;
                continue;
            }
            string number = NumberAt(run, target, place);
            var answer = await policy.AskAsync(campaign.Tenant, terms, target, number, now, stop).ConfigureAwait(false);
            if (answer.Never is { } why) await parts.Store.Targets.FinishAsync(target, why, now, stop).ConfigureAwait(false);
            else if (answer.NotBefore is { } later) deferred.Add(new(target, later > now ? later : Later(now), answer.Why));
            // No cap has counted the one before, and a claim keeps apart those of one number, but not of one SIP URI.
            else if (terms.Caps is not null && wanted.Exists(one => one.Number == number))
                deferred.Add(new(target, now + terms.AfterLiveCall));
            else
            {
                wanted.Add(AttemptOn(run, target, place, number, from, answer.Evidence!, now)); // it is open
                callers[from] = left - 1;
            }
        }
        if (deferred.Count > 0) await parts.Store.Targets.DeferAsync(deferred, stop).ConfigureAwait(false);
        if (paced == due.Count) return (free, 0);
        // Those behind them on the list may be due, too.
        if (wanted.Count == 0) return (now, 0);
        if (await DialAsync(run, wanted, due, now, stop).ConfigureAwait(false) is not { } begun) return (Later(now), 0);
        return (run.Pace.Next > now + Finest ? run.Pace.Next : now + Finest, begun);
    }

    /// <returns>How many calls were begun; null when the campaign has been stopped meanwhile: then nobody is put off.</returns>
    private async ValueTask<int?> DialAsync(CampaignRun run, List<DialAttempt> wanted, IReadOnlyList<Target> due, DateTimeOffset now,
        CancellationToken stop)
    {
        var claimed = await parts.Store.DialAttempts.ClaimRunningAsync(run.Campaign, wanted, parts.Store.Node.Node, stop)
            .ConfigureAwait(false);
        if (claimed is null) return null;
        run.Pace.Take(claimed.Count, now, run.Lines.Of(run.Terms.CallsPerSecond, now));
        if (!run.Terms.IsAlone) _paces.Take(claimed, now);
        run.Room.Take(claimed.Count, now);
        run.Rest.Take(claimed.Count, now);
        var targets = due.ToDictionary(target => target.Id);
        // A claim waits as long as the disk does: what was judged before it may not hold any more.
        bool isLate = parts.Time.GetUtcNow() - now >= Slack;
        int begun = 0;
        foreach (var attempt in claimed)
        {
            if (dialling.Begun.Find(attempt) is { } known && await IsForgottenAsync(known, stop).ConfigureAwait(false))
            {
                await SayAgainAsync(run, attempt, known, stop).ConfigureAwait(false);
                continue;
            }
            if (isLate && await IsShutAsync(run, attempt, stop).ConfigureAwait(false)) continue;
            dialling.Begin(run, attempt, targets[attempt.Target].Destinations[attempt.Destination]!); // it was claimed for that
            begun++;
        }
        if (claimed.Count == wanted.Count) return begun;
        // Somebody else of the account or its tree is calling the number, or another node was quicker.
        await parts.Store.Targets.DeferAsync(
            [.. wanted.Except(claimed).Select(one => new TargetDeferral(targets[one.Target], now + run.Terms.AfterLiveCall))], stop)
            .ConfigureAwait(false);
        return begun;
    }

    private async ValueTask<bool> IsForgottenAsync(BegunTry known, CancellationToken stop) =>
        await parts.Store.DialAttempts.FindAsync(known.Tenant, known.Attempt, stop).ConfigureAwait(false) is null;

    /// <summary>
    /// This node has dialled the try, and the database does not know of it. What became of that it is told once more; where nobody knows,
    /// the try counts, and the whole interval is waited for. Whoever has answered is not called again.
    /// </summary>
    private async ValueTask SayAgainAsync(CampaignRun run, DialAttempt claimed, BegunTry known, CancellationToken stop)
    {
        parts.Log.TryForgotten(known.Attempt, claimed.Campaign);
        dialling.Ended(known.Attempt);
        var now = parts.Time.GetUtcNow();
        if (known.Told is not var (result, reason, due))
        {
            var lost = claimed with
            {
                EndedAt = now,
                Cause = HangupCause.NodeRestart,
                AnsweredAt = known.IsAnswered ? now : null,
            };
            (result, reason) = (AttemptJudge.Fail, AttemptJudge.ReasonOf(lost));
            due = await _settlement.RetryAtAsync(lost, run, reason, stop).ConfigureAwait(false);
            // It may be ringing still.
            if (due < now + run.Terms.RingTimeout) due = now + run.Terms.RingTimeout;
        }
        await parts.Store.DialAttempts.SettleAsync(new(claimed, result, reason, due), AttemptState.Claimed, now, stop)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Whether its window has shut meanwhile, its consent was withdrawn, another node has met its caps, or the campaign's end has come; or
    /// whoever is to be called was changed, so that it lives by another clock, has another number, or is on the list no more. Then the try
    /// is given back.
    /// </summary>
    private async ValueTask<bool> IsShutAsync(CampaignRun run, DialAttempt claimed, CancellationToken stop)
    {
        var (now, next) = (parts.Time.GetUtcNow(), (DateTimeOffset?)null);
        var target = await parts.Store.Targets.FindAsync(claimed.Tenant, claimed.List, claimed.Target, stop).ConfigureAwait(false);
        bool isOver = run.Terms.EndsAt <= now;
        if (!isOver && target?.Destinations[claimed.Destination] is not null
            && NumberAt(run, target, claimed.Destination) is var number && (run.Terms.IsAlone || number == claimed.Number))
        {
            var answer = await policy.AskAsync(claimed.Tenant, run.Terms, target, number, now, stop).ConfigureAwait(false);
            if (answer.IsOpen) return false;
            next = answer.NotBefore;
        }
        // Where nobody is ever to call, the next look says so.
        await _settlement.ReturnAsync(claimed, CampaignSwitch.TooLate, next ?? now, stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Whoever is called by a number at some host, or in any spelling at a trunk, is judged by the number: that says who may be called, and
    /// who is called already.
    /// </summary>
    /// <param name="place">Where NextDestination has found an address.</param>
    private string NumberAt(CampaignRun run, Target target, int place)
    {
        string address = target.Destinations[place]!;
        if (E164.TryOfUri(address, out var number)) return number.Text;
        if (parts.Routes is not { } routes || run.Terms.IsAlone || !address.StartsWith("sip", StringComparison.OrdinalIgnoreCase))
            return address;
        var (call, _) = routes.Preview(new()
        {
            Tenant = target.Tenant, Connection = run.Terms.Connection, To = address, From = FromOf(run, target),
        });
        return call.Kind is DestinationKind.Number && E164.TryParse(call.To, out number) ? number.Text : address;
    }

    /// <summary>The same person sees the same caller again.</summary>
    private static string FromOf(CampaignRun run, Target target)
    {
        var from = run.Terms.From;
        return from[(int)((uint)target.Id.GetHashCode() % (uint)from.Count)];
    }

    private DialAttempt AttemptOn(CampaignRun run, Target target, int place, string number, string from, JsonObject evidence,
        DateTimeOffset now)
    {
        _madeAt = Times.Cut(now) > _madeAt ? Times.Cut(now) : _madeAt.AddMicroseconds(1);
        return new()
        {
            Id = Guid.CreateVersion7(now), Tenant = target.Tenant, Campaign = run.Campaign.Id, List = target.List, Target = target.Id,
            // Who is not called keeps nobody else from calling the number, and is not called too often by that.
            Number = run.Terms.IsAlone ? DialAttempt.AloneFor(target.Id) : number,
            Round = target.Round, Destination = place, Try = target.Tries[place] + 1, ClaimedAt = _madeAt,
            From = from, Evidence = evidence, Refs = run.Terms.Refs,
        };
    }

    /// <summary>Nobody is due: until when, or for good?</summary>
    private async ValueTask<DateTimeOffset> RestAsync(CampaignRun run, DateTimeOffset now, CancellationToken stop)
    {
        var (campaign, terms) = (run.Campaign, run.Terms);
        var next = await parts.Store.Targets.FindNextDueAsync(campaign.Tenant, campaign.List, stop).ConfigureAwait(false);
        var later = Later(now);
        if (next is { } at) return at < later ? at : later;
        if (terms.End is ListEnd.Continue) return later;
        // Whose call is up may be called again.
        var progressing = await parts.Store.Targets.ListProgressingAsync(campaign.Tenant, campaign.List, MostProgressing, stop)
            .ConfigureAwait(false);
        if (progressing.Count < MostProgressing && progressing.All(target => target.NextDestination(terms.Tries) < 0))
            await dialling.StopAsync(run, Exhausted, stop).ConfigureAwait(false);
        return later;
    }

    /// <summary>It stops once nothing of it is up.</summary>
    private async ValueTask EndAsync(CampaignRun run, DateTimeOffset now, CancellationToken stop)
    {
        if (await parts.Store.DialAttempts.CountLiveAsync(run.Campaign, stop).ConfigureAwait(false) > 0) return;
        // As it is by now: somebody may have asked for its stop since, by another node too.
        if (await parts.Store.Campaigns.FindAsync(run.Campaign.Tenant, run.Campaign.Id, stop).ConfigureAwait(false)
            is not { State: CampaignState.Stopping } campaign)
            return;
        string? reason = campaign.StopReason;
        // Somebody's try was given back at the moment at which nobody seemed to be left.
        if (reason is Exhausted
            && await parts.Store.Targets.FindNextDueAsync(campaign.Tenant, campaign.List, stop).ConfigureAwait(false) is not null)
        {
            await parts.Store.Campaigns.MoveAsync(campaign.Tenant, campaign.Id, [CampaignState.Stopping], CampaignState.Run, reason: null,
                now, note: null, stop).ConfigureAwait(false);
            return;
        }
        if (!await parts.Store.Campaigns.MoveAsync(campaign.Tenant, campaign.Id, [CampaignState.Stopping], CampaignState.Stop, reason, now,
                note: null, stop).ConfigureAwait(false))
            return;
        if (reason is not Exhausted || run.Terms.Next is not { } next) return;
        string? why = await CampaignSwitch.StartNextAsync(parts.Store, campaign.Tenant, next, now, stop).ConfigureAwait(false);
        if (why is not null) parts.Log.NextNotStarted(campaign.Id, next, why);
    }
}
