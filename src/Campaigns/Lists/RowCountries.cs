using Ringwright.Admission.Numbering;

namespace Ringwright.Campaigns.Lists;

/// <summary>
/// In which country the number of a row is dialled: the one that the row itself says, by its name or its calling code, else the one that is
/// assumed of all. Of a row that says something else nobody knows it, and its number needs its '+'. Not for several threads.
/// </summary>
/// <param name="assumed">Null where numbers of rows that say nothing have their '+'.</param>
public sealed class RowCountries(NationalNumbers? assumed)
{
    private const int MostKnown = 1_000;

    /// <summary>As people write countries that are called most, beside their two letters (ISO 3166 alpha-2).</summary>
    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["USA"] = "US", ["U.S."] = "US", ["U.S.A."] = "US", ["United States"] = "US", ["United States of America"] = "US",
        ["UK"] = "GB", ["GBR"] = "GB", ["United Kingdom"] = "GB", ["Great Britain"] = "GB", ["England"] = "GB",
        ["CAN"] = "CA", ["Canada"] = "CA", ["MEX"] = "MX", ["Mexico"] = "MX", ["México"] = "MX", ["BRA"] = "BR", ["Brazil"] = "BR",
        ["Brasil"] = "BR", ["DEU"] = "DE", ["Germany"] = "DE", ["Deutschland"] = "DE", ["AUT"] = "AT", ["Austria"] = "AT",
        ["Österreich"] = "AT", ["CHE"] = "CH", ["Switzerland"] = "CH", ["Schweiz"] = "CH", ["FRA"] = "FR", ["France"] = "FR",
        ["ESP"] = "ES", ["Spain"] = "ES", ["España"] = "ES", ["ITA"] = "IT", ["Italy"] = "IT", ["Italia"] = "IT", ["PRT"] = "PT",
        ["Portugal"] = "PT", ["NLD"] = "NL", ["Netherlands"] = "NL", ["The Netherlands"] = "NL", ["Nederland"] = "NL", ["BEL"] = "BE",
        ["Belgium"] = "BE", ["IRL"] = "IE", ["Ireland"] = "IE", ["POL"] = "PL", ["Poland"] = "PL", ["Polska"] = "PL", ["AUS"] = "AU",
        ["Australia"] = "AU", ["NZL"] = "NZ", ["New Zealand"] = "NZ", ["IND"] = "IN", ["India"] = "IN",
    };

    private readonly Dictionary<string, NationalNumbers?> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with a number of a row.</summary>
    /// <param name="home">In which it was read, by <see cref="Of"/>.</param>
    public static string Sentence(NumberFault fault, NationalNumbers? home, string said) =>
        fault is NumberFault.NotANumber && home is null && said.Length > 0
            ? "it has no + and country code, and the country of its row is none that is known here, as DE is"
            : NumberCell.Sentence(fault, home?.Country);

    /// <param name="said">By the row; null or "" where it says nothing.</param>
    public NationalNumbers? Of(string? said)
    {
        string word = said?.Trim() ?? "";
        if (word.Length == 0) return assumed;
        if (_known.TryGetValue(word, out var home)) return home;
        var plans = NumberingPlans.Load();
        _ = CodeOf(word) is { } code ? NationalNumbers.TryOfCode(plans, code, out home)
            : NationalNumbers.TryOf(plans, Words.GetValueOrDefault(word, word), out home);
        if (_known.Count < MostKnown) _known[word] = home;
        return home;
    }

    /// <summary>Of "44", "+44" and "0044" the digits of the calling code; null for what is none.</summary>
    private static string? CodeOf(string word)
    {
        string digits = word.StartsWith('+') ? word[1..] : word.StartsWith("00", StringComparison.Ordinal) ? word[2..] : word;
        return digits.Length > 0 && !digits.AsSpan().ContainsAnyExceptInRange('0', '9') ? digits : null;
    }
}
