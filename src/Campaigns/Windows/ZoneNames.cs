using System.Collections.Frozen;
using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.TimeZones;

namespace Ringwright.Campaigns.Windows;

/// <summary>
/// Time zones as the systems write them that lists of people come from: in other letters (<c>america/new_york</c>), with a space in a name
/// (<c>America/New York</c>), behind an offset or before an id in brackets (<c>(GMT-05:00) Eastern Standard Time (America/New_York)</c>),
/// and by what Windows calls them. Pure.
/// </summary>
public static partial class ZoneNames
{
    /// <summary>In a name in which nothing but letters may stand.</summary>
    private const string Slash = "_slash_";

    private static readonly Lazy<FrozenDictionary<string, string>> Ids = new(() => WithoutCase(
        DateTimeZoneProviders.Tzdb.Ids.Select(id => KeyValuePair.Create(id, id))));

    private static readonly Lazy<FrozenDictionary<string, string>> OfWindows = new(() => WithoutCase(
        TzdbDateTimeZoneSource.Default.WindowsToTzdbIds.Select(one => KeyValuePair.Create(one.Key, one.Value))));

    /// <summary>What stands behind an offset in brackets: that is of one half of the year, and of several zones.</summary>
    public static string WithoutOffset(string said)
    {
        string text = said.Trim();
        return Offset().Match(text) is { Success: true } offset ? text[offset.Length..] : text;
    }

    /// <param name="said">Without an offset.</param>
    /// <returns>The IANA id, as <see cref="ZoneSet.TryParse"/> has it; null for what names no zone.</returns>
    public static string? IdOf(string said)
    {
        string name = Bracketed().Match(said) is { Success: true } found ? found.Groups["id"].Value : said;
        string id = name.Replace(Slash, "/", StringComparison.OrdinalIgnoreCase).Replace(' ', '_');
        return Ids.Value.GetValueOrDefault(id) ?? OfWindows.Value.GetValueOrDefault(said);
    }

    private static FrozenDictionary<string, string> WithoutCase(IEnumerable<KeyValuePair<string, string>> names)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, id) in names) read.TryAdd(name, id);
        return read.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^\((?:GMT|UTC)(?: ?[+\u2212-] ?[0-9]{1,2}(?::?[0-9]{2})?)?\)\s*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Offset();

    [GeneratedRegex(@"\((?<id>[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+)\)$", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Bracketed();
}
