using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;

namespace Ringwright.Interop;

/// <summary>A supervisor is dialled to a call of two on a running node: who hears whom, by frequency, in each role and after him.</summary>
public sealed class SupervisionTests(RunningNode node)
{
    private const int Agent = 440, Caller = 700, Supervisor = 1_000;

    [Fact]
    public async Task A_supervisor_barges_in_whispers_and_listens_and_the_two_talk_on_without_him()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var agent = new Phone(node, Agent);
        await using var caller = new Phone(node, Caller);
        await using var supervisor = new Phone(node, Supervisor);
        var (first, second) = await BridgedAsync(customer, agent, caller);
        var dialled = await SuperviseAsync(customer, first, supervisor, "whisper");
        await customer.CountAsync("call.answered", 3);
        await Task.WhenAll(agent.HearsOnlyAsync([Caller, Supervisor], Agent), caller.HearsOnlyAsync([Agent], Caller, Supervisor),
            supervisor.HearsOnlyAsync([Agent, Caller], Supervisor));
        await SwitchAsync(customer, dialled, "monitor");
        await Task.WhenAll(agent.HearsOnlyAsync([Caller], Agent, Supervisor), caller.HearsOnlyAsync([Agent], Caller, Supervisor),
            supervisor.HearsOnlyAsync([Agent, Caller], Supervisor));
        await SwitchAsync(customer, dialled, "barge");
        await Task.WhenAll(agent.HearsOnlyAsync([Caller, Supervisor], Agent), caller.HearsOnlyAsync([Agent, Supervisor], Caller));

        supervisor.Hangup();
        await customer.CountAsync("call.hangup", 1);
        await Task.WhenAll(agent.HearsOnlyAsync([Caller], Supervisor), caller.HearsOnlyAsync([Agent], Supervisor));
        await customer.CountAsync("call.bridged", 2);
        Assert.Equal(2, customer.Payloads("call.bridged").Count());
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.TypesOf(dialled));
        (await customer.TryActAsync(first, "switch_supervisor_role", new() { ["role"] = "barge" })).Refuses(422, "10015");

        // The next one ends with the call.
        await using var next = new Phone(node, Supervisor);
        await SuperviseAsync(customer, second, next, role: null);
        await caller.HearsOnlyAsync([Agent, Supervisor], Caller);
        agent.Hangup();
        await Task.WhenAll(caller.IsOverAsync(), next.IsOverAsync());
        await customer.CountAsync("call.hangup", 4);
    }

    [Fact]
    public async Task A_call_of_another_account_or_none_is_not_supervised_and_bad_words_are_told()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string account = $"stranger {Guid.NewGuid():N}";
        const string Number = "+15550490002";
        var made = await node.NewTenantAsync(account);
        await node.ImportNumbersAsync([Number], account);
        await using var stranger = await Customer.CreateAsync(node, Number, key: (string)made["telnyx_key"]!);
        await using var agent = new Phone(node, Agent);
        await using var caller = new Phone(node, Caller);
        await using var spy = new Phone(node, Supervisor);
        var (first, _) = await BridgedAsync(customer, agent, caller);

        (await TryAsync(stranger, spy, first, "monitor")).Refuses(422, "90015");
        (await TryAsync(customer, spy, first, "eavesdrop")).Refuses(422, "10032");
        var alone = customer.DialBody($"sip:boss@127.0.0.1:{spy.Port}", new() { ["supervisor_role"] = "monitor" });
        (await customer.TryAsync(HttpMethod.Post, "calls", alone)).Refuses(422, "10004");
        (await customer.TryActAsync(first, "switch_supervisor_role", new() { ["role"] = "owner" })).Refuses(422, "10032");
        (await customer.TryActAsync(first, "switch_supervisor_role", [])).Refuses(422, "10004");
        var dialled = await SuperviseAsync(customer, first, spy, "monitor");
        await spy.HearsOnlyAsync([Agent, Caller]);
        (await stranger.TryActAsync(dialled, "switch_supervisor_role", new() { ["role"] = "barge" })).Refuses(422, "90015");
        await agent.HearsOnlyAsync([Caller], Supervisor);

        caller.Hangup();
        await Task.WhenAll(agent.IsOverAsync(), spy.IsOverAsync());
        await customer.CountAsync("call.hangup", 3);
        (await TryAsync(customer, spy, first, "monitor")).Refuses(422, "90018");
    }

    [Fact]
    public async Task Who_supervises_one_that_talks_to_nobody_yet_hears_whoever_it_is_joined_to()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var agent = new Phone(node, Agent);
        await using var caller = new Phone(node, Caller);
        await using var supervisor = new Phone(node, Supervisor);
        agent.Call(customer.Number);
        var first = await customer.NextAsync("call.initiated");
        await customer.ActAsync(first, "answer");
        await SuperviseAsync(customer, first, supervisor, "barge");
        await customer.CountAsync("call.answered", 2);
        await customer.ActAsync(first, "transfer", new() { ["to"] = $"sip:caller@127.0.0.1:{caller.Port}" });
        await Task.WhenAll(agent.HearsOnlyAsync([Caller, Supervisor], Agent), caller.HearsOnlyAsync([Agent, Supervisor], Caller),
            supervisor.HearsOnlyAsync([Agent, Caller], Supervisor));
        agent.Hangup();
        await Task.WhenAll(caller.IsOverAsync(), supervisor.IsOverAsync());
    }

    private static async Task<(JsonNode Agent, JsonNode Caller)> BridgedAsync(Customer customer, Phone agent, Phone caller)
    {
        agent.Call(customer.Number);
        var first = await customer.NextAsync("call.initiated");
        await customer.ActAsync(first, "answer");
        await customer.ActAsync(first, "transfer", new() { ["to"] = $"sip:caller@127.0.0.1:{caller.Port}" });
        await Task.WhenAll(agent.HearsAsync(Caller), caller.HearsAsync(Agent));
        return (first, await customer.PlacedAsync());
    }

    private static async Task<JsonNode> SuperviseAsync(Customer customer, JsonNode call, Phone supervisor, string? role) =>
        (await TryAsync(customer, supervisor, call, role)).Succeeds().Data;

    private static Task<Answer> TryAsync(Customer customer, Phone supervisor, JsonNode call, string? role)
    {
        var more = new JsonObject { ["supervise_call_control_id"] = (string?)call["call_control_id"] };
        if (role is not null) more["supervisor_role"] = role;
        return customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody($"sip:boss@127.0.0.1:{supervisor.Port}", more));
    }

    private static async Task SwitchAsync(Customer customer, JsonNode call, string role) =>
        (await customer.TryActAsync(call, "switch_supervisor_role", new() { ["role"] = role })).IsOk();
}
