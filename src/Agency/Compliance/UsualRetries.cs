using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// When somebody is called again for a campaign of which nobody has said so: as its agency has settled, else as the node does. Pure.
/// </summary>
internal static class UsualRetries
{
    /// <summary>Of the agency.</summary>
    public const string Setting = "default_retry_policy";

    /// <summary>In seconds, as of a campaign's own.</summary>
    private const int Longest = 30 * 24 * 60 * 60;

    private static readonly (string Field, int Seconds)[] OfTheNode =
    [
        ("busy_seconds", 15 * 60), ("no_answer_seconds", 4 * 60 * 60), ("error_seconds", 5 * 60),
        ("voicemail_seconds", BatchTerms.UsualVoicemail),
    ];

    /// <param name="settings">The agency's.</param>
    /// <returns>All fields of a campaign's.</returns>
    public static JsonObject Of(JsonObject settings)
    {
        var own = settings[Setting] as JsonObject;
        return new(OfTheNode.Select(one => KeyValuePair.Create(one.Field, (JsonNode?)(SecondsOf(own?[one.Field]) ?? one.Seconds))));
    }

    /// <summary>What is wrong with the setting; null when nothing is.</summary>
    public static string? FaultOf(JsonNode setting) =>
        setting is JsonObject given
            && given.All(one => OfTheNode.Any(known => known.Field == one.Key) && SecondsOf(one.Value) is > 0 and <= Longest) ? null
            : $"It is an object with some of {string.Join(", ", OfTheNode.Select(known => known.Field))}, each 1 to {Longest}.";

    private static int? SecondsOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out int seconds) ? seconds : null;
}
