using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Objects that are meant as JSON and are not quite that: as Python writes them, with commas or brackets too many, quotation marks that are
/// escaped, line ends within texts or written out between them; and without a bracket that a server has lost, as vLLM has at times. Each
/// refusal is a turn in which a caller waits.
/// </summary>
internal static class MendedJson
{
    private static readonly char[] TooMany = ['}', ']', ')', ';', ',', '`', ' ', '\t', '\r', '\n'];
    private static readonly string[] Lost = ["}", "}}", "]}", "}]}"];

    /// <param name="isWhole">Nobody has cut it short: of what ends behind a value that is whole, brackets alone are missing.</param>
    /// <returns>Null where it is none of these.</returns>
    public static JsonObject? ObjectOf(string written, bool isWhole)
    {
        string text = written.Trim();
        if (text is ['"', ..]) text = "{" + text;
        if (text is not ['{', ..]) return null;
        if (Read(text) is { } read) return read;
        // A number, or a word, may lack more than that.
        if (!isWhole || text[^1] is not ('"' or '\'' or '}' or ']')) return null;
        foreach (string brackets in Lost)
            if (Read(text + brackets) is { } mended) return mended;
        return null;
    }

    /// <summary>A list or an object within others.</summary>
    public static JsonNode? ValueOf(string written)
    {
        var reader = new SpelledReader(written, 0, isLoose: false);
        return reader.Nested() is { } value && reader.At == written.Length ? value : null;
    }

    private static JsonObject? Read(string text)
    {
        var reader = new SpelledReader(text, 1, isLoose: false);
        return reader.Members('}') is { } members && text[reader.At..].Trim(TooMany).Length == 0 ? members : null;
    }
}
