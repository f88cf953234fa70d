namespace Ringwright.Conversations.Models;

/// <summary>Leaves out what a model writes before its answer only to think, between two marks: nobody is to hear that.</summary>
internal sealed class Thoughts
{
    /// <summary>As models write them where their server does not take them out; the last pair is that of channels.</summary>
    private static readonly (string Open, string Close)[] Marks =
    [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<reasoning>", "</reasoning>"),
        ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"),
        ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
    ];

    private string _pending = "", _close = "";
    private State _state;

    /// <summary>What of it is part of the answer.</summary>
    public string Take(string bit)
    {
        if (_state is State.Answering) return bit;
        _pending += bit;
        if (_state is State.Unknown)
        {
            string text = _pending.TrimStart();
            var mark = Array.Find(Marks, one => text.StartsWith(one.Open, StringComparison.Ordinal));
            if (mark.Open is null)
                return Array.Exists(Marks, one => one.Open.StartsWith(text, StringComparison.Ordinal)) ? "" : Answer(Behind(_pending));
            (_state, _pending, _close) = (State.Thinking, text[mark.Open.Length..], mark.Close);
        }
        int end = _pending.IndexOf(_close, StringComparison.Ordinal);
        if (end >= 0) return Answer(_pending[(end + _close.Length)..].TrimStart());
        // The mark's end may come with the next bit.
        _pending = _pending[Math.Max(0, _pending.Length - _close.Length + 1)..];
        return "";
    }

    /// <summary>Nothing more will come.</summary>
    public string Finish() => _state is State.Unknown ? Answer(_pending) : "";

    /// <summary>
    /// Where the template of a model's prompt has begun its thoughts, an answer that comes in one has only their end. In a stream the words
    /// before it were told already.
    /// </summary>
    private static string Behind(string text)
    {
        foreach (var (_, close) in Marks)
            if (text.LastIndexOf(close, StringComparison.Ordinal) is >= 0 and var at) return text[(at + close.Length)..].TrimStart();
        return text;
    }

    private string Answer(string text)
    {
        (_state, _pending) = (State.Answering, "");
        return text;
    }

    private enum State { Unknown, Thinking, Answering }
}
