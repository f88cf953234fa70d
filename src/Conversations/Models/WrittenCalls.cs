using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Takes calls of tools out of a model's words: &lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;, or a
/// <see cref="TaggedCall"/> or a <see cref="KeyedCall"/>, between such marks, the former also by itself; <see cref="TokenCalls"/>,
/// <see cref="InvokedCalls"/> or <see cref="BareCalls"/>. Models write them so, and servers that do not know the model leave them there:
/// nobody is to hear that.
/// </summary>
/// <param name="schemaOf">
/// Of the tool of a name; null where there is none. Null where no tools are offered: JSON without marks around it is the answer there.
/// </param>
internal sealed class WrittenCalls(Func<string, JsonObject?>? schemaOf)
{
    /// <summary>Those of the second line mostly have no end but that of the answer.</summary>
    private static readonly (string Open, string Close)[] Marks =
    [
        (OneCall, "</tool_call>"), (TaggedCall.Begin, TaggedCall.End), (AllCalls, "</tool_calls>"), ("<TOOLCALL>", "</TOOLCALL>"),
        (BareCalls.Mistral, "</s>"), ("<|python_tag|>", "<|eom_id|>"), ("<|tool_call|>", "<|/tool_call|>"),
        .. TokenCalls.Marks, .. InvokedCalls.Marks,
    ];
    private const string OneCall = "<tool_call>", AllCalls = "<tool_calls>";
    private const int Most = 64 * 1024;
    private static readonly int LongestMark = Marks.Max(mark => mark.Open.Length);

    private readonly List<JsonObject> _calls = [];
    private readonly BareWatch _watch = new();
    private string _pending = "";
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
        while (true)
        {
            if (_within is var (open, close))
            {
                int end = _pending.IndexOf(close, StringComparison.Ordinal);
                if (end < 0) break;
                Add(open, _pending[..end], isClosed: true);
                (_pending, _within) = (_pending[(end + close.Length)..], null);
            }
            else if (FirstMark() is var (at, mark))
            {
                words.Append(_pending, 0, at);
                (_pending, _within) = (_pending[(at + mark.Open.Length)..], mark);
            }
            else break;
        }
        // One that is too long is none, and is not said either.
        if (_within is not null && _pending.Length > Most) _pending = "";
        if (_within is not null) return words.ToString();
        int begun = Begun();
        words.Append(_pending, 0, _pending.Length - begun);
        _pending = _pending[^begun..];
        return words.ToString();
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
        string words = behind + (_within is null ? _pending : "");
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
                if (open.AsSpan().StartsWith(_pending.AsSpan(at), StringComparison.Ordinal)) return _pending.Length - at;
        }
        return 0;
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
            foreach (var call in InvokedCalls.ReadAll(open, written)) Add(call);
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
        if (found.Count == 0) found = open is BareCalls.Mistral ? BareCalls.ReadMistral(written)
            : [.. TaggedCall.ReadAll(open is TaggedCall.Begin ? open + written : written, schemaOf ?? (static _ => null))];
        // What broke off may be the beginning of another tool's name, and lacks arguments.
        if (found.Count == 0 && isClosed && open is OneCall && KeyedCall.Read(written, IsTool) is { } keyed) found = [keyed];
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

    private void Add(JsonObject call)
    {
        try
        {
            if (call["name"] is not JsonValue named || !named.TryGetValue(out string? name)) return;
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
