using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>What a party that suppresses its silence sends in its place (RFC 3389).</summary>
public sealed class ComfortNoiseTests
{
    private static double Level(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (short sample in samples) sum += (double)sample * sample;
        return 20 * Math.Log10(Math.Sqrt(sum / samples.Length) / short.MaxValue);
    }

    [Theory]
    [InlineData(20), InlineData(40), InlineData(60)]
    public void The_noise_is_as_loud_as_the_party_says(byte level)
    {
        var noise = new ComfortNoise();
        noise.Begin([level]);
        short[] samples = new short[16_000];
        noise.Read(samples);
        Assert.InRange(Level(samples), -level - 0.7, -level + 0.7);
        Assert.InRange(samples.Average(s => (double)s), -Math.Pow(10, -level / 20.0) * 500, Math.Pow(10, -level / 20.0) * 500);
    }

    private static readonly byte[] Loud = Enumerable.Repeat((byte)0x90, 160).ToArray();

    private static ShardWorld Bridged(ShardWorld speaker, string codec)
    {
        var hearer = new ShardWorld().Connected(ShardWorld.Plan(codec));
        var link = new AudioLink(passesDigits: true);
        hearer.Shard.Hear(hearer.Port, link);
        speaker.Shard.Speak(speaker.Port, link);
        return hearer;
    }

    [Theory]
    [InlineData("PCMU"), InlineData("PCMA")]
    public void Who_is_bridged_to_a_silent_party_hears_its_background_and_then_its_voice(string codec)
    {
        var speaker = new ShardWorld().Connected();
        var hearer = Bridged(speaker, codec);
        void Tick(int count)
        {
            for (int i = 0; i < count; i++) { speaker.Tick(); hearer.Tick(); }
        }
        for (int i = 0; i < 20; i++) { speaker.Hear(Loud); Tick(1); }
        speaker.Hear([40], ComfortNoise.PayloadType);
        Tick(20);
        hearer.Out.Clear();
        Tick(50);
        Assert.Equal(50, hearer.Rtp.Length);
        Assert.InRange(Level(ShardWorld.Decode(codec, hearer.Rtp)), -42.5, -38);
        for (int i = 0; i < 20; i++) { speaker.Hear(Loud); Tick(1); }
        hearer.Out.Clear();
        for (int i = 0; i < 10; i++) { speaker.Hear(Loud); Tick(1); }
        Assert.InRange(Level(ShardWorld.Decode(codec, hearer.Rtp)), -20, 0);
        for (int i = 1; i < hearer.Rtp.Length; i++) Assert.Equal((ushort)(hearer.Rtp[i - 1].Sequence + 1), hearer.Rtp[i].Sequence);
    }

    /// <summary>118 CN/16000 beside G.722, as many phones have it.</summary>
    [Theory]
    [InlineData(118), InlineData(13)]
    public void Comfort_noise_may_have_another_number(byte number)
    {
        var speaker = new ShardWorld().Connected(ShardWorld.Plan() with { Heard = HeardFormats.None with { Noise = [118] } });
        var hearer = Bridged(speaker, "PCMA");
        for (int i = 0; i < 60; i++)
        {
            if (i < 20) speaker.Hear(Loud);
            if (i == 20) speaker.Hear([40], number);
            if (i == 40) hearer.Out.Clear();
            speaker.Tick();
            hearer.Tick();
        }
        Assert.InRange(Level(ShardWorld.Decode("PCMA", hearer.Rtp)), -42.5, -38);
    }

    [Fact]
    public void Comfort_noise_and_RTCP_are_signs_of_life_and_a_strangers_are_not()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { SilenceLimit = TimeSpan.FromSeconds(2) });
        world.Hear();
        for (int i = 0; i < 10; i++)
        {
            world.Tick(90);
            world.Hear([60], ComfortNoise.PayloadType);
        }
        byte[] report = [0x80, 201, 0, 1, 0, 0, 0x5E, 0xED];        // an empty receiver report of the same source
        for (int i = 0; i < 10; i++)
        {
            world.Tick(90);
            world.HearRaw(report, new(ShardWorld.Phone.Address, ShardWorld.Phone.Port + 1), isControl: true);
        }
        Assert.Empty(world.Events);
        for (int i = 0; i < 2; i++)
        {
            world.Tick(60);
            world.HearRaw(report, ShardWorld.Elsewhere, isControl: true);
            world.Hear([60], ComfortNoise.PayloadType, ShardWorld.Elsewhere);
        }
        Assert.IsType<MediaEvent.Silent>(Assert.Single(world.Events));
    }

    [Fact]
    public void A_party_that_begins_with_comfort_noise_is_there()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { SilenceLimit = TimeSpan.FromSeconds(2) });
        for (int i = 0; i < 5; i++)
        {
            world.Tick(90);
            world.Hear([60], ComfortNoise.PayloadType);
        }
        Assert.Empty(world.Events);
    }

    [Theory]
    [InlineData(30), InlineData(40), InlineData(46)]
    public void Background_is_no_voice_however_loud_it_is_and_ends_what_was_said(byte level)
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.WatchVoice(world.Port, 400));
        world.Hear([level], ComfortNoise.PayloadType);
        world.Tick(100);
        Assert.Empty(world.Events);
        byte[] speech = ShardWorld.Encode("PCMU", Signals.SpeechLike(8000, 8000));
        for (int i = 0; i < 50; i++) { world.Hear(speech[(i * 160)..((i + 1) * 160)]); world.Tick(); }
        Assert.Equal(new MediaEvent.Voice(ShardWorld.Leg, world.Port, true), Assert.Single(world.Events));
        world.Hear([level], ComfortNoise.PayloadType);
        world.Tick(40);
        Assert.Equal(new MediaEvent.Voice(ShardWorld.Leg, world.Port, false), world.Events[^1]);
        world.Tick(400);
        Assert.Equal(2, world.Events.Count);
    }

    [Fact]
    public void Whoever_recognises_what_a_party_says_gets_silence_for_its_background()
    {
        var world = new ShardWorld().Connected();
        var ear = new Ear(world, 8_000);
        for (int i = 0; i < 20; i++) { world.Hear(Loud); world.Tick(); }
        world.Hear([30], ComfortNoise.PayloadType);
        world.Tick(20);
        short[] heard = new short[8_000];
        Assert.Contains(heard[..ear.Read(heard)], sample => sample != 0);
        world.Tick(20);
        int count = ear.Read(heard);
        Assert.InRange(count, 10 * 160, 30 * 160);
        Assert.All(heard[..count], sample => Assert.Equal(0, sample));
    }

    [Theory]
    [InlineData(0), InlineData(127), InlineData(128), InlineData(255)]
    public void No_level_is_too_much(byte level)
    {
        var noise = new ComfortNoise();
        noise.Begin([level, 1, 2, 3]);
        noise.Read(new short[160]);
        noise.Begin([]);
        short[] silence = new short[160];
        noise.Read(silence);
        Assert.All(silence, s => Assert.InRange(s, -1, 1));
    }
}
