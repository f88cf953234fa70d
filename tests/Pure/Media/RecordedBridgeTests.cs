using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>A recorded leg of a bridge: its own party on the left, the other on the right, at the same time.</summary>
public sealed class RecordedBridgeTests
{
    private const int ToneTick = 60, Ticks = 150;

    private readonly short[] _read = new short[64_000];

    /// <param name="delayOfA">Ticks by which A's packets come in bursts, so that its jitter buffer grows.</param>
    [Theory]
    [InlineData("PCMU", "PCMU", 0, 0, false)]
    [InlineData("PCMU", "PCMU", 0, 0, true)]
    [InlineData("PCMU", "PCMA", 0, 0, false)]
    [InlineData("PCMU", "G722", 0, 0, true)]
    [InlineData("G722", "G722", 0, 0, false)]
    [InlineData("PCMU", "PCMU", 3, 0, false)]
    [InlineData("PCMU", "PCMU", 0, 4, true)]
    public void Tones_that_begin_together_are_recorded_together(string codecOfA, string codecOfB, int delayOfA,
        int delayOfB, bool ticksBFirst)
    {
        var (a, b) = (new ShardWorld(), new ShardWorld());
        a.Connected(ShardWorld.Plan(codecOfA));
        b.Connected(ShardWorld.Plan(codecOfB));
        Link(a, b);
        Link(b, a);
        var ring = new RecordRing(2);
        a.Shard.Record(new(a.Port, new() { Id = Guid.NewGuid(), IsDual = true }), ring);

        var both = new List<short>();
        var (first, second) = (new Voice(a, codecOfA, 500, delayOfA), new Voice(b, codecOfB, 1_500, delayOfB));
        for (int tick = 0; tick < Ticks; tick++)
        {
            first.Say(tick);
            second.Say(tick);
            if (ticksBFirst) b.Tick();
            a.Tick();
            if (!ticksBFirst) b.Tick();
            both.AddRange(_read.AsSpan(0, ring.Read(_read)));
        }

        short[] left = [.. both.Where((_, i) => i % 2 == 0)], right = [.. both.Where((_, i) => i % 2 == 1)];
        double skew = Math.Abs(Onset(left, ring.Rate) - Onset(right, ring.Rate)) * 1000.0 / ring.Rate;
        Assert.True(skew < 5, $"{skew} ms");
        Assert.True(Signals.LevelAt(500, ring.Rate, left) > 1_000 && Signals.LevelAt(1_500, ring.Rate, left) < 200);
        Assert.True(Signals.LevelAt(1_500, ring.Rate, right) > 1_000 && Signals.LevelAt(500, ring.Rate, right) < 200);
    }

    [Fact]
    public void Packets_pass_as_they_are_while_the_leg_is_recorded()
    {
        var (a, b) = (new ShardWorld().Connected(), new ShardWorld().Connected());
        Link(a, b);
        Link(b, a);
        a.Shard.Record(new(a.Port, new() { Id = Guid.NewGuid(), IsDual = true }), new(2));
        a.Tick(5);
        b.Tick(5);
        a.Out.Clear();
        byte[][] said = [.. Enumerable.Range(0, 20).Select(i => Enumerable.Repeat((byte)(i + 1), 160).ToArray())];
        foreach (byte[] payload in said)
        {
            b.Hear(payload);
            b.Tick();
            a.Tick();
        }
        Assert.Equal(said, a.Rtp.Select(p => p.Payload.ToArray()));
    }

    [Fact]
    public void The_recording_goes_on_when_the_bridge_ends()
    {
        var (a, b) = (new ShardWorld().Connected(), new ShardWorld().Connected());
        Link(a, b);
        Link(b, a);
        var ring = new RecordRing(2);
        a.Shard.Record(new(a.Port, new() { Id = Guid.NewGuid(), IsDual = true }), ring);
        for (int i = 0; i < 50; i++)
        {
            if (i == 25) a.Do(new MediaCommand.Unbridge(a.Port));
            a.Hear();
            b.Hear();
            b.Tick();
            a.Tick();
        }
        Assert.False(ring.HasEnded);
        Assert.Equal(2 * (50 - 1 - 20) * 160, ring.Read(_read));
    }

    private static void Link(ShardWorld hearer, ShardWorld speaker)
    {
        var link = new AudioLink(passesDigits: true);
        hearer.Shard.Hear(hearer.Port, link);
        speaker.Shard.Speak(speaker.Port, link);
    }

    private static int Onset(short[] samples, int rate)
    {
        int run = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            run = Math.Abs((int)samples[i]) > 2_000 ? run + 1 : Math.Max(0, run - 1);
            if (run >= rate / 4_000) return i - run;
        }
        throw new InvalidOperationException("no tone");
    }

    /// <summary>Silence, then a tone; its first packets may come in one burst so many ticks late.</summary>
    private sealed class Voice(ShardWorld world, string codec, int hertz, int burst)
    {
        private readonly Codec _codec = Codecs.Find(codec)!;       // one of the theory's
        private readonly IAudioEncoder _encoder = Codecs.Find(codec)!.CreateEncoder();
        private readonly Queue<byte[]> _held = new();
        private int _said;

        public void Say(int tick)
        {
            var samples = new short[_codec.FrameSamples];
            if (tick >= ToneTick)
                Signals.Sine(hertz, _codec.SampleRate, (tick - ToneTick + 1) * samples.Length)[^samples.Length..].CopyTo(samples, 0);
            var frame = new byte[_codec.FrameBytes];
            _encoder.Encode(samples, frame);
            _held.Enqueue(frame);
            // A burst makes the buffer deeper for good: the stream's later packets wait longer.
            if (tick is > 10 and < 20 && tick < 10 + burst) return;
            while (_held.TryDequeue(out byte[]? next))
            {
                world.Hear(next, _codec.PayloadType);
                _said++;
            }
        }
    }
}
