using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ringwright.Net.Native;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>
/// One UDP socket. What comes in goes to one handler, datagram by datagram, with its source:
/// on the thread that calls <see cref="ReadAll"/>, which may be one of its own. Batches by system calls of ours:
/// a managed receive on an empty socket throws, and a managed send makes objects for each address.
/// </summary>
internal sealed unsafe class UdpTransport : IDisposable
{
    /// <summary>Bursts of retransmissions must fit while a shard is busy: 4 MiB hold some 4,000 messages.</summary>
    private const int SocketBufferBytes = 4 << 20;
    private const int Batch = 16;
    /// <summary>
    /// Of one reading: four times what a turn handles, so that under a flood the mailbox fills, and refuses, before the socket does.
    /// </summary>
    private const int MostPerReading = 4 * Limits.TurnMessages;

    /// <summary>What comes wakes it, and so does its end.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly Action<byte[], IPEndPoint> _handle;
    private readonly DatagramExchange? _exchange;
    private readonly EventFd _wakeUp = new();
    // The kernel knows all of these by their addresses.
    private readonly byte[] _packets = GC.AllocateUninitializedArray<byte>(Batch * Limits.DatagramBytes, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(Batch * SocketName.MostBytes, pinned: true);
    private readonly NetLibc.IoVector[] _vectors = GC.AllocateArray<NetLibc.IoVector>(Batch, pinned: true);
    private readonly NetLibc.Message[] _messages = GC.AllocateArray<NetLibc.Message>(Batch, pinned: true);
    private Thread? _reader;
    private volatile bool _isClosed;

    /// <param name="bound">Belongs to the transport from here on.</param>
    /// <param name="exchange">The way to other engines of the process; null knows of none.</param>
    public UdpTransport(Socket bound, Action<byte[], IPEndPoint> handle, DatagramExchange? exchange = null)
    {
        (_socket, _handle, _exchange) = (bound, handle, exchange);
        _socket.ReceiveBufferSize = SocketBufferBytes;
        _socket.SendBufferSize = SocketBufferBytes;
        Local = BoundSockets.Local(_socket);
        _exchange?.Join(Local, handle);
        for (int i = 0; i < Batch; i++)
        {
            _vectors[i] = new() { Start = At(_packets, i * Limits.DatagramBytes), Length = Limits.DatagramBytes };
            _messages[i] = new() { Name = (byte*)At(_names, i * SocketName.MostBytes), Vectors = At(_vectors, i), VectorCount = 1 };
        }
    }

    public IPEndPoint Local { get; }

    /// <summary>How long whoever closes it waits for a reader of its own.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A reader of its own has not ended.</summary>
    internal bool IsReading => _reader is { IsAlive: true };

    /// <summary>For a thread that waits for it and for other things, and then calls <see cref="ReadAll"/>.</summary>
    public SafeHandle Handle => _socket.SafeHandle;

    /// <summary>Reads on a thread of its own from here on.</summary>
    public void Start()
    {
        _reader = new Thread(Read) { IsBackground = true, Name = $"sip-udp-{Local.Port}" };
        _reader.Start();
    }

    /// <summary>
    /// Hands over what has come, and waits for nothing. One thread at a time. What is left after a long reading is there at the next.
    /// </summary>
    public void ReadAll()
    {
        for (int taken = 0; taken < MostPerReading; taken += Batch)
        {
            foreach (ref var message in _messages.AsSpan()) message.NameLength = SocketName.MostBytes;
            // An error is an empty socket or what ICMP says of an earlier datagram, which says nothing about the socket.
            int count = NetLibc.ReceiveMany(_socket.SafeHandle, At(_messages, 0), Batch, NetLibc.MsgDontWait, null);
            if (count > 0) Metrics.DatagramsReceived.Add(count);
            for (int i = 0; i < count; i++)
            {
                var datagram = _packets.AsSpan(i * Limits.DatagramBytes, (int)_messages[i].Length);
                if (!datagram.IsEmpty) _handle(datagram.ToArray(), SocketName.Read(_names.AsSpan(i * SocketName.MostBytes)));
            }
            if (count < Batch) return;
        }
    }

    /// <summary>Safe from any thread. False when the datagram did not leave.</summary>
    public bool TrySend(ReadOnlySpan<byte> bytes, IPEndPoint to)
    {
        if (_isClosed || to.AddressFamily != Local.AddressFamily) return false;
        if (_exchange?.TrySend(bytes, Local, to) is true) return true;
        byte* name = stackalloc byte[SocketName.MostBytes];
        int length = SocketName.Write(to, new(name, SocketName.MostBytes));
        nint sent;
        try
        {
            fixed (byte* start = bytes)
            {
                do sent = NetLibc.SendTo(_socket.SafeHandle, start, (nuint)bytes.Length, NetLibc.MsgNoSignal, name, (uint)length);
                while (sent < 0 && Marshal.GetLastPInvokeError() == NetLibc.ErrorInterrupted);
            }
        }
        catch (ObjectDisposedException)
        {
            sent = -1;
        }
        (sent < 0 ? Metrics.SendFailures : Metrics.DatagramsSent).Add(1);
        return sent >= 0;
    }

    public void Dispose()
    {
        _isClosed = true;
        _exchange?.Leave(Local);
        _wakeUp.Ring();
        if (_reader is { IsAlive: true } reader) reader.Join(Patience);
        _socket.Dispose();
    }

    private void Read()
    {
        try
        {
            while (!_isClosed)
            {
                _wakeUp.LieDown();
                if (!_isClosed && _wakeUp.Sleep(LongestSleep, Handle)) ReadAll();
            }
        }
        catch (ObjectDisposedException) when (_isClosed)
        {
            // It was long at what came, its owner has not waited for it any longer, and nobody wants what else there is.
        }
    }

    private static T* At<T>(T[] pinned, int index) where T : unmanaged => (T*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, index);
}
