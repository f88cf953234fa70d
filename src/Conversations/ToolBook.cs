using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>The calls of one turn, and their results: each gets exactly one, whatever becomes of it (5.5).</summary>
public sealed class ToolBook
{
    private readonly List<Entry> _entries = [];
    private int _rounds;

    /// <summary>There are calls of this round.</summary>
    public bool IsOpen => _entries.Count > 0;

    /// <summary>Each call of this round has its result.</summary>
    public bool IsResolved => _entries.TrueForAll(entry => entry.Result is not null);

    /// <summary>Something was begun that cannot be taken back.</summary>
    public bool HasStarted => _rounds > 0 || _entries.Exists(entry => entry.IsStarted);

    /// <summary>It called again when it was told that it had called too often.</summary>
    public bool IsExhausted => _rounds > Limits.ToolRounds;

    /// <summary>Nothing is called but to say nothing.</summary>
    public bool IsSkip => IsOpen && _entries.TrueForAll(entry => entry.Call.Name is ToolCall.SkipTurn);

    /// <summary>It has begun, and has no result.</summary>
    public bool IsRunning(string id) => _entries.Exists(entry => entry.Call.Id == id && entry is { IsStarted: true, Result: null });

    public IReadOnlyList<ToolCall> Calls => [.. _entries.Select(entry => entry.Call)];

    public IReadOnlyList<(string Id, string Result)> Results => [.. _entries.Select(entry => (entry.Call.Id, entry.Result ?? ""))];

    /// <summary>From its beginning to its result; null for what had not begun, or has no result of its own.</summary>
    public TimeSpan? TookOf(string id) => _entries.Find(entry => entry.Call.Id == id)?.Took;

    public void Add(ToolCall call)
    {
        if (_entries.Exists(entry => entry.Call.Id == call.Id)) return;
        string? refused = _rounds >= Limits.ToolRounds ? $"Not done: there were {Limits.ToolRounds} rounds of calls in this turn already."
            : _entries.Count >= Limits.ToolCalls ? $"Not done: more than {Limits.ToolCalls} calls at once."
            // A caller is joined to one, and the other would ring for nobody.
            : call.Name is ToolCall.Transfer or ToolCall.Refer
                && _entries.Exists(entry => entry is { Result: null, Call.Name: ToolCall.Transfer or ToolCall.Refer })
                ? "Not done: somebody is rung already."
            : null;
        _entries.Add(new(call) { Result = refused });
    }

    /// <summary>The next one that has not begun, and may.</summary>
    /// <param name="isSpeechOver">All that was said beside it was heard.</param>
    public ToolCall? Start(bool isSpeechOver, Instant now = default)
    {
        if (_entries.Find(entry => entry is { IsStarted: false, Result: null } && (isSpeechOver || !entry.Call.WaitsForSpeech))
            is not { } next) return null;
        (next.IsStarted, next.StartedAt) = (true, now);
        return next.Call;
    }

    /// <summary>Only the first result of a call counts.</summary>
    /// <returns>False for a call that is unknown or has one.</returns>
    public bool Resolve(string id, string result, Instant now = default)
    {
        if (_entries.Find(entry => entry.Call.Id == id) is not { Result: null } entry) return false;
        entry.Result = Clipped.Of(result, Limits.ResultCharacters);
        if (entry.IsStarted) entry.Took = now - entry.StartedAt;
        return true;
    }

    /// <summary>
    /// Nobody waits for those that have no result. What has not begun is not done; of what has, a brain that believed so would have it done
    /// twice.
    /// </summary>
    /// <param name="why">As a sentence.</param>
    /// <returns>Those that had begun.</returns>
    public IReadOnlyList<ToolCall> ResolveAll(string why)
    {
        ToolCall[] begun = [.. _entries.Where(entry => entry is { IsStarted: true, Result: null }).Select(entry => entry.Call)];
        foreach (var entry in _entries)
            entry.Result ??= entry.IsStarted ? $"Begun, and its result is not known: {why}" : $"Not done: {why}";
        return begun;
    }

    /// <summary>The results were told; what the brain calls now is another round.</summary>
    public void NextRound()
    {
        _rounds++;
        _entries.Clear();
    }

    private sealed class Entry(ToolCall call)
    {
        public ToolCall Call => call;
        public bool IsStarted { get; set; }
        public Instant StartedAt { get; set; }
        public TimeSpan? Took { get; set; }
        public string? Result { get; set; }
    }
}
