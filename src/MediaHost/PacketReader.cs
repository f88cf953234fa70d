using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.MediaHost.Native;

namespace Ringwright.MediaHost;

/// <summary>
/// Reads the sockets of one tick thread: epoll says which have packets, and each gives one per round. There is seldom a second: asking
/// for it each time costs more than the next round. Arrival times are the kernel's, so that reading in batches does not look like jitter.
/// Managed sockets would throw on an empty socket (400 bytes, 2.5 µs).
/// </summary>
internal sealed unsafe class PacketReader : IDisposable
{
    private const int Ready = 256, PacketBytes = 2048, ControlBytes = 64;
    private const long MostDelayNanos = 1_000_000_000;
    /// <summary>Ten ticks. A source counts as silent after a second (ADR 43): so much of that may be ours.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly int _epoll;
    private readonly byte* _memory, _ready, _packet;
    private readonly MediaLibc.Message* _message;
    private Instant _readAt;

    public PacketReader()
    {
        _epoll = MediaLibc.EpollCreate(MediaLibc.EpollCloseOnExec);
        if (_epoll < 0) throw new IOException($"epoll_create1 failed with error {Marshal.GetLastPInvokeError()}.");

        int fixedBytes = sizeof(MediaLibc.Message) + sizeof(MediaLibc.IoVector) + ControlBytes + RawAddress.MostBytes + sizeof(int);
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(fixedBytes + PacketBytes + Ready * EpollEvent.Bytes));
        _packet = _memory + fixedBytes;
        _ready = _packet + PacketBytes;
        _message = (MediaLibc.Message*)_memory;
        var vector = (MediaLibc.IoVector*)(_message + 1);
        *vector = new() { Start = _packet, Length = PacketBytes };
        byte* control = (byte*)(vector + 1);
        *_message = new() { Vectors = vector, VectorCount = 1, Control = control, Name = control + ControlBytes };
    }

    public void Add(PortSlot slot)
    {
        Register(slot.Rtp, 2 * (ulong)slot.Index);
        Register(slot.Rtcp, 2 * (ulong)slot.Index + 1);
    }

    public void Remove(PortSlot slot)
    {
        byte* unused = stackalloc byte[EpollEvent.Bytes];
        MediaLibc.EpollControl(_epoll, MediaLibc.EpollDelete, slot.Rtp, unused);
        MediaLibc.EpollControl(_epoll, MediaLibc.EpollDelete, slot.Rtcp, unused);
    }

    /// <summary>Hands everything that has arrived to the shard. Bounded: a flood cannot keep the thread from its tick.</summary>
    public void ReadAll(MediaShard shard, PortSlot[] slots, int rounds)
    {
        var now = MediaClock.Now;
        long wall = MediaClock.WallNanos;
        if (now - _readAt > LongestPause) shard.Excuse(now);
        _readAt = now;
        while (rounds-- > 0)
        {
            int ready = MediaLibc.EpollWait(_epoll, _ready, Ready, 0);
            if (ready <= 0) return;
            for (int i = 0; i < ready; i++)
            {
                ulong key = EpollEvent.Key(_ready + i * EpollEvent.Bytes);
                var slot = slots[key / 2];
                bool isControl = (key & 1) != 0;
                ReadSocket(shard, slot.Index, isControl, isControl ? slot.Rtcp : slot.Rtp, now, wall);
            }
        }
    }

    public void Dispose()
    {
        MediaLibc.Close(_epoll);
        NativeMemory.Free(_memory);
    }

    private void ReadSocket(MediaShard shard, int index, bool isControl, int socket, Instant now, long wall)
    {
        (_message->NameLength, _message->ControlLength) = (RawAddress.MostBytes, ControlBytes);
        nint length = MediaLibc.ReceiveMessage(socket, _message, MediaLibc.MsgDontWait);
        if (length < 0) return;
        var from = RawAddress.Read(new(_message->Name, RawAddress.MostBytes));
        long delay = Math.Clamp(wall - StampOf(*_message, wall), 0, MostDelayNanos);
        shard.HandlePacket(index, isControl, new(_packet, (int)length), from, new(now.Nanos - delay));
    }

    /// <summary>The SCM_TIMESTAMPNS of a packet: cmsghdr of length, level and type, then seconds and nanoseconds.</summary>
    private static long StampOf(in MediaLibc.Message message, long fallback)
    {
        var control = new ReadOnlySpan<byte>(message.Control, (int)message.ControlLength);
        if (control.Length < 32) return fallback;
        int level = BinaryPrimitives.ReadInt32LittleEndian(control[8..]), type = BinaryPrimitives.ReadInt32LittleEndian(control[12..]);
        if (level != MediaLibc.SolSocket || type != MediaLibc.SoTimestampNs) return fallback;
        return BinaryPrimitives.ReadInt64LittleEndian(control[16..]) * 1_000_000_000
            + BinaryPrimitives.ReadInt64LittleEndian(control[24..]);
    }

    private void Register(int socket, ulong key)
    {
        byte* happening = stackalloc byte[EpollEvent.Bytes];
        EpollEvent.Write(happening, MediaLibc.EpollIn, key);
        MediaLibc.EpollControl(_epoll, MediaLibc.EpollAdd, socket, happening);
    }
}
