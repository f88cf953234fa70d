using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Agency.Talking;

/// <summary>Who answers a call to a number of an agency's.</summary>
/// <param name="Agent">Null where nobody is assigned to it, or nobody who can talk.</param>
/// <param name="IsUnassigned">Nobody is assigned to it.</param>
/// <param name="Announcement">What the caller of such a number is told; null for nothing.</param>
public sealed record NumberAnswer(Guid? Agent, bool IsUnassigned, string? Announcement = null);

/// <summary>Calls to numbers to which no agent is assigned: what is said in them, and how the call shows it. Pure.</summary>
public static class UnassignedNumber
{
    /// <summary>The agency's setting.</summary>
    internal const string Setting = "unassigned_announcement";

    /// <summary>Why such a call has ended.</summary>
    internal const string End = "unassigned_number";

    private const string Label = "agency_end", Usual = "The number that you have called is not in service.";

    private static readonly string[] Modes = [Disclosure.Always, Disclosure.Never];

    /// <summary>Stays on the call.</summary>
    public static Labels Mark { get; } = Labels.Of((Label, End));

    internal static bool IsOn(Labels labels) => labels[Label] is End;

    /// <returns>Null where nothing is said.</returns>
    internal static string? TextOf(JsonObject settings)
    {
        var said = settings[Setting] as JsonObject;
        return (string?)said?[Disclosure.Mode] is Disclosure.Never ? null : (string?)said?[Disclosure.Text] ?? Usual;
    }

    /// <inheritdoc cref="Disclosure.FaultOf(JsonNode)"/>
    internal static string? FaultOf(JsonNode setting) => Disclosure.FaultOf(setting, Modes);
}
