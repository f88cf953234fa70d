using System.Diagnostics.CodeAnalysis;
using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Campaigns.Lists;

/// <summary>
/// Numbers as one country writes its own: with the digits that are dialled there before an area code, or without, and those of other
/// countries behind the prefix for calls abroad. Each reading is held against the country's plan, and exactly one must fit. Pure.
/// </summary>
public sealed class NationalNumbers
{
    /// <summary>Where nothing is dialled before a number of one's own country.</summary>
    private static readonly string[] WithoutTrunkPrefix =
    [
        "30", "34", "39", "45", "47", "48", "350", "351", "352", "356", "357", "371", "372", "377", "378", "379", "420", "501", "502",
        "503", "504", "505", "506", "507", "509", "65", "852", "853", "965", "968", "973", "974",
    ];

    /// <summary>Where 00 is not what calls abroad begin with.</summary>
    private static readonly string[] WithoutDoubleZero =
    [
        "1", "7", "53", "55", "57", "61", "62", "65", "66", "81", "82", "234", "254", "255", "256", "592",
        "852", "855", "886", "972", "976",
    ];

    private readonly NumberingPlans _plans;
    private readonly string _code;
    private readonly bool _isOfCode;
    private readonly string[] _trunkPrefixes;
    private readonly string? _abroadPrefix;

    private NationalNumbers(NumberingPlans plans, string country, string code, bool isOfCode)
    {
        (_plans, Country, _code, _isOfCode) = (plans, country, code, isOfCode);
        (_trunkPrefixes, _abroadPrefix) = (TrunkPrefixes(code), AbroadPrefix(code));
    }

    /// <summary>ISO 3166 alpha-2; of numbers of a calling code, that: "+44".</summary>
    public string Country { get; }

    /// <returns>False where the numbering plans know no such country.</returns>
    public static bool TryOf(NumberingPlans plans, string country, [NotNullWhen(true)] out NationalNumbers? home)
    {
        string upper = country.ToUpperInvariant();
        home = plans.CallingCodeOf(upper) is { } code ? new(plans, upper, code, isOfCode: false) : null;
        return home is not null;
    }

    /// <summary>Numbers of all countries that share a calling code, which may stand before them.</summary>
    /// <param name="code">Nothing but digits.</param>
    /// <returns>False where it is none.</returns>
    public static bool TryOfCode(NumberingPlans plans, string code, [NotNullWhen(true)] out NationalNumbers? home)
    {
        bool isCode = code.Length > 0 && plans.CallingCodeLength(code) == code.Length;
        home = isCode ? new(plans, $"+{code}", code, isOfCode: true) : null;
        return home is not null;
    }

    /// <param name="digits">Nothing but digits.</param>
    internal NumberFault Read(string digits, out string number)
    {
        number = "";
        var readings = new HashSet<string>(StringComparer.Ordinal);
        if (Fits(digits)) readings.Add($"+{_code}{digits}");
        if (_isOfCode && digits.StartsWith(_code, StringComparison.Ordinal) && Fits(digits.AsSpan(_code.Length)))
            readings.Add($"+{digits}");
        foreach (string prefix in _trunkPrefixes)
            if (digits.StartsWith(prefix, StringComparison.Ordinal) && Fits(digits.AsSpan(prefix.Length)))
                readings.Add($"+{_code}{digits[prefix.Length..]}");
        if (_abroadPrefix is { } abroad && digits.StartsWith(abroad, StringComparison.Ordinal)
                && E164.TryParse($"+{digits[abroad.Length..]}", out var foreign) && _plans.Classify(foreign).IsPossible
                && !_plans.HasTrunkZero(foreign))
            readings.Add(foreign.Text);
        if (readings.Count != 1) return readings.Count == 0 ? NumberFault.NotOfCountry : NumberFault.Ambiguous;
        number = readings.First();
        return NumberFault.None;
    }

    private bool Fits(ReadOnlySpan<char> national) =>
        _isOfCode ? _plans.Fits(_code, national) : _plans.Fits(_code, Country, national);

    private static string[] TrunkPrefixes(string code) => code switch
    {
        "1" => ["1"],
        "7" or "993" => ["8"],
        "36" => ["06"],
        "370" => ["0", "8"],
        "375" => ["8", "80"],
        _ => WithoutTrunkPrefix.Contains(code) ? [] : ["0"],
    };

    private static string? AbroadPrefix(string code) => code is "1" ? "011" : WithoutDoubleZero.Contains(code) ? null : "00";
}
