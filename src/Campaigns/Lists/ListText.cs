using System.Text;

namespace Ringwright.Campaigns.Lists;

/// <summary>
/// How a list of rows is written down: in which letters, and what stands between its cells. Whoever reads CSV asks here
/// first. Pure.
/// </summary>
public static class ListText
{
    /// <summary>So many of a list's first bytes tell <see cref="FaultOf"/> enough.</summary>
    public const int MostHead = 16;

    /// <summary>The byte order mark as a letter: of two that stand before a list, a reader takes one.</summary>
    public const char Mark = '\uFEFF';

    private const int WindowsLatin = 1252;

    private static ReadOnlySpan<byte> Zip => "PK\u0003\u0004"u8;
    private static ReadOnlySpan<byte> CompoundFile => [0xD0, 0xCF, 0x11, 0xE0];
    private static ReadOnlySpan<byte> GZip => [0x1F, 0x8B];

    /// <summary>What may stand between cells.</summary>
    public static ReadOnlySpan<char> Separators => [',', ';', '\t', '|'];

    /// <summary>What bytes are that are neither marked nor UTF-8: as older spreadsheets write them.</summary>
    public static Encoding Latin { get; } = CodePagesEncodingProvider.Instance.GetEncoding(WindowsLatin)!; // it has it

    /// <summary>Fails at what is not UTF-8.</summary>
    public static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>How the tables of many programs begin that they call spreadsheets, in whichever letters.</summary>
    private static readonly string[] Markup = ["<!", "<?", "<html", "<head", "<meta", "<style", "<body", "<div", "<table"];

    /// <summary>Why bytes that begin so are no list of rows, however they are read; null for what may be one.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> head) =>
        head.StartsWith(Zip) || head.StartsWith(CompoundFile)
            ? "it is a workbook (such as .xlsx, .xls or .ods) and no CSV: save it as CSV in UTF-8, and give that file"
            : head.StartsWith(GZip) ? "it is packed by gzip: unpack it first"
            : IsMarkup(head) ? "it is a web page or XML, whatever it is called, and no CSV: save it as CSV in UTF-8, and give that file"
            : null;

    private static bool IsMarkup(ReadOnlySpan<byte> head)
    {
        var mark = Encoding.UTF8.Preamble;
        var text = (head.StartsWith(mark) ? head[mark.Length..] : head).TrimStart(" \t\r\n"u8);
        foreach (string tag in Markup)
            if (text.Length >= tag.Length && Ascii.EqualsIgnoreCase(text[..tag.Length], tag)) return true;
        return false;
    }

    /// <summary>
    /// Of a cell by which a spreadsheet is told to leave a text as it is (<c>="0123"</c>), what stands in it; any other as it is.
    /// </summary>
    public static string Plain(string cell) => IsText(cell) ? cell[2..^1] : cell;

    private static bool IsText(ReadOnlySpan<char> cell) =>
        cell.Length > 3 && cell.StartsWith("=\"") && cell[2..].IndexOfAny('"', '\r', '\n') is >= 0 and var end && end == cell.Length - 3
        && cell[^1] == '"';

    /// <summary>Whether the quotes of a cell are those of <see cref="Plain"/>, by which CSV knows none.</summary>
    /// <param name="cell">As it stands, with its quotes and what stands around them.</param>
    public static bool IsPlainText(string cell) => IsText(cell.AsSpan().Trim());

    /// <summary>UTF-8 with its mark or without, UTF-16 with its mark.</summary>
    /// <returns>Null where it is none of them.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (MarkedAs(bytes) is { } marked) return marked.GetString(bytes[marked.Preamble.Length..]).TrimStart(Mark);
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
