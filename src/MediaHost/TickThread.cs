using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rooms;
using Ringwright.Media.Taps;
using Ringwright.MediaHost.Native;

namespace Ringwright.MediaHost;

/// <summary>
/// A message to a tick thread: a lease (with the slot), a link to hear (with the command) or to speak into, a recording (a command
/// with its ring), a tap (a command with its memory), another command, if it is about a room with the thread's part of that, a copy of
/// what is heard, or a port that from now on is the node's own.
/// </summary>
internal readonly record struct TickMessage(PortId Port, Subject Owner = default, PortSlot? Leased = null, MediaCommand? Command = null,
    AudioLink? Link = null, RecordRing? Ring = null, RoomHub? Room = null, TapMemory? Memory = null,
    PortSlot? Taken = null);

/// <summary>
/// Runs one shard: messages, packets and a tick every 20 ms at absolute deadlines, then the sends and the events.
/// Packets are read twice a tick, in batches: they wait for the tick anyway, and one wake-up per packet would cost more than the packet.
/// Those that a bridge passes on need no tick: while there are any, they are read six times, and leave at once (ADR 85).
/// </summary>
internal sealed unsafe class TickThread : IDisposable
{
    private const int MailboxBound = 4096;
    /// <summary>A lease needs room for the commands that follow it.</summary>
    private const int LeaseBound = MailboxBound * 3 / 4;
    private const int ReadRounds = 64;
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan HalfStep = Step / 2;
    private const int ReadsPerTick = 2, ReadsPerPassingTick = 6;
    /// <summary>Late ticks are made up for, so that a prompt loses nothing; after a longer stop they are given up.</summary>
    private static readonly TimeSpan MostCatchUp = TimeSpan.FromMilliseconds(100);
    /// <summary>Without a port. Who wants something rings: nothing is found by waking.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenFaults = TimeSpan.FromSeconds(1);

    private readonly int _number;
    private readonly PortSlot[] _slots;
    private readonly EventPump _pump;
    private readonly EventRing _ring;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<TickMessage> _mail = new();
    private readonly PacketReader _reader = new();
    private readonly MediaShard _shard;
    private readonly Meters _meters;
    private readonly Thread _thread;
    private readonly AutoResetEvent _bell = new(false);
    /// <summary>In place of the thread, where another clock than the system's says when to tick.</summary>
    private readonly TickStepper? _stepper;
    private long _nextTick = MediaClock.Now.Nanos;
    /// <summary>Until then no further fault is logged: what throws once throws at each tick, or at each packet of a flood.</summary>
    private Instant _quietUntil;
    private int _waiting;
    private volatile bool _isResting, _isStopping;
    /// <summary>Events wait in the shard for room in the ring.</summary>
    private bool _hasLeft;

    public TickThread(int number, MediaSettings settings, PortSlot[] slots, IPromptFrames files, EventPump pump, MediaStepping? stepping,
        ILogger logger)
    {
        (_number, _slots, _pump, _ring, _logger) = (number, slots, pump, pump.Ring(number), logger);
        _shard = new(settings, files);
        _meters = new(_shard.Counters);
        if (stepping is not null) _stepper = new(stepping, Turn, () => _shard.OpenPorts > 0, () => !_mail.IsEmpty, EndAll);
        _thread = new(Run) { IsBackground = true, Name = $"media-tick-{number}" };
    }

    public bool HasRoom => Volatile.Read(ref _waiting) < LeaseBound;

    /// <summary>When it ticks next, or did last when it rests.</summary>
    public Instant NextTick => new(Volatile.Read(ref _nextTick));

    public void Start()
    {
        if (_stepper is { } stepper) stepper.Start();
        else _thread.Start();
    }

    /// <summary>
    /// False when the mailbox is full. There is always room for closing a port: nobody asks twice, and it would stay open for good.
    /// </summary>
    public bool TryPost(in TickMessage message)
    {
        int bound = message.Command is MediaCommand.Close ? int.MaxValue : message.Leased is null ? MailboxBound : LeaseBound;
        if (_isStopping || Interlocked.Increment(ref _waiting) > bound)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }
        _mail.Enqueue(message);
        // the message is there before we look, and the thread looks for messages after it said that it rests
        Interlocked.MemoryBarrier();
        if (_isResting) _bell.Set();
        _stepper?.Arm();
        return true;
    }

    /// <summary>Closes every port, sends the RTCP BYEs, puts the last events into the ring and ends.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _bell.Set();
        if (_thread.IsAlive) _thread.Join();
        _stepper?.Dispose();
        _reader.Dispose();
        _bell.Dispose();
    }

    private void Run()
    {
        if (!MediaPriority.TryTake(MediaPriority.Ticks)) _logger.NoPriority();
        var deadline = MediaClock.Now + Step;
        while (!_isStopping)
        {
            if (_shard.OpenPorts == 0 && Rests())
            {
                // Nobody hears when the next tick is: it is now, and the others follow it.
                deadline = MediaClock.Now;
            }
            Volatile.Write(ref _nextTick, deadline.Nanos);
            if (_shard.OpenPorts > 0) ReadBefore(deadline);
            MediaClock.SleepUntil(deadline);
            var now = MediaClock.Now;
            _meters.Ticked(now - deadline, isHeard: _shard.OpenPorts > 0);
            Turn(now);
            deadline += Step;
            if (now - deadline > MostCatchUp)
            {
                _meters.Skipped((now - deadline) / Step);
                deadline = now + Step;
            }
        }
        EndAll(MediaClock.Now);
    }

    private void EndAll(Instant now)
    {
        _shard.CloseAll(now);
        SendAll();
        PassEvents(isLast: true);
        _meters.Flush(0);
    }

    /// <summary>
    /// Sleeps while there is no port and no message: a tick for nobody fifty times a second was half of what an idle node used.
    /// </summary>
    /// <returns>False when there was a message already.</returns>
    private bool Rests()
    {
        _isResting = true;
        Interlocked.MemoryBarrier();
        bool rests = _mail.IsEmpty && !_isStopping;
        if (rests)
        {
            _meters.Flush(openPorts: 0);
            // What found no room is handed over when there is some.
            _bell.WaitOne(_hasLeft ? Step : LongestRest);
        }
        _isResting = false;
        return rests;
    }

    /// <summary>All reads of a tick but the one that the tick begins with.</summary>
    private void ReadBefore(Instant deadline)
    {
        int reads = _shard.IsPassing ? ReadsPerPassingTick : ReadsPerTick;
        for (int left = reads - 1; left > 0; left--)
        {
            MediaClock.SleepUntil(deadline - Step / reads * left);
            // All of them together as much as one read may take: a flood gets no more of a tick that is read more often.
            _reader.ReadAll(_shard, _slots, ReadRounds / (reads - 1));
            if (!_shard.IsPassing) continue;
            _shard.Pass(MediaClock.Now);
            SendAll();
        }
    }

    private void Turn(Instant now)
    {
        while (_mail.TryDequeue(out var message))
        {
            Interlocked.Decrement(ref _waiting);
            try
            {
                Handle(message, now);
            }
            catch (Exception e)
            {
                // Nobody's command ends the thread of all.
                _shard.Note(e);
            }
        }
        if (_stepper is { } stepper) stepper.Inbox.ReadAll(_shard);
        else _reader.ReadAll(_shard, _slots, ReadRounds);
        _shard.Tick(now);
        SendAll();
        PassEvents(isLast: false);
        if (now >= _quietUntil && _shard.TakeFault() is { } fault)
        {
            _quietUntil = now + BetweenFaults;
            _logger.MediaFailed(fault, _shard.Counters.Faults);
        }
        if (_shard.Counters.Ticks % Meters.TicksPerFlush == 0) _meters.Flush(_shard.OpenPorts);
    }

    private void Handle(in TickMessage message, Instant now)
    {
        if (message.Taken is { } taken)
        {
            _shard.Leave(taken.IsAt);
        }
        else if (message.Leased is { } slot)
        {
            slot.Drain();
            _shard.Open(message.Port, message.Owner, now);
            _reader.Add(slot);
            _stepper?.Open(slot);
        }
        else if (message.Link is { } link)
        {
            if (message.Command is null) _shard.Speak(message.Port, link);
            else _shard.Hear(message.Port, link);
        }
        else if (message is { Ring: { } ring, Command: MediaCommand.StartRecord start })
        {
            _shard.Record(start, ring);
        }
        else if (message.Command is MediaCommand.OpenTap)
        {
            if (message.Memory is { } memory) _shard.OpenTap(message.Port, memory);
        }
        else if (message.Command is MediaCommand.OpenRoom)
        {
            if (message.Room is { } opened) _shard.OpenRoom(message.Port, opened.Part(_number));
        }
        else if (message.Command is MediaCommand.JoinRoom join)
        {
            _shard.Join(join, message.Room?.Part(_number));
        }
        else if (message.Command is { } command)
        {
            int before = _shard.OpenPorts;
            _shard.Handle(command, now);
            if (_shard.OpenPorts >= before) return;
            _reader.Remove(_slots[command.Port.Index]);
            _stepper?.Close(_slots[command.Port.Index]);
        }
    }

    private void SendAll()
    {
        byte* raw = stackalloc byte[RawAddress.MostBytes];
        while (_shard.TryPoll(out OutgoingPacket packet))
        {
            var slot = _slots[packet.Port.Index];
            if (_stepper?.TrySend(slot, packet.IsControl, packet.To, packet.Bytes) is true) continue;
            int length = RawAddress.Write(packet.To, new(raw, RawAddress.MostBytes));
            fixed (byte* bytes = packet.Bytes)
            {
                if (MediaLibc.SendTo(packet.IsControl ? slot.Rtcp : slot.Rtp, bytes, (nuint)packet.Bytes.Length,
                    MediaLibc.MsgDontWait | MediaLibc.MsgNoSignal, raw, (uint)length) < 0) _meters.SendFailed();
            }
        }
    }

    private void PassEvents(bool isLast)
    {
        if (_stepper is not null)
        {
            while (_shard.TryPoll(out MediaEvent told)) _pump.Deliver(told);
            return;
        }
        bool hasNews = false;
        while (true)
        {
            if (_ring.IsFull)
            {
                _pump.Wake();
                if (!isLast)
                {
                    _hasLeft = true;
                    return;
                }
                MediaClock.SleepUntil(MediaClock.Now + HalfStep);
                continue;
            }
            if (!_shard.TryPoll(out MediaEvent happened)) break;
            _ring.Put(happened);
            hasNews = true;
        }
        _hasLeft = false;
        if (hasNews) _pump.Wake();
    }
}
