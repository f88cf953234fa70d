using System.Text.Json.Nodes;
using Ringwright.Campaigns.Windows;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// From eight in the morning until nine in the evening, by the clock of whoever is called (47 CFR 64.1200(c)(1)): a campaign's windows go
/// beyond that only where an owner has answered for it.
/// </summary>
internal static class LegalHours
{
    public const string Sentence = "A window lies between 08:00 and 21:00, unless an owner has given the campaign a legal override.";

    private static readonly TimeSpan First = TimeSpan.FromHours(8), Last = TimeSpan.FromHours(21);

    /// <param name="windows">As a campaign has them. Such as nobody can read open nothing.</param>
    public static bool AreLeft(JsonArray windows) =>
        CallingWindowJson.ReadWindows(windows, "calling_windows", new List<WindowFault>())
            .Any(window => window.IsOverMidnight || window.Start < First || window.End > Last);

    /// <summary>Whether it is within them by all of these clocks.</summary>
    /// <param name="zones">IANA ids.</param>
    /// <returns>Null where there is none, or one that nobody knows.</returns>
    public static bool? HoldAt(DateTimeOffset at, IEnumerable<string> zones)
    {
        bool? holds = null;
        foreach (string id in zones)
        {
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)) return null;
            var local = TimeZoneInfo.ConvertTime(at, zone).TimeOfDay;
            holds = holds is not false && local >= First && local < Last;
        }
        return holds;
    }
}
