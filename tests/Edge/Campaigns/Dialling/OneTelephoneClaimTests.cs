using Dapper;
using Npgsql;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Postgres;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Two nodes on one server that want one telephone by its two numbers.</summary>
public sealed class OneTelephoneClaimTests() : DiallerRig(Product.Postgres)
{
    private const string Longer = "+5215512345678", Shorter = "+525512345678";

    public static TheoryData<string, string> Telephones()
    {
        var rows = new TheoryData<string, string> { { Longer, Shorter } };
        if (!Depth.IsAll) return rows;
        rows.Add(Shorter, Longer);
        return rows;
    }

    /// <summary>The other one has looked, and has not written its claim yet.</summary>
    [Theory, MemberData(nameof(Telephones))]
    public async Task Of_two_nodes_that_want_a_telephone_at_once_one_has_it(string mine, string others)
    {
        var campaign = await CampaignAsync(Terms(), mine);
        var target = await TargetAsync(campaign, mine);
        var attempt = new DialAttempt
        {
            Id = Guid.CreateVersion7(), Tenant = Tenant, Campaign = campaign.Id, List = campaign.List, Target = target.Id,
            Round = target.Round, Number = mine, From = Caller, Destination = 0, Try = 1, ClaimedAt = Time.GetUtcNow(), Evidence = [],
        };
        await using (var node = new NpgsqlConnection(PostgresAddress.Read(Test.Connection)!.ConnectionString))    // the fixture's own form
        {
            await node.OpenAsync(Stop);
            await using var claim = await node.BeginTransactionAsync(Stop);
            Assert.True(await node.ExecuteScalarAsync<bool>(CalledNumbers.LockOn(Store.Sql.Engine),
                new { tenant = Tenant.ToString(), number = OneTelephone.NameOf(others) }));
            Assert.Empty(await Store.DialAttempts.ClaimAsync([attempt], Store.Node.Node, Stop));
        }
        Assert.Single(await Store.DialAttempts.ClaimAsync([attempt], Store.Node.Node, Stop));
    }
}
