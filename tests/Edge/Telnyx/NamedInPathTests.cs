using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>What is read by its name is read whatever the name has in it.</summary>
public sealed class NamedInPathTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    [Theory, InlineData("sales/night"), InlineData("sales%2Fday"), InlineData("50 % off?")]
    public async Task A_queue_is_read_by_its_name(string name)
    {
        var queue = new QueueFacts(new(LegId.Compose(1, 0, 1, (uint)name.Sum(c => c), 9).Value), Guid.NewGuid(), host.Tenant, name,
            QueueFacts.UsualMaxSize, host.Now);
        Assert.True(await host.Ledger.AppendAsync(new QueueEvent.QueueBegan { Queue = queue, At = host.Now }));
        var read = await host.SendAsync("GET", $"/v2/queues/{Uri.EscapeDataString(name)}");
        Assert.True(read.Status == 200, read.Text);
        Assert.Equal(name, (string?)read.Data["name"]);
    }
}
