using System.Collections.Concurrent;

namespace Ringwright.Bench.Soak.Faults;

/// <summary>What a fault may make go wrong.</summary>
[Flags]
internal enum FaultEffect
{
    None = 0,
    /// <summary>Requests without an answer, or answered 5xx.</summary>
    Api = 1,
    /// <summary>Calls that end, and packets that are lost.</summary>
    Calls = 2,
}

/// <summary>One fault and its time.</summary>
internal sealed record FaultNote(string Name, FaultEffect Effect, DateTimeOffset Began)
{
    public DateTimeOffset? Ended { get; set; }
    public string Remark { get; set; } = "";
}

/// <summary>The faults of a run with their times, so that what follows from them can be told from what does not.</summary>
internal sealed class FaultLog
{
    /// <summary>What was under way when the fault ended has its consequences a little later.</summary>
    private static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<FaultNote> _notes = new();

    public IReadOnlyCollection<FaultNote> Notes => _notes;

    public FaultNote Begin(string name, FaultEffect effect)
    {
        var note = new FaultNote(name, effect, DateTimeOffset.UtcNow);
        _notes.Enqueue(note);
        return note;
    }

    public static void End(FaultNote note, string remark = "")
    {
        note.Remark = remark;
        note.Ended = DateTimeOffset.UtcNow;
    }

    /// <summary>A fault with this effect overlaps the time.</summary>
    public bool Explains(FaultEffect effect, DateTimeOffset from, DateTimeOffset to) =>
        _notes.Any(n => n.Effect.HasFlag(effect) && n.Began <= to && (n.Ended is not { } ended || ended + Afterglow >= from));
}
