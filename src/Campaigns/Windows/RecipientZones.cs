using System.Collections.Frozen;
using NodaTime.TimeZones;
using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Campaigns.Windows;

/// <summary>
/// In which time zones whoever has a number may be: by its longest prefix in zones.tsv, and for what that does not know, by its country.
/// A look-up allocates nothing.
/// </summary>
public sealed class RecipientZones
{
    /// <summary>
    /// Zones of islands and exclaves far from a country's main part. They count for numbers that the data places there, not for those of
    /// which only the country is known. A country without a main part has all its zones.
    /// </summary>
    private static readonly FrozenSet<string> OffMainland = new[]
    {
        "Africa/Ceuta", "America/Adak", "America/Noronha", "Antarctica/Macquarie", "Atlantic/Azores", "Atlantic/Canary", "Atlantic/Madeira",
        "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Easter", "Pacific/Galapagos", "Pacific/Honolulu",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Mexico, Argentina, Brazil, Indonesia, China: mobile numbers have the area codes of places there.</summary>
    private static readonly FrozenSet<string> MobilesHaveAreaCodes =
        new[] { "52", "54", "55", "62", "86" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Of zones.tsv, which does not change, whoever asks.</summary>
    private static readonly Lazy<(FrozenDictionary<int, Place> ByPrefix, int Longest)> Places = new(ReadPlaces);
    private static readonly Lazy<FrozenDictionary<string, ZoneSet>> Mainlands = new(ReadMainlands);

    /// <summary>For who has no plans at hand.</summary>
    private static readonly Lazy<RecipientZones> Usual = new(static () => Load(NumberingPlans.Load()));

    private readonly NumberingPlans _plans;
    private readonly FrozenDictionary<int, Place> _byPrefix;
    private readonly int _longest;

    private RecipientZones(NumberingPlans plans, FrozenDictionary<int, Place> byPrefix, int longest)
    {
        _plans = plans;
        _byPrefix = byPrefix;
        _longest = longest;
    }

    public static RecipientZones Load(NumberingPlans plans) => new(plans, Places.Value.ByPrefix, Places.Value.Longest);

    private static (FrozenDictionary<int, Place> ByPrefix, int Longest) ReadPlaces()
    {
        var sets = new Dictionary<string, ZoneSet>(StringComparer.Ordinal);
        var byPrefix = new Dictionary<int, Place>();
        int longest = 0;
        foreach (string[] cells in NumberingPlans.Rows("zones.tsv", columns: 3))
        {
            if (!sets.TryGetValue(cells[1], out var set)) sets.Add(cells[1], set = new(cells[1].Split(',')));
            // No prefix begins with 0, so its value says how long it is.
            byPrefix.Add(ValueOf(cells[0]), new(set, IsMixed: cells[2] == "mixed"));
            longest = Math.Max(longest, cells[0].Length);
        }
        return (byPrefix.ToFrozenDictionary(), longest);
    }

    /// <summary>
    /// The zones of a recipient: the contact's own where there is one, else those of the number, else the account's.
    /// </summary>
    /// <param name="destination">A number in E.164, or anything else that can be called, such as a SIP URI.</param>
    /// <returns>Null when nobody knows: where local time matters there must be no call.</returns>
    public ZoneSet? Find(string destination, ZoneSet? contact, ZoneSet? account) =>
        contact ?? (E164.TryParse(destination, out var number) ? Of(number) : null) ?? account;

    /// <summary>The same of somebody whose own zone is named: null where nobody knows.</summary>
    /// <param name="zone">Its IANA id; one that is none says nothing.</param>
    public static ZoneSet? Where(string? zone, string? destination) =>
        Usual.Value.Find(destination ?? "", ZoneSet.TryParse(zone, out var own, out _) ? own : null, account: null);

    /// <summary>
    /// When a day has begun on which something has happened: by UTC, or where it is still to come by that, as it is in the morning in Asia,
    /// where the person may be.
    /// </summary>
    /// <param name="zone">The person's own, by its IANA id.</param>
    public static DateTimeOffset BeginOf(DateOnly day, DateTimeOffset now, string? zone, string? destination)
    {
        var utc = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        return utc <= now ? utc : Where(zone, destination)?.FirstStartOf(day) ?? utc;
    }

    /// <summary>When the last day on which something holds is over wherever a person may be; by UTC where nobody knows.</summary>
    /// <param name="account">The zone of who says it, by its IANA id, for numbers of which nobody knows where they are.</param>
    public static DateTimeOffset EndOf(DateOnly day, string? destination, string? account = null)
    {
        // Behind it there is none.
        var next = day < DateOnly.MaxValue ? day.AddDays(1) : day;
        var zones = Usual.Value.Find(destination ?? "", contact: null, ZoneSet.TryParse(account, out var own, out _) ? own : null);
        return zones?.StartOf(next) ?? new(next, TimeOnly.MinValue, TimeSpan.Zero);
    }

    /// <summary>The zones of a number; null for codes of no country (satellites, freephone) and codes that nobody has.</summary>
    public ZoneSet? Of(E164 number)
    {
        var digits = number.Text.AsSpan(1);
        int codeLength = _plans.CallingCodeLength(digits);
        if (codeLength == 0) return null;

        Place ofCode = default, longest = default;
        int prefix = 0;
        for (int length = 1; length <= digits.Length && length <= _longest; length++)
        {
            prefix = (prefix * 10) + (digits[length - 1] - '0');
            if (_byPrefix.TryGetValue(prefix, out var found)) longest = found;
            if (length == codeLength) ofCode = longest;
        }
        if (longest.Zones is null)
            return _plans.Classify(number).Country is { } country ? Mainlands.Value.GetValueOrDefault(country) : null;
        return longest.IsMixed && !HasPlace(_plans.Classify(number)) ? ofCode.Zones : longest.Zones;
    }

    /// <summary>Its digits say where in the country it is. Those of most countries' mobile numbers say who sold it.</summary>
    private static bool HasPlace(NumberFacts facts) =>
        facts.Type is NumberType.FixedLine || (facts.Type is NumberType.Mobile && MobilesHaveAreaCodes.Contains(facts.CallingCode));

    private static int ValueOf(string prefix)
    {
        int value = 0;
        foreach (char digit in prefix)
            value = char.IsAsciiDigit(digit) ? checked((value * 10) + (digit - '0'))
                : throw new InvalidDataException($"zones.tsv: {prefix}");
        return value;
    }

    private static FrozenDictionary<string, ZoneSet> ReadMainlands() =>
        (TzdbDateTimeZoneSource.Default.ZoneLocations ?? throw new InvalidDataException("NodaTime's zones have no countries"))
            .Where(location => !OffMainland.Contains(location.ZoneId))
            .GroupBy(location => location.CountryCode, location => location.ZoneId, StringComparer.Ordinal)
            .ToFrozenDictionary(country => country.Key,
                country => new ZoneSet([.. country.Order(StringComparer.Ordinal)]), StringComparer.Ordinal);

    /// <param name="IsMixed">Numbers that say nothing of a place begin with the prefix too.</param>
    private readonly record struct Place(ZoneSet? Zones, bool IsMixed);
}
