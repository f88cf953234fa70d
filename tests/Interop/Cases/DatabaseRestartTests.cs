using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node whose database server goes away and comes back.</summary>
public sealed class DatabaseRestartTests
{
    [Depth("PostgresTests in Edge have events that wait for a server that restarts; a frozen one is here")]
    [Fact, Failure("database-restarted")]
    public async Task What_happens_in_a_call_while_the_server_is_away_is_told_once_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var node = new RunningNode("--api-rate", "100000", "--database", await server.CreateDatabaseAsync());
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");

        await server.StopAsync();
        call.Audio.Press("47");
        await call.Audio.SaidAsync();
        call.Audio.Say(600, 500);
        await call.Audio.SaidAsync();
        call.Bye();
        await server.StartAgainAsync();

        Assert.Equal("normal_clearing", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
        Assert.Equal(["call.initiated", "call.answered", "call.dtmf.received", "call.dtmf.received", "call.hangup"], customer.Types);
        Assert.Equal(5, customer.Events.Select(w => w.Id).Distinct().Count());

        var next = phone.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated", 2), "answer");
        await next.ReachesAsync(200);
        next.Bye();
        await customer.NextAsync("call.hangup", 2);
    }
}
