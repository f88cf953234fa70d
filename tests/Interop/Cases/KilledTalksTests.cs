using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>kill -9 while twenty callers talk with an assistant.</summary>
[Depth("the gate closes in Edge what a dead process has left of talks; here one dies")]
public sealed class KilledTalksTests
{
    private const int Talks = 20;
    private const string Greeting = "How may I help you?", Ended = "call.conversation.ended", HungUp = "call.hangup";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Failure("process-killed")]
    [Fact]
    public async Task Each_talk_ends_once_and_keeps_what_was_said_up_to_then()
    {
        Tool.Require("espeak-ng");
        // Callers say nothing, so that the model, which is not there, is not asked.
        await using var node = new RunningNode("--api-rate", "100000", "--recogniser", "built-in", "--llm-url", "http://127.0.0.1:9/v1");
        await node.InitializeAsync();
        await Eventually.TrueAsync(
            () => node.Lines.Any(line => line.Contains("The built-in recogniser has made", StringComparison.Ordinal)),
            () => $"the recogniser is ready: {node.Output}", Patience);
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string assistant = (string)(await customer.TryAsync(HttpMethod.Post, "ai/assistants", new()
        {
            ["name"] = "desk", ["model"] = "some/model", ["instructions"] = "Be brief.", ["greeting"] = Greeting,
        })).Succeeds().Body["id"]!;

        using var phone = new Phone(node);
        PhoneCall[] calls = [.. Enumerable.Range(0, Talks).Select(i => phone.Call(customer.Number, from: $"+1312555{1_000 + i}"))];
        await customer.CountAsync("call.initiated", Talks);
        JsonObject[] legs = [.. customer.Payloads("call.initiated")];
        foreach (var leg in legs) (await customer.TryActAsync(leg, "answer")).IsOk();
        await customer.CountAsync("call.answered", Talks);
        var talks = new List<string>();
        foreach (var leg in legs)
            talks.Add((string)(await customer.ActAsync(leg, "ai_assistant_start",
                new() { ["assistant"] = new JsonObject { ["id"] = assistant } }))["conversation_id"]!);
        foreach (string talk in talks)
            await Eventually.SomeAsync(async () => await SaidAsync(customer, talk) is { Length: > 0 } said ? said : null,
                () => $"{talk}: the greeting was heard; {node.Output}", Patience);

        await node.KillAsync();
        await node.StartAgainAsync();
        foreach (var call in calls) await call.ReceivesAsync("BYE");
        await Eventually.TrueAsync(
            () => Array.TrueForAll(legs, leg => customer.TypesOf(leg).Contains(Ended) && customer.TypesOf(leg).Contains(HungUp)),
            () => $"{customer.Payloads(Ended).Count()} talks and {customer.Payloads(HungUp).Count()} calls have ended; {node.Output}",
            Patience);

        Assert.Equal(talks.Order(StringComparer.Ordinal),
            customer.Payloads(Ended).Select(ended => (string)ended["conversation_id"]!).Order(StringComparer.Ordinal));
        Assert.All(customer.Payloads(Ended), ended => Assert.Equal("node_restart", (string?)ended["reason"]));
        Assert.All(legs, leg => Assert.Equal(HungUp, customer.TypesOf(leg).Last()));
        foreach (string talk in talks) Assert.Equal($"assistant: {Greeting}", await SaidAsync(customer, talk));
        // Nobody is told to hang up twice.
        Assert.All(calls, call => Assert.Single(call.Received("BYE")));
    }

    /// <summary>A line for each message.</summary>
    private static async Task<string> SaidAsync(Customer customer, string talk)
    {
        var messages = (await customer.GetAsync($"ai/conversations/{talk}/messages")).Succeeds().Data.AsArray();
        return string.Join('\n', messages.Select(message => $"{message!["role"]}: {message["text"]}"));
    }
}
