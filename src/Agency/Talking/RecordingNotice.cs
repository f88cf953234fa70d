using System.Text.Json.Nodes;

namespace Ringwright.Agency.Talking;

/// <summary>What is said before all else of a talk, whoever called: that it may be recorded. Pure.</summary>
internal static class RecordingNotice
{
    /// <summary>The agency's setting.</summary>
    public const string Setting = "recording_disclosure";

    private const string AllPartyStates = "all_party_states", Usual = "en";

    private static readonly string[] Modes = [Disclosure.Always, AllPartyStates, Disclosure.Never];

    private static readonly Dictionary<string, string> Sentences = new(StringComparer.OrdinalIgnoreCase)
    {
        [Usual] = "This call may be recorded.",
        ["de"] = "Dieses Gespräch kann aufgezeichnet werden.",
        ["es"] = "Esta llamada puede ser grabada.",
        ["fr"] = "Cet appel peut être enregistré.",
        ["it"] = "Questa chiamata può essere registrata.",
        ["nl"] = "Dit gesprek kan worden opgenomen.",
        ["pt"] = "Esta chamada pode ser gravada.",
    };

    /// <param name="language">Of the agent; one without a sentence of its own gets the English one.</param>
    /// <param name="from">Who called.</param>
    /// <param name="to">Who was called. The law of either's state is kept.</param>
    /// <returns>Null where it is not said.</returns>
    public static string? Of(JsonObject settings, string language, string from, string to)
    {
        var said = settings[Setting] as JsonObject;
        bool isSaid = (string?)said?[Disclosure.Mode] switch
        {
            Disclosure.Never => false,
            AllPartyStates => ConsentOfAll.IsAskedOf(from) || ConsentOfAll.IsAskedOf(to),
            _ => true,
        };
        return isSaid ? (string?)said?[Disclosure.Text] ?? Sentences.GetValueOrDefault(language.Split('-')[0], Sentences[Usual]) : null;
    }

    /// <inheritdoc cref="Disclosure.FaultOf(JsonNode)"/>
    public static string? FaultOf(JsonNode setting) => Disclosure.FaultOf(setting, Modes);
}
