using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;

namespace Ringwright.Agency.Providers;

/// <summary>Messages of a provider's call as turns of a transcript. Pure.</summary>
internal static class ProviderTurns
{
    private const int LongestText = 65_536, LongestName = 255, LongestSeconds = 2 * 86_400;

    /// <summary>In the order of their ordinals, and else as they come. Messages of no side are none.</summary>
    /// <param name="begun">The answer: times are from there, and a message that says none has that one.</param>
    public static IReadOnlyList<TurnRow> Of(IEnumerable<JsonObject> messages, DateTimeOffset begun) =>
        [.. messages.OrderBy(OrdinalOf).Select(message => Read(message, begun)).OfType<TurnRow>()];

    private static TurnRow? Read(JsonObject message, DateTimeOffset begun)
    {
        string? role = TextOf(message, "role", LongestName) switch
        {
            "MESSAGE_ROLE_USER" => TurnRow.User,
            "MESSAGE_ROLE_AGENT" => TurnRow.Agent,
            "MESSAGE_ROLE_TOOL_CALL" => TurnRow.ToolCall,
            "MESSAGE_ROLE_TOOL_RESULT" => TurnRow.ToolResult,
            _ => null,
        };
        if (role is null) return null;
        var span = message["timespan"] as JsonObject;
        // What one hears is known from its beginning, and what one has understood at its end.
        double seconds = span is null ? 0 : SecondsOf(TextOf(span, role is TurnRow.User ? "end" : "start", LongestName));
        return new()
        {
            Role = role, Body = TextOf(message, "text", LongestText) ?? "", SaidAt = begun.AddSeconds(seconds),
            Tool = role is TurnRow.ToolCall or TurnRow.ToolResult ? TextOf(message, "toolName", LongestName) : null,
            InvocationId = TextOf(message, "invocationId", LongestName),
        };
    }

    private static long OrdinalOf(JsonObject message) =>
        message["ordinal"] is JsonValue value && value.TryGetValue(out long ordinal) ? ordinal : 0;

    /// <summary>Such as <c>12.5s</c>; no time is the beginning.</summary>
    private static double SecondsOf(string? text) => double.TryParse(text?.TrimEnd('s'), NumberStyles.AllowDecimalPoint,
        CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < LongestSeconds ? seconds : 0;

    private static string? TextOf(JsonObject of, string name, int longest) =>
        of[name] is JsonValue value && value.TryGetValue(out string? text) ? Clipped.Of(text, longest) : null;
}
