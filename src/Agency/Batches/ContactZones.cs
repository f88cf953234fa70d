using Ringwright.Campaigns.Windows;
using Ringwright.Core;

namespace Ringwright.Agency.Batches;

/// <summary>Time zones as people, and lists of them, name them. Pure.</summary>
internal static class ContactZones
{
    /// <summary>As lists of contacts have them; a zone's own name says which of its clocks hold when.</summary>
    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EST"] = "America/New_York", ["EDT"] = "America/New_York", ["CST"] = "America/Chicago", ["CDT"] = "America/Chicago",
        ["MST"] = "America/Denver", ["MDT"] = "America/Denver", ["PST"] = "America/Los_Angeles", ["PDT"] = "America/Los_Angeles",
        ["AKST"] = "America/Anchorage", ["HST"] = "Pacific/Honolulu", ["GMT"] = "Etc/GMT", ["CET"] = "Europe/Paris",
        ["ET"] = "America/New_York", ["CT"] = "America/Chicago", ["MT"] = "America/Denver", ["PT"] = "America/Los_Angeles",
        ["AKDT"] = "America/Anchorage", ["AKT"] = "America/Anchorage", ["HT"] = "Pacific/Honolulu", ["CEST"] = "Europe/Paris",
        // Of other countries, where only one zone is called so, and no word is: IST, BST, AST and AEST are several, and West is a side.
        ["ADT"] = "America/Halifax", ["NDT"] = "America/St_Johns", ["BRT"] = "America/Sao_Paulo", ["ChST"] = "Pacific/Guam",
        ["EEST"] = "Europe/Helsinki", ["MSK"] = "Europe/Moscow", ["WAT"] = "Africa/Lagos", ["SAST"] = "Africa/Johannesburg",
        ["PKT"] = "Asia/Karachi", ["WIB"] = "Asia/Jakarta", ["PHT"] = "Asia/Manila", ["HKT"] = "Asia/Hong_Kong",
        ["SGT"] = "Asia/Singapore", ["JST"] = "Asia/Tokyo", ["KST"] = "Asia/Seoul", ["AWST"] = "Australia/Perth",
        ["ACDT"] = "Australia/Adelaide", ["AEDT"] = "Australia/Sydney", ["NZST"] = "Pacific/Auckland", ["NZDT"] = "Pacific/Auckland",
        ["NZT"] = "Pacific/Auckland",
        // As people and Rails call the same; what Windows calls a zone is known by all of its names.
        ["Eastern"] = "America/New_York", ["Eastern Time"] = "America/New_York", ["Eastern Daylight Time"] = "America/New_York",
        ["Eastern Time (US & Canada)"] = "America/New_York", ["Central"] = "America/Chicago", ["Central Time"] = "America/Chicago",
        ["Central Daylight Time"] = "America/Chicago", ["Central Time (US & Canada)"] = "America/Chicago", ["Mountain"] = "America/Denver",
        ["Mountain Time"] = "America/Denver", ["Mountain Daylight Time"] = "America/Denver",
        ["Mountain Time (US & Canada)"] = "America/Denver", ["Arizona"] = "America/Phoenix", ["Pacific"] = "America/Los_Angeles",
        ["Pacific Time"] = "America/Los_Angeles", ["Pacific Daylight Time"] = "America/Los_Angeles",
        ["Pacific Time (US & Canada)"] = "America/Los_Angeles", ["Alaska"] = "America/Anchorage", ["Alaska Time"] = "America/Anchorage",
        ["Hawaii"] = "Pacific/Honolulu", ["Hawaii Time"] = "Pacific/Honolulu", ["Coordinated Universal Time"] = "Etc/UTC",
    };

    /// <summary>
    /// What is meant so in North America alone: elsewhere EST may be Sydney's, CST Shanghai's, PST Manila's, and Eastern that of Australia.
    /// </summary>
    private static readonly HashSet<string> American = new(Words
        .Where(static one => one.Value is "America/New_York" or "America/Chicago" or "America/Denver" or "America/Los_Angeles"
            && !one.Key.Contains('&', StringComparison.Ordinal)).Select(static one => one.Key), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The same of somebody whose number is known. Letters are several zones' (MST is also Arizona's, CST also China's, GMT London's in
    /// winter): where those of the number have them, they mean those.
    /// </summary>
    /// <returns>Null where that are several: the number says it as well. "" for words that mean nothing where the number is.</returns>
    public static string? Of(string text, string? number)
    {
        string said = ZoneNames.WithoutOffset(text);
        if (!E164.TryParse(number, out var known)) return Of(text);
        if (IsLetters(said) && RecipientZones.Where(zone: null, known.Text)?.CalledBy(said) is { Count: > 0 } same)
            return same.Count == 1 ? same[0] : null;
        return American.Contains(said) && !known.Text.StartsWith("+1", StringComparison.Ordinal) ? "" : Of(text);
    }

    /// <summary>The IANA id of the zone that a word stands for; else what was said.</summary>
    public static string Of(string text)
    {
        string said = ZoneNames.WithoutOffset(text);
        return Words.GetValueOrDefault(said) ?? ZoneNames.IdOf(said) ?? text;
    }

    /// <summary>A moment by UTC and by the clocks of where a contact may be, for a model, which has none.</summary>
    /// <param name="clocks">What they say; null where nobody knows.</param>
    public static string Said(DateTimeOffset at, string? clocks) =>
        clocks is null ? AgencyText.Time(at) : $"{AgencyText.Time(at)}, where the person may be {clocks}";

    private static bool IsLetters(string said) => said.Length is >= 3 and <= 5 && said.All(char.IsAsciiLetter);
}
