using System.Text;

namespace Ringwright.Campaigns.Lists;

/// <summary>
/// How a list of rows is written down: in which letters, and what stands between its cells. Whoever reads CSV asks here
/// first. Pure.
/// </summary>
public static class ListText
{
    private const int WindowsLatin = 1252;

    /// <summary>What may stand between cells.</summary>
    public static ReadOnlySpan<char> Separators => [',', ';', '\t', '|'];

    /// <summary>What bytes are that are neither marked nor UTF-8: as older spreadsheets write them.</summary>
    public static Encoding Latin { get; } = CodePagesEncodingProvider.Instance.GetEncoding(WindowsLatin)!; // it has it

    /// <summary>Fails at what is not UTF-8.</summary>
    public static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8 with its mark or without, UTF-16 with its mark.</summary>
    /// <returns>Null where it is none of them.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (MarkedAs(bytes) is { } marked) return marked.GetString(bytes[marked.Preamble.Length..]);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>What the first bytes say; null where they have no mark.</summary>
    private static Encoding? MarkedAs(ReadOnlySpan<byte> head)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode })
            if (head.StartsWith(encoding.Preamble)) return encoding;
        return null;
    }

    /// <summary>Reads all of it and keeps nothing; <see cref="Latin"/> for what is neither marked nor UTF-8.</summary>
    public static Encoding EncodingOf(Stream list)
    {
        byte[] bytes = new byte[64 * 1024];
        char[] letters = new char[bytes.Length + 1];
        int read = list.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (MarkedAs(bytes.AsSpan(0, read)) is { } marked) return marked;
        var decoder = Strict.GetDecoder();
        try
        {
            for (; read > 0; read = list.Read(bytes)) decoder.GetChars(bytes.AsSpan(0, read), letters, flush: false);
            decoder.GetChars([], letters, flush: true);
            return Strict;
        }
        catch (DecoderFallbackException)
        {
            return Latin;
        }
    }

    /// <summary>What stands most often between the names of the first line; a comma where nothing does.</summary>
    public static char SeparatorOf(ReadOnlySpan<char> list)
    {
        Span<int> found = stackalloc int[Separators.Length];
        bool isQuoted = false;
        foreach (char c in list)
        {
            if (c == '"') isQuoted = !isQuoted;
            if (isQuoted) continue;
            if (c is '\r' or '\n') break;
            int which = Separators.IndexOf(c);
            if (which >= 0) found[which]++;
        }
        int most = 0;
        for (int i = 1; i < found.Length; i++)
            if (found[i] > found[most]) most = i;
        return Separators[most];
    }

    /// <summary>Whether the first row is none of names, but says what stands between cells, as a spreadsheet's <c>sep=;</c>.</summary>
    /// <param name="cells">Divided at what <see cref="SeparatorOf"/> has found, which is what it says.</param>
    public static bool IsSeparator(string[]? cells) => cells is [var word, ""] && word.Equals("sep=", StringComparison.OrdinalIgnoreCase);
}
