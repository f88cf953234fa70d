using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// An answer in channels, as gpt-oss writes it (harmony) and servers leave it that do not know the model: each message has a head, which
/// says the channel and whom it is to. Thoughts are left out, calls of tools are taken out, and all else is words.
/// </summary>
internal sealed class Channels
{
    private const string Start = "<|start|>", Channel = "<|channel|>", Message = "<|message|>", Recipient = "to=";
    /// <summary>A head begins with one of the first two; a message ends with any.</summary>
    private static readonly string[] Marks = [Start, Channel, "<|end|>", "<|return|>", "<|call|>"];
    /// <summary>A head that is longer is none.</summary>
    private const int MostHead = 500;
    private const int MostArguments = 64 * 1024;

    private readonly List<JsonObject> _calls = [];
    private readonly StringBuilder _arguments = new();
    private string _pending = "", _tool = "";
    private Part _part;
    private bool _isFirst = true, _hasHead;

    /// <summary>As pieces of calls, each whole.</summary>
    public IReadOnlyList<JsonObject> Calls => _calls;

    /// <summary>What of it is words.</summary>
    public string Take(string bit)
    {
        _pending += bit;
        var words = new StringBuilder();
        while (true)
        {
            if (_part is Part.Head)
            {
                int end = _pending.IndexOf(Message, StringComparison.Ordinal);
                if (end < 0 && _pending.Length <= MostHead) break;
                string head = end < 0 ? "" : _pending[..end];
                _pending = end < 0 ? _pending : _pending[(end + Message.Length)..];
                Begin(head, words);
            }
            else if (FirstMark() is var (at, mark))
            {
                Body(_pending[..at], words);
                End(words);
                _pending = _pending[(at + mark.Length)..];
                if (mark is Start or Channel) _part = Part.Head;
            }
            else
            {
                int begun = Begun();
                Body(_pending[..^begun], words);
                _pending = _pending[^begun..];
                break;
            }
        }
        _isFirst = false;
        return words.ToString();
    }

    /// <summary>Nothing more will come. The last message may lack its end: a call is one if its arguments are whole.</summary>
    public string Finish()
    {
        string words = _part is Part.Words ? _pending : "";
        if (_part is Part.Call) _arguments.Append(_pending);
        _pending = "";
        if (_part is Part.Call) End(new());
        return words;
    }

    private void Begin(string head, StringBuilder words)
    {
        int at = head.IndexOf(Recipient, StringComparison.Ordinal);
        string to = at < 0 ? "" : head[(at + Recipient.Length)..].Split([' ', '<', '\t', '\n'], 2)[0];
        int channel = head.LastIndexOf(Channel, StringComparison.Ordinal);
        string name = (channel < 0 ? head : head[(channel + Channel.Length)..]).Trim();
        _part = to is not ("" or "user" or "assistant") ? Part.Call
            : name.StartsWith("analysis", StringComparison.Ordinal) ? Part.Thoughts : Part.Words;
        _tool = to;
        // What came in one piece and has no head was thought: the prompt has begun it.
        if (_isFirst && !_hasHead && name is "final") words.Clear();
        _hasHead = true;
    }

    private void Body(string text, StringBuilder words)
    {
        if (_part is Part.Words) words.Append(text);
        else if (_part is Part.Call && _arguments.Length + text.Length <= MostArguments) _arguments.Append(text);
    }

    private void End(StringBuilder words)
    {
        // Words of two messages are no one sentence.
        if (_part is Part.Words) words.Append('\n');
        string arguments = _arguments.ToString().Trim();
        if (_part is Part.Call && ArgumentSchema.ObjectOf(arguments) is not null)
            _calls.Add(new()
            {
                ["id"] = $"channel {_calls.Count}", ["function"] = new JsonObject { ["name"] = _tool, ["arguments"] = arguments },
            });
        _arguments.Clear();
        _part = Part.Words;
    }

    private (int At, string Mark)? FirstMark()
    {
        (int At, string Mark)? first = null;
        foreach (string mark in Marks)
        {
            int at = _pending.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0 && (first is null || at < first.Value.At)) first = (at, mark);
        }
        return first;
    }

    /// <summary>How much of the end may be the beginning of a mark.</summary>
    private int Begun()
    {
        int at = _pending.LastIndexOf('<');
        return at >= 0 && Array.Exists(Marks, mark => mark.AsSpan().StartsWith(_pending.AsSpan(at), StringComparison.Ordinal))
            ? _pending.Length - at : 0;
    }

    private enum Part { Words, Thoughts, Call, Head }
}
