namespace Ringwright.Conversations.Models;

/// <summary>
/// Leaves out what a model writes before its answer only to think, between two marks: nobody is to hear that. Those in channels are the
/// business of <see cref="Channels"/>.
/// </summary>
internal sealed class Thoughts
{
    /// <summary>As models write them where their server does not take them out.</summary>
    private static readonly (string Open, string Close)[] Marks =
    [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<reasoning>", "</reasoning>"),
        ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"),
    ];

    private string _pending = "", _close = "";
    private State _state;

    /// <summary>What of it is part of the answer.</summary>
    public string Take(string bit)
    {
        _pending += bit;
        if (_state is State.Answering) return Answer(_pending);
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
    public string Finish() => _state is State.Thinking ? "" : _pending;

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

    /// <summary>A mark that ends nothing is no word: what stands before it ends there. One may come in bits as well.</summary>
    private string Answer(string text)
    {
        foreach (var (_, close) in Marks) text = text.Replace(close, "\n", StringComparison.Ordinal);
        int told = text.Length - Begun(text);
        (_state, _pending) = (State.Answering, text[told..]);
        return text[..told];
    }

    /// <summary>How much of the end may be the beginning of a mark that ends thoughts.</summary>
    private static int Begun(string text)
    {
        int most = 0;
        foreach (var (_, close) in Marks)
            for (int length = Math.Min(close.Length - 1, text.Length); length > most; length--)
                if (text.EndsWith(close[..length], StringComparison.Ordinal)) most = length;
        return most;
    }

    private enum State { Unknown, Thinking, Answering }
}
