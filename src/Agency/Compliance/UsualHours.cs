using System.Text.Json.Nodes;
using Ringwright.Campaigns.Windows;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// When a campaign calls of which nobody has said when: as its agency has settled, else from nine in the morning until eight in the
/// evening, and on no Sunday. Pure.
/// </summary>
internal static class UsualHours
{
    /// <summary>Of the agency.</summary>
    public const string Setting = "default_windows";

    private const string BeyondLaw = "A window of the agency's lies between 08:00 and 21:00: a campaign goes beyond by its legal override.";

    private static readonly CallingWindow[] OfTheNode =
        [new(WeekDays.Every & ~WeekDays.Sunday, TimeSpan.FromHours(9), TimeSpan.FromHours(20))];

    /// <param name="settings">The agency's.</param>
    /// <returns>As a campaign has them.</returns>
    public static JsonArray Of(JsonObject settings) =>
        settings[Setting] is JsonArray { Count: > 0 } own ? own.DeepClone().AsArray() : CallingWindowJson.Write(OfTheNode);

    public static string? FaultOf(JsonNode setting)
    {
        if (setting is not JsonArray { Count: > 0 } windows) return "It is a list of one window or more.";
        var faults = new List<WindowFault>();
        CallingWindowJson.ReadWindows(windows, Setting, faults);
        return faults.Count > 0 ? faults[0].Sentence : LegalHours.AreLeft(windows) ? BeyondLaw : null;
    }
}
