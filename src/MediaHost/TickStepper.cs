using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.MediaHost;

/// <summary>
/// Ticks by a clock that is not the system's. There is no thread: each tick runs where that clock fires its timers, and what it has to tell
/// is told before it ends, so that nothing of media is open between two of them.
/// </summary>
/// <param name="turn">One tick.</param>
/// <param name="end">The last one.</param>
internal sealed class TickStepper(MediaStepping stepping, Action<Instant> turn, Func<bool> hasPorts, Func<bool> hasMail,
    Action<Instant> end) : IDisposable
{
    private readonly Lock _turn = new();
    private ITimer? _alarm;
    private bool _isStopping;
    private int _isArmed;

    /// <summary>What has come from other places of the process since the last tick.</summary>
    public PacketInbox Inbox { get; } = new();

    public void Start() =>
        _alarm = stepping.Clock.CreateTimer(_ => Turn(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>There is a message: it ticks at this moment of the clock, unless it ticks anyway.</summary>
    public void Arm()
    {
        if (_alarm is { } alarm && Interlocked.Exchange(ref _isArmed, 1) == 0) alarm.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Open(PortSlot slot)
    {
        stepping.Packets.Open(slot.At(isControl: false), new(Inbox, slot.Index, isControl: false));
        stepping.Packets.Open(slot.At(isControl: true), new(Inbox, slot.Index, isControl: true));
    }

    public void Close(PortSlot slot)
    {
        stepping.Packets.Close(slot.At(isControl: false));
        stepping.Packets.Close(slot.At(isControl: true));
    }

    /// <returns>False for a place outside the process.</returns>
    public bool TrySend(PortSlot slot, bool isControl, MediaAddress to, ReadOnlySpan<byte> bytes) =>
        stepping.Packets.TrySend(slot.At(isControl), to, bytes, stepping.Now);

    public void Dispose()
    {
        lock (_turn)
        {
            _isStopping = true;
            _alarm?.Dispose();
            end(stepping.Now);
        }
    }

    private void Turn()
    {
        lock (_turn)
        {
            if (_isStopping || _alarm is not { } alarm) return;
            turn(stepping.Now);
            if (hasPorts())
            {
                alarm.Change(TickThread.Step, Timeout.InfiniteTimeSpan);
                return;
            }
            Volatile.Write(ref _isArmed, 0);
            Interlocked.MemoryBarrier();
            if (hasMail()) Arm();
        }
    }
}
