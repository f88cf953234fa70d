using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>Whether an agency has its calls judged at all. Pure.</summary>
internal static class AnalysisSetting
{
    /// <summary>The agency's setting.</summary>
    public const string Setting = "analysis";

    private const string Enabled = "enabled";

    public static bool IsOff(JsonObject settings) => settings[Setting] is JsonObject said && BoolOf(said[Enabled]) is false;

    public static string? FaultOf(JsonNode setting) =>
        setting is JsonObject given && given.All(one => one.Key is Enabled && BoolOf(one.Value) is not null) ? null
            : $"It is an object with {Enabled}, true or false.";

    private static bool? BoolOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out bool on) ? on : null;
}
