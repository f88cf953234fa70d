using System.Net;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Lab.Models;
using Ringwright.Programs.Agents;
using Ringwright.Server.Modules;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Talking with agents in a terminal: those of the demo, by the rules of the demo.</summary>
public sealed class TypedTalkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_agent_of_the_demo_takes_an_order_by_the_rules_of_the_demo()
    {
        var (rules, fault) = ModelRules.Read(await File.ReadAllTextAsync(Repository.PathOf("demo", "model-rules.txt"), Stop));
        Assert.Null(fault);
        await using var model = await LabModel.StartAsync(rules!, new(IPAddress.Loopback, 0), null, _ => { }, Stop);
        string agent = await File.ReadAllTextAsync(Repository.PathOf("demo", "agents", "assistant.json"), Stop);
        string file = Path.Combine(_folder.Path, "assistant.json");
        await File.WriteAllTextAsync(file, agent.Replace("http://127.0.0.1:8090/v1", $"{model.BaseUrl}", StringComparison.Ordinal), Stop);

        var (ended, lines) = await TalkAsync(file, "oh yes please", "zero", "two");

        Assert.Equal("assistant_hangup", ended);
        // Nobody transfers here, and the model is told so.
        Assert.Equal(
            "Welcome to Pizza Uno. Do you want to order? How many pizzas do you want? One moment, I connect you. "
                + "I did not understand. Do you want to order? Two it is. Goodbye.",
            string.Join(' ', lines.Where(line => line.StartsWith("agent> ", StringComparison.Ordinal)).Select(line => line[7..])));
        Assert.Contains("not available here", model.Asked[2]["messages"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(4, lines.Count(line => line.Contains($"by {rules!.Fingerprint}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_script_is_tried_by_words_and_keys()
    {
        var (ended, lines) = await TalkAsync(Repository.PathOf("demo", "agents", "orders.json"), "/press 1", "one two");
        Assert.Equal("assistant_hangup", ended);
        Assert.Equal(["agent> Welcome to Pizza Uno.", "agent> Do you want to order?", "agent> How many pizzas?", "agent> 12 it is.",
            "agent> Goodbye."], lines);
    }

    [Fact]
    public async Task Whoever_types_nothing_more_has_hung_up()
    {
        var (ended, _) = await TalkAsync(Repository.PathOf("demo", "agents", "orders.json"));
        Assert.Equal("call_hangup", ended);
    }

    private static async Task<(string Ended, List<string> Lines)> TalkAsync(string file, params string[] typed)
    {
        using var egress = new EgressClient(new() { IsLoopbackAllowed = true }, TimeProvider.System);
        var output = new StringWriter();
        var (talk, fault) = await TypedTalk.OpenAsync(file, new AgentWeb(egress), TimeProvider.System, output, Stop);
        Assert.Null(fault);
        using var _ = talk;
        var lines = new Queue<string>(typed);
        string ended = await talk!.RunAsync(_ => new(lines.TryDequeue(out string? line) ? line : null), Stop);
        return (ended, [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))]);
    }
}
