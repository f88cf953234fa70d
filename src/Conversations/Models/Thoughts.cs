using System.Text;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Leaves out what a model writes only to think, between two marks, before its answer or in the middle of it: nobody is to hear that. Those
/// in channels are the business of <see cref="Channels"/>.
/// </summary>
internal sealed class Thoughts
{
    /// <summary>As models write them where their server does not take them out.</summary>
    private static readonly (string Open, string Close)[] Marks =
    [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("<reasoning>", "</reasoning>"),
        ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷"),
        // Gemma 4's and Cohere's.
        ("<|channel>", "<channel|>"), ("<|START_THINKING|>", "<|END_THINKING|>"),
    ];

    private string _pending = "", _close = "";
    private State _state;
    private bool _hasWords;

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
        if (end < 0)
        {
            Hold(_pending);
            return "";
        }
        string rest = _pending[(end + _close.Length)..];
        // Words behind thoughts do not run into those before them.
        return Answer(_hasWords ? " " + rest : rest.TrimStart());
    }

    /// <summary>Nothing more will come.</summary>
    public string Finish() => _state is State.Thinking ? "" : _pending;

    /// <summary>The end of thoughts may come with the next bit.</summary>
    private void Hold(string thoughts) => _pending = thoughts[Math.Max(0, thoughts.Length - _close.Length + 1)..];

    /// <summary>
    /// Where the template of a model's prompt has begun its thoughts, an answer that comes in one has only their end. In a stream the words
    /// before it were told already.
    /// </summary>
    private static string Behind(string text)
    {
        foreach (var (open, close) in Marks)
        {
            int begin = text.IndexOf(open, StringComparison.Ordinal);
            int at = (begin < 0 ? text : text[..begin]).LastIndexOf(close, StringComparison.Ordinal);
            if (at >= 0) return text[(at + close.Length)..].TrimStart();
        }
        return text;
    }

    /// <summary>All but what is thought between the words (MiniMax, Amazon's Nova): a mark may come in bits as well.</summary>
    private string Answer(string text)
    {
        var words = new StringBuilder();
        while (FirstOpen(text) is var (at, mark))
        {
            words.Append(WithoutEnds(text[..at]));
            (_state, _close, text) = (State.Thinking, mark.Close, text[(at + mark.Open.Length)..]);
            int end = text.IndexOf(_close, StringComparison.Ordinal);
            if (end < 0)
            {
                Hold(text);
                return Told(words);
            }
            text = " " + text[(end + _close.Length)..];
        }
        string plain = WithoutEnds(text);
        int told = plain.Length - Begun(plain);
        (_state, _pending) = (State.Answering, plain[told..]);
        return Told(words.Append(plain, 0, told));
    }

    private string Told(StringBuilder words)
    {
        string told = words.ToString();
        _hasWords |= !string.IsNullOrWhiteSpace(told);
        return told;
    }

    private static (int At, (string Open, string Close) Mark)? FirstOpen(string text)
    {
        (int At, (string Open, string Close) Mark)? first = null;
        foreach (var mark in Marks)
        {
            int at = text.IndexOf(mark.Open, StringComparison.Ordinal);
            if (at >= 0 && (first is null || at < first.Value.At)) first = (at, mark);
        }
        return first;
    }

    /// <summary>A mark that ends nothing is no word: what stands before it ends there.</summary>
    private static string WithoutEnds(string text)
    {
        foreach (var (_, close) in Marks) text = text.Replace(close, "\n", StringComparison.Ordinal);
        return text;
    }

    /// <summary>How much of the end may be the beginning of a mark.</summary>
    private static int Begun(string text)
    {
        int most = 0;
        foreach (var (open, close) in Marks) most = Math.Max(most, Math.Max(Begun(text, open), Begun(text, close)));
        return most;
    }

    private static int Begun(string text, string mark)
    {
        int length = Math.Min(mark.Length - 1, text.Length);
        while (length > 0 && !text.AsSpan().EndsWith(mark.AsSpan(0, length), StringComparison.Ordinal)) length--;
        return length;
    }

    private enum State { Unknown, Thinking, Answering }
}
