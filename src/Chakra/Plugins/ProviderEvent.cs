using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Chakra.Calling;

namespace Ringwright.Chakra.Plugins;

/// <summary>What an event of another provider says of a call.</summary>
internal sealed partial record ProviderEvent
{
    private const int LongestText = 255;

    public required string Provider { get; init; }
    /// <summary>The provider's id of the call; null where the event names none.</summary>
    public string? CallId { get; init; }
    public string? From { get; init; }
    public string? To { get; init; }
    public bool? IsInbound { get; init; }
    /// <summary>In the provider's words.</summary>
    public string? Status { get; init; }
    /// <summary>When it was told, of a provider that tells of moments as they come.</summary>
    public long? At { get; init; }
    /// <summary>Fields of the call that are there to be taken as they are.</summary>
    public JsonObject Facts { get; init; } = [];
    public required JsonObject Payload { get; init; }

    public static ProviderEvent Read(string provider, JsonObject payload, DateTimeOffset now)
    {
        var facts = new JsonObject();
        foreach (string name in ChakraLog.Moments)
            if (Moment(Text(name)) is { } at) facts[name] = at;
        foreach (string name in new[] { "callDuration", "connectionDuration" })
            if (Seconds(Text(name)) is { } seconds) facts[name] = seconds;
        if (Text("recordingUrl") is { } url && ChakraLog.CheckUrl(new() { ["recordingUrl"] = url }) is null) facts["recordingUrl"] = url;
        if (Guid.TryParseExact(Text("user"), "D", out var user)) facts["user"] = user.ToString();
        // A type may say of something else what it is.
        bool? isInbound = ProviderTables.NamesOf(provider, "type").Select(name => DirectionOf(TextOf(payload[name])))
            .Concat(ProviderTables.NamesOf(provider, "outbound").Select(name => FlagOf(payload[name]) is { } isOut ? !isOut : (bool?)null))
            .FirstOrDefault(said => said is not null);
        // Some name the customer, whoever called whom; without a direction it is a call out.
        string? customer = Text("customer");
        // A status may be the event's own: the first that is a word for calls counts, and the first of all where none is.
        var words = ProviderTables.NamesOf(provider, "callStatus").Select(name => TextOf(payload[name])).OfType<string>().ToList();
        return new()
        {
            Provider = provider, CallId = Text("providerCallId"), IsInbound = isInbound,
            From = Text("from") ?? (isInbound is true ? customer : null), To = Text("to") ?? (isInbound is true ? null : customer),
            Status = words.Find(word => ProviderTables.WordOf(provider, word, isInbound ?? false) is not null) ?? words.FirstOrDefault(),
            At = ProviderTables.NamesOf(provider, "at").Any() ? Moment(Text("at")) ?? ChakraTime.Millis(now) : null,
            Facts = facts, Payload = payload,
        };

        string? Text(string ours) =>
            ProviderTables.NamesOf(provider, ours).Select(name => TextOf(payload[name])).FirstOrDefault(text => text is not null);
    }

    /// <summary>Seconds, milliseconds or microseconds since 1970, told apart by their digits, or a date that can be one alone.</summary>
    /// <returns>Milliseconds; null for what is no moment of our time.</returns>
    public static long? Moment(string? text)
    {
        if (text is null) return null;
        long? millis = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            ? number switch
            {
                >= 1e9 and < 1e10 => (long)(number * 1e3),
                >= 1e12 and < 1e13 => (long)number,
                >= 1e15 and < 1e16 => (long)(number / 1e3),
                _ => (long?)null,
            }
            : OneDate().IsMatch(text)
                    && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at.ToUnixTimeMilliseconds() : null;
        return millis is >= 1_000_000_000_000 and <= 9_999_999_999_999 ? millis : null;
    }

    /// <summary>Whole seconds of a duration in seconds, or as <c>mm:ss</c> or <c>hh:mm:ss</c>.</summary>
    /// <returns>Null for what is no duration of a call.</returns>
    private static double? Seconds(string? text)
    {
        string[] parts = text?.Split(':') ?? [];
        if (parts.Length is 0 or > 3) return null;
        double all = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return null;
            if (i > 0 && number is not (>= 0 and < 60)) return null;
            all = all * 60 + number;
        }
        return all is >= 0 and <= 31_536_000 ? Math.Ceiling(all) : null;
    }

    /// <summary>Whether it came in; null for a text that does not say.</summary>
    private static bool? DirectionOf(string? text)
    {
        if (text is null) return null;
        if (text.StartsWith("in", StringComparison.OrdinalIgnoreCase)) return true;
        return text.StartsWith("out", StringComparison.OrdinalIgnoreCase) ? false : null;
    }

    private static bool? FlagOf(JsonNode? node)
    {
        if (node?.GetValueKind() is JsonValueKind.True) return true;
        if (node?.GetValueKind() is JsonValueKind.False) return false;
        return bool.TryParse(TextOf(node), out bool said) ? said : null;
    }

    private static string? TextOf(JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() is not (JsonValueKind.String or JsonValueKind.Number)) return null;
        string text = value.ToString().Trim();
        return text.Length is > 0 and <= 2048 ? text : null;
    }

    /// <summary>What a call cannot be kept without; null where all is well.</summary>
    public string? Lack(bool isNew) => CallId is not { Length: <= LongestText } ? "the id of its call"
        : !isNew ? null : From is not { Length: <= LongestText } ? "who called"
        : To is not { Length: <= LongestText } ? "who was called" : null;

    /// <summary>A date that can be one alone: its year is first, or its month is a word. Which month 05/06 is, nobody knows.</summary>
    [GeneratedRegex("^[0-9]{4}[-/]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OneDate();
}
