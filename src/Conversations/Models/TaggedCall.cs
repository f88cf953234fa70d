using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// A call of a tool as Qwen3 Coder and its like write it: &lt;function=NAME&gt;, for each argument &lt;parameter=NAME&gt;, its value on
/// lines of its own and &lt;/parameter&gt;, and &lt;/function&gt;. A value that the tool's schema does not want as a text is JSON. Llama 3
/// has the arguments as one object between the first mark and the last, and often leaves out the end of the first.
/// </summary>
internal static class TaggedCall
{
    public const string Begin = "<function=", End = "</function>";

    private const string Parameter = "<parameter=", Close = "</parameter>";

    /// <summary>All that stand there, one behind the other.</summary>
    /// <returns>Each with <c>name</c> and <c>arguments</c>.</returns>
    public static IEnumerable<JsonObject> ReadAll(string written, Func<string, JsonObject?> schemaOf)
    {
        int at = 0;
        while (at < written.Length)
        {
            int behind = BehindEnd(written, at);
            if (Read(written[at..behind], schemaOf) is { } call) yield return call;
            at = behind;
        }
    }

    /// <summary>A value may have the mark, too: it ends a call where nothing follows but another one.</summary>
    private static int BehindEnd(string written, int from)
    {
        while (written.IndexOf(End, from, StringComparison.Ordinal) is >= 0 and var at)
        {
            from = at + End.Length;
            var rest = written.AsSpan(from).TrimStart();
            if (rest.IsEmpty || rest.StartsWith(Begin, StringComparison.Ordinal)) return from;
        }
        return written.Length;
    }

    private static JsonObject? Read(string written, Func<string, JsonObject?> schemaOf)
    {
        if (ReadOpen(written) is { } open) return open;
        if (NameBehind(Begin, written, 0) is not var (name, at) || name.Contains('{', StringComparison.Ordinal)) return null;
        int last = written.IndexOf(End, at, StringComparison.Ordinal);
        if (ArgumentSchema.ObjectOf(written[at..(last < 0 ? written.Length : last)].Trim()) is { } whole)
            return new() { ["name"] = name, ["arguments"] = whole };
        var arguments = new JsonObject();
        var properties = schemaOf(name)?["properties"] as JsonObject;
        while (NameBehind(Parameter, written, at) is var (parameter, from))
        {
            int end = written.IndexOf(Close, from, StringComparison.Ordinal);
            // Some leave out the mark of the last value's end; where the call's is missing, too, nobody knows whether it is whole.
            if (end < 0) end = written.IndexOf(End, from, StringComparison.Ordinal);
            if (end < 0) return null;
            arguments[parameter] = ValueOf(written[from..end].Trim('\n', '\r'), properties?[parameter] as JsonObject);
            at = end;
        }
        return new() { ["name"] = name, ["arguments"] = arguments };
    }

    /// <summary>&lt;function=NAME{…}, with another sign or a blank between the two at times; null where the mark has its end.</summary>
    private static JsonObject? ReadOpen(string written)
    {
        int mark = written.IndexOf(Begin, StringComparison.Ordinal), brace = mark < 0 ? -1 : written.IndexOf('{', mark);
        if (brace < 0 || written.AsSpan(mark, brace - mark).Contains('>')) return null;
        string name = written[(mark + Begin.Length)..brace].Trim(' ', '\n', '=', ',', ':', '(');
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':')) return null;
        if (BareCalls.ValueAt(written[brace..]) is not var (value, _) || value is not JsonObject) return null;
        return new() { ["name"] = name, ["arguments"] = value.DeepClone() };
    }

    private static (string Name, int Behind)? NameBehind(string mark, string written, int from)
    {
        int at = written.IndexOf(mark, from, StringComparison.Ordinal);
        int end = at < 0 ? -1 : written.IndexOf('>', at);
        return end < 0 ? null : (written[(at + mark.Length)..end].Trim(), end + 1);
    }

    private static JsonNode? ValueOf(string written, JsonObject? schema)
    {
        if (schema?["type"] is not JsonValue kind || !kind.TryGetValue(out string? type) || type is "string") return written;
        try
        {
            return JsonNode.Parse(written);
        }
        catch (JsonException)
        {
            return written;
        }
    }
}
