using System.Globalization;
using Ringwright.Operator;

namespace Ringwright.Edge.Server;

/// <summary>Before when nobody calls a target of a file.</summary>
public sealed class TargetDueTests
{
    [Theory]
    [InlineData("2031-05-06", "+12135550100", null, "2031-05-06T07:00:00Z")]        // a day alone, in Los Angeles
    [InlineData("2031-05-06", "+12135550100", "Asia/Tokyo", "2031-05-05T15:00:00Z")]
    [InlineData("2031-05-06", "sip:bert@example.com", null, "2031-05-06T00:00:00Z")]
    [InlineData("2031-05-06T07:08:09Z", "+12135550100", null, "2031-05-06T07:08:09Z")]
    [InlineData("2031-05-06 07:08:09", "+12135550100", "Asia/Tokyo", "2031-05-06T07:08:09Z")]
    public void A_day_alone_begins_where_the_target_is(string text, string address, string? zone, string due)
    {
        Assert.True(TargetImports.TryDue(text, address, zone, out var read));
        Assert.Equal(DateTimeOffset.Parse(due, CultureInfo.InvariantCulture), read);
    }

    [Theory, InlineData("soon"), InlineData("06/05/2031"), InlineData("")]
    public void What_is_no_moment_is_none(string text) =>
        Assert.False(TargetImports.TryDue(text, "+12135550100", zone: null, out _));
}
