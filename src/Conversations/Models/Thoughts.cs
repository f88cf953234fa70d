namespace Ringwright.Conversations.Models;

/// <summary>Leaves out what a model writes before its answer only to think, between two marks: nobody is to hear that.</summary>
internal sealed class Thoughts
{
    private const string Open = "<think>", Close = "</think>";

    private string _pending = "";
    private State _state;

    /// <summary>What of it is part of the answer.</summary>
    public string Take(string bit)
    {
        if (_state is State.Answering) return bit;
        _pending += bit;
        if (_state is State.Unknown)
        {
            string text = _pending.TrimStart();
            if (text.Length < Open.Length && Open.StartsWith(text, StringComparison.Ordinal)) return "";
            if (!text.StartsWith(Open, StringComparison.Ordinal)) return Answer(_pending);
            (_state, _pending) = (State.Thinking, text[Open.Length..]);
        }
        int end = _pending.IndexOf(Close, StringComparison.Ordinal);
        if (end >= 0) return Answer(_pending[(end + Close.Length)..].TrimStart());
        // The mark's end may come with the next bit.
        _pending = _pending[Math.Max(0, _pending.Length - Close.Length + 1)..];
        return "";
    }

    /// <summary>Nothing more will come.</summary>
    public string Finish() => _state is State.Unknown ? Answer(_pending) : "";

    private string Answer(string text)
    {
        (_state, _pending) = (State.Answering, "");
        return text;
    }

    private enum State { Unknown, Thinking, Answering }
}
