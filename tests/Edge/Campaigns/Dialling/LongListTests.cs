using System.Diagnostics;
using System.Globalization;
using Dapper;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>A list of many of whom few are due: what a look costs does not depend on the others.</summary>
public sealed class LongListTests() : DiallerRig(Product.Sqlite)
{
    private static readonly int Targets = LongRun.Times(20_000, 1_000_000), Due = LongRun.Times(500, 10_000);

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_look_goes_by_the_index_and_takes_no_time()
    {
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 50, End = ListEnd.Continue });
        var now = Time.GetUtcNow();
        var added = Stopwatch.StartNew();
        for (int at = 0; at < Targets; at += TargetTable.MostAtOnce)
            await Store.Targets.AddAsync([.. Enumerable.Range(at, TargetTable.MostAtOnce).Select(i => TargetOf(campaign, i, now))], Stop);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Targets} rows in {added.Elapsed.TotalSeconds:0.0} s");

        string[] statements = [TargetTable.SelectDue, TargetTable.SelectNextDue, TargetTable.SelectWaiting, TargetTable.SelectAhead];
        foreach (string sql in statements)
        {
            var which = new { tenant = Tenant, list = campaign.List, now, since = now, after = Guid.Empty, limit = 100 };
            var plan = await Store.Sql.ReadAsync(db => db.Query<(long Id, long Parent, long Unused, string Detail)>(
                "explain query plan " + sql, which)
                .Select(step => step.Detail).ToList(), Stop);
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }
        var took = new List<double>();
        for (int look = 0; look < 20; look++)
        {
            var watch = Process.GetCurrentProcess().TotalProcessorTime;
            var due = await Store.Targets.ListDueAsync(Tenant, campaign.List, now, 100, Stop);
            Assert.Equal(100, due.Count);
            Assert.NotNull(await Store.Targets.FindNextDueAsync(Tenant, campaign.List, Stop));
            Assert.Equal(50 * look, await Store.DialAttempts.CountLiveAsync(campaign, Stop));
            var claimed = await Store.DialAttempts.ClaimAsync([.. due.Take(50).Select(target => AttemptOn(campaign, target))],
                Store.Node.Node, Stop);
            Assert.Equal(50, claimed.Count);
            if (look > 0) took.Add((Process.GetCurrentProcess().TotalProcessorTime - watch).TotalMilliseconds);
            if (50 * (look + 3) > Due) break;
        }
        took.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"a look with 50 claims: {took[took.Count / 2]:0.0} ms CPU, of {Targets} and {Due} due");
        // All tests of the process count into it: the least is the look's. A bound on time is for a night of its own.
        if (LongRun.IsOn) Assert.True(took[0] < 50, $"{took[0]} ms");
    }

    private Target TargetOf(Campaign campaign, int index, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Tenant = Tenant, List = campaign.List, Name = "", CreatedAt = now, UpdatedAt = now,
        Destinations = [NumberOf(index), null, null, null, null], IdentityKey = NumberOf(index),
        DueAt = index < Due ? now : now.AddDays(1 + index % 300),
    };

    private static DialAttempt AttemptOn(Campaign campaign, Target target) => new()
    {
        Id = Guid.CreateVersion7(), Tenant = target.Tenant, Campaign = campaign.Id, List = target.List, Target = target.Id,
        Number = target.Destinations[0]!, From = Caller, Destination = 0, Try = 1, ClaimedAt = target.CreatedAt, Evidence = [],
    };

    private static string NumberOf(int index) => string.Create(CultureInfo.InvariantCulture, $"+1212{index:0000000}");
}
