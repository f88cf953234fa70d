using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>That no carrier takes a text ends it: so nobody says that before it is known which carriers there are.</summary>
public sealed class CarriersKnownTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A node that is started again reads both at once.</summary>
    [Fact]
    public async Task A_text_that_is_looked_at_before_the_carriers_are_known_waits_for_them()
    {
        Guid id = default;
        await using var rig = await CarrierRig.OpenAsync(before: async made => id = await made.SendAsync(), between: async made =>
        {
            // Time enough for a courier that does not wait.
            await Task.Delay(TimeSpan.FromMilliseconds(200), Stop);
            Assert.Equal(TextState.Queued, (await made.WhenAsync(id, _ => true)).State);
        });
        await rig.PassAsync(id, TimeSpan.FromSeconds(1), text => text.State is not (TextState.Queued or TextState.Sending));
        Assert.Equal(TextState.Sent, (await rig.WhenAsync(id, _ => true)).State);
        Assert.Single(rig.Centre.Submitted);
    }

    /// <summary>An operator's program adds a carrier, and the next request is a text that goes by it alone.</summary>
    [Fact]
    public async Task A_text_right_behind_its_carrier_goes_by_it()
    {
        await using var rig = await CarrierRig.OpenAsync(configure: carrier => carrier with { Prefixes = ["+1"] });
        await rig.WhenAsync(bind => bind.IsBound);
        for (int n = 0; n < 5; n++)
        {
            string prefix = $"+4930{n}";
            await rig.AddAsync(carrier => carrier with { Prefixes = [prefix] }, $"to {prefix}", rig.Centre);
            var id = await rig.SendAsync(to: prefix + "123456");
            await rig.PassAsync(id, TimeSpan.FromSeconds(1), text => text.State is not TextState.Queued);
            Assert.NotEqual(TextState.SendingFailed, (await rig.WhenAsync(id, text => text.State is not TextState.Sending)).State);
        }
    }
}
