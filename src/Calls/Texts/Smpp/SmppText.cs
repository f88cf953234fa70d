using System.Text;
using System.Text.Unicode;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>How a centre reads a text whose data coding names no alphabet; stored by name.</summary>
public enum SmppAlphabet
{
    /// <summary>The one of GSM 03.38, a septet in each octet.</summary>
    Gsm7,
    Latin1,
}

/// <summary>How the parts of a long text are told from each other; stored by name.</summary>
public enum SmppJoining
{
    /// <summary>By a header within the text (3GPP TS 23.040, section 9.2.3.24.1).</summary>
    Header,
    /// <summary>By optional parameters.</summary>
    Parameters,
    /// <summary>The centre is given the whole text, and cuts it.</summary>
    Whole,
}

/// <summary>Which part of which long text a message is.</summary>
/// <param name="Reference">The same in all parts of a text, and soon used again.</param>
/// <param name="Number">From 1 on.</param>
public readonly record struct SmppPart(int Reference, int Total, int Number)
{
    public bool IsOne => Total is > 0 and <= 255 && Number >= 1 && Number <= Total;
}

/// <summary>Texts as octets of messages, both ways.</summary>
public static class SmppText
{
    public const byte Default = 0, Ascii = 1, Latin1 = 3, Cyrillic = 6, Hebrew = 7, Ucs2 = 8;

    private const byte Waiting = 0xC0, WaitingWide = 0xE0, ClassOfText = 0xF0, EightBit = 0x04, Compressed = 0x20, Concatenation = 0x00,
        WideConcatenation = 0x08, SingleShift = 0x24, LockingShift = 0x25;
    private const int SingleShiftAt = 8, LockingShiftAt = 16;
    private const char Unknown = '\uFFFD', ByteOrderMark = '\uFEFF';

    /// <summary>The messages that a text is sent as, without addresses and what else a carrier wants.</summary>
    /// <param name="reference">Of the text, for a receiver that joins parts.</param>
    /// <param name="isWide">In UCS-2, even where the other alphabet has all of its characters.</param>
    public static IReadOnlyList<SmppMessage> Write(string text, SmppAlphabet alphabet, SmppJoining joining, ushort reference,
        bool isWide = false)
    {
        var (coding, parts) = isWide ? (Ucs2, TextCut.As(TextEncoding.Ucs2, text).Parts) : Cut(text, alphabet);
        if (joining is SmppJoining.Whole && parts.Count > 1) parts = [text];
        var messages = new List<SmppMessage>();
        for (int i = 0; i < parts.Count; i++)
        {
            byte[] octets = Octets(parts[i], coding, alphabet);
            messages.Add(parts.Count == 1 ? new() { DataCoding = coding, Text = octets }
                : joining is SmppJoining.Parameters ? new()
                {
                    DataCoding = coding, Text = octets,
                    Tlvs =
                    [
                        SmppTlv.Short(SmppTlv.SarReference, reference), SmppTlv.Octet(SmppTlv.SarTotal, (byte)parts.Count),
                        SmppTlv.Octet(SmppTlv.SarNumber, (byte)(i + 1)),
                    ],
                }
                : new()
                {
                    DataCoding = coding, EsmClass = SmppEsm.Header,
                    Text = (byte[])[5, Concatenation, 3, (byte)reference, (byte)parts.Count, (byte)(i + 1), .. octets],
                });
        }
        return messages;
    }

    /// <summary>Which part it is; null for a text of one. A header that contradicts itself is none.</summary>
    public static SmppPart? PartOf(SmppMessage message)
    {
        var header = HeaderOf(message);
        for (int i = 1; i + 1 < header.Length; i += 2 + header[i + 1])
        {
            var value = header[(i + 2)..];
            if (value.Length < header[i + 1]) break;
            SmppPart? part = (header[i], header[i + 1]) switch
            {
                (Concatenation, 3) => new(value[0], value[1], value[2]),
                (WideConcatenation, 4) => new((value[0] << 8) | value[1], value[2], value[3]),
                _ => null,
            };
            if (part is { IsOne: true, Total: > 1 }) return part;
        }
        return message.Find(SmppTlv.SarReference)?.Number is { } reference && message.Find(SmppTlv.SarTotal)?.Number is { } total
            && message.Find(SmppTlv.SarNumber)?.Number is { } number
            && new SmppPart(reference, total, number) is { IsOne: true, Total: > 1 } known ? known : null;
    }

    /// <summary>
    /// The data coding, and in the octets above it the languages whose tables the header names (3GPP TS 23.040, sections 9.2.3.24.15 and
    /// 9.2.3.24.16).
    /// </summary>
    public static int CodingOf(SmppMessage message)
    {
        var header = HeaderOf(message);
        int single = 0, locking = 0;
        for (int i = 1; i + 2 < header.Length; i += 2 + header[i + 1])
        {
            if (header[i + 1] != 1) continue;
            if (header[i] == SingleShift) single = header[i + 2];
            else if (header[i] == LockingShift) locking = header[i + 2];
        }
        return message.DataCoding | (single << SingleShiftAt) | (locking << LockingShiftAt);
    }

    /// <summary>The text's own octets, behind its header.</summary>
    public static ReadOnlyMemory<byte> BodyOf(SmppMessage message) => message.Text[HeaderOf(message).Length..];

    /// <summary>
    /// What they say. Halves of a pair and zeros, which nobody can keep, become U+FFFD; zeros at the end only end it, where none is a
    /// letter. Parts of one alphabet are joined before they are read: whoever cut them may have cut a character.
    /// </summary>
    /// <param name="coding">As <see cref="CodingOf"/> has it.</param>
    /// <returns>Null for what is no text.</returns>
    public static string? Read(ReadOnlySpan<byte> octets, int coding, SmppAlphabet alphabet) => AlphabetOf((byte)coding) switch
    {
        // That something waits in a mailbox, and no word of it, is for a telephone's lamp.
        _ when octets.IsEmpty && IsOfMailbox((byte)coding) => null,
        Default or Ascii or Latin1 when coding <= byte.MaxValue && UntoldWide.IsOne(octets) => Kept(Wide(octets)),
        Default when alphabet is SmppAlphabet.Gsm7 && IsOfOctets(octets) && coding <= byte.MaxValue =>
            Kept((Utf8.IsValid(octets) ? Encoding.UTF8 : Encoding.Latin1).GetString(octets)),
        Default when alphabet is SmppAlphabet.Gsm7 =>
            Gsm7.Decode(octets, (byte)(coding >> SingleShiftAt), (byte)(coding >> LockingShiftAt)),
        Ascii when IsGsm7(octets) => Gsm7.Decode(octets),
        Ascii or Latin1 or Default => Kept(Encoding.Latin1.GetString(octets)),
        Cyrillic => Kept(IsoLetters.Cyrillic(octets)),
        Hebrew => Kept(IsoLetters.Hebrew(octets)),
        Ucs2 => Kept(Wide(octets)),
        _ => null,
    };

    private static string Kept(string text) => text.TrimEnd('\0').Replace('\0', Unknown);

    /// <summary>
    /// The high octet first, unless the text begins with the mark that says otherwise. Whoever writes one writes it at the begin of each
    /// part.
    /// </summary>
    private static string Wide(ReadOnlySpan<byte> octets)
    {
        string text = (octets is [0xFF, 0xFE, ..] ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(octets);
        return text is [ByteOrderMark, ..] ? text.Replace(ByteOrderMark.ToString(), "", StringComparison.Ordinal) : text;
    }

    /// <summary>
    /// No septet has the highest bit: whoever sets it sends by the default coding what he has, which is UTF-8 or Latin-1, and his other
    /// letters are not those of GSM 03.38 either. Nobody does so who names a language.
    /// </summary>
    private static bool IsOfOctets(ReadOnlySpan<byte> octets) => octets.ContainsAnyExceptInRange((byte)0, (byte)0x7F);

    /// <summary>
    /// Some call GSM 03.38 ASCII. Its letters below the space, such as @ and _, tell it: no ASCII text has those controls. A zero at the
    /// end may only end a text.
    /// </summary>
    private static bool IsGsm7(ReadOnlySpan<byte> octets)
    {
        if (IsOfOctets(octets)) return false;
        foreach (byte octet in octets.TrimEnd((byte)0))
            if (octet < 0x20 && octet is not (0x09 or 0x0A or 0x0D)) return true;
        return false;
    }

    private static (byte Coding, IReadOnlyList<string> Parts) Cut(string text, SmppAlphabet alphabet)
    {
        var cut = TextCut.Of(text);
        if (cut.Encoding is TextEncoding.Ucs2) return (Ucs2, cut.Parts);
        if (alphabet is SmppAlphabet.Gsm7) return (Default, cut.Parts);
        return text.All(character => character <= '\u00FF') ? (Latin1, cut.Parts) : (Ucs2, TextCut.As(TextEncoding.Ucs2, text).Parts);
    }

    private static byte[] Octets(string part, byte coding, SmppAlphabet alphabet) =>
        coding is Ucs2 ? Encoding.BigEndianUnicode.GetBytes(part)
        : alphabet is SmppAlphabet.Gsm7 ? Gsm7.Encode(part) : Encoding.Latin1.GetBytes(part);

    /// <summary>One of those that are read, or another number for what is none of them (3GPP TS 23.038, section 4).</summary>
    private static byte AlphabetOf(byte coding)
    {
        if (coding >= ClassOfText) return (coding & EightBit) == 0 ? Default : EightBit;
        if (IsOfMailbox(coding)) return coding >= WaitingWide ? Ucs2 : Default;
        if (coding is < 0x10 or >= 0x80) return coding;
        if ((coding & Compressed) != 0) return EightBit;
        return (coding & 0x0C) switch
        {
            0x00 => Default,
            0x08 => Ucs2,
            _ => EightBit,
        };
    }

    /// <summary>It says that something waits in a mailbox, and words besides (3GPP TS 23.038, section 4: 1100, 1101 and 1110).</summary>
    private static bool IsOfMailbox(byte coding) => coding is >= Waiting and < ClassOfText;

    /// <summary>With its first octet, which says how long it is; empty where there is none, or one longer than the message.</summary>
    private static ReadOnlySpan<byte> HeaderOf(SmppMessage message)
    {
        var text = message.Text.Span;
        bool isThere = (message.EsmClass & SmppEsm.Header) != 0 || IsUntoldHeader(text);
        return isThere && text.Length > 0 && text[0] < text.Length ? text[..(text[0] + 1)] : [];
    }

    /// <summary>
    /// Some centres pass on the header of a part and do not say that it is there. In no alphabet is it the beginning of what people write.
    /// </summary>
    private static bool IsUntoldHeader(ReadOnlySpan<byte> text) => text switch
    {
        [5, Concatenation, 3, _, >= 2 and var total, >= 1 and var number, ..] => number <= total,
        [6, WideConcatenation, 4, _, _, >= 2 and var total, >= 1 and var number, ..] => number <= total,
        _ => false,
    };
}
