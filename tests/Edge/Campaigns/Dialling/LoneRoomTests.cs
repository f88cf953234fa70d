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
        string[] numbers = [.. Enumerable.Range(0, 12).Select(i => $"+121255505{i:00}")];
        var flows = new Flows(Time);
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

        var begun = flows.Begun.ToList();
        Assert.Equal(12, begun.Count);
        // Two at a time, each two seconds long.
        Assert.InRange(begun[^1] - begun[0], TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(16));
        Assert.InRange((await AttemptsAsync(campaign)).Count(attempt => attempt.State is AttemptState.Returned), 1, 15);
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 100, Stop), target => Assert.Equal(1, target.Tries[0]));
    }

    private sealed class Flows(FakeTimeProvider time) : ILoneAttempts
    {
        private const int Most = 2;

        private int _up;

        public int Up => Volatile.Read(ref _up);

        public ConcurrentQueue<DateTimeOffset> Begun { get; } = new();

        /// <summary>Whoever is told so comes.</summary>
        public bool HasRoom(TenantId tenant)
        {
            if (Interlocked.Increment(ref _up) <= Most) return true;
            Interlocked.Decrement(ref _up);
            return false;
        }

        public async Task<LoneEnd> RunAsync(DialAttempt attempt, Application application, CancellationToken stop)
        {
            Begun.Enqueue(time.GetUtcNow());
            await Task.Delay(TimeSpan.FromSeconds(2), time, stop);
            Interlocked.Decrement(ref _up);
            return LoneEnd.Done;
        }
    }
}
