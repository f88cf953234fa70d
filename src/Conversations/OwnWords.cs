using System.Collections.Frozen;

namespace Ringwright.Conversations;

/// <summary>What a conversation says by itself where its author has no words for it, by language; English where one is not here.</summary>
internal static class OwnWords
{
    private const string Usual = "en";

    private static readonly FrozenDictionary<string, Words> ByLanguage = new Dictionary<string, Words>
    {
        [Usual] = new("Sorry?", "Sorry, I did not get that. Could you say it again?",
            "I am sorry, I cannot help you at the moment. Goodbye.", "I am sorry, I cannot help with that."),
        ["de"] = new("Wie bitte?", "Entschuldigung, das habe ich nicht verstanden. Können Sie das noch einmal sagen?",
            "Es tut mir leid, ich kann Ihnen gerade nicht helfen. Auf Wiederhören.", "Es tut mir leid, dabei kann ich nicht helfen."),
        ["fr"] = new("Pardon ?", "Pardon, je n'ai pas compris. Pouvez-vous répéter ?",
            "Je suis désolé, je ne peux pas vous aider pour le moment. Au revoir.", "Je suis désolé, je ne peux pas vous aider pour cela."),
        ["es"] = new("¿Perdón?", "Perdón, no le he entendido. ¿Puede repetirlo?",
            "Lo siento, ahora no puedo ayudarle. Adiós.", "Lo siento, en eso no puedo ayudarle."),
        ["it"] = new("Come, scusi?", "Scusi, non ho capito. Può ripetere?",
            "Mi dispiace, al momento non posso aiutarla. Arrivederci.", "Mi dispiace, in questo non posso aiutarla."),
        ["nl"] = new("Pardon?", "Sorry, dat heb ik niet verstaan. Kunt u het nog eens zeggen?",
            "Het spijt me, ik kan u op dit moment niet helpen. Tot ziens.", "Het spijt me, daarmee kan ik u niet helpen."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Somebody was heard and not understood.</summary>
    public static string Sorry(string language) => In(language).Sorry;

    /// <summary>The brain has failed.</summary>
    public static string Apology(string language) => In(language).Apology;

    /// <summary>The brain has failed again and again.</summary>
    public static string LastWords(string language) => In(language).LastWords;

    /// <summary>The brain does not want to answer.</summary>
    public static string Refusal(string language) => In(language).Refusal;

    private static Words In(string language) =>
        ByLanguage.GetValueOrDefault(language.Split('-')[0].ToLowerInvariant()) ?? ByLanguage[Usual];

    private sealed record Words(string Sorry, string Apology, string LastWords, string Refusal);
}
