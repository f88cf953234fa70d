using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Calls of tools without marks around them, as models write them whose servers do not know that they are calls: Llama has an object, or
/// several, as the beginning of its answer, with a fence around them or without; Mistral and Devstral a name and its arguments behind a
/// mark, or a list.
/// </summary>
internal static class BareCalls
{
    /// <summary>Before each of Mistral's; and between a name, an id and the arguments.</summary>
    public const string Mistral = "[TOOL_CALLS]";

    private const string Fence = "```";
    /// <summary>Many more than are carried out.</summary>
    private const int Most = 32;
    /// <summary>Beginnings of an answer that may be one.</summary>
    private static readonly string[] Beginnings = ["{", "[{", Fence];

    /// <summary>Whether an answer begins as one; null as long as that is open.</summary>
    public static bool? Begins(string text)
    {
        string said = text.TrimStart();
        if (Array.Exists(Beginnings, one => said.StartsWith(one, StringComparison.Ordinal))) return true;
        return Array.Exists(Beginnings, one => one.StartsWith(said, StringComparison.Ordinal)) ? null : false;
    }

    /// <summary>The calls that an answer begins with.</summary>
    /// <param name="isTool">Of a name.</param>
    /// <returns>None, and all of the text, where it begins with anything else; else what is behind them.</returns>
    public static (IReadOnlyList<JsonObject> Calls, string Words) Read(string text, Func<string, bool> isTool)
    {
        string rest = text.TrimStart();
        if (rest.StartsWith(Fence, StringComparison.Ordinal))
        {
            int begin = rest.IndexOfAny(['{', '[']);
            // The fence says a language at most.
            if (begin < 0 || !rest[Fence.Length..begin].All(c => char.IsLetterOrDigit(c) || char.IsWhiteSpace(c) || c is '_'))
                return ([], text);
            rest = rest[begin..];
        }
        var calls = new List<JsonObject>();
        while (calls.Count < Most && ValueAt(rest) is var (value, behind))
        {
            JsonObject[] found = value switch
            {
                JsonObject one => [one],
                JsonArray several => [.. several.OfType<JsonObject>()],
                _ => [],
            };
            var called = found.Select(one => one["function"] as JsonObject ?? one).Where(one => IsCall(one, isTool)).ToList();
            if (called.Count == 0 || called.Count < found.Length) break;
            calls.AddRange(called);
            rest = behind.TrimStart(' ', '\t', '\r', '\n', ';', ',', '`');
        }
        return calls.Count > 0 ? (calls, rest) : ([], IsHalf(text) ? "" : text);
    }

    /// <summary>What was to be one, and broke off: nobody is to hear that either.</summary>
    public static bool IsHalf(string text) => text.Contains("\"name\"", StringComparison.Ordinal)
        && (text.Contains("\"arguments\"", StringComparison.Ordinal) || text.Contains("\"parameters\"", StringComparison.Ordinal));

    /// <summary>Those behind <see cref="Mistral"/>, which stands between them, too.</summary>
    public static IReadOnlyList<JsonObject> ReadMistral(string written)
    {
        var calls = new List<JsonObject>();
        foreach (string one in written.Split(Mistral, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int name = one.IndexOfAny(['[', '{']), arguments = one.IndexOf('{', StringComparison.Ordinal);
            if (name > 0 && arguments >= 0 && ValueAt(one[arguments..]) is (JsonObject read, _))
                calls.Add(new() { ["name"] = one[..name].Trim(), ["arguments"] = read.DeepClone() });
        }
        return calls;
    }

    /// <summary>A name of a tool; or of none, with arguments, which is told so and not spoken.</summary>
    private static bool IsCall(JsonObject one, Func<string, bool> isTool)
    {
        try
        {
            return (one["name"] ?? one["tool_name"]) is JsonValue named && named.TryGetValue(out string? name)
                && (isTool(name) || (one["arguments"] ?? one["parameters"]) is JsonObject);
        }
        catch (InvalidOperationException)
        {
            // JSON may escape half of a pair of surrogates, which is no text.
            return false;
        }
    }

    /// <summary>The object or list at the beginning of the text, and what is behind it; null where there is none, or half of one.</summary>
    internal static (JsonNode Value, string Behind)? ValueAt(string text)
    {
        if (text is not ['{' or '[', ..]) return null;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            reader.Read();
            reader.Skip();
        }
        catch (JsonException)
        {
            return null;
        }
        int end = (int)reader.BytesConsumed;
        var value = ArgumentSchema.ObjectOf("{\"all\":" + Encoding.UTF8.GetString(bytes, 0, end) + "}")?["all"];
        return value is null ? null : (value, Encoding.UTF8.GetString(bytes, end, bytes.Length - end));
    }
}
