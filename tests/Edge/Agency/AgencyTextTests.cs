using Ringwright.Agency;

namespace Ringwright.Edge.Agency;

/// <summary>What people and programs write into fields of this API.</summary>
public sealed class AgencyTextTests
{
    [Theory]
    [InlineData("2026-02-20T10:00:00Z", "2026-02-20T10:00:00.000Z"), InlineData("2026-02-20T15:30:00+05:30", "2026-02-20T10:00:00.000Z")]
    [InlineData("2026-02-20T10:00:00.123456+00:00", "2026-02-20T10:00:00.123Z"), InlineData("2026-02-20 10:00", "2026-02-20T10:00:00.000Z")]
    [InlineData("2026-02-20", "2026-02-20T00:00:00.000Z"), InlineData("2026-02-20T11:00+01:00[Europe/Paris]", "2026-02-20T10:00:00.000Z")]
    [InlineData("2026-02-20T02:00:00-08:00[America/Los_Angeles][u-ca=gregory]", "2026-02-20T10:00:00.000Z")]
    public void A_moment_begins_with_its_day(string text, string moment) => Assert.Equal(moment, AgencyText.Time(AgencyText.Moment(text)));

    [Theory]
    [InlineData("2026-02-20T10:00:00Z", true), InlineData("2026-02-20T10:00+05:30", true), InlineData("2026-02-20 10:00:00 -0500", true)]
    [InlineData("2026-02-20 10:00 GMT", true), InlineData("2026-02-20T10:00:00.000z", true)]
    [InlineData("2026-02-20T10:00:00", false), InlineData("2026-02-20 3:00 PM", false), InlineData("2026-02-20", false)]
    public void A_moment_says_by_whose_clock_it_is_or_does_not(string moment, bool says) =>
        Assert.Equal(says, AgencyText.HasOffset(moment));

    [Theory]
    [InlineData("15:00"), InlineData("03/04/2026"), InlineData("03/04/2026 10:00"), InlineData("1.5"), InlineData("May 5")]
    [InlineData("2026-02"), InlineData("2026-02-30"), InlineData("tomorrow"), InlineData(""), InlineData(null)]
    [InlineData("2026-02-20T10:00[Europe/Paris]"), InlineData("2026-02-20[Europe/Paris]"), InlineData("2026-02-20T10:00Z[")]
    public void What_would_have_to_be_guessed_is_no_moment(string? text) => Assert.Null(AgencyText.Moment(text));

    [Theory]
    [InlineData("+1 (212) 555-0100", "+12125550100"), InlineData("0049 30 123456", "+4930123456")]
    [InlineData("tel:0044 20 7946 0958", "+442079460958"), InlineData("(0044) 20 7946 0958", "+442079460958")]
    public void A_number_has_its_plus_or_what_is_dialled_for_it_from_abroad(string text, string number) =>
        Assert.Equal(number, AgencyText.Number(text));

    [Theory]
    [InlineData("2125550100"), InlineData("030 123456"), InlineData("011 49 30 123456"), InlineData("00"), InlineData("000123456789")]
    [InlineData("0049 030 123456"), InlineData("")]
    public void A_number_that_may_be_several_is_none(string text) => Assert.Null(AgencyText.Number(text));
}
