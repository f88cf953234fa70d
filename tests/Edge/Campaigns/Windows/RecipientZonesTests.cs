using System.Globalization;
using Ringwright.Admission.Numbering;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Windows;

public sealed class RecipientZonesTests
{
    private static readonly RecipientZones Zones = RecipientZones.Load(NumberingPlansTests.Plans);

    [Theory]
    [InlineData("+12125550100", "America/New_York")]
    [InlineData("+13122030000", "America/Chicago")]
    [InlineData("+18085550123", "Pacific/Honolulu")]
    [InlineData("+18505550123", "America/Chicago,America/New_York")]
    [InlineData("+18502000123", "America/Chicago,America/New_York")]      // an exchange that the data places in the west
    [InlineData("+18123852345", "America/Chicago,America/New_York")]
    [InlineData("+19303852345", "America/Chicago,America/New_York")]      // laid over 812
    [InlineData("+14165550123", "America/Toronto")]
    [InlineData("+16045550123", "America/Vancouver")]
    [InlineData("+17785550123", "America/Edmonton,America/Vancouver")]    // laid over 604 and 250
    [InlineData("+18765551234", "America/Jamaica")]
    [InlineData("+16715551234", "Pacific/Guam")]
    [InlineData("+493012345678", "Europe/Berlin")]
    [InlineData("+4915123456789", "Europe/Berlin")]
    [InlineData("+442079460000", "Europe/London")]
    [InlineData("+447400123456", "Europe/Guernsey,Europe/Isle_of_Man,Europe/Jersey,Europe/London")]
    [InlineData("+441481960194", "Europe/Guernsey")]
    [InlineData("+34612345678", "Atlantic/Canary,Europe/Madrid")]
    [InlineData("+61261234567", "Australia/Sydney")]
    [InlineData("+61733334444", "Australia/Brisbane")]
    [InlineData("+74951234567", "Europe/Moscow")]
    [InlineData("+74232345678", "Asia/Vladivostok")]
    [InlineData("+5511912345678", "America/Sao_Paulo")]                    // mobiles have area codes there
    [InlineData("+919876543210", "Asia/Kolkata")]
    [InlineData("+212522345678", "Africa/Casablanca,Africa/El_Aaiun")]     // in the source, the Canaries'
    [InlineData("+74012345678", "Europe/Kaliningrad")]
    [InlineData("+77012345678", "Asia/Almaty,Asia/Aqtobe")]
    [InlineData("+543416123456", "America/Argentina/Buenos_Aires")]
    [InlineData("+59995123456", "America/Curacao,America/Kralendijk")]     // a mobile among fixed lines of one island
    [InlineData("+59994331234", "America/Curacao")]
    [InlineData("+15550001234", "Etc/UTC")]
    [InlineData("+15550100000", "Etc/UTC")]
    public void A_number_is_somewhere(string number, string zones) => Assert.Equal(zones.Split(','), Of(number)!.Ids);

    [Theory]
    [InlineData("+79161234567", "Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka")]
    [InlineData("+61412345678", "Australia/Perth", "Australia/Sydney", "Australia/Adelaide")]
    [InlineData("+611300123456", "Australia/Perth", "Australia/Sydney", "Australia/Adelaide")]
    public void A_number_without_a_place_may_be_anywhere_under_its_code(string number, params string[] zones) =>
        Assert.Empty(zones.Except(Of(number)!.Ids));

    [Fact]
    public void A_number_without_data_has_all_zones_of_its_countrys_mainland()
    {
        var zones = Of("+18005550123")!.Ids;

        string[] some = ["America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Anchorage"];
        Assert.Empty(some.Except(zones));
        Assert.DoesNotContain("Pacific/Honolulu", zones);
        Assert.DoesNotContain("America/Adak", zones);
        Assert.DoesNotContain("America/Toronto", zones);
    }

    [Theory]
    [InlineData("+99912345678")]
    [InlineData("+21012345678")]
    [InlineData("+870712345678")]
    [InlineData("+80012345678")]
    public void A_number_of_no_country_has_no_zone(string number) => Assert.Null(Of(number));

    [Fact]
    public void A_number_that_is_too_short_for_an_area_code_is_somewhere_in_the_country() =>
        Assert.Contains("America/Denver", Of("+121")!.Ids);

    [Fact]
    public void The_contacts_own_zone_comes_first_and_the_accounts_last()
    {
        var (contact, account) = (Named("Asia/Tokyo"), Named("Europe/Lisbon"));

        Assert.Same(contact, Zones.Find("+12125550100", contact, account));
        Assert.Equal(["America/New_York"], Zones.Find("+12125550100", null, account)!.Ids);
        Assert.Same(contact, Zones.Find("sip:anna@example.com", contact, account));
        Assert.Same(account, Zones.Find("sip:anna@example.com", null, account));
        Assert.Same(account, Zones.Find("+870712345678", null, account));
        Assert.Null(Zones.Find("sip:anna@example.com", null, null));
    }

    [Theory]
    [InlineData("America/Chicgo", "'America/Chicgo' is no time zone of the IANA database; an id looks like America/Chicago.")]
    [InlineData("europe/berlin", "'europe/berlin' is no time zone of the IANA database, Europe/Berlin is.")]
    [InlineData("UTC+01:00", "'UTC+01:00' is no time zone of the IANA database; an id looks like America/Chicago.")]
    [InlineData("", "A time zone is the id of one in the IANA database, such as America/Chicago.")]
    [InlineData(null, "A time zone is the id of one in the IANA database, such as America/Chicago.")]
    public void A_zone_that_does_not_exist_is_told_apart(string? id, string sentence)
    {
        Assert.False(ZoneSet.TryParse(id, out _, out string? fault));
        Assert.Equal(sentence, fault);
    }

    [Fact]
    public void Every_row_names_zones_that_exist_and_stands_in_order()
    {
        string[] rows = [.. File.ReadLines(Repository.PathOf("src", "Admission", "Numbering", "zones.tsv")).Where(l => !l.StartsWith('#'))];
        Assert.True(rows.Length > 1000, $"{rows.Length} rows");

        Assert.Equal(rows.Order(StringComparer.Ordinal), rows);
        foreach (string zone in rows.SelectMany(row => row.Split('\t')[1].Split(',')).Distinct())
            Assert.True(ZoneSet.TryParse(zone, out _, out _), zone);
    }

    [Fact]
    public void Every_country_has_zones()
    {
        foreach (string[] cells in NumberingPlans.Rows("numbering.tsv", 15))
        {
            if (cells[0] == "001") continue;
            string lead = cells[1] == "1" && cells[3].All(char.IsAsciiDigit) && cells[3].Length == 3 ? cells[3] : "212";
            Assert.True(Of($"+{cells[1]}{lead}345678") is { Ids.Count: > 0 }, cells[0]);
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        E164[] numbers = [.. new[] { "+12125550100", "+18505550123", "+493012345678", "+74951234567", "+61412345678", "+18005550123" }
            .Select(Number)];
        Look(numbers, times: 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Look(numbers, times: 1_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Look(E164[] numbers, int times)
    {
        for (int i = 0; i < times; i++)
            foreach (var number in numbers)
                _ = Zones.Of(number);
    }

    /// <summary>It is half past eight on Sunday in Tokyo, and Saturday by UTC.</summary>
    [Theory]
    [InlineData("2026-02-28", "+81312345678", null, "2026-02-28T00:00:00Z")]
    [InlineData("2026-03-01", "+81312345678", null, "2026-02-28T15:00:00Z")]
    [InlineData("2026-03-01", "+61412345678", null, "2026-02-28T13:00:00Z")]        // a mobile: of Sydney, or of Perth
    [InlineData("2026-03-01", "+12125550100", "Asia/Tokyo", "2026-02-28T15:00:00Z")]
    [InlineData("2026-03-01", "+12125550100", null, "2026-03-01T05:00:00Z")]        // is to come there, too
    [InlineData("2026-03-01", "nobody", null, "2026-03-01T00:00:00Z")]
    public void A_day_on_which_something_has_happened_has_begun_by_UTC_or_where_the_person_is(string day, string number, string? zone,
        string begins)
    {
        var now = new DateTimeOffset(2026, 2, 28, 23, 30, 0, TimeSpan.Zero);
        var read = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Equal(DateTimeOffset.Parse(begins, CultureInfo.InvariantCulture), RecipientZones.BeginOf(read, now, zone, number));
    }

    [Theory]
    [InlineData("2026-03-01", "+81312345678", null, "2026-03-01T15:00:00Z")]
    [InlineData("2026-03-01", "+61412345678", "Asia/Tokyo", "2026-03-01T17:30:00Z")]        // a mobile: of Sydney, or of the Cocos Islands
    [InlineData("2026-03-07", "+12125550100", null, "2026-03-08T05:00:00Z")]
    [InlineData("2026-03-08", "+12125550100", null, "2026-03-09T04:00:00Z")]                // an hour is left out
    [InlineData("2026-03-01", "nobody", "Asia/Tokyo", "2026-03-01T15:00:00Z")]
    [InlineData("2026-03-01", "nobody", "nowhere", "2026-03-02T00:00:00Z")]
    [InlineData("9999-12-31", "nobody", null, "9999-12-31T00:00:00Z")]
    public void A_day_on_which_something_still_holds_ends_where_the_person_is_or_who_says_it(string day, string number, string? account,
        string ends)
    {
        var read = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Equal(DateTimeOffset.Parse(ends, CultureInfo.InvariantCulture), RecipientZones.EndOf(read, number, account));
    }

    internal static ZoneSet Named(string id) =>
        ZoneSet.TryParse(id, out var zone, out string? fault) ? zone : throw new ArgumentException(fault);

    private static ZoneSet? Of(string number) => Zones.Of(Number(number));

    private static E164 Number(string text) => E164.TryParse(text, out var number) ? number : throw new ArgumentException(text);
}
