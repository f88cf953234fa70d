using Ringwright.Agency.Batches;
using Ringwright.Campaigns.Windows;

namespace Ringwright.Edge.Agency;

/// <summary>Time zones of contacts as the systems write them that their lists come from.</summary>
public sealed class ContactZonesTests
{
    [Theory]
    [InlineData("EST", "America/New_York"), InlineData("pdt", "America/Los_Angeles"), InlineData("CET", "Europe/Paris")]
    [InlineData("Eastern Time", "America/New_York"), InlineData("Central", "America/Chicago")]
    [InlineData("AEDT", "Australia/Sydney"), InlineData("nzst", "Pacific/Auckland"), InlineData("JST", "Asia/Tokyo")]
    [InlineData("SAST", "Africa/Johannesburg"), InlineData("BRT", "America/Sao_Paulo"), InlineData("(GMT+08:00) SGT", "Asia/Singapore")]
    // Other letters, and a space in a name.
    [InlineData("america/new_york", "America/New_York"), InlineData("AMERICA/NEW_YORK", "America/New_York")]
    [InlineData("America/New York", "America/New_York"), InlineData("us/eastern", "US/Eastern"), InlineData("utc", "UTC")]
    [InlineData("america_slash_los_angeles", "America/Los_Angeles"), InlineData("us_slash_pacific", "US/Pacific")]
    // What Windows calls them, and how it shows them.
    [InlineData("US Mountain Standard Time", "America/Phoenix"), InlineData("India Standard Time", "Asia/Kolkata")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin"), InlineData("GMT Standard Time", "Europe/London")]
    [InlineData("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"), InlineData("(UTC-07:00) Arizona", "America/Phoenix")]
    [InlineData("(GMT-05:00) Eastern Standard Time (America/New_York)", "America/New_York")]
    [InlineData("(GMT+05:30) India Standard Time (Asia/Kolkata)", "Asia/Kolkata"), InlineData("(GMT) Europe/London", "Europe/London")]
    [InlineData("(GMT-03:00) Argentine Time (America/Argentina/Buenos_Aires)", "America/Argentina/Buenos_Aires")]
    public void A_zone_is_known_by_what_it_is_called(string said, string id)
    {
        Assert.Equal(id, ContactZones.Of(said));
        Assert.True(ZoneSet.TryParse(id, out _, out _));
    }

    [Theory, InlineData("Nowhere/Town"), InlineData("(UTC-05:00)"), InlineData("UTC-5"), InlineData("GMT+1"), InlineData("-05:00"),
        InlineData("IST"), InlineData("BST"), InlineData("AEST"), InlineData("West"), InlineData("(Nowhere/Town)"), InlineData("")]
    public void What_may_be_several_or_is_none_stays_as_it_was_said(string said)
    {
        Assert.Equal(said, ContactZones.Of(said));
        Assert.False(ZoneSet.TryParse(said, out _, out _));
    }

    /// <summary>Letters are several zones', of which the number has one: https://github.com/PrairieLearn/PrairieLearn/issues/929.</summary>
    [Theory]
    [InlineData("MST", "+16025550123", "America/Phoenix"), InlineData("MST", "+13035550123", "America/Denver")]
    [InlineData("CST", "+13065550123", "America/Regina"), InlineData("CST", "+861012345678", "Asia/Shanghai")]
    [InlineData("PST", "+639171234567", "Asia/Manila"), InlineData("ist", "+919812345678", "Asia/Kolkata")]
    [InlineData("CET", "+4930123456", "Europe/Berlin"), InlineData("CET", "+213551234567", "Africa/Algiers")]
    [InlineData("EST", "+18505550123", "America/New_York")]
    // Whoever lives elsewhere than his number.
    [InlineData("PST", "+12125550123", "America/Los_Angeles"), InlineData("JST", "+12125550123", "Asia/Tokyo")]
    [InlineData("Eastern Time", "+16025550123", "America/New_York")]
    [InlineData("Eastern Time (US & Canada)", "+4930123456", "America/New_York")]
    [InlineData("EST", "+15550300011", "America/New_York"), InlineData("EST", "not a number", "America/New_York")]
    [InlineData("GMT", "+442079460958", "Europe/London"), InlineData("BST", "+442079460958", "Europe/London")]
    // Several of the number's zones have them, so that the number says it as well.
    [InlineData("GMT", "+447400123456", null), InlineData("BST", "+447400123456", null)]
    // Of North America, and not of where the number is.
    [InlineData("EST", "+61212345678", ""), InlineData("MST", "+60123456789", ""), InlineData("Eastern Time", "+61212345678", "")]
    public void Letters_are_those_of_the_zone_that_the_number_has(string said, string number, string? id) =>
        Assert.Equal(id, ContactZones.Of(said, number));
}
