namespace Ringwright.Programs;

/// <summary>
/// What a program says of its leg comes back to it as events, a whole commit of them at once. So it says no more before it has read
/// some: else its own words would leave it behind.
/// </summary>
internal sealed class NoteRoom(TimeProvider clock, CancellationToken stop)
{
    // A database that stands still holds up no call: what was said comes back later, and in smaller commits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int Most = ProgramHost.MostUnread / 4;

    /// <summary>Made by the first word: most programs say nothing.</summary>
    private SemaphoreSlim? _room;

    /// <summary>Waits for room, if not for long.</summary>
    /// <exception cref="OperationCanceledException"/>
    public async ValueTask TakeAsync()
    {
        var room = LazyInitializer.EnsureInitialized(ref _room, static () => new SemaphoreSlim(Most)).WaitAsync(stop);
        if (!room.IsCompleted) await Task.WhenAny(room, Task.Delay(Patience, clock, stop));
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>One was read, or was refused. Others say something of the leg too: theirs make no more room than there was.</summary>
    public void GiveBack()
    {
        if (Volatile.Read(ref _room) is { CurrentCount: < Most } room) room.Release();
    }
}
