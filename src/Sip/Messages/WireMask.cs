namespace Ringwright.Sip.Messages;

/// <summary>
/// Hides what must not be kept of a message: credentials, tokens and signatures in headers, media keys in SDP, digits in an INFO.
/// Star for character, in place, so that every length in the message stays true.
/// </summary>
public static class WireMask
{
    private const byte Star = (byte)'*';

    /// <summary>Before a key of RFC 4568.</summary>
    private const string KeyMethod = "inline:";

    // Beside those of RFC 3261 section 22, which the table of headers has: RFC 8224 (y is its compact form); what customers and carriers
    // put into headers of their own.
    private static readonly string[] SecretNames = ["identity", "y"];
    private static readonly string[] SecretWords = ["token", "signature", "secret", "password", "api-key", "apikey", "authorization"];

    /// <param name="showsDigits">True leaves the digits of an INFO readable.</param>
    public static void Hide(Span<byte> message, bool showsDigits)
    {
        bool isSecret = false, hasDigits = false;
        while (Line(message, out var line, out var rest))
        {
            message = rest;
            if (line.IsEmpty)
            {
                HideBody(message, hasDigits && !showsDigits);
                return;
            }
            if (line[0] is (byte)' ' or (byte)'\t')     // a folded header goes on
            {
                if (isSecret) line.Fill(Star);
                continue;
            }
            int colon = line.IndexOf((byte)':');
            ReadOnlySpan<byte> name = line[..Math.Max(0, colon)].TrimEnd(" \t"u8);
            // Nearly every line has a name of the table, and of those it is known which hold secrets: only others are looked through.
            var known = HeaderTable.Find(name);
            isSecret = known is SipHeader.Authorization or SipHeader.ProxyAuthorization or SipHeader.AuthenticationInfo
                || (known is SipHeader.Unknown && colon > 0 && IsSecret(name));
            if (isSecret) Stars(line[(colon + 1)..]);
            else if (known is SipHeader.ContentType) hasDigits |= NamesDigits(line[(colon + 1)..]);
        }
    }

    /// <summary>
    /// The header section is what <paramref name="message"/> begins with: its Call-ID, by full or compact name; empty when there is none.
    /// </summary>
    public static ReadOnlySpan<byte> CallId(ReadOnlySpan<byte> message) => ValueOf(message, "call-id", "i");

    /// <summary>Of a request its first word, of a response that of its CSeq: the method; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Method(ReadOnlySpan<byte> message)
    {
        if (!message.StartsWith("SIP/2.0 "u8)) return message[..Math.Max(0, message.IndexOf((byte)' '))];
        var sequence = ValueOf(message, "cseq", "cseq");
        return sequence[(sequence.LastIndexOfAny(" \t"u8) + 1)..];
    }

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> message, string lower, string compact)
    {
        while (!message.IsEmpty)
        {
            int end = message.IndexOf((byte)'\n');
            var line = end < 0 ? message : message[..end];
            message = end < 0 ? default : message[(end + 1)..];
            if (line.TrimEnd((byte)'\r').IsEmpty) return default;
            int colon = line.IndexOf((byte)':');
            if (colon < 0) continue;
            var name = line[..colon].TrimEnd(" \t"u8);
            if (Is(name, lower) || Is(name, compact)) return line[(colon + 1)..].Trim(" \t\r"u8);
        }
        return default;
    }

    private static void HideBody(Span<byte> body, bool isDigits)
    {
        bool isPartOfDigits = false;
        while (Line(body, out var line, out var rest))
        {
            body = rest;
            if (line.StartsWith("--"u8)) isPartOfDigits = false;        // the next part of a multipart body
            int colon = line.IndexOf((byte)':');
            // Blanks and capitals as whoever reads the description takes them.
            var field = line.TrimStart(" \t"u8);
            ReadOnlySpan<byte> attribute = colon > 0 && field.StartsWith("a="u8)
                ? field[2..field.IndexOf((byte)':')].Trim(" \t"u8) : default;
            if (colon > 0 && IsContentType(line[..colon])) isPartOfDigits = NamesDigits(line[(colon + 1)..]);
            else if (Is(attribute, "crypto"))
            {
                int key = IndexOf(line, KeyMethod);
                line[(key < 0 ? colon + 1 : key + KeyMethod.Length)..].Fill(Star);
            }
            else if (Is(attribute, "ice-pwd") || Is(attribute, "key-mgmt")) Stars(line[(colon + 1)..]);
            else if (field.StartsWith("k="u8)) field[2..].Fill(Star);
            else if (isDigits || isPartOfDigits) Stars(line[(line.IndexOf((byte)'=') + 1)..]);
        }
    }

    private static bool IsSecret(ReadOnlySpan<byte> name)
    {
        foreach (string secret in SecretNames)
            if (Is(name, secret)) return true;
        foreach (string word in SecretWords)
            if (Contains(name, word)) return true;
        return false;
    }

    private static bool IsContentType(ReadOnlySpan<byte> name) => Is(name, "content-type") || Is(name, "c");

    private static bool NamesDigits(ReadOnlySpan<byte> type) =>
        Contains(type, "dtmf") || Contains(type, "telephone-event") || Contains(type, "digits");

    private static bool Is(ReadOnlySpan<byte> name, string lower) =>
        name.Length == lower.Length && System.Text.Ascii.EqualsIgnoreCase(name, lower);

    private static bool Contains(ReadOnlySpan<byte> text, string lower) => IndexOf(text, lower) >= 0;

    private static int IndexOf(ReadOnlySpan<byte> text, string lower)
    {
        // Of every header of every message: only where the first letter is there are the others compared.
        for (int at = 0; at + lower.Length <= text.Length; at++)
            if ((text[at] | 0x20) == lower[0] && System.Text.Ascii.EqualsIgnoreCase(text.Slice(at, lower.Length), lower)) return at;
        return -1;
    }

    /// <summary>All but the spaces in front.</summary>
    private static void Stars(Span<byte> value) => value[(value.Length - value.TrimStart(" \t"u8).Length)..].Fill(Star);

    /// <summary>The next line without its end.</summary>
    private static bool Line(Span<byte> text, out Span<byte> line, out Span<byte> rest)
    {
        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        rest = end < 0 ? default : text[(end + 1)..];
        if (line.EndsWith("\r"u8)) line = line[..^1];
        return !text.IsEmpty;
    }
}
