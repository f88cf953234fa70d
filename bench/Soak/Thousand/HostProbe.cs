using System.Globalization;
using System.Runtime.InteropServices;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Soak.Thousand;

/// <summary>One second as the probes saw it.</summary>
/// <param name="LateMs">By how much the latest of them woke late.</param>
/// <param name="StolenMs">CPU time that the hypervisor kept, over all CPUs.</param>
internal readonly record struct HostSecond(double LateMs, double StolenMs);

/// <summary>
/// Threads that only sleep, one on each CPU, above every thread of the node: when one of them wakes late, nobody had the CPU but the host.
/// A media tick that is late in the same moment is the host's.
/// </summary>
internal sealed unsafe partial class HostProbe : IDisposable
{
    private const long Step = 5_000_000;
    private const int Monotonic = 1, AbsoluteTime = 1, Fifo = 1, Priority = 40, PriorityProcess = 0, Nice = -20;

    private readonly Thread[] _threads;
    private readonly long[] _late;
    private double _stolen = StolenTicks();
    private int _withoutPriority;
    private volatile bool _isStopping;

    public HostProbe()
    {
        _late = new long[Environment.ProcessorCount];
        _threads = [.. Enumerable.Range(0, _late.Length)
            .Select(cpu => new Thread(() => Run(cpu)) { IsBackground = true, Name = $"probe-{cpu}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>False when the system grants no real-time priority: then others may have made a probe late.</summary>
    public bool HasPriority => Volatile.Read(ref _withoutPriority) == 0;

    /// <summary>Since it was asked last.</summary>
    public HostSecond Take()
    {
        long late = 0;
        for (int i = 0; i < _late.Length; i++) late = Math.Max(late, Interlocked.Exchange(ref _late[i], 0));
        double stolen = StolenTicks(), before = _stolen;
        _stolen = stolen;
        return new(late / 1e6, (stolen - before) * 10);
    }

    public void Dispose()
    {
        _isStopping = true;
        foreach (var thread in _threads) thread.Join();
    }

    private void Run(int cpu)
    {
        ulong mask = 1UL << cpu;
        SetAffinity(0, sizeof(ulong), &mask);
        int priority = Priority;
        if (SetScheduler(0, Fifo, &priority) != 0)
        {
            Interlocked.Increment(ref _withoutPriority);
            SetPriority(PriorityProcess, 0, Nice);
        }
        long due = Poller.Now + Step;
        while (!_isStopping)
        {
            var until = new Libc.TimeSpec { Seconds = due / 1_000_000_000, Nanos = due % 1_000_000_000 };
            while (Sleep(Monotonic, AbsoluteTime, &until, null) == Libc.ErrorInterrupted) { }
            long now = Poller.Now, late = now - due;
            if (late > Volatile.Read(ref _late[cpu])) Volatile.Write(ref _late[cpu], late);
            due = Math.Max(due + Step, now);
        }
    }

    /// <summary>In 10 ms.</summary>
    private static double StolenTicks()
    {
        string[] words = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 8 ? double.Parse(words[8], CultureInfo.InvariantCulture) : 0;
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, Libc.TimeSpec* until, Libc.TimeSpec* left);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint length, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int SetScheduler(int thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int what, int who, int nice);
}
