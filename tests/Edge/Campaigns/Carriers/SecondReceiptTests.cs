using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Campaigns.Carriers;

/// <summary>Centres that say twice what became of a text.</summary>
public sealed class SecondReceiptTests
{
    /// <summary>The phone was off, and the centre did not know; what it says then corrects the state, and is not told once more.</summary>
    [Theory]
    [InlineData("DELIVRD", TextState.Delivered), InlineData("UNDELIV", TextState.DeliveryFailed)]
    public async Task What_a_centre_did_not_know_it_may_say_later(string word, TextState state)
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        var sent = Assert.Single(rig.Centre.Submitted);
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(Centre.ReceiptOf(sent, "1", "UNKNOWN")));
        await rig.WhenAsync(id, TextState.DeliveryUnconfirmed);
        Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(Centre.ReceiptOf(sent, "1", word)));
        await rig.WhenAsync(id, state);
        Assert.Equal(("Sent:Sent Finalized:DeliveryUnconfirmed", 1L), (await rig.ToldAsync(id), await rig.PaidAsync()));
    }

    [Theory]
    [InlineData("DELIVRD", "UNDELIV", TextState.Delivered), InlineData("UNDELIV", "DELIVRD", TextState.DeliveryFailed)]
    [InlineData("UNKNOWN", "ENROUTE", TextState.DeliveryUnconfirmed), InlineData("UNKNOWN", "UNKNOWN", TextState.DeliveryUnconfirmed)]
    public async Task What_it_knew_stands(string first, string second, TextState state)
    {
        await using var rig = await CarrierRig.OpenAsync();
        await rig.WhenAsync(bind => bind.IsBound);
        var id = await rig.SendAsync();
        await rig.WhenAsync(id, TextState.Sent);
        var sent = Assert.Single(rig.Centre.Submitted);
        foreach (string word in (string[])[first, second])
        {
            Assert.Equal(SmppStatus.Ok, await rig.Centre.BringAsync(Centre.ReceiptOf(sent, "1", word)));
            await rig.WhenAsync(id, state);
        }
        Assert.Equal($"Sent:Sent Finalized:{state}", await rig.ToldAsync(id));
    }
}
