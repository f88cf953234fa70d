using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Providers;

/// <summary>Reads an agent as its provider shows it. Pure.</summary>
internal static class ProviderAgent
{
    /// <summary>Letters of a language, and seconds of a call: as much as there is room for.</summary>
    private const int LongestLanguage = 10, LongestCall = 86_400;

    private const double Hundredths = 100;

    /// <summary>It has no id here, and is nobody's.</summary>
    /// <exception cref="FormatException">A field is not what it is by the provider's description; the text names it.</exception>
    public static AgentRow Read(JsonObject agent)
    {
        var template = agent["callTemplate"] as JsonObject ?? [];
        var usual = new AgentRow();
        string id = IdOf(agent) ?? throw new FormatException("agentId is no text");
        string? language = AgencyText.Language(template.TextOf("languageHint"));
        if (language?.Length > LongestLanguage) throw new FormatException($"languageHint has more than {LongestLanguage} letters");
        return new()
        {
            ProviderId = id, Name = agent.TextOf("name") ?? id, VoiceProvider = ProviderCallTable.Provider, IsManaged = false,
            SystemPrompt = template.TextOf("systemPrompt"), Voice = template.TextOf("voice"),
            LanguageHint = language ?? usual.LanguageHint, Temperature = WarmthOf(template) ?? usual.Temperature,
            FirstSpeakerText = (template["firstSpeakerSettings"] as JsonObject)?["agent"] is JsonObject first
                ? first.TextOf("text") : null,
            MaxDurationSeconds = SecondsOf(template.TextOf("maxDuration")) ?? usual.MaxDurationSeconds,
        };
    }

    /// <returns>Null where it has none.</returns>
    public static string? IdOf(JsonObject agent) => ProviderField.IdOf(agent, "agentId");

    private static long? WarmthOf(JsonObject template)
    {
        if (template["temperature"] is not { } value) return null;
        return value is JsonValue plain && plain.TryGetValue(out double warmth) && warmth is >= 0 and <= 1
            ? (long)Math.Round(warmth * Hundredths) : throw new FormatException("temperature is no number from 0 to 1");
    }

    /// <summary>Such as <c>3600s</c>.</summary>
    private static long? SecondsOf(string? text) => text is null ? null
        : text.EndsWith('s') && decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal read)
            && read is > 0 and <= LongestCall ? (long)Math.Ceiling(read)
        : throw new FormatException($"maxDuration is no time to {LongestCall}s");
}
