using System.Runtime.InteropServices;

namespace Ringwright.Net.Native;

/// <summary>
/// Wakes one thread. A futex of Linux: one system call to sleep and one to wake, where the framework's wait handles take locks of their own for each
/// (and hand them over with further switches).
/// </summary>
internal sealed unsafe partial class Bell
{
    // <linux/futex.h>; the number of the system call is older on x64 than in the table that the others share.
    private const int WaitPrivate = 128, WakePrivate = 129;
    private static readonly nint Futex = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 202 : 98;

    /// <summary>One word that the kernel may know by its address.</summary>
    private readonly int[] _isAsleep = GC.AllocateArray<int>(1, pinned: true);

    /// <summary>The thread means to sleep, looks once more for work, and then calls <see cref="Sleep"/> or <see cref="Stay"/>.</summary>
    public void LieDown() => Interlocked.Exchange(ref _isAsleep[0], 1);

    public void Stay() => Volatile.Write(ref _isAsleep[0], 0);

    /// <summary>Returns when the time is over or it rang, also since <see cref="LieDown"/>.</summary>
    public void Sleep(TimeSpan atMost)
    {
        var time = new TimeSpec { Seconds = (long)atMost.TotalSeconds, Nanos = atMost.Ticks % TimeSpan.TicksPerSecond * 100 };
        SystemCall(Futex, Word, WaitPrivate, 1, &time);
        Stay();
    }

    /// <summary>Any thread, after it has left the work. Costs next to nothing while the other is awake.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep[0]) != 0 && Interlocked.Exchange(ref _isAsleep[0], 0) != 0) SystemCall(Futex, Word, WakePrivate, 1, null);
    }

    private int* Word => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_isAsleep, 0);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, int* word, nint operation, nint value, TimeSpec* timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }
}
