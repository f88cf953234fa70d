using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Core;

namespace Ringwright.Agency.Talking;

/// <summary>What an agent says before all else: who calls, and that it is no person. Pure.</summary>
internal static partial class Disclosure
{
    /// <summary>The agency's setting, and the name that it had before, which is good where the other is not there.</summary>
    public const string Setting = "ai_disclosure", Before = "disclosure";

    /// <summary>Of what is said first: whether it is, and in which words.</summary>
    public const string Mode = "mode", Text = "text", Always = "always", Never = "never";

    private const string Usual = "en";
    private const int LongestText = 1_000, LongestName = 100;

    private static readonly string[] Modes = [Always, Never];

    private static readonly Dictionary<string, string> Sentences = new(StringComparer.OrdinalIgnoreCase)
    {
        [Usual] = "This is the automated assistant of {{identity}}.",
        ["de"] = "Hier spricht der automatische Assistent von {{identity}}.",
        ["es"] = "Le habla el asistente automático de {{identity}}.",
        ["fr"] = "Ici l'assistant automatique de {{identity}}.",
        ["it"] = "Parla l'assistente automatico di {{identity}}.",
        ["nl"] = "U spreekt met de automatische assistent van {{identity}}.",
        ["pt"] = "Aqui fala o assistente automático de {{identity}}.",
    };

    /// <param name="language">Of the agent; one without a sentence of its own gets the English one.</param>
    /// <param name="identity">For whom it calls.</param>
    /// <returns>Null where the agency wants none.</returns>
    public static string? Of(JsonObject settings, string language, string identity)
    {
        var said = (settings[Setting] ?? settings[Before]) as JsonObject;
        if ((string?)said?[Mode] is Never) return null;
        string sentence = (string?)said?[Text] ?? Sentences.GetValueOrDefault(language.Split('-')[0], Sentences[Usual]);
        // A name with braces is no variable, and what is taken out of it makes none.
        string name = new([.. identity.Where(static c => c is not ('{' or '}'))]);
        return Identity().Replace(sentence, _ => Clipped.Of(name, LongestName));
    }

    /// <summary>What is wrong with the setting; null when nothing is.</summary>
    public static string? FaultOf(JsonNode setting) => FaultOf(setting, Modes);

    /// <param name="modes">Those that there are.</param>
    public static string? FaultOf(JsonNode setting, string[] modes)
    {
        if (setting is not JsonObject given) return "It is an object.";
        if (given.FirstOrDefault(one => one.Key is not (Mode or Text)) is { Key: { } other }) return $"There is no '{other}' of it.";
        if (given[Mode] is { } mode && !(mode is JsonValue word && word.TryGetValue(out string? name) && modes.Contains(name)))
            return $"mode is {string.Join(", ", modes[..^1])} or {modes[^1]}.";
        return given[Text] is { } text
            && !(text is JsonValue words && words.TryGetValue(out string? said) && said.Trim().Length is > 0 and <= LongestText)
                ? $"text has at most {LongestText} characters." : null;
    }

    [GeneratedRegex(@"\{\{\s*identity\s*\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Identity();
}
