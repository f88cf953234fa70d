using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Ringwright.Core;

namespace Ringwright.Admission.Numbering;

public enum NumberType
{
    Unknown, FixedLine, Mobile, TollFree, Premium, Personal, Voicemail, Uan, Pager, Voip, SharedCost,
    /// <summary>+1 700: what it leads to, and costs, is the caller's long-distance carrier's affair.</summary>
    CarrierService,
    /// <summary>+1 710.</summary>
    Government,
    /// <summary>N11 in place of an area code: no number at all from afar.</summary>
    Service,
}

/// <summary>What the world's numbering plans say about one number.</summary>
/// <param name="CallingCode">The country calling code, "49"; empty when there is no such code.</param>
/// <param name="Country">ISO 3166 alpha-2; null for codes of no country (freephone, satellites). A number that fits no plan of a shared
/// code counts as the main country's.</param>
/// <param name="IsPossible">Its length exists under that code. Never more than that: test and lab numbers shall pass.</param>
public readonly record struct NumberFacts(string CallingCode, string? Country, NumberType Type, bool IsPossible);

/// <summary>
/// The numbering plans of the world, read once from the file beside this one. Patterns are compiled when first asked for.
/// </summary>
public sealed class NumberingPlans
{
    private const string NoCountry = "001";
    private const int LongestCode = 3;
    private const int Columns = 15, FirstTypeColumn = 5;
    /// <summary>
    /// Numbers that are remembered: a caller's own number is asked for with each call, and a code of many countries has a hundred patterns.
    /// </summary>
    private const int MostKnown = 10_000;

    // The order in which libphonenumber asks, so that a premium number inside a fixed-line range is premium.
    private static readonly NumberType[] AskingOrder =
    [
        NumberType.Premium, NumberType.TollFree, NumberType.SharedCost, NumberType.Voip, NumberType.Personal, NumberType.Pager,
        NumberType.Uan, NumberType.Voicemail, NumberType.FixedLine, NumberType.Mobile,
    ];

    private static readonly Lazy<NumberingPlans> OfTheWorld = new(ReadFile);

    private readonly FrozenDictionary<string, Plan[]> _plans;
    private readonly ConcurrentDictionary<E164, NumberFacts> _known = new();

    private NumberingPlans(FrozenDictionary<string, Plan[]> plans) => _plans = plans;

    /// <summary>Whoever asks gets the same: they do not change, and their patterns are dearer than the file.</summary>
    public static NumberingPlans Load() => OfTheWorld.Value;

    private static NumberingPlans ReadFile()
    {
        var plans = Rows("numbering.tsv", Columns).Select(cells => new Plan(cells)).GroupBy(p => p.CallingCode, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        return new(plans);
    }

    public NumberFacts Classify(E164 number)
    {
        if (_known.TryGetValue(number, out var known)) return known;
        if (_known.Count >= MostKnown) _known.Clear();
        return _known[number] = Read(number);
    }

    private NumberFacts Read(E164 number)
    {
        var facts = ByPlan(number);
        if (facts.CallingCode is not NanpClasses.CallingCode
            || NanpClasses.TypeOf(number.Text.AsSpan(1 + NanpClasses.CallingCode.Length)) is not { } type) return facts;
        return facts with { Type = type, IsPossible = facts.IsPossible && type is not NumberType.Service };
    }

    private NumberFacts ByPlan(E164 number)
    {
        var digits = number.Text.AsSpan(1);
        if (!TryFind(digits, out var plans, out int codeLength)) return new("", null, NumberType.Unknown, IsPossible: false);
        var national = digits[codeLength..];

        foreach (var plan in plans)
        {
            var type = plan.TypeOf(national);
            if (type is NumberType.Unknown && !plan.Leads(national)) continue;
            return new(plan.CallingCode, plan.Country, type, type is not NumberType.Unknown || plans[0].HasLength(national.Length));
        }
        return new(plans[0].CallingCode, plans[0].Country, NumberType.Unknown, plans[0].HasLength(national.Length));
    }

    /// <summary>How many of the digits are the country calling code; 0 when there is no such code.</summary>
    public int CallingCodeLength(ReadOnlySpan<char> digits) => TryFind(digits, out _, out int length) ? length : 0;

    /// <summary>The countries that share the number's calling code, and the digits behind it; empty when there is no such code.</summary>
    public IEnumerable<string> CountriesOf(ReadOnlySpan<char> digits, out string national)
    {
        national = "";
        if (!TryFind(digits, out var plans, out int codeLength)) return [];
        national = digits[codeLength..].ToString();
        return plans.Select(p => p.Country).OfType<string>();
    }

    /// <param name="country">ISO 3166 alpha-2, in capitals.</param>
    /// <returns>"49"; null where no plan has the country.</returns>
    public string? CallingCodeOf(string country) =>
        _plans.FirstOrDefault(code => code.Value.Any(plan => plan.Country == country)).Key;

    /// <summary>Whether the country's plan has numbers of such digits behind its code: by how many they are, and how they begin.</summary>
    /// <param name="callingCode">As <see cref="CallingCodeOf"/> has it.</param>
    public bool Fits(string callingCode, string country, ReadOnlySpan<char> national)
    {
        foreach (var plan in _plans[callingCode])
            if (plan.Country == country) return plan.Has(national);
        return false;
    }

    /// <summary>The same of any country that has the code.</summary>
    public bool Fits(string callingCode, ReadOnlySpan<char> national)
    {
        foreach (var plan in _plans[callingCode])
            if (plan.Has(national)) return true;
        return false;
    }

    /// <summary>
    /// Behind the code stands a zero that is dialled at home alone: with it the number is none of the plan, and without it one. In Italy it
    /// is a part of the number.
    /// </summary>
    public bool HasTrunkZero(E164 number)
    {
        var digits = number.Text.AsSpan(1);
        int code = CallingCodeLength(digits);
        return code > 0 && code < digits.Length && digits[code] == '0' && Classify(number).Type is NumberType.Unknown
            && E164.TryParse(string.Concat("+", digits[..code], digits[(code + 1)..]), out var without)
            && Classify(without).Type is not NumberType.Unknown;
    }

    /// <summary>No calling code is the beginning of another.</summary>
    private bool TryFind(ReadOnlySpan<char> digits, out Plan[] plans, out int codeLength)
    {
        var lookup = _plans.GetAlternateLookup<ReadOnlySpan<char>>();
        for (codeLength = 1; codeLength <= LongestCode && codeLength <= digits.Length; codeLength++)
            if (lookup.TryGetValue(digits[..codeLength], out plans!)) return true;    // set when found
        plans = [];
        return false;
    }

    /// <summary>The rows of a file beside this one, without comments.</summary>
    public static IEnumerable<string[]> Rows(string file, int columns)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"Ringwright.Admission.Numbering.{file}")
            ?? throw new InvalidOperationException($"{file} is not in the assembly");
        using var reader = new StreamReader(stream);
        List<string[]> rows = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] cells = line.Split('\t');
            if (cells.Length != columns)
                throw new InvalidDataException($"{file}: {cells.Length} columns in the row of {cells[0]}, not {columns}");
            rows.Add(cells);
        }
        return rows;
    }

    private sealed class Plan(string[] cells)
    {
        private readonly int[] _lengths =
            cells[2].Length == 0 ? [] : [.. cells[2].Split(',').Select(l => int.Parse(l, CultureInfo.InvariantCulture))];
        private readonly Lazy<Regex?> _leading = new(() => Compile(cells[3], isWhole: false));
        private readonly Lazy<Regex?> _general = new(() => Compile(cells[4], isWhole: true));
        private readonly Lazy<Regex?>[] _types =
            [.. cells[FirstTypeColumn..].Select(pattern => new Lazy<Regex?>(() => Compile(pattern, isWhole: true)))];

        public string? Country { get; } = cells[0] == NoCountry ? null : cells[0];
        public string CallingCode { get; } = cells[1];

        public bool HasLength(int length) => Array.IndexOf(_lengths, length) >= 0;

        /// <summary>The plan claims all numbers that begin so, valid or not.</summary>
        public bool Leads(ReadOnlySpan<char> national) => _leading.Value is { } leading && leading.IsMatch(national);

        public bool Has(ReadOnlySpan<char> national) =>
            HasLength(national.Length) && _general.Value is { } general && general.IsMatch(national);

        public NumberType TypeOf(ReadOnlySpan<char> national)
        {
            if (_general.Value is not { } general || !general.IsMatch(national)) return NumberType.Unknown;
            foreach (var type in AskingOrder)
                if (_types[ColumnOf(type)].Value is { } pattern && pattern.IsMatch(national)) return type;
            return NumberType.Unknown;
        }

        private static int ColumnOf(NumberType type) => (int)type - 1;

        // Input is at most 15 ASCII digits and the patterns have no nested repetition: interpreted matching is fast enough.
        private static Regex? Compile(string pattern, bool isWhole) =>
            pattern.Length == 0 ? null : new(isWhole ? $"^(?:{pattern})$" : $"^(?:{pattern})", RegexOptions.CultureInvariant);
    }
}
