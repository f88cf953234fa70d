using Ringwright.Server;
using Ringwright.Server.Cli;

namespace Ringwright.Edge.Server;

/// <summary>Numbers in commands, as people type and copy them.</summary>
public sealed class TypedNumberTests
{
    [Theory]
    [InlineData("+15551234567", "+15551234567"), InlineData("+1 (555) 123-4567", "+15551234567")]
    [InlineData("+1.555.123.4567", "+15551234567"), InlineData(" +49 30 123456 ", "+4930123456")]
    [InlineData("004930123456", "+4930123456"), InlineData("00 49 30 123456", "+4930123456")]
    [InlineData("tel:+4930123456", "+4930123456"), InlineData("TEL:+49-30-123456", "+4930123456")]
    [InlineData("tel:0049 30 123456", "+4930123456"), InlineData("\u202A+1\u2011555\u2011123\u20114567\u202C", "+15551234567")]
    [InlineData("(0049) 30 123456", "+4930123456"), InlineData("(00 49) 30 123456", "+4930123456")]
    [InlineData("(+49) 30 123456", "+4930123456"), InlineData("'004930123456", "+4930123456")]
    [InlineData("\u202A0049 30 123456\u202C", "+4930123456")]
    public void A_number_is_read_however_it_is_typed(string typed, string number)
    {
        Assert.Equal(number, TypedNumber.Read(typed));
        Assert.Equal(number, TypedNumber.Of(typed));
    }

    [Theory]
    [InlineData("5551234567", "is not a number"), InlineData("030 123456", "is not a number")]
    [InlineData("011 49 30 123456", "is not a number"), InlineData("000", "is not a number")]
    [InlineData("me", "is not a number"), InlineData("", "is not a number")]
    [InlineData("+49 (0)30 123456", "zero in brackets"), InlineData("0049 (0)30 123456", "zero in brackets")]
    [InlineData("1.5551E+10", "spreadsheet"), InlineData("(0049) (0)30 123456", "zero in brackets")]
    [InlineData("+0049 30 123456", "is not a number"), InlineData("x0049 30 123456", "is not a number")]
    public void What_would_have_to_be_guessed_is_none(string typed, string why)
    {
        var refused = Assert.Throws<StartRefused>(() => TypedNumber.Read(typed));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(typed, TypedNumber.Of(typed));
    }

    [Theory, InlineData("sip:anna@example.com"), InlineData("sip:+15551234567@192.0.2.1:5060")]
    public void An_address_stays_as_it_is(string address) => Assert.Equal(address, TypedNumber.Of(address));
}
