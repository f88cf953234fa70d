using System.Collections.Frozen;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ringwright.Telnyx.Addresses;

/// <summary>A part of an address that is not in form.</summary>
/// <param name="Code">Of the error catalogue.</param>
internal sealed record PostalFault(string Code, string Field, string Detail);

/// <summary>
/// The form of postal addresses: a country that there is, a postal code as the country writes them, a state where it has states, a house
/// number. That the house exists nobody here knows.
/// </summary>
internal static partial class AddressForm
{
    private const string Country = "country_code", Locality = "locality", State = "administrative_area", Postal = "postal_code",
        Street = "street_address";
    public static readonly string[] Fields = [Street, "extended_address", Locality, State, Postal, Country];

    /// <summary>ISO 3166-1 alpha-2.</summary>
    private static readonly FrozenSet<string> Countries = """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK
        CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
        GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV
        LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
        PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR
        TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> WithStates = new[] { "US", "CA", "AU", "BR", "MX" }.ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> FiveDigits =
        new[] { "DE", "FR", "ES", "IT", "FI", "MX", "HR", "EE" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All that is wrong, in the order of the fields.</summary>
    public static IReadOnlyList<PostalFault> FaultsOf(JsonObject address)
    {
        var faults = new List<PostalFault>();
        string country = Text(Country), postal = Text(Postal), street = Text(Street);
        if (!Countries.Contains(country)) faults.Add(new("20201", Country, $"'{country}' is no country: two capitals of ISO 3166 are."));
        if (!(HasNumber().IsMatch(street) && HasLetters().IsMatch(street)))
            faults.Add(new("20208", Street, "street_address must have a street, and begin or end with the number of the house."));
        if (address.ContainsKey(Locality) && Text(Locality).Length == 0)
            faults.Add(new("20202", Locality, "locality must name a town."));
        if (WithStates.Contains(country) && Text(State).Length == 0)
            faults.Add(new("20204", State, $"administrative_area must name a state or province of {country}."));
        if (!IsPostal(country, postal)) faults.Add(new("20205", Postal, $"'{postal}' is no postal code of {country}."));
        return faults;

        string Text(string field) => (address.Text(field) ?? "").Trim();
    }

    /// <summary>The same address as it is written on letters: in capitals, without spaces at the ends.</summary>
    public static JsonObject Suggested(JsonObject address)
    {
        var suggested = new JsonObject();
        foreach (string field in Fields)
            if (address.Filled(field) is { } text) suggested[field] = text.Trim().ToUpperInvariant();
        return suggested;
    }

    /// <summary>Where nothing is known of a country's codes any short text is one, and none at all.</summary>
    private static bool IsPostal(string country, string code)
    {
        if (code.Length > 0 && code.All(c => c is '0')) return false;
        return country switch
        {
            "US" => UnitedStates().IsMatch(code),
            "CA" => Canada().IsMatch(code),
            "GB" => UnitedKingdom().IsMatch(code),
            "SE" => Sweden().IsMatch(code),
            "NL" => Netherlands().IsMatch(code),
            "AU" or "AT" or "BE" or "CH" or "DK" or "NO" => FourDigits().IsMatch(code),
            _ when FiveDigits.Contains(country) => Five().IsMatch(code),
            _ => code.Length == 0 || Any().IsMatch(code),
        };
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;
    private const int Patience = 1_000;

    [GeneratedRegex(@"^[0-9]|[0-9][a-z]?$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex HasNumber();

    [GeneratedRegex(@"\p{L}{2}", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex HasLetters();

    [GeneratedRegex("^[0-9]{5}(?:-[0-9]{4})?$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex UnitedStates();

    [GeneratedRegex("^[a-z][0-9][a-z] ?[0-9][a-z][0-9]$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex Canada();

    [GeneratedRegex("^[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex UnitedKingdom();

    [GeneratedRegex("^[0-9]{3} ?[0-9]{2}$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex Sweden();

    [GeneratedRegex("^[0-9]{4} ?[a-z]{2}$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex Netherlands();

    [GeneratedRegex("^[0-9]{4}$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex FourDigits();

    [GeneratedRegex("^[0-9]{5}$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex Five();

    [GeneratedRegex("^[a-z0-9][a-z0-9 -]{1,9}$", Options, matchTimeoutMilliseconds: Patience)]
    private static partial Regex Any();
}
