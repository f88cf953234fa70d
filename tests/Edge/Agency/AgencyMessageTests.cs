using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyMessagesOnSqliteTests() : AgencyMessageTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyMessagesOnPostgresTests() : AgencyMessageTests(Product.Postgres);

/// <summary>Messages that agents leave to machines: one of a campaign is enough, of whatever batch.</summary>
public abstract class AgencyMessageTests(Product product)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_machine_that_has_a_message_of_the_campaign_gets_no_second_one_by_another_batch()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        var database = lab.Host.Node.Node.Database;
        string number = AgencyLab.Number("ok-1"), campaign = await lab.CampaignAsync(), other = await lab.CampaignAsync();
        Guid first = await BatchAsync(lab, campaign, number), second = await BatchAsync(lab, campaign, number),
            third = await BatchAsync(lab, other, number);
        Assert.Equal("no no no", await HaveAsync(lab, number, first, second, third));
        // Nobody follows a batch that is over.
        await lab.Host.DoneAsync(200, lab.Host.OwnerA, "POST", $"/batches/{first}/cancel");
        Assert.Equal("failed", (string?)Assert.Single(await lab.ContactsAsync(first.ToString()))["status"]);
        // A machine that has heard nothing, however often it was called.
        await WriteAsync(database, first, "failed");
        Assert.Equal("no no no", await HaveAsync(lab, number, first, second, third));
        await WriteAsync(database, first, "completed");
        Assert.Equal("yes yes no", await HaveAsync(lab, number, first, second, third));
        Assert.Equal("no", await HaveAsync(lab, AgencyLab.Number("ok-3"), second));
        // By the other number of its telephone it is the same machine.
        var abroad = await BatchAsync(lab, campaign, "+525512345678");
        await lab.Host.DoneAsync(200, lab.Host.OwnerA, "POST", $"/batches/{abroad}/cancel");
        await WriteAsync(database, abroad, "completed");
        Assert.Equal("yes", await HaveAsync(lab, "+5215512345678", second));

        var leg = Telnyx.Samples.Facts(Direction.Outbound) with { Tenant = new(Guid.Parse(lab.Client)), To = number };
        var opening = await new AgencyTalks(database).OpeningOfAsync(second, target: null, leg, Stop);
        Assert.Equal((true, number, leg.From), (opening.HasMessage, opening.Words!["contact.phone"], opening.Words["from"]));
        Assert.Null((await new AgencyTalks(database).OpeningOfAsync(Guid.NewGuid(), target: null, leg, Stop)).Words);
        Assert.False((await new AgencyTalks(database).OpeningOfAsync(third, target: null, leg, Stop)).HasMessage);
    }

    private static async Task<Guid> BatchAsync(AgencyLab lab, string campaign, string number) =>
        Guid.Parse((string)(await lab.BatchAsync(campaign, [number], """{"hold":true}"""))["id"]!);

    private static async Task<string> HaveAsync(AgencyLab lab, string number, params Guid[] batches)
    {
        var agency = new TenantId(Guid.Parse((string)lab.Host.AccountA["id"]!));
        var have = new List<string>();
        foreach (var batch in batches)
            have.Add(await new ContactTable(lab.Host.Node.Node.Database).HasMessageAsync(agency, batch, number, Stop) ? "yes" : "no");
        return string.Join(' ', have);
    }

    /// <summary>As if a machine had answered for whoever is in the batch.</summary>
    private static async Task WriteAsync(Database database, Guid batch, string status) =>
        await database.Sql.WriteAsync(db => db.Execute(
            $"update campaign_contacts set outcome = 'voicemail', status = '{status}' where batch_id = @batch", new { batch }), Stop);
}
