using System.Text;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents.Spoken;

/// <summary>
/// What a model says, turn by turn: its words come by themselves, and are part of the conversation as far as they were heard.
/// </summary>
/// <param name="waits">Something of a turn is still to be heard.</param>
internal sealed class SpokenTurns(Action<Message> tell, Func<string, bool> waits)
{
    private readonly Dictionary<string, Turn> _open = new(StringComparer.Ordinal);

    private sealed class Turn
    {
        public StringBuilder Words { get; } = new();
        public Instant? BeganAt { get; set; }
        public bool IsWhole { get; set; }
        public CutTurn? Cut { get; set; }
    }

    public void Add(string turn, string bit)
    {
        var words = Of(turn).Words;
        if (words.Length < Limits.ReplyCharacters) words.Append(bit);
    }

    /// <param name="text">All its words; null where they came in bits.</param>
    public void OnWhole(string turn, string? text)
    {
        var one = Of(turn);
        if (text is not null) one.Words.Clear().Append(Clipped.Of(text, Limits.ReplyCharacters));
        one.IsWhole = true;
        Look(turn, one);
    }

    public void OnBegan(string turn, Instant now) => Of(turn).BeganAt ??= now;

    public void OnDrained(string turn) => Look(turn, Of(turn));

    public void OnCut(CutTurn cut)
    {
        var one = Of(cut.Turn);
        one.Cut = cut;
        Tell(cut.Turn, one);
    }

    /// <summary>The conversation is over: what was heard by now is told.</summary>
    public void End()
    {
        foreach (var (turn, one) in _open.ToList()) Tell(turn, one);
    }

    private Turn Of(string turn)
    {
        if (!_open.TryGetValue(turn, out var one)) _open[turn] = one = new();
        return one;
    }

    private void Look(string turn, Turn one)
    {
        if (one.IsWhole && !waits(turn)) Tell(turn, one);
    }

    private void Tell(string turn, Turn one)
    {
        _open.Remove(turn);
        if (one.BeganAt is not { } at) return;
        string words = one.Words.ToString();
        string heard = (one.Cut is { } cut ? Heard(words, cut) : words).Trim();
        if (heard.Length > 0) tell(new(MessageRole.Assistant, heard, at) { IsInterrupted = one.Cut is not null });
    }

    /// <summary>As many whole words as the share of it that was heard: nobody says where each of them is.</summary>
    private static string Heard(string words, CutTurn cut)
    {
        if (cut.Received <= TimeSpan.Zero) return "";
        int count = (int)(words.Length * Math.Clamp(cut.Played / cut.Received, 0, 1));
        if (count >= words.Length) return words;
        int end = words.LastIndexOf(' ', Math.Max(0, count));
        return end <= 0 ? "" : words[..end];
    }
}
