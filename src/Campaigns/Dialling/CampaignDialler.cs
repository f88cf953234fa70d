using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// Dials for the campaigns that this node holds. All that must survive is in the database: an attempt is claimed with its target, its
/// leg's first row says that it is dialled, the ledger says how it ended, and only then is the target told. A process that is killed
/// anywhere in between leaves something that the next start, or another node, can go on from, and nothing to be guessed.
/// It sleeps until something is due, and is woken by what this process does; what other nodes do is found by a slow look.
/// </summary>
public sealed class CampaignDialler : IAsyncDisposable
{
    private static readonly TimeSpan LastAttempts = TimeSpan.FromSeconds(10), Apart = TimeSpan.FromMinutes(1),
        AfterFailure = TimeSpan.FromSeconds(1);
    private const int SettledAtOnce = 500;

    private readonly DiallerParts _parts;
    private readonly AttemptDialling _dialling;
    private readonly Settlement _settlement;
    private readonly LostClaims _lost;
    private readonly CampaignStep _step;
    private readonly Dictionary<Guid, CampaignRun> _runs = [];
    private readonly Dictionary<Guid, DateTimeOffset> _broken = [];
    private readonly CancellationTokenSource _stop = new();
    // What was said since the last round.
    private readonly ConcurrentDictionary<Guid, byte> _grown = new();
    private readonly ConcurrentQueue<Guid?> _freed = new();
    private int _hasChanged, _hasEnded, _endedCalls, _isCalled;
    private TaskCompletionSource _wake = Bell();
    private volatile bool _isAsleep;
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private int _running;
    private long _turn;
    private Task _loop = Task.CompletedTask;

    public CampaignDialler(DiallerParts parts)
    {
        _parts = parts;
        _dialling = new(parts, run =>
        {
            run.Poke();
            Volatile.Write(ref _hasEnded, 1);
            Ring();
        });
        _settlement = new(parts, _dialling.Begun);
        _lost = new(parts, _dialling, _settlement);
        _step = new(parts, _dialling, AllPolicies.OfCampaigns(parts.Store, parts.Zones), SharingAgentsWith);
    }

    /// <summary>A campaign runs or stops here: it waits for time to pass.</summary>
    public bool HasWork => Volatile.Read(ref _running) > 0;

    /// <summary>Calls that it counts as up; for tests.</summary>
    internal int Up => _dialling.Live;

    /// <summary>It waits for time to pass, and nobody has called it; for tests.</summary>
    internal bool IsAtRest => RestsBeside(alone: 0);

    /// <summary>It is at rest but for so many attempts that call nobody, and wait for time, too; for tests.</summary>
    internal bool RestsBeside(int alone) =>
        _isAsleep && !Volatile.Read(ref _wake).Task.IsCompleted && _dialling.Open == alone;

    private Database Store => _parts.Store;

    /// <summary>By the thread of the rounds.</summary>
    private TimeSpan Rest => _runs.Count == 0 && _dialling.Open == 0 ? _parts.IdleRest ?? _parts.Rest : _parts.Rest;

    public void Start()
    {
        Store.Campaigns.Changed += Change;
        Store.Targets.Grown += Grow;
        _loop = RunAsync();
    }

    /// <summary>
    /// Something has changed that the tables do not tell of, as what a face keeps of its own: all is read and looked at now.
    /// </summary>
    public void Wake()
    {
        Volatile.Write(ref _isCalled, 1);
        Ring();
    }

    /// <summary>Something happened to a call, and is committed. On the ledger's thread, which it does not hold up.</summary>
    public void Hear(SubjectEvent happened)
    {
        if (happened is CallEvent.LegAnswered { Leg: var answered } && Guid.TryParse(AttemptMark.Of(answered), out var begun))
            _dialling.Begun.Answer(begun);
        if (happened is not CallEvent.LegEnded { Leg: var leg } || AttemptMark.Of(leg) is not { } attempt) return;
        // A leg that was transferred has the mark, too, and ends behind the one that was dialled.
        if (Guid.TryParse(attempt, out var id)) _dialling.Ended(id);
        Interlocked.Increment(ref _endedCalls);
        Volatile.Write(ref _hasEnded, 1);
        Ring();
    }

    /// <summary>Somebody can take calls who could not before.</summary>
    /// <param name="queue">Null for any.</param>
    public void AgentsFree(Guid? queue = null)
    {
        _freed.Enqueue(queue);
        Ring();
    }

    /// <summary>Begins nothing more, and waits for what is being dialled at this moment.</summary>
    public async ValueTask DisposeAsync()
    {
        Store.Campaigns.Changed -= Change;
        Store.Targets.Grown -= Grow;
        await _stop.CancelAsync().ConfigureAwait(false);
        Ring();
        await _loop.ConfigureAwait(false);
        await _dialling.FinishAsync(LastAttempts).ConfigureAwait(false);
        foreach (var run in _runs.Values)
        {
            try
            {
                await Store.Campaigns.ReleaseAsync(run.Campaign, Store.Node.Node, CancellationToken.None).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // Another node takes it when its time has come.
                break;
            }
        }
        _stop.Dispose();
    }

    private void Change(Guid campaign)
    {
        Volatile.Write(ref _hasChanged, 1);
        Ring();
    }

    private void Grow(Guid list)
    {
        _grown[list] = 0;
        Ring();
    }

    private void Ring() => Volatile.Read(ref _wake).TrySetResult();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            // Before the round: what is said during it counts for the next one.
            var wake = Volatile.Read(ref _wake);
            if (wake.Task.IsCompleted) Volatile.Write(ref _wake, wake = Bell());
            var next = DateTimeOffset.MinValue;
            try
            {
                next = await RoundAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException)
            {
                // Readiness tells of it. Nothing is dialled without a row.
                next = BeginAnew();
            }
            catch (Exception failed)
            {
                _parts.Log.RoundFailed(failed);
                next = BeginAnew();
            }
            await SleepAsync(wake.Task, next).ConfigureAwait(false);
        }
    }

    /// <summary>Whatever this round was told may not be done.</summary>
    private DateTimeOffset BeginAnew()
    {
        _lookedAt = DateTimeOffset.MinValue;
        foreach (var run in _runs.Values) run.Poke();
        return _parts.Time.GetUtcNow() + AfterFailure;
    }

    private async ValueTask SleepAsync(Task wake, DateTimeOffset until)
    {
        // Timers know whole milliseconds: one that fires before its time would be set again and again.
        double rest = Math.Ceiling((until - _parts.Time.GetUtcNow()).TotalMilliseconds);
        if (rest <= 0) return;
        try
        {
            _isAsleep = true;
            await wake.WaitAsync(TimeSpan.FromMilliseconds(Math.Min(rest, Rest.TotalMilliseconds)), _parts.Time, _stop.Token)
                .ConfigureAwait(false);
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            // As usual.
        }
        finally
        {
            _isAsleep = false;
        }
    }

    /// <returns>When there is something to do, if nothing happens before.</returns>
    private async ValueTask<DateTimeOffset> RoundAsync()
    {
        var now = _parts.Time.GetUtcNow();
        // The wall clock may have been set back.
        bool isSetBack = now < _lookedAt, isLook = isSetBack || now - _lookedAt >= Rest;
        if (isSetBack)
        {
            _broken.Clear();
            foreach (var run in _runs.Values) run.SetBack(now);
        }
        bool hasEnded = Interlocked.Exchange(ref _hasEnded, 0) != 0, hasChanged = Interlocked.Exchange(ref _hasChanged, 0) != 0;
        bool isCalled = Interlocked.Exchange(ref _isCalled, 0) != 0;
        if (isLook || hasChanged || isCalled) await ReadAsync(now).ConfigureAwait(false);
        if (isLook) await _lost.ReturnAsync(_runs, _stop.Token).ConfigureAwait(false);
        bool isMore = (isLook || hasEnded)
            && await _settlement.RunAsync(_runs, SettledAtOnce, _stop.Token).ConfigureAwait(false) == SettledAtOnce;
        if (isLook) _lookedAt = now;
        PokeThoseConcerned();
        if (Interlocked.Exchange(ref _endedCalls, 0) is > 0 and var calls)
            foreach (var run in _runs.Values) run.Room.Freed(calls);
        if (isLook || hasEnded || isCalled) Poke(run => isCalled || run.IsHeldBack);

        var next = _lookedAt + Rest;
        // Whoever has waited longest is first, so that what they share is nobody's for ever: whose call was refused, waits on.
        foreach (var refused in _runs.Values.Where(run => run.Room.TakeRefused())) refused.Turn = 0;
        var runs = _runs.Values.OrderBy(run => run.Turn).ToList();
        for (int i = 0; i < runs.Count; i++)
        {
            _stop.Token.ThrowIfCancellationRequested();
            var run = runs[i];
            int share = ShareOf(runs.Skip(i).Count(other => other.IsDueAt(now)));
            await ApartAsync(run.Campaign, async () =>
            {
                if (await _step.RunAsync(run, share, _stop.Token).ConfigureAwait(false)) run.Turn = ++_turn;
            }).ConfigureAwait(false);
            if (run.LookAt < next) next = run.LookAt;
        }
        if (isMore) Volatile.Write(ref _hasEnded, 1);
        return isMore ? now : next;
    }

    /// <summary>What one of so many campaigns may take of the calls that this node still has room for.</summary>
    private int ShareOf(int campaigns) => _parts.MostCalls is not { } most ? int.MaxValue
        : (Math.Max(0, most - _dialling.Live) + Math.Max(1, campaigns) - 1) / Math.Max(1, campaigns);

    /// <summary>The node's other campaigns that call people for the agents of the same queue.</summary>
    private List<CampaignRun> SharingAgentsWith(CampaignRun run) => run.Terms.Queue is not { } queue ? []
        : [.. _runs.Values.Where(other => other != run && other.Campaign.Tenant == run.Campaign.Tenant && other.Terms.Queue == queue
            && !other.Terms.IsAlone)];

    private void PokeThoseConcerned()
    {
        foreach (var list in _grown.Keys)
            if (_grown.TryRemove(list, out _)) Poke(run => run.Campaign.List == list);
        while (_freed.TryDequeue(out var queue))
            Poke(run => run.Terms.Queue is { } own && (queue is null || queue == own));
    }

    private void Poke(Func<CampaignRun, bool> isConcerned)
    {
        foreach (var run in _runs.Values.Where(isConcerned)) run.Poke();
    }

    /// <summary>What runs, and is this node's to dial for.</summary>
    private async ValueTask ReadAsync(DateTimeOffset now)
    {
        var running = await Store.Campaigns.ListRunningAsync(_stop.Token).ConfigureAwait(false);
        foreach (var gone in _runs.Keys.Except(running.Select(one => one.Id)).ToList()) _runs.Remove(gone);
        foreach (var campaign in running)
            await ApartAsync(campaign, async () => await HoldAsync(campaign, now).ConfigureAwait(false)).ConfigureAwait(false);
        Volatile.Write(ref _running, _runs.Count);
    }

    private async ValueTask HoldAsync(Campaign campaign, DateTimeOffset now)
    {
        bool isHeld = _runs.TryGetValue(campaign.Id, out var run);
        if (run is null || run.HeldUntil - now < _parts.Hold - _parts.RenewEvery)
        {
            isHeld = await Store.Campaigns.HoldAsync(campaign, Store.Node.Node, _parts.Hold, _stop.Token).ConfigureAwait(false);
            if (!isHeld) _runs.Remove(campaign.Id);
            else if (run is null)
            {
                _runs[campaign.Id] = run = new(campaign, now);
                await Store.Targets.ReconcileAsync(campaign.Tenant, campaign.List, now + run.Terms.RetryInterval, now, _stop.Token)
                    .ConfigureAwait(false);
            }
            if (isHeld) run!.HeldUntil = now + _parts.Hold; // set above
        }
        if (isHeld) run!.Follow(campaign, now);
    }

    /// <summary>What cannot be dialled for, as by terms that nobody can read, is left alone for a while; the others go on.</summary>
    private async ValueTask ApartAsync(Campaign campaign, Func<Task> work)
    {
        if (_broken.TryGetValue(campaign.Id, out var until) && _parts.Time.GetUtcNow() < until) return;
        try
        {
            await work().ConfigureAwait(false);
            _broken.Remove(campaign.Id);
        }
        catch (Exception failed) when (failed is not (OperationCanceledException or StoreUnavailableException))
        {
            until = _parts.Time.GetUtcNow() + Apart;
            _broken[campaign.Id] = until;
            if (_runs.TryGetValue(campaign.Id, out var run)) run.LookAt = until;
            _parts.Log.CampaignFailed(failed, campaign.Id);
        }
    }

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
