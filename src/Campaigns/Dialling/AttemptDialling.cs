using System.Collections.Concurrent;
using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Dials what was claimed, and says of what is refused what becomes of it.</summary>
internal sealed class AttemptDialling(DiallerParts parts, Action<CampaignRun> looked)
{
    /// <summary>So many attempts in a row that found no line, or could not be sent by it, stop a campaign.</summary>
    public const int MostTroubles = 10;
    public const string NoLine = "trunk_unreachable";
    /// <summary>The gate's word for a trunk that got as many calls as it may in a second.</summary>
    private const string TrunkRate = "trunk_call_rate";
    /// <summary>A mistake of ours: it may be about one target, and the others go on.</summary>
    private const string Internal = "internal";

    private static readonly TimeSpan AfterBusy = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, Task> _open = new();
    private readonly ConcurrentDictionary<Guid, byte> _live = new();
    private readonly Settlement _settlement = new(parts);
    private readonly LoneDialling _alone = new(parts, looked);

    /// <summary>What was dialled here lately.</summary>
    public BegunTries Begun { get; } = new(parts.Time);

    /// <summary>Any thread may go on; what is refused is settled before it is over.</summary>
    /// <param name="address">Of the target: the attempt's number, or the URI that it is called by.</param>
    public void Begin(CampaignRun run, DialAttempt attempt, string address)
    {
        bool isAlone = run.Terms.IsAlone;
        Begun.Add(attempt);
        if (!isAlone) _live[attempt.Id] = 0;
        // What of it was done nobody knows, should the database forget it: it is not done again.
        else Begun.Answer(attempt.Id);
        var task = Task.Run(() => isAlone ? RunAloneAsync(run, attempt) : DialAsync(run, attempt, address), CancellationToken.None);
        _open[attempt.Id] = task;
        _ = task.ContinueWith(_ => _open.TryRemove(attempt.Id, out Task? _), TaskScheduler.Default);
    }

    /// <summary>It is being dialled or carried out here, or what became of that is being written.</summary>
    public bool IsOpen(Guid attempt) => _open.ContainsKey(attempt);

    /// <summary>How many of them there are; for tests.</summary>
    public int Open => _open.Count;

    /// <summary>Calls of campaigns that this node has.</summary>
    public int Live => _live.Count;

    /// <summary>The attempt's leg is over.</summary>
    public void Ended(Guid attempt) => _live.TryRemove(attempt, out _);

    public async ValueTask FinishAsync(TimeSpan patience)
    {
        await _alone.CutOffAsync().ConfigureAwait(false);
        using var stop = new CancellationTokenSource(patience, parts.Time);
        await Task.WhenAll(_open.Values).WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>It begins nothing more; what is up goes on.</summary>
    public async ValueTask StopAsync(CampaignRun run, string reason, CancellationToken stop)
    {
        var campaign = run.Campaign;
        if (await parts.Store.Campaigns.MoveAsync(campaign.Tenant, campaign.Id, [CampaignState.Run], CampaignState.Stopping, reason,
                parts.Time.GetUtcNow(), note: null, stop).ConfigureAwait(false))
            parts.Log.CampaignStops(campaign.Id, reason);
        looked(run);
    }

    private async Task DialAsync(CampaignRun run, DialAttempt attempt, string address)
    {
        try
        {
            Dialled dialled;
            try
            {
                string to = await ResolvedAsync(attempt.Tenant, address).ConfigureAwait(false);
                dialled = await parts.Calls.DialAsync(RequestOf(run, attempt, to), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception failed)
            {
                parts.Log.AttemptFailed(failed, attempt.Id);
                dialled = Dialled.Refused(Refusal.Overloaded, Internal, null);
            }
            if (dialled.Ack.IsAccepted)
            {
                run.HadLine();
                run.Lines.Took(parts.Time.GetUtcNow());
                bool hasRoom = run.Room.Took(parts.Time.GetUtcNow()), hasRested = run.Rest.Took();
                // It may have looked while the call was on its way.
                if (hasRoom || hasRested) looked(run);
                return;
            }
            Ended(attempt.Id);
            await RefusedAsync(run, attempt, dialled).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Its claim is still there, and so is its target's: the next look finds that nobody dials it, and gives both back.
        }
    }

    private async Task RunAloneAsync(CampaignRun run, DialAttempt attempt)
    {
        try
        {
            if (await _alone.RunAsync(run, attempt).ConfigureAwait(false)) run.Room.Freed(1);
            looked(run);
        }
        catch (StoreUnavailableException)
        {
            // As with a call: the next look finds that nobody carries it out.
        }
    }

    /// <summary>What stands for nobody is dialled as it is, and refused as what it is.</summary>
    private async ValueTask<string> ResolvedAsync(TenantId tenant, string address) =>
        parts.Addresses is { } addresses && !TargetAddress.TryParse(address, out _)
            ? await addresses.ResolveAsync(tenant, address, CancellationToken.None).ConfigureAwait(false) ?? address
            : address;

    private static DialRequest RequestOf(CampaignRun run, DialAttempt attempt, string to) => AttemptMark.On(new()
    {
        Tenant = attempt.Tenant,
        Connection = run.Terms.Connection,
        To = to,
        From = attempt.From,
        CallerName = run.Terms.CallerName,
        AskedBy = ApplicationKind.Campaign,
        RingTimeout = run.Terms.RingTimeout,
        TimeLimit = run.Terms.TimeLimit,
        MachineDetection = run.Terms.Machines?.Detection,
        Application = run.Terms.Application ?? new(ApplicationKind.Campaign, attempt.Campaign.ToString()),
    }, attempt.Id);

    private async ValueTask RefusedAsync(CampaignRun run, DialAttempt attempt, Dialled dialled)
    {
        var refusal = dialled.Ack.Refusal;
        var now = parts.Time.GetUtcNow();
        string reason = AttemptJudge.WordOf(refusal, dialled.Rule);
        switch (AttemptJudge.Of(refusal))
        {
            case RefusedKind.Never:
                await FailAsync(attempt, reason, due: null, now).ConfigureAwait(false);
                break;
            case RefusedKind.Address:
                var due = await _settlement.RetryAtAsync(attempt with { EndedAt = now }, run, reason, CancellationToken.None)
                    .ConfigureAwait(false);
                await FailAsync(attempt, reason, due, now).ConfigureAwait(false);
                break;
            case RefusedKind.Campaign:
                await _settlement.ReturnAsync(attempt, reason, now, CancellationToken.None).ConfigureAwait(false);
                await StopAsync(run, reason, CancellationToken.None).ConfigureAwait(false);
                break;
            case RefusedKind.Line:
                await _settlement.ReturnAsync(attempt, reason, now + AfterBusy, CancellationToken.None).ConfigureAwait(false);
                run.HadTrouble();
                break;
            case RefusedKind.Busy when dialled.Rule is TrunkRate:
                run.Lines.Refused(now);
                await _settlement.ReturnAsync(attempt, reason, now + LinePace.Window, CancellationToken.None).ConfigureAwait(false);
                break;
            // A media port is free when a call has ended.
            case RefusedKind.Busy when refusal.IsOfRoom() || refusal is Refusal.NoMediaPort:
                run.Room.Refused(now);
                await _settlement.ReturnAsync(attempt, reason, now + LineRoom.Rest, CancellationToken.None).ConfigureAwait(false);
                break;
            case RefusedKind.Busy when IsOfNode(dialled):
                await _settlement.ReturnAsync(attempt, reason, run.Rest.Refused(now), CancellationToken.None).ConfigureAwait(false);
                break;
            case RefusedKind.Busy:
                await _settlement.ReturnAsync(attempt, reason, now + AfterBusy, CancellationToken.None).ConfigureAwait(false);
                break;
            default:
                throw new UnreachableException();
        }
        if (run.Troubles >= MostTroubles) await StopAsync(run, NoLine, CancellationToken.None).ConfigureAwait(false);
        looked(run);
    }

    private static bool IsOfNode(Dialled dialled) =>
        dialled.Ack.Refusal is Refusal.MediaAway or Refusal.LedgerUnavailable or Refusal.Draining
        || dialled.Ack.Refusal is Refusal.Overloaded && dialled.Rule is not Internal;

    private ValueTask<bool> FailAsync(DialAttempt attempt, string reason, DateTimeOffset? due, DateTimeOffset now) =>
        parts.Store.DialAttempts.SettleAsync(new(attempt, AttemptJudge.Fail, reason, due), AttemptState.Claimed, now,
            CancellationToken.None);
}
