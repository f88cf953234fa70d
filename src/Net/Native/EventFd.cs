using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ringwright.Net.Native;

/// <summary>
/// Wakes one thread that waits for messages and, if it reads one, for its socket: both at once, so that a packet wakes the thread that
/// handles it and no other before it. An eventfd; the framework's wait handles take locks of their own and know nothing of sockets.
/// </summary>
internal sealed unsafe class EventFd
{
    /// <summary>Never closed by hand: messages still come when the thread is gone.</summary>
    private readonly FileHandle _event;
    private int _isAsleep;

    public EventFd()
    {
        int descriptor = NetLibc.EventFd(0, NetLibc.EventFdNonBlocking | NetLibc.EventFdCloseOnExec);
        if (descriptor < 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), "no eventfd");
        _event = new(descriptor);
    }

    /// <summary>The thread means to sleep, looks once more for work, and then calls <see cref="Sleep"/> or <see cref="Stay"/>.</summary>
    public void LieDown() => Interlocked.Exchange(ref _isAsleep, 1);

    public void Stay() => Volatile.Write(ref _isAsleep, 0);

    /// <summary>Returns when the time is over, when it rang, also since <see cref="LieDown"/>, or when the socket has something.</summary>
    /// <param name="socket">Null for a thread that reads none.</param>
    /// <returns>The socket has something.</returns>
    public bool Sleep(TimeSpan atMost, SafeHandle? socket)
    {
        var time = new NetLibc.TimeSpec { Seconds = (long)atMost.TotalSeconds, Nanos = atMost.Ticks % TimeSpan.TicksPerSecond * 100 };
        bool isHeld = false;
        try
        {
            socket?.DangerousAddRef(ref isHeld);
            var waited = stackalloc NetLibc.PollEntry[2];
            waited[0] = new() { Descriptor = (int)_event.DangerousGetHandle(), Wanted = NetLibc.PollIn };
            // a negative one is skipped
            waited[1] = new() { Descriptor = socket is null ? -1 : (int)socket.DangerousGetHandle(), Wanted = NetLibc.PollIn };
            // A signal ends it early, as a false alarm.
            int ready = NetLibc.Poll(waited, 2, &time, null);
            Stay();
            if (ready <= 0) return false;
            ulong rung;
            if (waited[0].Happened != 0) NetLibc.Read(_event, &rung, sizeof(ulong));
            return waited[1].Happened != 0;
        }
        finally
        {
            if (isHeld) socket!.DangerousRelease();     // held: there is one
        }
    }

    /// <summary>Any thread, after it has left the work. Costs next to nothing while the other is awake.</summary>
    public void Ring()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) == 0 || Interlocked.Exchange(ref _isAsleep, 0) == 0) return;
        ulong one = 1;
        NetLibc.Write(_event, &one, sizeof(ulong));
    }
}
