using System.Globalization;
using Ringwright.Store;

namespace Ringwright.Edge.Store;

public sealed class TimesTests
{
    [Theory]
    [InlineData("2026-01-06T15:00:00Z", "2026-01-06T15:00:00.000000Z")]
    [InlineData("2026-11-30T23:59:59.9999999Z", "2026-11-30T23:59:59.999999Z")]
    [InlineData("2026-11-30T04:05:06.0000019+05:30", "2026-11-29T22:35:06.000001Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z")]
    public void A_time_is_that_of_UTC_with_six_digits_the_next_cut_off(string moment, string text)
    {
        var at = DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.Equal(text, Times.Text(at));
        Assert.Equal(Times.Cut(at), Times.Parse(text));
    }

    [Theory]
    [InlineData("2026-01-06T15:00:00.123Z", "2026-01-06T15:00:00.123999Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999999Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z")]
    [InlineData("9999-12-31T23:59:59.999999+01:00", "9999-12-31T22:59:59.999999Z")]
    public void A_millisecond_ends_where_all_time_does_at_the_latest(string moment, string text) => Assert.Equal(text,
        Times.Text(Times.EndOfMillisecond(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))));
}
