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
}
