using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Ringwright.Edge.Net;
using Ringwright.Edge.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A phone at the place that its SDP says: sends RTP of silence or of a tone in mu-law, and writes down when the tone of whoever speaks on
/// the call is in what comes. Its thread is its own: where a word waits in the pool behind other tests, there is a pause in the middle of
/// it, and it is two.
/// </summary>
internal sealed class SpokenCaller : IDisposable
{
    private const int PacketMilliseconds = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentQueue<(TimeSpan At, bool IsTone)> _heard = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly Thread _thread;
    private volatile int _hertz;
    private volatile bool _isOver;

    /// <param name="ok">What the call was answered with.</param>
    public SpokenCaller(SipPeer peer, string ok)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, peer.Local.Port + 2));
        int port = int.Parse(Regex.Match(ok, "m=audio ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        _thread = new(() => Run(new(IPAddress.Loopback, port))) { IsBackground = true, Name = "phone" };
        _thread.Start();
    }

    /// <summary>Of the tone that is said; 0 is silence.</summary>
    public int Hertz { set => _hertz = value; }

    /// <summary>How long the tone was in what came so far.</summary>
    public TimeSpan HeardTone => TimeSpan.FromMilliseconds(_heard.Count(packet => packet.IsTone) * PacketMilliseconds);

    /// <summary>Since the tone was in what came last; null before the first.</summary>
    public TimeSpan? Quiet => _heard.LastOrDefault(packet => packet.IsTone) is { IsTone: true } last
        ? Stopwatch.GetElapsedTime(_begun) - last.At : null;

    /// <summary>Ends when the tone has not been in what came for a while: longer than a thread of this process stands, as a rule.</summary>
    public Task HearsNothingMoreAsync(string what) =>
        Eventually.TrueAsync(() => (Quiet ?? Stopwatch.GetElapsedTime(_begun)) > Pause, what);

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run(IPEndPoint to)
    {
        var tones = new[] { ToneWords.Yes, ToneWords.No }.ToDictionary(hertz => hertz,
            hertz => Waves.Sine(hertz, 8_000, 1_000).Select(sample => Waves.Nearest(Waves.MuLaw, sample)).ToArray());
        byte[] packet = new byte[172], came = new byte[1_500];
        long begun = Stopwatch.GetTimestamp();
        try
        {
            for (int i = 0; !_isOver;)
            {
                // A thread that stood has packets behind it that it never sent. A phone's audio goes on meanwhile, and comes late.
                for (; Left(i) <= TimeSpan.Zero; i++)
                {
                    (packet[0], packet[2], packet[3], packet[11]) = (0x80, (byte)(i >> 8), (byte)i, 9);
                    BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), i * 160);
                    if (tones.TryGetValue(_hertz, out byte[]? tone)) tone.AsSpan(i % 50 * 160, 160).CopyTo(packet.AsSpan(12));
                    else packet.AsSpan(12).Fill(0xFF);
                    _socket.SendTo(packet, to);
                }
                while (Left(i) is var left && left > TimeSpan.Zero && _socket.Poll(left, SelectMode.SelectRead))
                    Hear(came.AsSpan(0, _socket.Receive(came)));
            }
        }
        catch (SocketException)
        {
            // There is no node any more.
        }

        TimeSpan Left(int i) => TimeSpan.FromMilliseconds(i * PacketMilliseconds) - Stopwatch.GetElapsedTime(begun);
    }

    private void Hear(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < 172 || (packet[1] & 0x7F) != 0) return;
        short[] samples = new short[160];
        for (int n = 0; n < samples.Length; n++) samples[n] = (short)Waves.MuLaw(packet[12 + n]);
        bool isLoud = samples.Any(sample => Math.Abs((int)sample) > 1_000);
        _heard.Enqueue((Stopwatch.GetElapsedTime(_begun), isLoud && Waves.Share(samples, SpokenWords.Voice, 8_000) > 0.8));
    }
}
