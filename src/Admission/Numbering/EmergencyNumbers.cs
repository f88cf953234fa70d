using System.Buffers;
using System.Collections.Frozen;

namespace Ringwright.Admission.Numbering;

/// <summary>
/// Tells emergency numbers, however they are written: as dialled in any country ("911", "110"), with a country code ("+1911", "0049112"),
/// with separators, in a SIP URI, or as a service URN (RFC 5031).
/// </summary>
public sealed class EmergencyNumbers
{
    /// <summary>Count everywhere: every mobile network connects them.</summary>
    private static readonly string[] Everywhere = ["112", "911"];

    /// <summary>
    /// Those that count in the user part of a SIP URI. Not the whole list:
    /// sip:101@pbx is an extension far more often than the Russian fire brigade.
    /// </summary>
    private static readonly FrozenSet<string> InAnyUri =
        new[] { "112", "911", "999", "000", "110", "119" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] InternationalPrefixes = ["+", "011", "00"];
    private static readonly SearchValues<char> Separators = SearchValues.Create("-.() /");
    private const int LongestPlused = 3;

    private readonly NumberingPlans _plans;
    private readonly FrozenDictionary<string, FrozenSet<string>> _byCountry;
    private readonly FrozenSet<string> _all;

    private EmergencyNumbers(NumberingPlans plans, FrozenDictionary<string, FrozenSet<string>> byCountry)
    {
        _plans = plans;
        _byCountry = byCountry;
        _all = byCountry.Values.SelectMany(numbers => numbers).Concat(Everywhere).ToFrozenSet(StringComparer.Ordinal);
    }

    public static EmergencyNumbers Load(NumberingPlans plans) =>
        new(plans, NumberingPlans.Rows("emergency.tsv", columns: 2).ToFrozenDictionary(
            cells => cells[0], cells => cells[1].Split(',').ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal));

    /// <summary>
    /// The same of calls. Every phone in the United States (47 CFR 52.200) and in Canada is to reach the crisis line 988, and no program
    /// is to call it; texts go there as to any short code.
    /// </summary>
    /// <inheritdoc cref="Includes"/>
    public bool IncludesCall(string destination) => destination is "988" or "+1988" || Includes(destination);

    /// <param name="destination">A number in any spelling, or a sip:, sips:, tel: or urn: URI.</param>
    public bool Includes(string destination)
    {
        if (destination.StartsWith("urn:service:sos", StringComparison.OrdinalIgnoreCase)) return true;
        bool isUri = destination.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
            || destination.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
        string dialled = Dialled(destination);
        if ((isUri ? InAnyUri : _all).Contains(dialled)) return true;

        foreach (string prefix in InternationalPrefixes)
        {
            if (!dialled.StartsWith(prefix, StringComparison.Ordinal)) continue;
            string digits = dialled[prefix.Length..];
            return (digits.Length <= LongestPlused && _all.Contains(digits)) || IsWithCountry(digits);
        }
        return false;
    }

    /// <summary>The user part or number without scheme, host, parameters, password, escapes and separators.</summary>
    private static string Dialled(string destination)
    {
        string text = destination;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && text[..colon].ToLowerInvariant() is "sip" or "sips" or "tel")
        {
            text = text[(colon + 1)..];
            int at = text.IndexOf('@', StringComparison.Ordinal);
            if (at >= 0) text = text[..at];
            int end = text.IndexOfAny([';', ':', '?']);
            if (end >= 0) text = text[..end];
            text = Uri.UnescapeDataString(text);
        }
        return text.AsSpan().IndexOfAny(Separators) < 0 ? text : string.Concat(text.Where(c => !Separators.Contains(c)));
    }

    private bool IsWithCountry(string digits)
    {
        foreach (string country in _plans.CountriesOf(digits, out string national))
        {
            if (Everywhere.Contains(national)) return true;
            if (_byCountry.TryGetValue(country, out var numbers) && numbers.Contains(national)) return true;
            // No area code of the North American plan is 911: whatever follows, a switch may stop reading there.
            if (country == "US" && national.StartsWith("911", StringComparison.Ordinal)) return true;
        }
        return false;
    }
}
