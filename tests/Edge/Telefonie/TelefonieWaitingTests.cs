using Ringwright.Edge.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>Calls that wait for room, and a node that is started anew.</summary>
public sealed class TelefonieWaitingTests
{
    [Fact, Depth("WaitingCallTests end calls that wait with their node, and give up those that are hung up")]
    public async Task TF9_a_call_that_waits_or_was_cancelled_is_called_by_no_later_start_of_the_node()
    {
        using var folder = new TempFolder();
        await using var host = await TelefonieHost.StartAsync(null, settings => settings with { Data = folder.Path });
        await host.Operator.DataAsync("PATCH", $"/trunks/{host.Trunk}", """{"channel_limit":1}""");
        await host.ShownAsync(await host.CallAsync("wait"), "in-progress");
        var canceled = await host.CallAsync("ring");
        await host.CallAsync("ok-1");
        await host.SettledAsync($"/voice/calls/{canceled["id"]}", """{"status":"canceled"}""",
            call => (string?)call["status"] is "canceled");
        await host.ToldAsync(canceled, "queued", "canceled");
        await host.StopAsync();

        await using var next = await RunningNode.StartAsync(
            settings => settings with { Data = folder.Path, OperatorKey = OperatorClient.Key });
        // Longer than it takes to ask for room, which there is.
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Empty(host.Far.Of(TelefonieHost.Number("ring")));
        Assert.Empty(host.Far.Of(TelefonieHost.Number("ok-1")));
    }
}
