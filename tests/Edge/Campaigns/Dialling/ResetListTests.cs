using System.Globalization;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>A long list that is to be called once more while somebody calls it.</summary>
public sealed class ResetListTests() : DiallerRig(Product.Sqlite)
{
    private const int Targets = 1_200;

    [Fact]
    public async Task Whoever_is_done_again_meanwhile_is_left_at_that()
    {
        var campaign = await CampaignAsync(Terms());
        var now = Time.GetUtcNow();
        foreach (int[] some in Enumerable.Range(0, Targets).Chunk(TargetTable.MostAtOnce))
            await Store.Targets.AddAsync([.. some.Select(i => TargetOf(campaign, i, now))], Stop);
        Assert.Equal(Targets, await Store.Targets.FinishIdleAsync(Tenant, campaign.List, "busy", now, Stop));

        bool isOver = false;
        var calling = Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver)) await Store.Targets.FinishIdleAsync(Tenant, campaign.List, "busy", now, Stop);
        }, Stop);
        try
        {
            await Store.Targets.ResetDoneAsync(Tenant, campaign.List, now, Stop).AsTask().WaitAsync(Eventually.Deadline, Stop);
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }
        await calling;
        Assert.All(await Store.Targets.ListAsync(Tenant, campaign.List, 0, 2 * Targets, Stop), target => Assert.Equal(1, target.Round));
    }

    [Fact]
    public async Task Whoever_is_called_once_more_is_called_in_the_order_of_the_list()
    {
        var campaign = await CampaignAsync(Terms());
        var now = Time.GetUtcNow();
        List<Target> all = [.. Enumerable.Range(0, 400).Select(i => TargetOf(campaign, i, now.AddMicroseconds(i)))];
        // Neither when they were written nor where they stand says it.
        await Store.Targets.AddAsync([.. Enumerable.Reverse(all)], Stop);
        var later = now.AddHours(1);
        await Store.Targets.FinishIdleAsync(Tenant, campaign.List, "busy", later, Stop);
        Assert.Equal(all.Count, await Store.Targets.ResetAsync(Tenant, campaign.List, "busy", later, Stop));
        var due = await Store.Targets.ListDueAsync(Tenant, campaign.List, later, all.Count, Stop);
        Assert.Equal(all.Select(target => target.Destinations[0]), due.Select(target => target.Destinations[0]));
    }

    private Target TargetOf(Campaign campaign, int index, DateTimeOffset now) => new()
    {
        Id = Target.NewId(now), Tenant = Tenant, List = campaign.List, Name = "", CreatedAt = now, UpdatedAt = now, DueAt = now,
        Destinations = [string.Create(CultureInfo.InvariantCulture, $"+1212{index:0000000}"), null, null, null, null],
    };
}
