using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

/// <summary>A header's place in twelve bytes.</summary>
public sealed class HeaderFieldTests
{
    private const int Longest = ushort.MaxValue;

    [Fact]
    public void A_value_as_long_as_there_is_room_for_is_whole()
    {
        var field = new HeaderField(SipHeader.CallId, 100_000, 7, 100_009, Longest);
        Assert.Equal((7, 100_009, Longest), (field.NameLength, field.ValueStart, field.ValueLength));
    }

    [Fact]
    public void A_longer_one_is_no_shorter_one()
    {
        Assert.Throws<OverflowException>(() => { _ = new HeaderField(SipHeader.CallId, 0, 7, 9, Longest + 1); });
        Assert.Throws<OverflowException>(() => { _ = new HeaderField(SipHeader.CallId, 0, Longest + 1, Longest + 3, 1); });
        var field = new HeaderField(SipHeader.CallId, 0, 7, 9, Longest);
        Assert.Throws<OverflowException>(() => { _ = field with { ValueLength = Longest + 1 }; });
    }
}
