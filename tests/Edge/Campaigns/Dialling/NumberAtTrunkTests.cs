using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>One person behind two rows, of which one has the number as a SIP URI at a trunk, in a spelling of its own.</summary>
public sealed class NumberAtTrunkTests() : DiallerRig(Product.Sqlite)
{
    private const string AtTrunk = "sip:12125550101@trunk.example", Elsewhere = "sip:12125550101@pbx.example";

    private async Task<Campaign> DoneAsync(CampaignTerms terms, params string[] addresses)
    {
        foreach (string address in addresses) Far.Script(address, TakenCall.Talks(5));
        var campaign = await CampaignAsync(terms with { CallsPerSecond = 50 }, addresses);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1), Routes = new Trunk() });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromDays(3));
        return campaign;
    }

    [Fact]
    public async Task It_is_not_called_twice_at_one_time()
    {
        var campaign = await DoneAsync(Terms(), Anna, AtTrunk);
        Assert.Equal(2, Far.Invites.Count);
        Assert.Equal(1, Far.MostUp);
        Assert.All(await AttemptsAsync(campaign), attempt => Assert.Equal(Anna, attempt.Number));
    }

    [Fact]
    public async Task What_a_host_that_is_no_trunk_calls_so_is_its_own_affair()
    {
        var campaign = await DoneAsync(Terms(), Anna, Elsewhere);
        Assert.Equal((2, 2), (Far.Invites.Count, Far.MostUp));
        Assert.Equal([Anna, Elsewhere], (await AttemptsAsync(campaign)).Select(attempt => attempt.Number).Order(StringComparer.Ordinal));
    }

    /// <summary>It has trunk.example as a trunk.</summary>
    private sealed class Trunk : IRouteExplainer
    {
        public RouteExplanation Explain(RouteQuestion question) => throw new NotSupportedException();

        public (CallAttempt Call, GateAnswer Way) Preview(DialRequest request)
        {
            bool isNumber = request.To == AtTrunk;
            var call = new CallAttempt
            {
                Tenant = request.Tenant, From = request.From, To = isNumber ? Anna : request.To, Leg = default,
                Direction = Direction.Outbound, Connection = request.Connection,
                Kind = isNumber ? DestinationKind.Number : DestinationKind.Elsewhere,
            };
            return (call, GateAnswer.Open);
        }
    }
}
