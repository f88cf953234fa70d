using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Ringwright.Edge.Streams;
using Ringwright.Speech.Recognition;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Sends RTP of silence, and of a tone while it says something.</summary>
internal sealed class ToneCaller : IDisposable
{
    /// <summary>Packets of a word: 600 ms.</summary>
    private const int Word = 30;

    private readonly CancellationTokenSource _stop = new();
    private readonly ToneWords _ears;
    private volatile int _hertz, _least = Word;

    /// <param name="ears">Whoever is to understand what is said.</param>
    public ToneCaller(string ok, ToneWords ears)
    {
        _ears = ears;
        int port = int.Parse(Regex.Match(ok, "m=audio ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        _ = Task.Run(() => SendAsync(new(IPAddress.Loopback, port)));
    }

    /// <summary>Says it for as long as a word takes, and on until it was heard: packets that come late make no whole word.</summary>
    /// <param name="packets">At least, of 20 ms each.</param>
    public async Task SayAsync(int hertz, int packets = Word)
    {
        (_least, _hertz) = (packets, hertz);
        await Eventually.TrueAsync(() => _hertz == 0, $"{hertz} Hz are heard");
    }

    /// <summary>Says it until the end, whoever hears it.</summary>
    public void Hold(int hertz) => (_least, _hertz) = (int.MaxValue, hertz);

    public void Dispose() => _stop.Cancel();

    private async Task SendAsync(IPEndPoint to)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var tones = new[] { ToneWords.Yes, ToneWords.No }.ToDictionary(hertz => hertz,
            hertz => Waves.Sine(hertz, 8_000, 1_000).Select(sample => Waves.Nearest(Waves.MuLaw, sample)).ToArray());
        byte[] packet = new byte[172];
        int said = 0;

        byte[] Next(int i)
        {
            // Here, so that nothing of a word that was heard comes behind a pause of this thread.
            if (said >= _least && _ears.Last == _hertz) (_hertz, said) = (0, 0);
            (packet[0], packet[2], packet[3], packet[11]) = (0x80, (byte)(i >> 8), (byte)i, 7);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), i * 160);
            if (tones.TryGetValue(_hertz, out byte[]? tone))
            {
                tone.AsSpan(i % 50 * 160, 160).CopyTo(packet.AsSpan(12));
                said++;
            }
            else packet.AsSpan(12).Fill(0xFF);
            return packet;
        }

        try
        {
            long begun = Stopwatch.GetTimestamp();
            for (int i = 0; await timer.WaitForNextTickAsync(_stop.Token);)
            {
                // A thread that stood has ticks behind it that never came. A phone's audio goes on meanwhile, and comes late.
                for (; i * 20 <= Stopwatch.GetElapsedTime(begun).TotalMilliseconds; i++) await socket.SendToAsync(Next(i), to, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}

/// <summary>Names the tone of each quarter of a second, when it is another than the last: one with a gap in it is one word.</summary>
internal sealed class ToneWords : IRecogniser
{
    public const int Yes = 440, No = 1_000;

    private volatile int _last;

    /// <summary>What was named last; 0 at first.</summary>
    public int Last => _last;

    public string Name => "tones";
    public int SampleRate => 16_000;

    public bool Knows(string language) => true;

    public Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop) =>
        Task.FromResult<IRecognition>(new Listening(this));

    private sealed class Listening(ToneWords words) : IRecognition
    {
        private readonly Channel<Recognised> _results = Channel.CreateUnbounded<Recognised>();
        private readonly List<short> _heard = [];

        public void Write(ReadOnlySpan<short> samples)
        {
            _heard.AddRange(samples);
            if (_heard.Count < 4_000) return;
            short[] span = [.. _heard];
            _heard.Clear();
            int tone = Array.Find([Yes, No], hertz => Waves.Share(span, hertz, 16_000) > 0.9);
            if (tone == 0 || tone == words._last) return;
            words._last = tone;
            _results.Writer.TryWrite(new(tone == Yes ? "yes" : "no", IsFinal: true, 0.9));
        }

        public ValueTask WaitForRoomAsync(CancellationToken stop) => default;

        public void Finish() => _results.Writer.TryComplete();

        public async IAsyncEnumerable<Recognised> ReadAsync([EnumeratorCancellation] CancellationToken stop)
        {
            await foreach (var result in _results.Reader.ReadAllAsync(stop)) yield return result;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
