using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Machine;

/// <summary>
/// User and system time of a process, threads that ended included, in nanoseconds:
/// the kernel's own count, without the 10 ms steps of /proc.
/// </summary>
internal static unsafe class CpuClock
{
    /// <returns>Null when there is no such process.</returns>
    public static long? NanosOf(int process)
    {
        // The clock of another process: clock_getcpuclockid(3) as the kernel's header has it, CPUCLOCK_SCHED of the thread group.
        Libc.TimeSpec time;
        return Libc.ClockTime(~process << 3 | 2, &time) == 0 ? time.TotalNanos : null;
    }

    public static long OwnNanos
    {
        get
        {
            Libc.TimeSpec time;
            Libc.ClockTime(Libc.ClockProcessCpu, &time);
            return time.TotalNanos;
        }
    }
}
