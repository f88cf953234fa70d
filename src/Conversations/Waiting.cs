using System.Collections.Frozen;
using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>A caller who waits for tools: when he is told something meanwhile, and what (5.5).</summary>
internal sealed class Waiting(ConversationTerms terms)
{
    private static readonly FrozenDictionary<string, string[]> Neutral = new Dictionary<string, string[]>
    {
        ["en"] = ["One moment, please.", "I am looking into that.", "Just a moment longer."],
        ["de"] = ["Einen Moment, bitte.", "Ich sehe gerade nach.", "Noch einen kleinen Moment."],
        ["fr"] = ["Un instant, s'il vous plaît.", "Je regarde cela.", "Encore un petit instant."],
        ["es"] = ["Un momento, por favor.", "Lo estoy mirando.", "Solo un momento más."],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly List<(string Call, Instant Due, string Text)> _own = [];
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal);
    private SpokenReply? _of;
    private Instant _silenceDue = Instant.Never;
    private bool _isUsed;
    private int _next;

    public Instant NextDue => _own.Select(one => one.Due).Append(_silenceDue).Aggregate(Instant.Min);

    /// <param name="reply">The turn that it is part of.</param>
    public void Begin(ToolCall call, SpokenReply reply, Instant now)
    {
        if (_of != reply)
        {
            // What the turn before was interrupted in is waited for no more.
            Clear();
            (_of, _isUsed) = (reply, false);
        }
        if (terms.Fillers.TryGetValue(call.Name, out var own)) _own.AddRange(own.Select(one => (call.Id, now + one.After, one.Text)));
        else if (call.IsSilent) _silent.Add(call.Id);
    }

    /// <summary>What is to be said now; null for nothing.</summary>
    public string? Take(SpokenReply reply, Instant now)
    {
        _own.RemoveAll(one => !reply.Tools.IsRunning(one.Call));
        _silent.RemoveWhere(call => !reply.Tools.IsRunning(call));
        int due = _own.FindIndex(one => one.Due <= now);
        if (due >= 0)
        {
            string text = _own[due].Text;
            _own.RemoveAt(due);
            return text;
        }
        if (_silent.Count == 0 || reply.IsSpeaking || _isUsed || terms.FillerAfter is not { } patience) _silenceDue = Instant.Never;
        else if (_silenceDue == Instant.Never) _silenceDue = now + patience;
        if (_silenceDue > now) return null;
        (_silenceDue, _isUsed) = (Instant.Never, true);
        var words = Neutral.GetValueOrDefault(terms.Language.Split('-')[0].ToLowerInvariant()) ?? Neutral["en"];
        return words[_next++ % words.Length];
    }

    /// <summary>Nobody waits any more.</summary>
    public void Clear()
    {
        _own.Clear();
        _silent.Clear();
        _silenceDue = Instant.Never;
    }
}
