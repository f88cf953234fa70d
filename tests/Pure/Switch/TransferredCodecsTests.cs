using Ringwright.Calls;
using Ringwright.Core;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>A leg that another leg dials is placed as any other, and offers what it was asked to.</summary>
public sealed class TransferredCodecsTests
{
    private static readonly Trunk Carrier =
        new() { Id = new(new Guid("00000000-0000-0000-0000-00000000000c")), Name = "carrier", Host = "127.0.0.1", Port = 5090 };

    [Theory]
    [InlineData("G722,PCMA", " RTP/AVP 9 8 101")]
    [InlineData("PCMA", " RTP/AVP 8 101")]
    public void A_transfer_offers_the_codecs_that_it_prefers(string preferred, string offered)
    {
        var rig = new ShardRig { Current = Snapshot(trunks: [Carrier], routes: [new() { Id = Guid.Empty, Trunk = Carrier.Id }]) };
        rig.Receive(Invite());
        Assert.True(rig.Command(new LegCommand.Transfer { To = "+4989777", PreferredCodecs = preferred.Split(',') }).IsAccepted);
        string media = rig.SentLast("INVITE").Split("\r\n").Single(line => line.StartsWith("m=audio", StringComparison.Ordinal));
        Assert.EndsWith(offered, media, StringComparison.Ordinal);
    }
}
