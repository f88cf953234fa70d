using Ringwright.Agency;

namespace Ringwright.Edge.Agency;

/// <summary>What people and programs write into fields of this API.</summary>
public sealed class AgencyTextTests
{
    [Theory]
    [InlineData("2026-02-20T10:00:00Z", "2026-02-20T10:00:00.000Z"), InlineData("2026-02-20T15:30:00+05:30", "2026-02-20T10:00:00.000Z")]
    [InlineData("2026-02-20T10:00:00.123456+00:00", "2026-02-20T10:00:00.123Z"), InlineData("2026-02-20 10:00", "2026-02-20T10:00:00.000Z")]
    [InlineData("2026-02-20", "2026-02-20T00:00:00.000Z")]
    public void A_moment_begins_with_its_day(string text, string moment) => Assert.Equal(moment, AgencyText.Time(AgencyText.Moment(text)));

    [Theory]
    [InlineData("15:00"), InlineData("03/04/2026"), InlineData("03/04/2026 10:00"), InlineData("1.5"), InlineData("May 5")]
    [InlineData("2026-02"), InlineData("2026-02-30"), InlineData("tomorrow"), InlineData(""), InlineData(null)]
    public void What_would_have_to_be_guessed_is_no_moment(string? text) => Assert.Null(AgencyText.Moment(text));
}
