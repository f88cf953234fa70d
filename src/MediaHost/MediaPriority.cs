using Ringwright.MediaHost.Native;

namespace Ringwright.MediaHost;

/// <summary>That a thread runs in time while the machine is busy. Threads that it starts are no real-time ones.</summary>
internal static unsafe class MediaPriority
{
    /// <summary>Of SCHED_FIFO: whoever has more goes first.</summary>
    public const int Ticks = 10, Recordings = 5;

    private const int Nice = -10;

    /// <summary>For the thread that asks.</summary>
    /// <returns>False where neither SCHED_FIFO nor a nice value is permitted.</returns>
    public static bool TryTake(int priority) =>
        MediaLibc.SetScheduler(0, MediaLibc.SchedFifo | MediaLibc.SchedResetOnFork, &priority) == 0
        || MediaLibc.SetPriority(MediaLibc.PriorityProcess, MediaLibc.ThreadId(), Nice) == 0;
}
