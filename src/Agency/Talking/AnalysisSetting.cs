using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>Whether an agency has its calls judged at all, and from how many words on. Pure.</summary>
internal static class AnalysisSetting
{
    /// <summary>The agency's setting.</summary>
    public const string Setting = "analysis";

    private const string Enabled = "enabled", Least = "min_user_turns";
    private const int MostTurns = 100;

    public static bool IsOff(JsonObject settings) => settings[Setting] is JsonObject said && BoolOf(said[Enabled]) is false;

    /// <summary>Turns of a person that a call has at least that a model is asked about.</summary>
    /// <param name="settings">Null for an agency that has settled nothing.</param>
    public static int LeastTurnsOf(JsonObject? settings) =>
        settings?[Setting] is JsonObject said && TurnsOf(said[Least]) is { } turns ? turns : 1;

    public static string? FaultOf(JsonNode setting) =>
        setting is JsonObject given && given.All(static one => one.Key switch
        {
            Enabled => BoolOf(one.Value) is not null,
            Least => TurnsOf(one.Value) is not null,
            _ => false,
        }) ? null : $"It is an object with {Enabled}, true or false, and {Least}, 1 to {MostTurns}.";

    private static int? TurnsOf(JsonNode? value) =>
        value is JsonValue one && one.TryGetValue(out int turns) && turns is >= 1 and <= MostTurns ? turns : null;

    private static bool? BoolOf(JsonNode? value) => value is JsonValue one && one.TryGetValue(out bool on) ? on : null;
}
