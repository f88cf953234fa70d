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
/// the call is in what comes.
/// </summary>
internal sealed class SpokenCaller : IDisposable
{
    private const int PacketMilliseconds = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentQueue<(TimeSpan At, bool IsTone)> _heard = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private volatile int _hertz;

    /// <param name="ok">What the call was answered with.</param>
    public SpokenCaller(SipPeer peer, string ok)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, peer.Local.Port + 2));
        int port = int.Parse(Regex.Match(ok, "m=audio ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        _ = Task.Run(() => SendAsync(new(IPAddress.Loopback, port)));
        _ = Task.Run(HearAsync);
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
        _stop.Cancel();
        _socket.Dispose();
    }

    private async Task SendAsync(IPEndPoint to)
    {
        byte[] packet = new byte[172];
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(PacketMilliseconds));
            for (int i = 0; await timer.WaitForNextTickAsync(_stop.Token);)
            {
                // A thread that stood has ticks behind it that never came.
                for (; i * PacketMilliseconds <= Stopwatch.GetElapsedTime(_begun).TotalMilliseconds; i++)
                {
                    (packet[0], packet[2], packet[3], packet[11]) = (0x80, (byte)(i >> 8), (byte)i, 9);
                    BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), i * 160);
                    var audio = packet.AsSpan(12);
                    if (_hertz is not 0 and var hertz)
                    {
                        short[] tone = Waves.Sine(hertz, 8_000, PacketMilliseconds, fromMilliseconds: i % 50 * PacketMilliseconds);
                        for (int n = 0; n < audio.Length; n++) audio[n] = Waves.Nearest(Waves.MuLaw, tone[n]);
                    }
                    else audio.Fill(0xFF);
                    await _socket.SendToAsync(packet, to, _stop.Token);
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task HearAsync()
    {
        byte[] packet = new byte[1_500];
        short[] samples = new short[160];
        try
        {
            while (true)
            {
                int length = await _socket.ReceiveAsync(packet, _stop.Token);
                if (length < 172 || (packet[1] & 0x7F) != 0) continue;
                for (int n = 0; n < samples.Length; n++) samples[n] = (short)Waves.MuLaw(packet[12 + n]);
                bool isLoud = samples.Any(sample => Math.Abs((int)sample) > 1_000);
                _heard.Enqueue((Stopwatch.GetElapsedTime(_begun), isLoud && Waves.Share(samples, SpokenWords.Voice, 8_000) > 0.8));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
