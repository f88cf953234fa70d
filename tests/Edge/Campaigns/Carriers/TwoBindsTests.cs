using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>A centre that lets nobody send and receive by one bind.</summary>
public sealed class TwoBindsTests
{
    [Fact]
    public async Task A_centre_that_wants_two_binds_has_one_for_each_way()
    {
        await using var rig = await OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        Assert.Equal([SmppCommand.BindReceiver, SmppCommand.BindTransmitter], rig.Centre.Kinds.Order());
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        // Its receipt and a text come by the other bind.
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(Centre.ReceiptOf(Assert.Single(rig.Centre.Submitted), "1")));
        await rig.WhenAsync(id, TextState.Delivered);
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("Yes")));
        Assert.Equal("Yes", Assert.Single(await rig.ReceivedAsync()).Words);
    }

    [Fact, Failure("text-carrier-breaks")]
    public async Task When_one_of_them_breaks_both_are_made_again()
    {
        await using var rig = await OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        rig.Centre.BreakReceiver();
        await rig.PassAsync(() => rig.Centre.Binds == 4 && rig.Bind is { IsBound: true });
        var id = await rig.SendAsync();
        await rig.PassAsync(id, TimeSpan.FromMilliseconds(200), text => text.State is TextState.Sent);
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(CarrierRig.Words("Yes")));
        Assert.Equal("Yes", Assert.Single(await rig.ReceivedAsync()).Words);
    }

    private static Task<CarrierRig> OpenAsync() => CarrierRig.OpenAsync(
        configure: carrier => carrier with { ReceivePort = carrier.Port },
        before: rig =>
        {
            rig.Centre.WantsTwo = true;
            return Task.CompletedTask;
        });
}
