using Ringwright.Server;
using Ringwright.Server.Cli;

namespace Ringwright.Edge.Server;

/// <summary>The way out that <c>campaign run --trunk</c> adds.</summary>
public sealed class CampaignTrunkTests : IAsyncLifetime
{
    private const string Host = "192.0.2.7:5080";

    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task It_is_added_once_with_a_route_for_every_number_and_no_other_beside_it()
    {
        Assert.Contains(Host, await CampaignTrunk.UseAsync(_node.Socket, Host, Stop), StringComparison.Ordinal);
        Assert.Null(await CampaignTrunk.UseAsync(_node.Socket, Host, Stop));
        var trunk = Assert.Single((await _client.DataAsync("GET", "/trunks")).AsArray())!;
        Assert.Equal((Host, "192.0.2.7", 5080, "any"),
            ((string?)trunk["name"], (string?)trunk["host"], (int)trunk["port"]!, (string?)trunk["caller_id"]));
        var route = Assert.Single((await _client.DataAsync("GET", "/routes")).AsArray())!;
        Assert.Equal(("+", (string?)trunk["id"]), ((string?)route["prefix"], (string?)route["trunk_id"]));

        var refused = await Assert.ThrowsAsync<StartRefused>(() => CampaignTrunk.UseAsync(_node.Socket, "192.0.2.8", Stop));
        Assert.Contains("routed already", refused.Message, StringComparison.Ordinal);
        Assert.Single((await _client.DataAsync("GET", "/trunks")).AsArray());
    }

    [Fact]
    public async Task Where_others_have_accounts_it_lets_nobody_show_any_number()
    {
        await _client.DataAsync("POST", "/accounts", """{"name":"other"}""");
        var refused = await Assert.ThrowsAsync<StartRefused>(() => CampaignTrunk.UseAsync(_node.Socket, Host, Stop));
        Assert.Contains("one account", refused.Message, StringComparison.Ordinal);
        Assert.Empty((await _client.DataAsync("GET", "/trunks")).AsArray());
    }
}
