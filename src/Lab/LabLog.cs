using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab;

/// <summary>What the lab saw, for <c>ringwright lab calls</c> and tests.</summary>
internal sealed class LabLog(TimeProvider clock)
{
    private const int Kept = 2_000;

    private readonly ConcurrentDictionary<LegId, LabCall> _calls = new();
    private long _count;

    /// <summary>Newest last.</summary>
    public IEnumerable<LabCall> Calls => _calls.Values.OrderBy(c => c.Number);

    public void Note(CallEvent happened)
    {
        var leg = happened.Leg;
        if (happened is CallEvent.LegInitiated)
        {
            _calls[leg.Id] = new LabCall(Interlocked.Increment(ref _count), leg.From, leg.To, leg.Direction, clock.GetUtcNow());
            if (_calls.Count > Kept * 2) Trim();
        }
        if (_calls.TryGetValue(leg.Id, out var call)) call.Note(happened);
    }

    /// <summary>What a person did on his leg.</summary>
    public void Note(LegId leg, LegCommand done)
    {
        if (_calls.TryGetValue(leg, out var call)) call.Note(done);
    }

    private void Trim()
    {
        foreach (var (leg, call) in _calls.OrderBy(pair => pair.Value.Number).Take(_calls.Count - Kept).ToArray())
            if (call.Cause is not null) _calls.TryRemove(leg, out _);
    }
}

/// <summary>One call as the lab saw it.</summary>
/// <param name="number">Counts the lab's calls from 1.</param>
public sealed class LabCall(long number, string from, string to, Direction direction, DateTimeOffset startedAt)
{
    private readonly ConcurrentQueue<char> _digits = new();
    private readonly ConcurrentQueue<string> _pressed = new(), _said = new();

    public long Number { get; } = number;
    public string From { get; } = from;
    public string To { get; } = to;
    public Direction Direction { get; } = direction;
    public DateTimeOffset StartedAt { get; } = startedAt;
    public bool IsAnswered { get; private set; }
    public HangupCause? Cause { get; private set; }
    /// <summary>What the person's own port counted; all zero before the end.</summary>
    public MediaQuality Heard { get; private set; } = new();

    /// <summary>The digits heard, in order.</summary>
    public string Digits => string.Concat(_digits);

    /// <summary>The person whose phone it is.</summary>
    public string Person => Direction is Direction.Inbound ? To : From;

    /// <summary>The keys that the person pressed, in order.</summary>
    public string Pressed => string.Concat(_pressed);

    /// <summary>What the person has begun to say, in order.</summary>
    public IReadOnlyCollection<string> Said => _said;

    internal void Note(LegCommand done)
    {
        if (done is LegCommand.SendDigits keys) _pressed.Enqueue(keys.Digits);
        if (done is LegCommand.Speak speak) _said.Enqueue(speak.Speech.Text);
        if (done is LegCommand.Gather { Prompt: PromptSource.Speech asked }) _said.Enqueue(asked.Text);
    }

    internal void Note(CallEvent happened)
    {
        if (happened is CallEvent.LegAnswered) IsAnswered = true;
        if (happened is CallEvent.DigitReceived digit) _digits.Enqueue(digit.Digit);
        if (happened is not CallEvent.LegEnded ended) return;
        Heard = ended.Quality ?? Heard;
        Cause = ended.Cause;
    }
}
