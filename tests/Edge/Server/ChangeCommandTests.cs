using System.Text.Json.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>Trunks and numbers that commands change on a running node, and lists for scripts.</summary>
public sealed class ChangeCommandTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test

    public async ValueTask InitializeAsync() => _node = await OperatorClient.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task What_is_typed_of_a_trunk_changes_and_all_else_stays()
    {
        await RunAsync("trunk", "add", "berlin", "192.0.2.10:5070", "--channels", "7", "--may-refer", "--transport", "tcp");
        var before = Assert.Single(await ListAsync("trunk", "list"))!;
        // An address has no records that could say its port.
        Assert.Equal("trunk berlin -> 192.0.2.11:5060/tcp\n",
            await RunAsync("trunk", "set", "berlin", "--host", "192.0.2.11", "--enabled", "off", "--may-refer", "false"));
        var now = Assert.Single(await ListAsync("trunk", "list"))!;
        Assert.Equal(("192.0.2.11", 5060, false, false, 7, "tcp"), ((string?)now["host"], (int)now["port"]!, (bool)now["enabled"]!,
            (bool)now["may_refer"]!, (int)now["channel_limit"]!, (string?)now["transport"]));
        Assert.Equal((string?)before["id"], (string?)now["id"]);
        Assert.StartsWith("trunk north -> ", await RunAsync("trunk", "set", (string)now["id"]!, "--name", "north"),
            StringComparison.Ordinal);
        CommandRun.Refuses("there is no trunk 'berlin'", await CommandRun.RunAsync([.. Here("trunk", "set", "berlin", "--nat", "auto")]));

        await RunAsync("route", "add", "+49", "north");
        Assert.Equal("+49", (string?)Assert.Single(await ListAsync("route", "list"))!["prefix"]);
        foreach (string[] list in (string[][])[["bundle", "list"], ["stock", "list"], ["streams"], ["call", "list"],
            ["calls", "list", "--recent"], ["rooms"], ["queues"], ["phone", "list"], ["phones"], ["calls"]])
            Assert.Empty(await ListAsync(list));
    }

    /// <summary>As carriers' pages have it: a URI, and networks in a row or with an address of theirs.</summary>
    [Fact]
    public async Task A_trunk_may_be_named_by_its_URI_and_several_networks_stand_between_commas()
    {
        Assert.EndsWith(" carrier -> 192.0.2.10:5080/tls\n", await RunAsync("trunk", "add", "carrier",
            "sip:192.0.2.10:5080;transport=TLS", "--source", "198.51.100.0/24, 203.0.113.17/28", "--source", "192.0.2.77"),
            StringComparison.Ordinal);
        Assert.EndsWith(" pbx -> 192.0.2.20:5061/tls\n", await RunAsync("trunk", "add", "pbx", "sips:192.0.2.20"),
            StringComparison.Ordinal);
        Assert.EndsWith(" pbx2 -> 192.0.2.21:5061/tls\n", await RunAsync("trunk", "add", "pbx2", "sips:192.0.2.21;transport=tcp"),
            StringComparison.Ordinal);
        var carrier = (await ListAsync("trunk", "list")).Single(one => (string?)one!["name"] == "carrier")!;
        Assert.Equal("""["198.51.100.0/24","203.0.113.16/28","192.0.2.77/32"]""", carrier["sources"]!.ToJsonString());
        CommandRun.Refuses("host must be", await CommandRun.RunAsync([.. Here("trunk", "set", "pbx", "--host", "sip:acme@192.0.2.20")]));
    }

    [Fact]
    public async Task A_number_is_led_elsewhere_by_its_own_words()
    {
        const string first = "+15550100000";
        var client = new OperatorClient(_node);
        string account = $"/accounts/{(await client.DataAsync("GET", "/accounts"))[0]!["id"]}";
        string desk = (string)(await client.DataAsync("POST", account + "/connections",
            """{"kind":"application","name":"desk","webhook_url":"https://example.com/hooks"}"""))["id"]!;
        await client.DataAsync("POST", account + "/numbers", $$"""{"phone_number":"{{first}}","connection_id":"{{desk}}"}""");
        await RunAsync("number", "set", first, "--tags", "desk;  berlin", "--country", "DE");
        var now = Assert.Single(await ListAsync("numbers", "list"))!;
        Assert.Equal(("""["desk","berlin"]""", "DE"), (now["tags"]!.ToJsonString(), (string?)now["country"]));
        Assert.Equal(desk, (string?)now["connection_id"]);
        Assert.Equal($"{first} goes to nobody\n", await RunAsync("numbers", "set", first, "--connection", "none", "--tags", "none"));
        now = Assert.Single(await ListAsync("numbers", "list"))!;
        Assert.Equal((null, "[]", "DE"), ((string?)now["connection_id"], now["tags"]!.ToJsonString(), (string?)now["country"]));
        Assert.Equal($"{first} goes to {desk}\n", await RunAsync("numbers", "set", first, "--connection", desk));
        CommandRun.Refuses("connection", await CommandRun.RunAsync([.. Here("numbers", "set", first, "--connection", "1")]));
        CommandRun.Refuses("has no number +15550199999", await CommandRun.RunAsync([.. Here("numbers", "set", "+15550199999",
            "--connection", desk)]));
    }

    [Fact]
    public async Task Who_decides_on_orders_is_said_for_the_node_and_for_an_account()
    {
        await RunAsync("tenant", "create", "acme");
        Assert.Equal("number_order auto:0\n", await RunAsync("policy", "show"));
        Assert.Equal("number_order desk\n", await RunAsync("policy", "set", "number_order", "desk"));
        Assert.Equal("number_order desk, as the node has it\n", await RunAsync("policy", "show", "--tenant", "acme"));
        Assert.Equal("number_order auto:0\n", await RunAsync("policy", "set", "number_order", "auto:0", "--tenant", "acme"));
        Assert.Equal("number_order digits:2\n", await RunAsync("policy", "set", "number_order", "digits:2"));
        Assert.Equal("number_order auto:0\n", await RunAsync("policy", "show", "--tenant", "acme"));
        Assert.Equal("number_order digits:2, as the node has it\n",
            await RunAsync("policy", "set", "number_order", "node", "--tenant", "acme"));
        CommandRun.Refuses("", await CommandRun.RunAsync([.. Here("policy", "set", "number_order", "soon")]));
        CommandRun.Refuses("there is no account", await CommandRun.RunAsync([.. Here("policy", "show", "--tenant", "nobody")]));
    }

    private string[] Here(params string[] words) => [.. words, "--data", _node.Node.Settings.Data];

    private async Task<string> RunAsync(params string[] words)
    {
        var (exit, output, errors) = await CommandRun.RunAsync(Here(words));
        Assert.True(exit == 0, errors);
        return output;
    }

    private async Task<JsonArray> ListAsync(params string[] words) => JsonNode.Parse(await RunAsync([.. words, "--json"]))!.AsArray();
}
