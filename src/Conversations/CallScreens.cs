using System.Collections.Frozen;

namespace Ringwright.Conversations;

/// <summary>
/// Phones and carriers that answer in somebody's place and ask who calls and why ("If you record your name and reason for calling, I'll see
/// if this person is available"). They sound like a machine; who answers them reaches somebody, and a message to them reaches nobody. The
/// sentences are those of iOS 26, of Google's phones and of cordless ones with a call blocker, as reports and manuals have them, and the
/// like in other languages.
/// </summary>
internal static class CallScreens
{
    private static readonly FrozenSet<string> Screens = Words("screening screened screener");

    private static readonly FrozenSet<string> Names = Words("name namen nom nombre nome naam");

    private static readonly FrozenSet<string> Reasons = Words(
        "reason why purpose grund anliegen anrufst anrufen raison motif objet motivo razón razão reden waarom");

    /// <summary>Mailboxes want a name and a reason, too.</summary>
    private static readonly FrozenSet<string> Mailboxes = Words(
        "leave message messages voicemail mailbox nachricht hinterlassen hinterlasse anrufbeantworter messagerie laissez laisser "
        + "répondeur mensaje deje deja buzón contestador messaggio lasci lascia lasciate lasciare segreteria mensagem deixe recado "
        + "bericht");

    private static readonly FrozenSet<string> Numbers = Words("number nummer rufnummer telefonnummer numéro número numero");

    /// <summary>"Calls to this number are being screened": no mailbox that wants a number.</summary>
    private static readonly string[] BeingScreened = ["being", "screened"];

    /// <summary>By which it is known before it has come to the reason.</summary>
    private static readonly IReadOnlyList<string>[] Beginnings =
        [["record", "your", "name"], ["say", "your", "name"], ["state", "your", "name"]];

    /// <summary>Of Japanese, Chinese and Korean, which recognisers write with spaces anywhere or with none.</summary>
    private static readonly string[] NameSigns = ["名前", "姓名", "名字", "이름", "성함"];

    private static readonly string[] ReasonSigns =
        ["用件", "要件", "理由", "原因", "事由", "来意", "來意", "目的", "이유", "용건", "목적"];

    private static readonly string[] MailboxSigns =
        ["発信音", "ピー", "メッセージ", "伝言", "留守", "番号", "留言", "留下", "信箱", "号码", "號碼", "메시지", "사서함", "남겨", "남기", "번호"];

    /// <summary>Such a one speaks.</summary>
    public static bool Ask(string text)
    {
        var words = SpokenWords.Of(text);
        // A clinic for screenings has a mailbox, too.
        if (words.Any(Mailboxes.Contains)) return false;
        if (SpokenWords.CountOf(words, BeingScreened) > 0) return true;
        if (words.Any(Numbers.Contains)) return false;
        if (words.Any(Screens.Contains)) return true;
        return words.Any(Names.Contains) && words.Any(Reasons.Contains)
            || Array.Exists(Beginnings, phrase => SpokenWords.CountOf(words, phrase) > 0)
            || AsksInSigns(string.Concat(words));
    }

    private static bool AsksInSigns(string said)
    {
        return Has(NameSigns) && Has(ReasonSigns) && !Has(MailboxSigns);

        bool Has(string[] signs) => Array.Exists(signs, sign => said.Contains(sign, StringComparison.Ordinal));
    }

    private static FrozenSet<string> Words(string all) => all.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
