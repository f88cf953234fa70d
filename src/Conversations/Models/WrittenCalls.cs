using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Takes calls of tools out of a model's words: &lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;, or a
/// <see cref="TaggedCall"/> or a <see cref="KeyedCall"/>, between such marks, the former also by itself; <see cref="TokenCalls"/>,
/// <see cref="InvokedCalls"/>, <see cref="BareCalls"/> or <see cref="SpelledCalls"/>. Models write them so, and servers that do not know
/// the model leave them there: nobody is to hear that.
/// </summary>
/// <param name="schemaOf">
/// Of the tool of a name; null where there is none. Null where no tools are offered: JSON without marks around it is the answer there.
/// </param>
/// <param name="names">Of these tools; null where those that stand as code among the words are words.</param>
internal sealed class WrittenCalls(Func<string, JsonObject?>? schemaOf, IReadOnlyList<string>? names = null)
{
    /// <summary>Those of the second line mostly have no end but that of the answer.</summary>
    private static readonly (string Open, string Close)[] Marks =
    [
        (OneCall, "</tool_call>"), (TaggedCall.Begin, TaggedCall.End), (AllCalls, "</tool_calls>"), ("<TOOLCALL>", "</TOOLCALL>"),
        (BareCalls.Mistral, "</s>"), ("<|python_tag|>", "<|eom_id|>"), ("<|tool_call|>", "<|/tool_call|>"),
        // LFM2's, Llama 4's, Gemma 4's and FunctionGemma's; Cohere's and InternLM's.
        ("<|tool_call_start|>", "<|tool_call_end|>"), ("<|python_start|>", "<|python_end|>"), ("<|tool_call>", "<tool_call|>"),
        ("<start_function_call>", "<end_function_call>"), ("<|START_ACTION|>", "<|END_ACTION|>"),
        ("<|action_start|><|plugin|>", "<|action_end|>"),
        .. TokenCalls.Marks, .. InvokedCalls.Marks,
    ];
    /// <summary>What stands between calls as code, and behind the last one.</summary>
    private static readonly char[] Between = [' ', '\t', '\r', '\n', ',', ';', ']', ')'];
    private const string OneCall = "<tool_call>", AllCalls = "<tool_calls>";
    private const int Most = 64 * 1024;
    private static readonly int LongestMark = Marks.Max(mark => mark.Open.Length);

    private readonly List<JsonObject> _calls = [];
    private readonly BareWatch _watch = new();
    private readonly SpelledCalls? _spelled = names is null ? null : new(names);
    private string _pending = "";
    /// <summary>The last sign of the words.</summary>
    private char _before = ' ';
    /// <summary>Nothing has come behind a call as code.</summary>
    private bool _isBehind;
    /// <summary>The marks of the call that has begun; null between calls.</summary>
    private (string Open, string Close)? _within;
    /// <summary>The answer begins as a call without marks, and is held as long as more may come; null as long as that is open.</summary>
    private bool? _isBare = schemaOf is null ? false : null;

    /// <summary>As pieces of calls, each whole.</summary>
    public IReadOnlyList<JsonObject> Calls => _calls;

    /// <summary>What of it is words.</summary>
    public string Take(string bit)
    {
        _pending += bit;
        _isBare ??= BareCalls.Begins(_pending);
        if (_isBare is true && _watch.IsOver(_pending, IsTool)) TakeBare();
        if (_isBare is not false && _pending.Length <= Most) return "";
        _isBare = false;
        var words = new StringBuilder();
        bool isOpen = false;
        while (!isOpen)
        {
            if (_within is var (open, close))
            {
                int end = _pending.IndexOf(close, StringComparison.Ordinal);
                if (end < 0) break;
                Add(open, _pending[..end], isClosed: true);
                (_pending, _within) = (_pending[(end + close.Length)..], null);
                continue;
            }
            PassBetween();
            var first = FirstMark();
            int spelled = _spelled?.First(_pending, _before) ?? -1;
            if (spelled >= 0 && (first is null || spelled < first.Value.At)) isOpen = !TakeSpelled(spelled, words);
            else if (first is var (at, mark))
            {
                Say(at, words);
                (_pending, _within) = (_pending[mark.Open.Length..], mark);
            }
            else break;
        }
        // One that is too long is none, and is not said either.
        if (_within is not null && _pending.Length > Most) _pending = "";
        if (_within is null && !isOpen) Say(_pending.Length - Begun(), words);
        return words.ToString();
    }

    /// <summary>So much of what is there is words.</summary>
    private void Say(int length, StringBuilder words)
    {
        if (length == 0) return;
        words.Append(_pending, 0, length);
        (_before, _pending) = (_pending[length - 1], _pending[length..]);
    }

    private void PassBetween()
    {
        if (!_isBehind) return;
        string rest = _pending.TrimStart(Between);
        // Words behind a call do not run into those before it.
        (_isBehind, _pending) = (rest.Length == 0, rest.Length == 0 ? "" : " " + rest);
    }

    /// <summary>Whether what begins there as a call as code is one, and taken, or none, and said.</summary>
    /// <returns>False where that is open.</returns>
    private bool TakeSpelled(int at, StringBuilder words)
    {
        Say(at, words);
        var (call, behind, isShort) = SpelledCalls.ReadAt(_pending, 0);
        if (call is not null)
        {
            Add(call);
            (_pending, _before, _isBehind) = (_pending[behind..], ' ', true);
            return true;
        }
        if (isShort && _pending.Length <= Most) return false;
        Say(1, words);
        return true;
    }

    /// <summary>Nothing more will come. The last call may lack its end.</summary>
    public string Finish()
    {
        string behind = "";
        if (_isBare is true)
        {
            TakeBare();
            behind = Take("");
        }
        if (_within is var (open, _)) Add(open, _pending, isClosed: false);
        // A call as code that lacks its end is no words either.
        int half = _spelled?.First(_pending, _before) ?? -1;
        string words = behind + (_within is not null ? "" : half < 0 ? _pending : _pending[..half]);
        (_pending, _within) = ("", null);
        return words;
    }

    private bool IsTool(string name) => schemaOf?.Invoke(name) is not null;

    private void TakeBare()
    {
        var (calls, rest) = BareCalls.Read(_pending, IsTool);
        foreach (var call in calls) Add(call);
        (_pending, _isBare) = (rest, false);
    }

    private (int At, (string Open, string Close) Mark)? FirstMark()
    {
        (int At, (string Open, string Close) Mark)? first = null;
        foreach (var mark in Marks)
        {
            int at = _pending.IndexOf(mark.Open, StringComparison.Ordinal);
            if (at >= 0 && (first is null || at < first.Value.At)) first = (at, mark);
        }
        return first;
    }

    /// <summary>How much of the end may be the beginning of a mark.</summary>
    private int Begun()
    {
        for (int at = Math.Max(0, _pending.Length - LongestMark + 1); at < _pending.Length; at++)
        {
            // All begin with one of these.
            if (_pending[at] is not ('<' or '[')) continue;
            foreach (var (open, _) in Marks)
                if (open.AsSpan().StartsWith(_pending.AsSpan(at), StringComparison.Ordinal))
                    return Math.Max(_pending.Length - at, _spelled?.Begun(_pending, _before) ?? 0);
        }
        return _spelled?.Begun(_pending, _before) ?? 0;
    }

    /// <summary>What stands between two marks: one call, or several by a list, line by line, or with marks of their own.</summary>
    private void Add(string open, string written, bool isClosed)
    {
        if (TokenCalls.Has(open))
        {
            foreach (var call in TokenCalls.ReadAll(written)) Add(call);
            return;
        }
        if (InvokedCalls.Has(open))
        {
            var invoked = InvokedCalls.ReadAll(open, written);
            // OLMo has code between the same marks.
            foreach (var call in invoked.Count > 0 ? invoked : SpelledCalls.ReadAll(written)) Add(call);
            return;
        }
        // Some have both: marks around all of them, and around each.
        if (open is AllCalls && written.Contains(OneCall, StringComparison.Ordinal))
        {
            foreach (string one in written.Split([OneCall, "</tool_call>"], StringSplitOptions.RemoveEmptyEntries))
                Add(OneCall, one, isClosed);
            return;
        }
        var found = Objects(written.Trim());
        if (found.Count == 0 && MendedJson.ObjectOf(written, isClosed) is { } mended) found = [mended];
        if (found.Count == 0) found = open is BareCalls.Mistral ? BareCalls.ReadMistral(written)
            : [.. TaggedCall.ReadAll(open is TaggedCall.Begin ? open + written : written, schemaOf ?? (static _ => null))];
        // What broke off may be the beginning of another tool's name, and lacks arguments.
        if (found.Count == 0 && isClosed && open is OneCall && KeyedCall.Read(written, IsTool) is { } keyed) found = [keyed];
        if (found.Count == 0) found = SpelledCalls.ReadAll(written);
        foreach (var call in found) Add(call);
    }

    /// <summary>One object, a list of them, or one a line; none where it is anything else.</summary>
    private static IReadOnlyList<JsonObject> Objects(string text)
    {
        if (ArgumentSchema.ObjectOf(text) is { } one) return [one];
        if (text.StartsWith('['))
            return ArgumentSchema.ObjectOf("{\"all\":" + text + "}")?["all"] is JsonArray all ? [.. all.OfType<JsonObject>()] : [];
        var lines = new List<JsonObject>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (ArgumentSchema.ObjectOf(line) is not { } next) return [];
            lines.Add(next);
        }
        return lines;
    }

    private void Add(JsonObject told)
    {
        try
        {
            var call = told["function"] as JsonObject ?? told;
            // Cohere has another word for the name, and some have none but that of the kind.
            var word = call["name"] ?? call["tool_name"] ?? call["function"];
            if (word is not JsonValue named || !named.TryGetValue(out string? name)) return;
            string arguments = (call["arguments"] ?? call["parameters"]) switch
            {
                null => "",
                JsonValue value when value.TryGetValue(out string? text) => text,
                var whole => whole.ToJsonString(),
            };
            _calls.Add(new()
            {
                ["id"] = $"written {_calls.Count}", ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
            });
        }
        catch (InvalidOperationException)
        {
            // JSON may escape half of a pair of surrogates, which is no text.
        }
    }
}
