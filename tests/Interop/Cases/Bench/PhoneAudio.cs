using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The RTP side of a phone: PCMU, silence unless it presses digits (RFC 4733), and everything that arrives is kept.</summary>
internal sealed class PhoneAudio : IDisposable
{
    public const int DefaultEventType = 101;
    public const int FrameSamples = 160, FrameMillis = 20;
    private const int DigitFrames = 5, GapFrames = 3;
    /// <summary>Packets over which the quickest is looked for: a second.</summary>
    private const int QuickestOf = 50;
    /// <summary>Packets that are made up for at once when the phone's own thread has stood: a jitter buffer has room for them.</summary>
    private const int MostAtOnce = 5;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Outgoing> _queue = new();
    private readonly List<RtpPacket> _received = [];
    private readonly byte[] _packet = new byte[12 + FrameSamples];
    private readonly uint _source = (uint)Random.Shared.Next();
    private readonly Queue<TimeSpan> _late = new();
    private Task _work = Task.CompletedTask;
    private long _begunAt;
    private uint _timestamp = (uint)Random.Shared.Next(), _eventAt;
    private ushort _sequence = (ushort)Random.Shared.Next();
    /// <summary>Packets, by which the next one's time is known; less those of pauses.</summary>
    private int _sent;
    private IPEndPoint? _peer;
    private int _eventType = DefaultEventType;

    public PhoneAudio() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private sealed record Outgoing(byte[] Payload, bool IsEvent, bool IsMarked)
    {
        public bool IsLoud { get; init; }
        /// <summary>Goes out with the one before it, as if the network had held that back.</summary>
        public bool IsTogether { get; init; }
    }

    /// <summary>Where the node has its port for the call; null before it said so.</summary>
    public IPEndPoint? Peer => _peer;

    /// <summary>Sends nothing, as a phone that suppresses silence.</summary>
    public bool IsMute { get; set; }

    /// <summary>What descriptions name in place of the phone's own port.</summary>
    public int? Named { get; set; }

    /// <summary>Another line of them.</summary>
    public string? More { get; set; }

    public string Describe(int telephoneEvent) =>
        $"""
        v=0
        o=phone 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio {Named ?? ((IPEndPoint)_socket.LocalEndPoint!).Port} RTP/AVP 0 {telephoneEvent}
        a=rtpmap:0 PCMU/8000
        a=rtpmap:{telephoneEvent} telephone-event/8000
        a=fmtp:{telephoneEvent} 0-15
        a=ptime:20
        a=sendrecv{(More is null ? "" : "\n" + More)}

        """.ReplaceLineEndings("\r\n");

    /// <summary>The payload type that a description gives to telephone events.</summary>
    public static int EventTypeOf(string sdp) =>
        Line(sdp, "a=rtpmap:", l => l.Contains("telephone-event/8000", StringComparison.OrdinalIgnoreCase)) is { } map
            ? int.Parse(map.Split(':', ' ')[1])
            : DefaultEventType;

    /// <summary>Sends to, and listens for, what the description names, from now on.</summary>
    public void Follow(string sdp)
    {
        string host = (Line(sdp, "c=", _ => true) ?? throw new InvalidOperationException("no c= line in\n" + sdp)).Split(' ')[^1];
        int port = int.Parse((Line(sdp, "m=audio ", _ => true) ?? throw new InvalidOperationException("no audio in\n" + sdp))
            .Split(' ')[1]);
        _peer = new(IPAddress.Parse(host), port);
        _eventType = EventTypeOf(sdp);
        if (!_work.IsCompleted) return;
        _work = Task.Run(ReceiveAsync);
        _begunAt = Stopwatch.GetTimestamp();
        PhoneClock.Add(Speak);
    }

    /// <summary>Queues the keys, each 100 ms long with 60 ms behind it.</summary>
    public void Press(string keys)
    {
        foreach (var packet in Keys(keys)) _queue.Enqueue(packet);
    }

    /// <summary>
    /// The same, but all of them arrive in one moment: for a receiver that waits for the next key for a short time only, which a thread of
    /// this process may stand between two of them.
    /// </summary>
    public void PressTogether(string keys)
    {
        foreach (var packet in Keys(keys)) _queue.Enqueue(packet with { IsTogether = true });
    }

    private static IEnumerable<Outgoing> Keys(string keys)
    {
        foreach (char key in keys)
        {
            byte code = (byte)"0123456789*#ABCD".IndexOf(key);
            for (int frame = 1; frame <= DigitFrames; frame++) yield return Event(code, frame, isEnd: false, isMarked: frame == 1);
            for (int repeat = 0; repeat < 3; repeat++) yield return Event(code, DigitFrames, isEnd: true, isMarked: false);
            for (int gap = 0; gap < GapFrames; gap++) yield return new(Silence(), false, false);
        }
    }

    /// <summary>Queues a sound, 8 kHz.</summary>
    public void Play(params ReadOnlySpan<short[]> sounds)
    {
        foreach (short[] sound in sounds)
        {
            for (int at = 0; at + FrameSamples <= sound.Length; at += FrameSamples)
                _queue.Enqueue(
                    new([.. sound.AsSpan(at, FrameSamples).ToArray().Select(Encode)], IsEvent: false, IsMarked: false) { IsLoud = true });
        }
    }

    /// <summary>Queues a sine of so many milliseconds.</summary>
    public void Say(int hertz, int millis) =>
        Play([.. Enumerable.Range(0, 8 * millis).Select(i => (short)(12_000 * Math.Sin(2 * Math.PI * hertz * i / 8_000)))]);

    /// <summary>Queues silence of so many milliseconds.</summary>
    public void Rest(int millis)
    {
        for (int at = 0; at < millis; at += FrameMillis) _queue.Enqueue(new(Silence(), IsEvent: false, IsMarked: false));
    }

    /// <summary>Until everything that was queued has been sent.</summary>
    public Task SaidAsync() => Eventually.TrueAsync(() => _queue.IsEmpty, "the phone has said all");

    /// <summary>
    /// When the first loud packet was due, by the clock of this process. When it left is something else: a busy machine sends any one
    /// packet late, and no receiver can tell that from the network. A stream's time is that of its quickest packets.
    /// </summary>
    public TimeSpan? FirstLoudAt { get; private set; }

    /// <summary>What it has not sent in time because its thread stood.</summary>
    public int PausedMillis { get; private set; }

    /// <summary>How many packets came; a place in the stream for <see cref="Heard"/>.</summary>
    public int Position
    {
        get
        {
            lock (_received) return _received.Count;
        }
    }

    /// <summary>Packets that must have been sent to us, by their numbers, and did not come.</summary>
    public int Missing
    {
        get
        {
            lock (_received)
            {
                if (_received.Count == 0) return 0;
                ushort first = _received[0].Sequence;
                int[] places = [.. _received.Select(p => (int)(short)(p.Sequence - first)).Distinct()];
                return places.Max() - places.Min() + 1 - places.Length;
            }
        }
    }

    /// <summary>What came since <paramref name="position"/>.</summary>
    public Hearing Heard(int position = 0)
    {
        lock (_received) return new([.. _received.Skip(position).Where(p => p.Type == 0)]);
    }

    /// <summary>Keys that the other side pressed; an event is one timestamp.</summary>
    public string Digits
    {
        get
        {
            lock (_received)
                return string.Concat(_received.Where(p => p.Type == _eventType && p.Payload.Length >= 4).DistinctBy(p => p.Timestamp)
                    .Select(p => "0123456789*#ABCD"[p.Payload[0]]));
        }
    }

    /// <summary>Until something louder than silence was heard since <paramref name="position"/>.</summary>
    public Task HearsSomethingAsync(int position = 0, int millis = 100) =>
        Eventually.TrueAsync(() => Heard(position).LoudMillis >= millis, "the phone hears something");

    /// <summary>Until it has heard that tone in one piece of so long: it may be told of before all of it has been taken in here.</summary>
    public Task HearsToneAsync(int hertz, int millis) => Eventually.TrueAsync(
        () => Heard().Tones.Any(tone => tone.Hertz == hertz && tone.Millis >= millis),
        () => $"the phone hears {hertz} Hz for {millis} ms; it heard {string.Join(", ", Heard().Tones)}");

    public void Stop()
    {
        PhoneClock.Remove(Speak);
        if (!_stop.IsCancellationRequested) _stop.Cancel();
    }

    private static Outgoing Event(byte code, int frames, bool isEnd, bool isMarked)
    {
        int duration = frames * FrameSamples;
        return new([code, (byte)((isEnd ? 0x80 : 0) | 10), (byte)(duration >> 8), (byte)duration], IsEvent: true, isMarked);
    }

    /// <summary>G.711 µ-law, from its definition: sign, segment of the biased magnitude, four bits of it, all inverted.</summary>
    private static byte Encode(short sample)
    {
        int magnitude = Math.Min(Math.Abs((int)sample), 32_635) + 0x84, segment = 7;
        while (segment > 0 && (magnitude & (0x80 << segment)) == 0) segment--;
        return (byte)~((sample < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0F));
    }

    private static byte[] Silence()
    {
        byte[] frame = new byte[FrameSamples];
        frame.AsSpan().Fill(0xFF);
        return frame;
    }

    /// <summary>
    /// Sends what is due by now. A few packets that are overdue are made up for. More of them at once would not all be heard: then the
    /// phone has paused, its stream's clock tells of that, and what it has to say comes later and whole.
    /// </summary>
    private void Speak()
    {
        if (_stop.IsCancellationRequested) return;
        try
        {
            int behind = (int)Stopwatch.GetElapsedTime(_begunAt).TotalMilliseconds / FrameMillis - _sent;
            if (behind > MostAtOnce)
            {
                _begunAt += behind * FrameMillis * Stopwatch.Frequency / 1_000;
                _timestamp += (uint)(behind * FrameSamples);
                PausedMillis += behind * FrameMillis;
            }
            while (_sent * FrameMillis < Stopwatch.GetElapsedTime(_begunAt).TotalMilliseconds
                || _queue.TryPeek(out var queued) && queued.IsTogether)
                SendNext();
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            PhoneClock.Remove(Speak);       // the call is over
        }
    }

    private void SendNext()
    {
        if (!_queue.TryDequeue(out var next)) next = new(Silence(), false, _sent == 0);
        if (next.IsMarked && next.IsEvent) _eventAt = _timestamp;
        _packet[0] = 0x80;
        _packet[1] = (byte)((next.IsMarked ? 0x80 : 0) | (next.IsEvent ? _eventType : 0));
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), next.IsEvent ? _eventAt : _timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), _source);
        next.Payload.CopyTo(_packet, 12);
        var due = TimeSpan.FromMilliseconds(_sent++ * FrameMillis);
        _late.Enqueue(Stopwatch.GetElapsedTime(_begunAt) - due);
        if (_late.Count > QuickestOf) _late.Dequeue();
        if (next.IsLoud) FirstLoudAt ??= Stopwatch.GetElapsedTime(0, _begunAt) + due + _late.Min();
        // The peer is set before the clock has this.
        if (!IsMute) _socket.SendTo(_packet.AsSpan(0, 12 + next.Payload.Length), SocketFlags.None, _peer!);
        _timestamp += FrameSamples;
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[2_048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var got = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                // What the node still sends to whoever had this port before is none of this call.
                if (got.ReceivedBytes < 12 || buffer[0] >> 6 != 2 || !got.RemoteEndPoint.Equals(_peer)) continue;
                var packet = new RtpPacket(buffer[1] & 0x7F, BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(2)),
                    BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4)), buffer[12..got.ReceivedBytes]);
                lock (_received) _received.Add(packet);
            }
            catch (SocketException)
            {
                // An ICMP answer to something sent earlier.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static string? Line(string sdp, string start, Func<string, bool> fits) =>
        sdp.Split('\n').Select(l => l.TrimEnd('\r')).FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal) && fits(l));

    public void Dispose()
    {
        Stop();
        _work.GetAwaiter().GetResult();
        _socket.Dispose();
        _stop.Dispose();
    }
}

internal sealed record RtpPacket(int Type, ushort Sequence, uint Timestamp, byte[] Payload);
