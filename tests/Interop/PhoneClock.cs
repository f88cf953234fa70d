using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ringwright.Interop;

/// <summary>
/// What sends the audio of all phones of this process: one thread that runs before others, as a telephone's own has nobody to wait for.
/// Where the kernel grants no such thread it is one like the others, and phones pause when it stands.
/// </summary>
internal static class PhoneClock
{
    private const int First = 1, RunsFirst = 1, TickMillis = 20;

    private static readonly Lock Gate = new();
    private static Action[] _speaking = [];
    private static Thread? _thread;

    /// <param name="speak">Sends what is due, every 20 ms; it may not throw.</param>
    public static void Add(Action speak)
    {
        lock (Gate)
        {
            Action[] now = [.. _speaking, speak];
            Volatile.Write(ref _speaking, now);
            if (_thread is not null) return;
            _thread = new Thread(Run) { IsBackground = true, Name = "phones" };
            _thread.Start();
        }
    }

    /// <summary>It may be in the middle of its last tick still.</summary>
    public static void Remove(Action speak)
    {
        lock (Gate)
        {
            Action[] now = [.. _speaking.Where(other => other != speak)];
            Volatile.Write(ref _speaking, now);
        }
    }

    private static void Run()
    {
        int priority = First;
        _ = SetScheduler(0, RunsFirst, ref priority);
        long begunAt = Stopwatch.GetTimestamp();
        for (double due = TickMillis; ; due += TickMillis)
        {
            foreach (var speak in Volatile.Read(ref _speaking)) speak();
            double now = Stopwatch.GetElapsedTime(begunAt).TotalMilliseconds;
            if (now < due) Thread.Sleep(TimeSpan.FromMilliseconds(due - now));
            else due = now;
        }
    }

    /// <summary>Policy 1 is SCHED_FIFO; thread 0 is the one that asks.</summary>
    [DllImport("libc", EntryPoint = "sched_setscheduler")]
    private static extern int SetScheduler(int thread, int policy, ref int priority);
}
