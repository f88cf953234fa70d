using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;

namespace Ringwright.Campaigns.Windows;

/// <summary>
/// The time zones in any of which a recipient may be: at least one. Sets are shared, and what is asked of one is asked of the IANA database
/// that is part of the program, not of the machine's.
/// </summary>
public sealed class ZoneSet
{
    private static readonly Lazy<FrozenDictionary<string, ZoneSet>> Single =
        new(() => DateTimeZoneProviders.Tzdb.Ids.ToFrozenDictionary(id => id, Named, StringComparer.Ordinal));

    /// <summary>
    /// Ids of clocks that know no summer time, as Panama's and Arizona's. In lists of people they stand for those who know one: both must
    /// allow a call.
    /// </summary>
    private static readonly FrozenDictionary<string, string> Meant = new Dictionary<string, string>
    {
        ["EST"] = "America/New_York", ["MST"] = "America/Denver",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>In winter and in summer. How zones call their clocks changes seldom, and no call is allowed by it alone.</summary>
    private static readonly Instant[] HalfYears = [Instant.FromUtc(2026, 1, 15, 0, 0), Instant.FromUtc(2026, 7, 15, 0, 0)];

    private DateTimeZone[]? _zones;

    internal ZoneSet(IReadOnlyList<string> ids) => Ids = ids;

    /// <summary>IANA ids, in order of the alphabet.</summary>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>In the order of <see cref="Ids"/>. Read when first asked for: a node meets few of the world's zones.</summary>
    internal DateTimeZone[] Zones => _zones ??= [.. Ids.Select(id => DateTimeZoneProviders.Tzdb[id])];

    /// <summary>The zone that somebody names, as of a contact or an account; for a name of two, both.</summary>
    /// <param name="id">An IANA id such as "America/Chicago", in the database's own spelling.</param>
    /// <param name="fault">What is wrong with it, as a sentence; null when nothing is.</param>
    public static bool TryParse(string? id, [NotNullWhen(true)] out ZoneSet? zone, [NotNullWhen(false)] out string? fault)
    {
        fault = null;
        if (Single.Value.TryGetValue(id ?? "", out zone)) return true;
        string? near = Single.Value.Keys.FirstOrDefault(known => string.Equals(known, id, StringComparison.OrdinalIgnoreCase));
        fault = string.IsNullOrEmpty(id) ? "A time zone is the id of one in the IANA database, such as America/Chicago."
            : near is not null ? $"'{id}' is no time zone of the IANA database, {near} is."
            : $"'{id}' is no time zone of the IANA database; an id looks like America/Chicago.";
        return false;
    }

    /// <summary>Those of them whose clocks have these letters, such as CST, in winter or in summer.</summary>
    public IReadOnlyList<string> CalledBy(string letters) => [.. Ids.Where((_, i) => Array.Exists(HalfYears,
        at => Zones[i].GetZoneInterval(at).Name.Equals(letters, StringComparison.OrdinalIgnoreCase)))];

    /// <summary>From when on it is that day, or a later one, in all of them.</summary>
    public DateTimeOffset StartOf(DateOnly day) => Zones
        .Max(zone => zone.AtLeniently(LocalDate.FromDateOnly(day).AtMidnight()).ToInstant()).ToDateTimeOffset();

    /// <summary>From when on it is that day, or a later one, in any of them.</summary>
    public DateTimeOffset FirstStartOf(DateOnly day) => Zones
        .Min(zone => zone.AtLeniently(LocalDate.FromDateOnly(day).AtMidnight()).ToInstant()).ToDateTimeOffset();

    /// <summary>What they say at a moment, with offsets from UTC: "Friday 2026-02-20 09:04 -08:00 in America/Los_Angeles".</summary>
    public string ClocksAt(DateTimeOffset at)
    {
        var instant = Instant.FromDateTimeOffset(at);
        return string.Join("; ", Zones.GroupBy(zone => zone.GetUtcOffset(instant), zone => zone.Id).Select(same => string.Create(
            CultureInfo.InvariantCulture,
            $"{instant.WithOffset(same.Key).ToDateTimeOffset():dddd yyyy-MM-dd HH:mm zzz} in {string.Join(" and ", same)}")));
    }

    public override string ToString() => string.Join(", ", Ids);

    private static ZoneSet Named(string id) => Meant.TryGetValue(id, out string? other) ? new([other, id]) : new([id]);
}
