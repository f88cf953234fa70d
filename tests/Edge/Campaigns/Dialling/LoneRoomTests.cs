using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Campaigns that call nobody, and have more targets than their account may have flows at a time.</summary>
public sealed class LoneRoomTests() : DiallerRig(Product.Sqlite)
{
    [Fact, Depth("the gate has calls that meet a limit of channels; flows take the same way")]
    public async Task A_flow_begins_for_each_that_ends_and_few_are_claimed_in_vain()
    {
        var flows = new Flows(Time);
        var campaign = await DoneAsync(flows, "+121255505");

        var begun = flows.Begun.ToList();
        Assert.Equal(12, begun.Count);
        // Two at a time, each two seconds long.
        Assert.InRange(begun[^1] - begun[0], TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(16));
        Assert.InRange((await AttemptsAsync(campaign)).Count(attempt => attempt.State is AttemptState.Returned), 1, 15);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    /// <summary>Those that were claimed together all ask before the first of them begins.</summary>
    [Fact, Depth("the gate has calls that meet a limit of channels; flows take the same way")]
    public async Task Flows_that_are_refused_when_they_begin_are_counted_as_refused_too()
    {
        var flows = new Flows(Time, isAskedLate: true);
        var campaign = await DoneAsync(flows, "+121255506");

        Assert.Equal(12, flows.Begun.Count);
        // Were all that are due tried each time, 30 would be.
        Assert.InRange((await AttemptsAsync(campaign)).Count(attempt => attempt.State is AttemptState.Returned), 1, 20);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    /// <summary>A campaign of a dozen numbers with this beginning, whose flows are over.</summary>
    private async Task<Campaign> DoneAsync(Flows flows, string prefix)
    {
        string[] numbers = [.. Enumerable.Range(0, 12).Select(i => $"{prefix}{i:00}")];
        Lone = () => flows.Up;
        var campaign = await CampaignAsync(Terms() with
        {
            IsAlone = true,
            Application = new(ApplicationKind.Flow, "flow"),
            CallsPerSecond = 50,
        }, numbers);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), Alone = flows });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromMinutes(10));
        return campaign;
    }

    /// <param name="isAskedLate">Whoever asks for room is told so; who begins without any is refused.</param>
    private sealed class Flows(FakeTimeProvider time, bool isAskedLate = false) : ILoneAttempts
    {
        private const int Most = 2;

        private int _up;

        public int Up => Volatile.Read(ref _up);

        public ConcurrentQueue<DateTimeOffset> Begun { get; } = new();

        /// <summary>Whoever is told so comes.</summary>
        public bool HasRoom(TenantId tenant) => isAskedLate || TryEnter();

        private bool TryEnter()
        {
            if (Interlocked.Increment(ref _up) <= Most) return true;
            Interlocked.Decrement(ref _up);
            return false;
        }

        public async Task<LoneEnd> RunAsync(DialAttempt attempt, Application application, Action begun, CancellationToken stop)
        {
            if (isAskedLate && !TryEnter()) return LoneEnd.Refused;
            begun();
            Begun.Enqueue(time.GetUtcNow());
            await Task.Delay(TimeSpan.FromSeconds(2), time, stop);
            Interlocked.Decrement(ref _up);
            return LoneEnd.Done;
        }
    }
}
