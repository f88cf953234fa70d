using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>A dialler on a real database whose clock is the test's, and a far end that does as it is told.</summary>
public abstract class DiallerRig(Product product) : IAsyncLifetime
{
    private const int MostLooks = 10;
    /// <summary>Of the wall's time. What hangs fails its test, and does not hold up the suite.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    /// <summary>Beyond those, of one test: seconds in which its threads may stand, by a busy machine's leave.</summary>
    private int _moreLooks = 600;
    private protected const string Anna = "+12125550101", Bert = "+12125550102", Cleo = "+12125550103", Caller = "+15550100000";

    private protected static readonly Lazy<RecipientZones> Zones = new(() => RecipientZones.Load(NumberingPlansTests.Plans));

    private CampaignDialler? _dialler;
    private int _names;

    private protected FakeTimeProvider Time { get; } = new();
    private protected TestDatabase Test { get; private set; } = null!;      // set before each test, like the three below
    private protected Ledger Ledger { get; private set; } = null!;
    private protected Callees Far { get; private set; } = null!;
    /// <summary>Whose the next campaign is.</summary>
    private protected TenantId Tenant { get; set; }
    /// <summary>Attempts that call nobody, each of which waits for time to pass.</summary>
    private protected Func<int> Lone { get; set; } = static () => 0;
    private protected Database Store => Test.Database;
    /// <summary>What is in the database beside what each has.</summary>
    private protected virtual IReadOnlyList<StoreArea> Areas => [];
    private protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Test = await TestDatabase.ReserveAsync(product, Time, isMigrated: true);
        Test.Areas = Areas;
        await Test.ReopenAsync();
        Tenant = await Test.TenantAsync("agency");
        Ledger = new(Store, Script.Anchor, [], NullLogger.Instance) { Committed = happened => _dialler?.Hear(happened) };
        Far = new(Ledger, Time);
    }

    public async ValueTask DisposeAsync()
    {
        await StopDiallerAsync();
        await Ledger.FlushAsync();
        await Test.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <param name="configure">What is to be different.</param>
    private protected CampaignDialler StartDialler(Func<DiallerParts, DiallerParts>? configure = null)
    {
        var parts = new DiallerParts { Store = Store, Calls = Far, Zones = Zones, Time = Time, Log = NullLogger.Instance };
        _dialler = new(configure?.Invoke(parts) ?? parts);
        _dialler.Start();
        return _dialler;
    }

    private protected async Task StopDiallerAsync()
    {
        if (_dialler is { } dialler) await RunAsync(dialler.DisposeAsync().AsTask());
        _dialler = null;
    }

    private protected static CampaignTerms Terms(int tries = 1, double retrySeconds = 3) => new()
    {
        From = [Caller], Tries = [tries, 0, 0, 0, 0], RetryInterval = TimeSpan.FromSeconds(retrySeconds),
    };

    private protected async Task<Campaign> CampaignAsync(CampaignTerms terms, params string[] numbers)
    {
        var now = Time.GetUtcNow();
        var list = new TargetList(Guid.CreateVersion7(now), Tenant, "list", now);
        await Store.Targets.AddListAsync(list, Stop);
        await AddAsync(list.Id, numbers);
        var campaign = new Campaign
        {
            Id = Guid.CreateVersion7(now), Tenant = Tenant, Name = $"campaign {++_names}", State = CampaignState.Stop, List = list.Id,
            Terms = terms.Write(), CreatedAt = now, UpdatedAt = now,
        };
        await Store.Campaigns.AddAsync(campaign, note: null, Stop);
        return campaign;
    }

    private protected async Task AddAsync(Guid list, params string[] numbers)
    {
        foreach (string number in numbers)
        {
            var now = Time.GetUtcNow();
            await Store.Targets.AddAsync(
            [
                new()
                {
                    Id = Guid.CreateVersion7(now), Tenant = Tenant, List = list, Name = number,
                    Destinations = [number, null, null, null, null], DueAt = now, CreatedAt = now, UpdatedAt = now,
                },
            ], Stop);
            Time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private protected async Task RunningAsync(Campaign campaign)
    {
        Assert.Null(await CampaignSwitch.StartAsync(Store, campaign.Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
    }

    private protected async Task<Campaign> FindAsync(Campaign campaign) =>
        await Store.Campaigns.FindAsync(campaign.Tenant, campaign.Id, Stop) ?? throw new InvalidOperationException("it has gone");

    private protected async Task<Target> TargetAsync(Campaign campaign, string number) =>
        (await Store.Targets.ListAsync(campaign.Tenant, campaign.List, 0, 1_000, Stop)).Single(target => target.Name == number);

    private protected async Task<IReadOnlyList<DialAttempt>> AttemptsAsync(Campaign campaign) =>
        (await Store.DialAttempts.ListAsync(campaign, 0, 1_000, Stop)).Rows;

    private protected Task StoppedAsync(Campaign campaign, double withinSeconds = 120) =>
        UntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, withinSeconds);

    /// <summary>The clock goes on until it is so.</summary>
    private protected async Task UntilAsync(Func<Task<bool>> isSo, double withinSeconds = 60)
    {
        var end = Time.GetUtcNow() + TimeSpan.FromSeconds(withinSeconds);
        while (!await isSo())
        {
            Assert.True(Time.GetUtcNow() < end, $"not within {withinSeconds} s");
            await TickAsync();
        }
    }

    private protected async Task PassAsync(double seconds)
    {
        var end = Time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        while (Time.GetUtcNow() < end) await TickAsync();
    }

    /// <summary>
    /// The clock jumps from one due moment to the next, each time when all that was due before is done, until it is so.
    /// </summary>
    /// <returns>How often it jumped.</returns>
    private protected async Task<int> JumpUntilAsync(Func<Task<bool>> isSo, TimeSpan within)
    {
        var end = Time.GetUtcNow() + within;
        int jumps = 0;
        for (; !await isSo(); jumps++)
        {
            await RestAsync();
            if (await isSo()) break;
            var next = Time.NextDue ?? throw new InvalidOperationException("nobody waits for time");
            Assert.True(next < end, $"not within {within}");
            Time.Advance(next > Time.GetUtcNow() ? next - Time.GetUtcNow() : TimeSpan.Zero);
        }
        return jumps;
    }

    /// <summary>All who work wait for time to pass: the dialler, and each call.</summary>
    private async Task RestAsync()
    {
        var dialler = _dialler ?? throw new InvalidOperationException("nobody dials");
        long begun = Stopwatch.GetTimestamp();
        for (bool wasAtRest = false; ;)
        {
            // Behind whatever was appended, and told to the dialler.
            await Ledger.FlushAsync();
            int lone = Lone();
            bool isAtRest = dialler.RestsBeside(lone) && Ledger.IsAtRest && Time.TimerCount == Far.Up + lone + 1;
            if (isAtRest && wasAtRest) return;
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience,
                $"somebody never waits for time: {Time.TimerCount} timers, {Far.Up} calls are up, {lone} flows run");
            wasAtRest = isAtRest;
            if (!isAtRest) await Task.Yield();
        }
    }

    private async Task RunAsync(Task over)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!over.IsCompleted)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, "it never ends");
            await TickAsync(isEnding: true);
        }
        await over;
    }

    /// <summary>What is due does its work meanwhile, on the threads and the database that it has.</summary>
    private async Task TickAsync(bool isEnding = false)
    {
        Time.Advance(TimeSpan.FromMilliseconds(100));
        await Task.Delay(8, Stop);
        // The clock is the test's and the machine is not: what is due may take its time, a first time above all.
        for (int looks = 0; !HasDoneWhatIsDue && (looks < MostLooks || !isEnding && !Far.IsHeld && _moreLooks-- > 0); looks++)
            await Task.Delay(8, Stop);
    }

    /// <summary>
    /// Each call that is up waits for time to pass, and so does the dialler: whose timer has fired and who has not run yet has none.
    /// </summary>
    private bool HasDoneWhatIsDue => _dialler is not { IsAtRest: false } && Ledger.IsAtRest && Far.Ending == 0
        && Time.TimerCount >= Far.Up + (_dialler is null ? 0 : 1);
}
