using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>What has become of a text at a centre (SMPP 3.4, section 5.2.28); stored by name.</summary>
public enum SmppOutcome
{
    /// <summary>It is still on its way, or the centre says something that nobody knows.</summary>
    OnItsWay,
    Delivered, Expired, Deleted, Undeliverable, Unknown, Rejected, Skipped,
}

/// <summary>A centre's word on a text that it has taken.</summary>
/// <param name="Id">As the centre says it; empty where it names the text by the reference alone.</param>
/// <param name="Reference">The one that was sent with it; null where the centre does not give it back.</param>
/// <param name="Error">The centre's or the network's code, for people; null for none.</param>
/// <param name="IsCertain">It is marked as one. What only looks like one may have been written by somebody.</param>
public sealed record SmppReceipt(string Id, SmppOutcome Outcome, int? Reference, string? Error, bool IsCertain)
{
    /// <summary>Characters of an id that can be one.</summary>
    private const int LongestId = 64, LongestError = 16;
    private const string Told = "text:";
    /// <summary>What parts the fields of a text; with some centres also what ends it.</summary>
    private static readonly SearchValues<char> Gaps = SearchValues.Create(" \t\r\n\0,;");

    /// <summary>The states as SMPP writes them (appendix B).</summary>
    private static readonly FrozenSet<string> States = new[]
    {
        "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>
    /// By its parameters, and where it has none by its text: "id:… sub:… dlvrd:… submit date:… done date:… stat:… err:…".
    /// </summary>
    /// <returns>Null for a message that is none.</returns>
    public static SmppReceipt? Of(SmppMessage message)
    {
        int kind = message.EsmClass & SmppEsm.Kind;
        bool isMarked = kind is SmppEsm.Receipt or SmppEsm.Notification || (kind == 0 && IsByParameters(message));
        string text = FieldsOf(TextOf(message, isMarked));
        string id = message.Find(SmppTlv.ReceiptedMessageId)?.Text is { Length: > 0 } named ? named : Word(text, "id:") ?? "";
        int? reference = message.Find(SmppTlv.UserMessageReference)?.Number;
        var outcome = message.Find(SmppTlv.MessageState)?.Number is { } state ? OfNumber(state)
            : (Word(text, "stat:") ?? (isMarked ? NamelessWord(text) : null)) is { } word ? OfWord(word) : (SmppOutcome?)null;
        if (outcome is not { } known || id.Length > LongestId || (id.Length == 0 && reference is null))
            return isMarked ? new("", SmppOutcome.OnItsWay, null, null, IsCertain: true) : null;
        if (!isMarked && Word(text, "done date:") is null) return null;
        // A notification is of one attempt: the centre goes on with others.
        if (kind is SmppEsm.Notification && known is not SmppOutcome.Delivered) known = SmppOutcome.OnItsWay;
        return new(id, known, reference, ErrorOf(message, text), isMarked);
    }

    /// <summary>Some centres mark one by nothing else. No text of a person has these: the centre alone writes parameters.</summary>
    private static bool IsByParameters(SmppMessage message) =>
        message.Find(SmppTlv.ReceiptedMessageId)?.Text is { Length: > 0 } && message.Find(SmppTlv.MessageState)?.Number is not null;

    /// <summary>An id in the form in which ids are compared: small letters, without zeros in front.</summary>
    public static string Normal(string id)
    {
        string trimmed = id.Trim().ToLowerInvariant().TrimStart('0');
        return trimmed.Length == 0 ? "0" : trimmed;
    }

    /// <summary>
    /// What the id may be called in the answer to the message: itself first, then the same number written with the other base, for there
    /// are centres that answer in one and tell in the other.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(string id)
    {
        string normal = Normal(id);
        List<string> names = [normal];
        if (BigInteger.TryParse(normal, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            names.Add(Normal(number.ToString("x", CultureInfo.InvariantCulture)));
        // A leading zero keeps the number positive.
        if (BigInteger.TryParse("0" + normal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            names.Add(hex.ToString(CultureInfo.InvariantCulture));
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Some centres write it as the text was written that it tells of; others only say so. And some say that it has a header, as that text
    /// had one, and write none: a header that begins as the fields do would have a hundred octets.
    /// </summary>
    private static string TextOf(SmppMessage message, bool isMarked)
    {
        var whole = message.Text.Span;
        var octets = isMarked && whole is [(byte)'i' or (byte)'I', (byte)'d' or (byte)'D', (byte)':', ..] ? whole
            : SmppText.BodyOf(message).Span;
        if (message.DataCoding is not SmppText.Ucs2) return Encoding.Latin1.GetString(octets);
        return octets switch
        {
            [0xFF, 0xFE, .. var behind] => Encoding.Unicode.GetString(behind),
            [0xFE, 0xFF, .. var behind] => Encoding.BigEndianUnicode.GetString(behind),
            [0, ..] => Encoding.BigEndianUnicode.GetString(octets),
            // Its fields are ASCII: what has its zeros behind the letters is written the other way round.
            [_, 0, ..] => Encoding.Unicode.GetString(octets),
            _ => Encoding.Latin1.GetString(octets),
        };
    }

    /// <summary>Without the beginning of the text that it tells of, which may say anything.</summary>
    private static string FieldsOf(string text)
    {
        for (int at = text.IndexOf(Told, StringComparison.OrdinalIgnoreCase); at >= 0;
                at = text.IndexOf(Told, at + 1, StringComparison.OrdinalIgnoreCase))
            if (at > 0 && Gaps.Contains(text[at - 1])) return text[..at];
        return text;
    }

    /// <summary>The state of a receipt that leaves out the field's name.</summary>
    private static string? NamelessWord(string text)
    {
        foreach (var range in text.AsSpan().SplitAny(Gaps))
            if (States.Contains(text[range])) return text[range];
        return null;
    }

    private static SmppOutcome OfNumber(int state) => state switch
    {
        2 => SmppOutcome.Delivered,
        3 => SmppOutcome.Expired,
        4 => SmppOutcome.Deleted,
        5 => SmppOutcome.Undeliverable,
        7 => SmppOutcome.Unknown,
        8 => SmppOutcome.Rejected,
        9 => SmppOutcome.Skipped,
        _ => SmppOutcome.OnItsWay,
    };

    /// <summary>Some centres have words of their own for what will never arrive: no credit, no route, a fault, a barred number.</summary>
    private static SmppOutcome OfWord(string word) => word.ToUpperInvariant() switch
    {
        // A delivery that failed is none.
        var failed when failed.Contains("FAIL", StringComparison.Ordinal) => SmppOutcome.Undeliverable,
        ['D', 'E', 'L', 'I', 'V', ..] => SmppOutcome.Delivered,
        ['E', 'X', 'P', ..] => SmppOutcome.Expired,
        ['D', 'E', 'L', 'E', 'T', ..] => SmppOutcome.Deleted,
        ['U', 'N', 'D', 'E', 'L', ..] or "NOCRED" or "ZEROBAL" or "SYSERR" or "NOROUTE" => SmppOutcome.Undeliverable,
        ['U', 'N', 'K', ..] or "NULL" => SmppOutcome.Unknown,
        ['R', 'E', 'J', ..] or ['B', 'A', 'R', 'R', 'E', 'D', ..] or "BLIST" => SmppOutcome.Rejected,
        ['S', 'K', 'I', 'P', ..] => SmppOutcome.Skipped,
        _ => SmppOutcome.OnItsWay,
    };

    private static string? ErrorOf(SmppMessage message, string text)
    {
        string? said = message.Find(SmppTlv.NetworkErrorCode) is { } code && code.Value.Span is [_, var high, var low]
            ? ((high << 8) | low).ToString(CultureInfo.InvariantCulture) : Word(text, "err:");
        if (said is null || said.All(character => character == '0')) return null;
        return said.Length > LongestError ? said[..LongestError] : said;
    }

    /// <summary>What stands behind a field's name, up to the next gap.</summary>
    private static string? Word(string text, string field)
    {
        for (int at = text.IndexOf(field, StringComparison.OrdinalIgnoreCase); at >= 0;
                at = text.IndexOf(field, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            // "id:" is not the end of another word.
            if (at > 0 && !Gaps.Contains(text[at - 1])) continue;
            string rest = text[(at + field.Length)..].TrimStart();
            int end = rest.AsSpan().IndexOfAny(Gaps);
            string word = end < 0 ? rest : rest[..end];
            return word.Length == 0 ? null : word;
        }
        return null;
    }
}
