using System.Globalization;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Roles;

/// <summary>
/// Numbers that whoever tries the lab may find and order: of ranges that the numbering authorities keep for fiction, so that none is
/// anybody's. They come into a stock that is empty, once.
/// </summary>
internal static class LabStock
{
    private const long Dollar = 1_000_000;
    private const int BlockSize = 10, OfEach = 100;

    /// <summary>North American codes with their state and town; 555-0100 to 555-0199 of each.</summary>
    private static readonly (string Country, string Code, string Area, string Locality)[] Codes =
    [
        ("US", "312", "IL", "CHICAGO"), ("US", "773", "IL", "CHICAGO"), ("US", "217", "IL", "SPRINGFIELD"), ("US", "212", "NY", "NEW YORK"),
        ("US", "415", "CA", "SAN FRANCISCO"), ("US", "512", "TX", "AUSTIN"), ("CA", "416", "ON", "TORONTO"),
        ("CA", "604", "BC", "VANCOUVER"),
    ];

    /// <summary>Free of charge for who calls them; 555-0100 to 555-0199 of each.</summary>
    private static readonly string[] TollFree = ["800", "888"];

    private static readonly string[] AllFeatures = ["sms", "mms", "voice", "fax", "emergency"], VoiceAlone = ["voice"];

    public static async Task FillAsync(StockTable stock, DateTimeOffset at, CancellationToken stop)
    {
        if ((await stock.ListAsync(state: null, 0, 1, stop)).Total == 0) await stock.ImportAsync([.. All()], at, stop);
    }

    private static IEnumerable<StockNumber> All()
    {
        foreach (var (country, code, area, locality) in Codes)
            foreach (var number in Range("1", $"{code}5550{OfEach}"))
                yield return number with { Country = country, Ndc = code, Area = area, Locality = locality, Features = AllFeatures };
        foreach (string code in TollFree)
            foreach (var number in Range("1", $"{code}5550{OfEach}"))
                yield return number with { Type = StockType.TollFree, Ndc = code, Features = AllFeatures, IsQuickship = true };
        foreach (var number in Range("44", "2079460000"))
            yield return number with { Country = "GB", Ndc = "20", Locality = "LONDON", Features = VoiceAlone };
        foreach (var number in Range("44", "7700900000"))
            yield return number with { Country = "GB", Type = StockType.Mobile, Ndc = "7700", Features = ["sms", "voice"] };
        foreach (var number in Range("49", "3023125000"))
            yield return number with { Country = "DE", Ndc = "30", Locality = "BERLIN", Features = VoiceAlone };
        foreach (var number in Range("46", "846500400"))
            yield return number with { Country = "SE", Ndc = "8", Locality = "STOCKHOLM", Features = VoiceAlone };
    }

    /// <summary>A hundred numbers from this one on, in blocks of ten, of the United States as long as nobody says otherwise.</summary>
    private static IEnumerable<StockNumber> Range(string callingCode, string first)
    {
        long begin = long.Parse(first, CultureInfo.InvariantCulture);
        for (int i = 0; i < OfEach; i++)
        {
            string national = Text(begin + i);
            yield return new()
            {
                Text = $"+{callingCode}{national}", National = national, Country = "US", UpfrontMicros = Dollar, MonthlyMicros = Dollar,
                BlockFirst = $"+{callingCode}{Text(begin + i / BlockSize * BlockSize)}", BlockSize = BlockSize,
            };
        }

        static string Text(long digits) => digits.ToString(CultureInfo.InvariantCulture);
    }
}
