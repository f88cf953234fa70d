using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node is killed in the middle of a call, and its stand-by takes its place.</summary>
[Failure("process-killed"), Depth("two nodes, one of which is killed; that a stand-by waits, and for how long, is the gate's in Edge")]
public sealed class StandbyTests
{
    [Fact]
    public async Task It_ends_the_calls_that_were_up_tells_of_them_and_takes_new_ones()
    {
        await using var server = await PostgresServer.StartAsync();
        string database = await server.CreateDatabaseAsync();
        await using var node = new RunningNode("--api-rate", "100000", "--database", database);
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var standby = new RunningNode("--api-rate", "100000", "--database", database, "--standby");
        File.Copy(node.PathOf("key"), standby.PathOf("key"));
        var taking = standby.StartAgainAsync();
        await Eventually.TrueAsync(() => standby.Lines.Any(line => line.Contains("Stand-by", StringComparison.Ordinal)), "it stands by");

        using var phone = new Phone(node);
        var call = phone.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");
        Assert.False(taking.IsCompleted);

        await node.KillAsync();
        await taking;
        await customer.NextAsync("call.hangup");        // told by the other process
        await call.ReceivesAsync("BYE");
        using var later = new Phone(standby);
        later.Call(customer.Number);
        await customer.NextAsync("call.initiated", nth: 2);
    }
}
