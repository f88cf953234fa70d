using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Calls of tools between the special tokens of Kimi and of DeepSeek: each has a name, a token and its arguments. DeepSeek's first models
/// write what kind it is before the name, and a fence around the arguments.
/// </summary>
internal static class TokenCalls
{
    /// <summary>Around all calls of an answer, and around one, which comes by itself where a server leaves out the others.</summary>
    public static readonly (string Open, string Close)[] Marks =
    [
        ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"), ("<|tool_call_begin|>", "<|tool_call_end|>"),
        ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"), ("<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>"),
    ];

    private static readonly string[] Begins = ["<|tool_call_begin|>", "<｜tool▁call▁begin｜>"],
        Ends = ["<|tool_call_end|>", "<｜tool▁call▁end｜>"], Middles = ["<|tool_call_argument_begin|>", "<｜tool▁sep｜>"];

    public static bool Has(string open) => Array.Exists(Marks, mark => mark.Open == open);

    /// <summary>All that stand there and are whole.</summary>
    /// <returns>Each with <c>name</c> and <c>arguments</c>.</returns>
    public static IReadOnlyList<JsonObject> ReadAll(string written)
    {
        var calls = new List<JsonObject>();
        foreach (string one in written.Split(Begins, StringSplitOptions.RemoveEmptyEntries))
            if (Read(one.Split(Ends, StringSplitOptions.None)[0]) is { } call) calls.Add(call);
        return calls;
    }

    private static JsonObject? Read(string written)
    {
        string[] parts = written.Split(Middles, 2, StringSplitOptions.None);
        if (parts.Length < 2) return null;
        string name = parts[0].Trim(), behind = parts[1].Trim();
        // A name and its arguments stand behind the kind, line by line.
        if (behind.Length > 0 && behind[0] is not '{' && behind.IndexOf('\n', StringComparison.Ordinal) is > 0 and var line)
            (name, behind) = (behind[..line].Trim(), behind[(line + 1)..]);
        int from = behind.IndexOf('{', StringComparison.Ordinal), to = behind.LastIndexOf('}');
        return name.Length > 0 && from >= 0 && to > from && ArgumentSchema.ObjectOf(behind[from..(to + 1)]) is { } arguments
            ? new() { ["name"] = name, ["arguments"] = arguments } : null;
    }
}
