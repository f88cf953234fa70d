using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>Steady noise gets quieter, and nothing else; the noise is the runtime's. Voices in it are in the suite Edge.</summary>
public sealed class NoiseSuppressorTests
{
    [Theory, InlineData(8_000), InlineData(16_000)]
    public void Noise_alone_falls_by_more_than_ten_decibels(int rate)
    {
        short[] noise = Noise(4 * rate, 1_500), heard = Suppress(noise, rate);
        double fall = Gain.Decibels(heard.AsSpan(2 * rate)) - Gain.Decibels(noise.AsSpan(2 * rate));
        Assert.True(fall < -10, $"{fall:F1} dB");
    }

    [Fact]
    public void Noise_that_grows_is_learnt_within_three_seconds()
    {
        short[] noise = [.. Noise(24_000, 300), .. Noise(40_000, 3_000)], heard = Suppress(noise, 8_000);
        double fall = Gain.Decibels(heard.AsSpan(48_000)) - Gain.Decibels(noise.AsSpan(48_000));
        Assert.True(fall < -9, $"{fall:F1} dB");
    }

    [Theory, InlineData(8_000), InlineData(16_000)]
    public void A_sound_out_of_silence_comes_ten_milliseconds_later_and_whole(int rate)
    {
        var said = new short[rate];
        short[] tone = Signals.Sine(700, rate, rate / 5, 8_000);
        tone.CopyTo(said, rate / 2);
        short[] heard = Suppress(said, rate);
        Assert.Equal(TimeSpan.FromMilliseconds(10), NoiseSuppressor.Delay);
        Assert.All(heard.Take(rate / 2), sample => Assert.Equal(0, sample));
        double same = Signals.Snr(said, heard[(rate / 100)..], 0);
        Assert.True(same > 20, $"{same:F1} dB");
        Assert.True(Signals.Rms(heard.AsSpan(rate * 3 / 4)) < 1);
    }

    [Fact]
    public void What_is_cleared_is_forgotten()
    {
        var suppressor = new NoiseSuppressor(8_000);
        short[] first = Noise(8_000, 2_000), again = [.. first];
        suppressor.Process(first, first);
        suppressor.Clear();
        suppressor.Process(again, again);
        Assert.Equal(first, again);
    }

    [Theory, InlineData("PCMU", "PCMU"), InlineData("PCMU", "G722"), InlineData("PCMA", "PCMU")]
    public void A_bridge_passes_noise_until_it_is_to_be_suppressed_and_again_behind_that(string codecOfA, string codecOfB)
    {
        var (a, b) = (new ShardWorld(), new ShardWorld());
        a.Connected(ShardWorld.Plan(codecOfA));
        b.Connected(ShardWorld.Plan(codecOfB));
        foreach (var (hearer, speaker) in new[] { (a, b), (b, a) })
        {
            var link = new AudioLink(passesDigits: true);
            hearer.Shard.Hear(hearer.Port, link);
            speaker.Shard.Speak(speaker.Port, link);
        }
        int count = 0;
        double plain = Level();
        a.Do(new MediaCommand.Connect(a.Port, ShardWorld.Plan(codecOfA) with { Suppression = new(true, false) }));
        Assert.True(Level() < plain - 8);
        a.Do(new MediaCommand.Connect(a.Port, ShardWorld.Plan(codecOfA)));
        Assert.Equal(plain, Level(), 1.0);
        // From the other end of the leg it is the same.
        b.Do(new MediaCommand.Connect(b.Port, ShardWorld.Plan(codecOfB) with { Suppression = new(false, true) }));
        Assert.True(Level() < plain - 8);

        // What B hears of A in the last second of three.
        double Level()
        {
            for (int i = 0; i < 150; i++)
            {
                if (i == 100) b.Out.Clear();
                a.Hear(ShardWorld.Encode(codecOfA, Noise(160, 2_000, count++)), ShardWorld.Plan(codecOfA).Codec.PayloadType);
                a.Tick();
                b.Tick();
            }
            return Gain.Decibels(ShardWorld.Decode(codecOfB, b.Rtp));
        }
    }

    [Fact]
    public void A_sound_of_ours_is_no_noise()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { Suppression = new(true, true) });
        world.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(500, 8_000, 32_000));
        world.Do(new MediaCommand.Play(world.Port, Guid.NewGuid(), "f", 1));
        world.Tick(200);
        short[] heard = ShardWorld.Decode("PCMU", world.Rtp);
        Assert.True(Signals.LevelAt(500, 8_000, heard.AsSpan(^8_000)) > 9_000);
    }

    private static short[] Noise(int count, double level, int seed = 1)
    {
        var random = new Random(seed);
        var samples = new short[count];
        for (int i = 0; i < count; i++)
            samples[i] = (short)(level * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2);
        return samples;
    }

    private static short[] Suppress(short[] said, int rate)
    {
        var suppressor = new NoiseSuppressor(rate);
        var heard = new short[said.Length];
        int frame = rate / 50;
        for (int at = 0; at < said.Length; at += frame) suppressor.Process(said.AsSpan(at, frame), heard.AsSpan(at, frame));
        return heard;
    }
}
