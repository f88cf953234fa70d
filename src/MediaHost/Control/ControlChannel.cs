using System.Buffers.Binary;
using System.Net.Sockets;
using Ringwright.Core;

namespace Ringwright.MediaHost.Control;

/// <summary>Handles one frame, on the channel's reading thread. False when it makes no sense: the channel then closes.</summary>
internal delegate bool FrameHandler(FrameKind kind, ref FrameReader fields);

/// <summary>
/// One end of the control socket: frames go out in the order of the calls, from any thread, at best by one system call of the caller;
/// what the socket does not take waits, bounded, for a thread of its own. Whatever goes wrong closes the channel, once, with a reason.
/// </summary>
internal sealed class ControlChannel : IDisposable
{
    /// <summary>Frames that wait for the socket to take them. With one more the far end counts as dead.</summary>
    public const int MostWaiting = 4_096;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly ControlOptions _options;
    private readonly FrameHandler _handle;
    private readonly Action<string> _closed;
    private readonly Lock _gate = new();
    private readonly FrameWriter _writer = new();
    /// <summary>Frames that leave together.</summary>
    private byte[] _pack = new byte[4_096];
    private readonly Queue<byte[]> _waiting = new();
    private readonly AutoResetEvent _hasWaiting = new(false);
    private readonly Thread _reading, _writing;
    private int _sentOfFirst, _isClosed, _isDisposed;

    /// <param name="socket">Connected; belongs to the channel from here on.</param>
    /// <param name="closed">Told once why, unless the channel is disposed before. Not to dispose it from there.</param>
    public ControlChannel(Socket socket, ControlOptions options, FrameHandler handle, Action<string> closed)
    {
        (_socket, _options, _handle, _closed) = (socket, options, handle, closed);
        socket.Blocking = false;
        _reading = new(Read) { IsBackground = true, Name = "media-control-in" };
        _writing = new(WriteWaiting) { IsBackground = true, Name = "media-control-out" };
    }

    public bool IsOpen => Volatile.Read(ref _isClosed) == 0;

    public void Start()
    {
        _reading.Start();
        _writing.Start();
    }

    /// <summary>Never blocks. False when the channel is closed, which it is too when no more can wait.</summary>
    public bool TrySend<T>(T what, Action<FrameWriter, T> write)
    {
        lock (_gate)
        {
            if (IsOpen && _waiting.Count < MostWaiting) return Send(what, write);
        }
        Close("it took no more messages");
        return false;
    }

    /// <summary>For what may be left out: false, and nothing is sent, while anything waits.</summary>
    public bool TrySendWhenIdle<T>(T what, Action<FrameWriter, T> write)
    {
        lock (_gate) return IsOpen && _waiting.Count == 0 && Send(what, write);
    }

    /// <summary>Waits while no more can wait. For threads that may. False when the channel is closed.</summary>
    public bool Send<T>(T what, Action<FrameWriter, T> write, TimeSpan atMost)
    {
        for (var waited = TimeSpan.Zero; ; waited += Look)
        {
            lock (_gate)
            {
                if (!IsOpen) return false;
                if (_waiting.Count < MostWaiting) return Send(what, write);
            }
            if (waited >= atMost)
            {
                Close("it took no more messages");
                return false;
            }
            Thread.Sleep(Look);
        }
    }

    /// <summary>Several of them in their order, by one system call as a rule: each of its own may wake the far end anew.</summary>
    public bool SendAll<T>(IReadOnlyList<T> what, Action<FrameWriter, T> write, TimeSpan atMost)
    {
        for (var waited = TimeSpan.Zero; ; waited += Look)
        {
            lock (_gate)
            {
                if (!IsOpen) return false;
                if (_waiting.Count < MostWaiting) return SendPack(what, write);
            }
            if (waited >= atMost)
            {
                Close("it took no more messages");
                return false;
            }
            Thread.Sleep(Look);
        }
    }

    /// <summary>Ends both threads. Waits for a frame that is being handled.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        Interlocked.Exchange(ref _isClosed, 1);
        Shut();
        if (_reading.IsAlive) _reading.Join();
        if (_writing.IsAlive) _writing.Join();
        _socket.Dispose();
        _hasWaiting.Dispose();
    }

    private void Close(string reason)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        Shut();
        _closed(reason);
    }

    /// <summary>Wakes both threads, which then see that it is over. The descriptor itself stays until they are gone.</summary>
    private void Shut()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The far end was faster.
        }
        _hasWaiting.Set();
    }

    private bool Send<T>(T what, Action<FrameWriter, T> write)
    {
        write(_writer, what);
        _writer.End();
        var rest = _writer.Frame;
        if (_waiting.Count == 0)
        {
            int sent = _socket.Send(rest, SocketFlags.None, out var error);
            // A far end that is gone is the reader's to tell.
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return false;
            rest = rest[Math.Max(0, sent)..];
        }
        if (rest.IsEmpty) return true;
        _waiting.Enqueue(rest.ToArray());
        _hasWaiting.Set();
        return true;
    }

    private bool SendPack<T>(IReadOnlyList<T> what, Action<FrameWriter, T> write)
    {
        int packed = 0, sent = 0;
        for (int i = 0; i < what.Count; i++)
        {
            write(_writer, what[i]);
            _writer.End();
            var frame = _writer.Frame;
            if (_pack.Length < packed + frame.Length) Array.Resize(ref _pack, Math.Max(2 * _pack.Length, packed + frame.Length));
            frame.CopyTo(_pack.AsSpan(packed));
            packed += frame.Length;
        }
        var pack = _pack.AsSpan(0, packed);
        if (_waiting.Count == 0)
        {
            sent = Math.Max(0, _socket.Send(pack, SocketFlags.None, out var error));
            // A far end that is gone is the reader's to tell.
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return false;
        }
        // Frame by frame: the bound counts those.
        for (int start = 0, end; start < packed; start = end)
        {
            end = start + FrameWriter.LengthBytes + BinaryPrimitives.ReadInt32LittleEndian(pack[start..]);
            if (end > sent) _waiting.Enqueue(pack[Math.Max(start, sent)..end].ToArray());
        }
        if (sent < packed) _hasWaiting.Set();
        return true;
    }

    private void WriteWaiting()
    {
        while (IsOpen)
        {
            _hasWaiting.WaitOne();
            while (IsOpen && HasWaiting)
            {
                if (_socket.Poll(Look, SelectMode.SelectWrite)) WriteSome();
            }
        }
    }

    private bool HasWaiting
    {
        get
        {
            lock (_gate) return _waiting.Count > 0;
        }
    }

    private void WriteSome()
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out byte[]? first))
            {
                int sent = _socket.Send(first.AsSpan(_sentOfFirst), SocketFlags.None, out var error);
                if (error is not SocketError.Success) return;
                _sentOfFirst += sent;
                if (_sentOfFirst < first.Length) return;
                _waiting.Dequeue();
                _sentOfFirst = 0;
            }
        }
    }

    private void Read()
    {
        string reason;
        try
        {
            reason = ReadFrames();
        }
        catch (Exception e)
        {
            // A frame whose handling threw is a bug, and what comes behind it cannot be trusted to make sense.
            reason = $"a message of its could not be handled: {e.GetType().Name}: {e.Message}";
        }
        Close(reason);
    }

    private string ReadFrames()
    {
        byte[] bytes = new byte[2 * FrameWriter.MostBytes];
        int have = 0;
        while (IsOpen)
        {
            if (!_socket.Poll(_options.SilenceLimit ?? Timeout.InfiniteTimeSpan, SelectMode.SelectRead))
                return $"nothing was heard of it for {_options.SilenceLimit?.TotalSeconds:0.#} s";
            int got = _socket.Receive(bytes.AsSpan(have), SocketFlags.None, out var error);
            if (error is SocketError.WouldBlock or SocketError.Interrupted) continue;
            if (error is not SocketError.Success || got == 0) return "its socket was closed";
            have += got;
            int used = Handle(bytes.AsSpan(0, have));
            if (used < 0) return "it sent what is no message";
            have -= used;
            bytes.AsSpan(used, have).CopyTo(bytes);
            if (_options.RestUntil is { } end) MediaClock.SleepUntil(end());
        }
        return "it was closed";
    }

    /// <returns>Bytes of whole frames; negative when there is one that makes no sense.</returns>
    private int Handle(ReadOnlySpan<byte> bytes)
    {
        int used = 0;
        while (bytes.Length - used >= FrameWriter.LengthBytes)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[used..]);
            if (length is < 1 or > FrameWriter.MostBytes - FrameWriter.LengthBytes) return -1;
            if (bytes.Length - used - FrameWriter.LengthBytes < length) break;
            var frame = bytes.Slice(used + FrameWriter.LengthBytes, length);
            var fields = new FrameReader(frame[1..]);
            if (!_handle((FrameKind)frame[0], ref fields)) return -1;
            used += FrameWriter.LengthBytes + length;
        }
        return used;
    }
}

/// <summary>How an end of the control socket behaves.</summary>
internal sealed record ControlOptions
{
    /// <summary>A far end that says nothing for so long counts as dead; null waits for ever.</summary>
    public TimeSpan? SilenceLimit { get; init; }

    /// <summary>When it reads on, asked after each reading: what comes meanwhile costs no wake-up of its own. At once when null.</summary>
    public Func<Instant>? RestUntil { get; init; }
}
