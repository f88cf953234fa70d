using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Texml.Documents;

/// <summary>
/// Bytes as text: by their byte order mark, else by the media type's charset, else by the XML declaration, else UTF-8 (RFC 7303). Whether
/// a letter has one byte or two the bytes say better than either.
/// </summary>
internal static partial class TexmlText
{
    private static readonly (byte[] Mark, Encoding Encoding)[] Marks =
    [
        ([0xEF, 0xBB, 0xBF], new UTF8Encoding(false, throwOnInvalidBytes: true)),
        ([0xFF, 0xFE], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0xFE, 0xFF], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <summary>How a document of two bytes a letter begins that has no mark.</summary>
    private static readonly (byte[] Begins, Encoding Encoding)[] Wide =
    [
        ([(byte)'<', 0], new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true)),
        ([0, (byte)'<'], new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true)),
    ];

    /// <exception cref="TexmlException">Not in that encoding, or in one that is not known.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string? contentType)
    {
        foreach (var (mark, marked) in Marks)
            if (bytes.StartsWith(mark)) return Decode(bytes[mark.Length..], marked, marked.WebName);
        foreach (var (begins, wide) in Wide)
            if (bytes.StartsWith(begins)) return Decode(bytes, wide, wide.WebName);
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 200)]);
        string name = Charset().Match(contentType ?? "") is { Success: true } said ? said.Groups[1].Value
            : Declared().Match(head) is { Success: true } declared ? declared.Groups[1].Value : "utf-8";
        // Programs that write XML into a text of theirs declare what that has in memory, and send it as UTF-8.
        if (IsWide(name) && !head.Contains('\0', StringComparison.Ordinal)) name = "utf-8";
        return Decode(bytes, Find(name), name);
    }

    private static string Decode(ReadOnlySpan<byte> bytes, Encoding encoding, string name)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new TexmlException($"It is not {name}.", new(1, 1));
        }
    }

    private static bool IsWide(string name) =>
        name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || name.Equals("utf16", StringComparison.OrdinalIgnoreCase)
        || name.Equals("unicode", StringComparison.OrdinalIgnoreCase) || name.Equals("ucs-2", StringComparison.OrdinalIgnoreCase);

    private static Encoding Find(string name)
    {
        // Many servers write it so, though it is registered with a hyphen only.
        string known = name.Equals("utf8", StringComparison.OrdinalIgnoreCase) ? "utf-8" : name;
        try
        {
            // The provider has those of Windows and of mainframes, and not the others.
            return CodePagesEncodingProvider.Instance.GetEncoding(known, EncoderFallback.ExceptionFallback,
                DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(known, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)      // UTF-7 is the latter
        {
            throw new TexmlException($"The encoding {name} is not known; UTF-8 is.", new(1, 1));
        }
    }

    [GeneratedRegex("charset=\"?([A-Za-z0-9._:-]{1,40})", RegexOptions.IgnoreCase)]
    private static partial Regex Charset();

    [GeneratedRegex("^\\s*<\\?xml[^>]*encoding=[\"']([A-Za-z0-9._:-]{1,40})")]
    private static partial Regex Declared();
}
