using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Voipbin;

/// <summary>Moments as this API writes them: UTC, six digits behind the second. Both notations are read.</summary>
internal static class VoipbinTime
{
    /// <summary>Of resources and events: <c>2022-04-29 07:01:45.808944</c>.</summary>
    public const string Notation = "yyyy-MM-dd HH:mm:ss.ffffff";

    /// <summary>Of the tokens of pages: <c>2022-04-29T07:01:45.808944Z</c>.</summary>
    public const string Iso = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(Notation, CultureInfo.InvariantCulture);

    /// <summary>All moments of a reply or an event, in the other notation.</summary>
    public static void ToIso(JsonNode node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                    if (item is not null) ToIso(item);
                break;
            case JsonObject members:
                foreach (var (name, value) in members.ToArray())
                    if (value is JsonValue said && said.TryGetValue(out string? text) && IsMoment(name) && TryRead(text, out var at))
                        members[name] = at.UtcDateTime.ToString(Iso, CultureInfo.InvariantCulture);
                    else if (value is not null and not JsonValue) ToIso(value);
                break;
        }
    }

    private static bool IsMoment(string name) => name.StartsWith("tm_", StringComparison.Ordinal) || name is "start_at" or "stop_at";

    private static bool TryRead(string text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(text, Notation,
        CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at);

    public static string? Text(DateTimeOffset? at) => at is { } moment ? Text(moment) : null;

    /// <summary>Reads what <see cref="Text(DateTimeOffset)"/> writes; null for anything else.</summary>
    public static DateTimeOffset? Read(string? text) => DateTimeOffset.TryParseExact(text, Notation, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
