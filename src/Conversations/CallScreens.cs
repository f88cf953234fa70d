using System.Collections.Frozen;

namespace Ringwright.Conversations;

/// <summary>
/// Phones and carriers that answer in somebody's place and ask who calls and why ("If you record your name and reason for calling, I'll see
/// if this person is available"). They sound like a machine; who answers them reaches somebody, and a message to them reaches nobody. The
/// sentences are those of iOS 26 and of Google's phones, as reports have them, and the like in other languages.
/// </summary>
internal static class CallScreens
{
    private static readonly FrozenSet<string> Screens = Words("screening screened screener");

    private static readonly FrozenSet<string> Names = Words("name namen nom nombre nome naam");

    private static readonly FrozenSet<string> Reasons = Words(
        "reason why purpose grund anliegen anrufst anrufen raison motif objet motivo razón razão reden waarom");

    /// <summary>Mailboxes want a name and a reason, too.</summary>
    private static readonly FrozenSet<string> Mailboxes = Words(
        "leave message messages voicemail mailbox number nachricht hinterlassen hinterlasse nummer rufnummer "
        + "telefonnummer anrufbeantworter messagerie laissez laisser numéro répondeur mensaje deje deja número buzón "
        + "contestador messaggio lasci lascia lasciate lasciare numero segreteria mensagem deixe recado bericht");

    /// <summary>By which it is known before it has come to the reason.</summary>
    private static readonly IReadOnlyList<string>[] Beginnings =
        [["record", "your", "name"], ["say", "your", "name"], ["state", "your", "name"]];

    /// <summary>Such a one speaks.</summary>
    public static bool Ask(string text)
    {
        var words = SpokenWords.Of(text);
        // A clinic for screenings has a mailbox, too.
        if (words.Any(Mailboxes.Contains)) return false;
        if (words.Any(Screens.Contains)) return true;
        return words.Any(Names.Contains) && words.Any(Reasons.Contains)
            || Array.Exists(Beginnings, phrase => SpokenWords.CountOf(words, phrase) > 0);
    }

    private static FrozenSet<string> Words(string all) => all.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
