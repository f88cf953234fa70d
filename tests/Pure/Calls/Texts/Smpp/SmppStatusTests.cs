using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Pure.Calls.Texts.Smpp;

/// <summary>Whose number an answer has: SMPP's, which says what is wrong with the text, or the centre's own, which does not.</summary>
public sealed class SmppStatusTests
{
    /// <summary>By 0x5A a centre has said that the account had run out, by 0x22 and 0x55F nobody knows what.</summary>
    [Theory]
    [InlineData(0x22u), InlineData(0x36u), InlineData(0x5Au), InlineData(0x94u), InlineData(0x400u), InlineData(0x4FFu), InlineData(0x55Fu)]
    [InlineData(0x09u), InlineData(0x10u), InlineData(0xC5u), InlineData(0xFDu), InlineData(0x100u), InlineData(0x80000000u)]
    public void A_number_that_SMPP_gives_no_meaning_is_the_centres_own(uint status)
    {
        Assert.True(SmppStatus.IsCentresOwn(status));
        Assert.Equal($"0x{status:X2} (the centre's own)", SmppStatus.Text(status));
    }

    [Theory]
    [InlineData(0x00u), InlineData(0x01u), InlineData(0x08u), InlineData(0x0Bu), InlineData(0x0Cu), InlineData(0x11u), InlineData(0x14u)]
    [InlineData(0x33u), InlineData(0x43u), InlineData(0x45u), InlineData(0x51u), InlineData(0x54u), InlineData(0x58u), InlineData(0x67u)]
    [InlineData(0xC3u), InlineData(0xFEu), InlineData(0xFFu)]
    public void A_number_of_SMPP_is_not(uint status)
    {
        Assert.False(SmppStatus.IsCentresOwn(status));
        Assert.DoesNotContain("centre", SmppStatus.Text(status), StringComparison.Ordinal);
    }
}
