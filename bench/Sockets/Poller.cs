using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ringwright.Bench.Sockets;

/// <summary>Who gets the packets of a socket.</summary>
internal interface IPacketTaker
{
    /// <param name="arrived">When the kernel got it, in nanoseconds of <see cref="Poller.Now"/>.</param>
    void Take(ReadOnlySpan<byte> packet, Place from, long arrived);
}

/// <summary>Many sockets on one thread: epoll says which have packets, recvmmsg takes them.</summary>
internal sealed unsafe class Poller : IDisposable
{
    private const int Ready = 512, Batch = 16, PacketBytes = 4096, ControlBytes = 64;
    private static readonly int KeyOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 4 : 8;

    private readonly int _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
    private readonly List<(UdpPort Port, IPacketTaker Taker)> _ports = [];
    private readonly byte* _memory;
    private readonly Libc.Message* _messages;

    public Poller()
    {
        const int names = Batch * Place.RawBytes, controls = Batch * ControlBytes, packets = Batch * PacketBytes;
        _memory = (byte*)NativeMemory.AllocZeroed(
            (nuint)(Ready * 16 + names + controls + packets + Batch * (sizeof(Libc.IoVector) + sizeof(Libc.Message))));
        byte* name = _memory + Ready * 16, control = name + names, packet = control + controls;
        var vectors = (Libc.IoVector*)(packet + packets);
        _messages = (Libc.Message*)(vectors + Batch);
        for (int i = 0; i < Batch; i++)
        {
            vectors[i] = new() { Start = packet + i * PacketBytes, Length = PacketBytes };
            _messages[i].Vectors = vectors + i;
            _messages[i].VectorCount = 1;
            _messages[i].Name = name + i * Place.RawBytes;
            _messages[i].Control = control + i * ControlBytes;
        }
    }

    /// <summary>Nanoseconds of a clock that only goes on.</summary>
    public static long Now => Stopwatch.GetTimestamp();    // one a nanosecond on Linux

    public void Add(UdpPort port, IPacketTaker taker)
    {
        byte* happening = stackalloc byte[16];
        Unsafe.WriteUnaligned(happening, Libc.EpollIn);
        Unsafe.WriteUnaligned(happening + KeyOffset, (ulong)_ports.Count);
        _ports.Add((port, taker));
        if (Libc.EpollControl(_epoll, Libc.EpollAdd, port.Descriptor, happening) != 0)
            throw new InvalidOperationException($"epoll_ctl failed with error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Waits so long for packets, at most, and hands over what there is.</summary>
    public void Wait(int milliseconds)
    {
        int ready = Libc.EpollWait(_epoll, _memory, Ready, milliseconds);
        if (ready <= 0) return;
        Libc.TimeSpec wall;
        Libc.ClockTime(Libc.ClockRealTime, &wall);
        long offset = Now - wall.TotalNanos;
        for (int i = 0; i < ready; i++)
        {
            var (port, taker) = _ports[(int)Unsafe.ReadUnaligned<ulong>(_memory + i * (KeyOffset + 8) + KeyOffset)];
            Read(port, taker, offset);
        }
    }

    public void Dispose()
    {
        Libc.Close(_epoll);
        NativeMemory.Free(_memory);
    }

    private void Read(UdpPort port, IPacketTaker taker, long offset)
    {
        for (int i = 0; i < Batch; i++)
        {
            _messages[i].NameLength = Place.RawBytes;
            _messages[i].ControlLength = ControlBytes;
        }
        int count = Libc.ReceiveMany(port.Descriptor, _messages, Batch, Libc.MsgDontWait, null);
        for (int i = 0; i < count; i++)
        {
            ref var message = ref _messages[i];
            taker.Take(new(message.Vectors->Start, (int)message.Length), Place.Read(new(message.Name, Place.RawBytes)),
                Arrival(message, offset));
        }
    }

    /// <summary>SCM_TIMESTAMPNS: a cmsghdr of 16 bytes, then seconds and nanoseconds.</summary>
    private static long Arrival(in Libc.Message message, long offset)
    {
        var control = new ReadOnlySpan<byte>(message.Control, (int)message.ControlLength);
        if (control.Length < 32 || BinaryPrimitives.ReadInt32LittleEndian(control[12..]) != Libc.SoTimestampNs) return Now;
        return BinaryPrimitives.ReadInt64LittleEndian(control[16..]) * 1_000_000_000
            + BinaryPrimitives.ReadInt64LittleEndian(control[24..]) + offset;
    }
}
