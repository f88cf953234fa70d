using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Takes calls of tools out of a model's words: &lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;, or with
/// <see cref="TaggedCall"/> between the marks. Models write them so, and servers that do not know the model leave them there: nobody is to
/// hear that.
/// </summary>
/// <param name="schemaOf">Of the tool of a name; null where there is none.</param>
internal sealed class WrittenCalls(Func<string, JsonObject?> schemaOf)
{
    private const string Open = "<tool_call>", Close = "</tool_call>";
    private const int Most = 64 * 1024;

    private readonly List<JsonObject> _calls = [];
    private string _pending = "";
    private bool _isWithin;

    /// <summary>As pieces of calls, each whole.</summary>
    public IReadOnlyList<JsonObject> Calls => _calls;

    /// <summary>What of it is words.</summary>
    public string Take(string bit)
    {
        _pending += bit;
        var words = new StringBuilder();
        while (_pending.IndexOf(_isWithin ? Close : Open, StringComparison.Ordinal) is var at && at >= 0)
        {
            if (_isWithin) Add(_pending[..at]);
            else words.Append(_pending, 0, at);
            _pending = _pending[(at + (_isWithin ? Close : Open).Length)..];
            _isWithin = !_isWithin;
        }
        // One that is too long is none, and is not said either.
        if (_isWithin && _pending.Length > Most) _pending = "";
        if (_isWithin) return words.ToString();
        int begun = Begun();
        words.Append(_pending, 0, _pending.Length - begun);
        _pending = _pending[^begun..];
        return words.ToString();
    }

    /// <summary>Nothing more will come. The last call may lack its end.</summary>
    public string Finish()
    {
        if (_isWithin) Add(_pending);
        string words = _isWithin ? "" : _pending;
        (_pending, _isWithin) = ("", false);
        return words;
    }

    /// <summary>How much of the end may be the beginning of a mark.</summary>
    private int Begun()
    {
        for (int length = Math.Min(Open.Length - 1, _pending.Length); length > 0; length--)
            if (_pending.EndsWith(Open[..length], StringComparison.Ordinal)) return length;
        return 0;
    }

    private void Add(string written)
    {
        if ((ArgumentSchema.ObjectOf(written.Trim()) ?? TaggedCall.Read(written, schemaOf)) is not { } call) return;
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
