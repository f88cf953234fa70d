using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Calls of tools as MiniMax and DeepSeek's newer models write them: &lt;invoke name="NAME"&gt;, for each argument
/// &lt;parameter name="NAME"&gt;, its value and &lt;/parameter&gt;, and &lt;/invoke&gt;; DeepSeek has a word of its own in each tag.
/// </summary>
internal static class InvokedCalls
{
    /// <summary>Around all calls of an answer.</summary>
    public static readonly (string Open, string Close)[] Marks =
    [
        ("<minimax:tool_call>", "</minimax:tool_call>"), ("<function_calls>", "</function_calls>"),
        ("<｜DSML｜function_calls>", "</｜DSML｜function_calls>"), ("<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>"),
    ];

    private const string OfDeepSeek = "｜DSML｜", Name = "name=";

    public static bool Has(string open) => Array.Exists(Marks, mark => mark.Open == open);

    /// <summary>All that stand there and are whole. Values are texts: what their tool wants is known where they are fitted to it.</summary>
    /// <returns>Each with <c>name</c> and <c>arguments</c>.</returns>
    public static IReadOnlyList<JsonObject> ReadAll(string open, string written)
    {
        string word = open.Contains(OfDeepSeek, StringComparison.Ordinal) ? OfDeepSeek : "";
        string invoke = $"<{word}invoke ", over = $"</{word}invoke>", parameter = $"<{word}parameter ", close = $"</{word}parameter>";
        var calls = new List<JsonObject>();
        int at = 0;
        while (TagAt(invoke, written, at) is var (_, name, behind))
        {
            at = behind;
            var arguments = new JsonObject();
            while (true)
            {
                int end = written.IndexOf(over, at, StringComparison.Ordinal);
                // A value may have the mark, too: what begins before it goes on.
                if (TagAt(parameter, written, at) is var (begin, member, from) && (end < 0 || begin < end))
                {
                    int last = written.IndexOf(close, from, StringComparison.Ordinal);
                    if (last < 0) return calls;
                    arguments[member] = written[from..last].Trim('\n', '\r');
                    at = last + close.Length;
                    continue;
                }
                if (end < 0) return calls;
                at = end + over.Length;
                break;
            }
            calls.Add(new() { ["name"] = name, ["arguments"] = arguments });
        }
        return calls;
    }

    /// <summary>The next of these tags with a name, where it begins, and what is behind it.</summary>
    private static (int Begin, string Name, int Behind)? TagAt(string tag, string written, int from)
    {
        int begin = written.IndexOf(tag, from, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : written.IndexOf('>', begin);
        if (end < 0) return null;
        string inside = written[(begin + tag.Length)..end];
        int at = inside.IndexOf(Name, StringComparison.Ordinal);
        if (at < 0) return null;
        string named = inside[(at + Name.Length)..];
        char quote = named is ['"' or '\'', ..] ? named[0] : ' ';
        named = quote is ' ' ? named : named[1..];
        int close = named.IndexOf(quote, StringComparison.Ordinal);
        return (begin, (close < 0 ? named : named[..close]).Trim(), end + 1);
    }
}
