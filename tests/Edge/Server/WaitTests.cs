using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary><c>ringwright wait</c>: how a script knows that a node takes work.</summary>
public sealed class WaitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_takes_work_is_found_by_its_folder_and_by_its_address()
    {
        await using var node = await RunningNode.StartAsync();
        string address = $"http://{node.Node.Settings.Http}";
        foreach (string[] which in new string[][]
        {
            ["--data", node.Node.Settings.Data], ["--api", address], ["--api", address + "/"], ["--api", address + "/v2"]
        })
            Assert.Equal((0, $"ready: {address}\n", ""), await CommandRun.RunAsync(["wait", .. which]));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/", false), InlineData("http://localhost:8080/", false), InlineData("http://[::1]:8080/", false)]
    [InlineData("http://node:8080/", true), InlineData("https://voice.example.com/", true)]
    public void A_proxy_of_the_environment_is_asked_for_nodes_elsewhere(string address, bool isAsked)
    {
        using var handler = NodeHttp.HandlerFor(new(address));
        Assert.Equal(isAsked, handler.UseProxy);
    }

    [Fact]
    public async Task It_ends_when_the_node_begins_to_take_work()
    {
        await using var node = await RunningNode.StartAsync();
        node.Node.Readiness.IsServing = false;
        var waiting = CommandRun.RunAsync("wait", "--data", node.Node.Settings.Data);
        using (await node.Api.GetAsync("/readyz", Stop)) Assert.False(waiting.IsCompleted);
        node.Node.Readiness.IsServing = true;
        Assert.Equal(0, (await waiting).Exit);
    }

    /// <summary>At once, since each waits for its second.</summary>
    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task Who_waits_in_vain_is_told_what_kept_the_node()
    {
        using var folder = new TempFolder();
        await using var node = await RunningNode.StartAsync();
        node.Node.Readiness.IsServing = false;
        string nobody = folder.File("nobody"), closed = $"http://127.0.0.1:{FreePort.Tcp()}";
        var runs = new (string Option, string Where, string Why)[]
        {
            ("--data", node.Node.Settings.Data, "not ready after 1 s: The node is starting or stopping"),
            ("--api", $"http://{node.Node.Settings.Http}", "The node is starting or stopping"),
            ("--api", $"http://{node.Node.Settings.Http}/v2/calls", "answers 4"),
            ("--data", nobody, $"no node runs on {nobody}"),
            ("--api", closed, $"{closed} does not answer"),
        };
        var ended = await Task.WhenAll(runs.Select(run => CommandRun.RunAsync("wait", "--seconds", "1", run.Option, run.Where)));
        foreach (var (run, end) in runs.Zip(ended)) CommandRun.Refuses(run.Why, end);
        Assert.False(Directory.Exists(nobody));
    }
}
