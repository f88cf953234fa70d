using System.Security.Cryptography;
using Ringwright.Core;
using Ringwright.Edge.Detection;
using Ringwright.Speech.VoiceActivity;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.VoiceActivity;

/// <summary>The model of voices on what people have recorded, and on sounds that are no voice.</summary>
public sealed class SileroVoiceTests(ITestOutputHelper output)
{
    private const int Rate = Sox.Rate, Tick = Rate / 50;

    [Fact]
    public void The_model_is_the_one_whose_licence_stands_beside_it()
    {
        Assert.Equal("7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49", Hash(SileroVoice.ReadModel()));
        string licence = Repository.PathOf("src", "Speech", "VoiceActivity", "silero_vad_16k_op15.LICENSE");
        Assert.Equal("2e63e9a38b6e8fc0c7bc37ce174caca1862870856c6daf5697cfb785e925520b", Hash(File.ReadAllBytes(licence)));
        // It is beside the program, too.
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "VoiceActivity", "silero_vad_16k_op15.LICENSE")));
        Assert.StartsWith("MIT License", File.ReadAllText(licence), StringComparison.Ordinal);
    }

    /// <summary>A voice of pulses behind a window of silence; a program in another language has made the same of it.</summary>
    [Fact]
    public void What_it_makes_of_a_sound_is_what_others_make_of_it()
    {
        var voice = (SileroDetector)SileroVoice.Create(16_000);
        List<float> scores = [];
        for (int window = 0; window < 8; window++)
        {
            short[] samples = new short[512];
            for (int i = 0; window > 0 && i < samples.Length; i++)
            {
                int at = (window * samples.Length + i) % 133;
                samples[i] = (short)(60 * (133 - at) * (at % 23 < 11 ? 1 : -1));
            }
            voice.Handle(samples);
            scores.Add(voice.Score);
        }
        float[] others = [0.0017f, 0.7272f, 0.8053f, 0.8498f, 0.7929f, 0.7476f, 0.6568f, 0.6063f];
        Assert.All(others.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 0.002f));
        Assert.True(voice.IsTalking);
    }

    public static TheoryData<double> Levels => Depth.Rows(gate: [0.25], deep: [1.0]);

    [Theory, MemberData(nameof(Levels))]
    public void People_who_speak_are_heard_and_their_silence_is_a_pause(double level)
    {
        Tool.Require(["sox", .. Recordings.Folders]);
        foreach (ulong seed in (ulong[])[1, 2, 3, 4, 5, 6, 7, 8])
        {
            var (name, sound) = Recordings.Greeting(new Rng(seed), isHeldOut: seed % 2 == 0);
            short[] said = Array.ConvertAll(sound, sample => (short)(sample * level));
            var voice = SileroVoice.Create(Rate);
            Assert.Equal(0, Share(voice, new short[Rate]));
            double share = Share(voice, said);
            output.WriteLine($"{name}, seed {seed}: a voice in {100 * share:F0} % of {said.Length / (double)Rate:F1} s");
            Assert.True(share > 0.4, $"{name}, seed {seed}, x {level}: {share}");
            Share(voice, new short[Rate]);
            Assert.False(voice.IsTalking);
        }
    }

    /// <summary>A fan that comes on loudly is a voice to what goes by energy alone.</summary>
    [Theory, InlineData(100), InlineData(1_000), InlineData(6_000)]
    public void Noise_is_no_voice(int amplitude)
    {
        var random = new Rng(46);
        short[] noise = new short[10 * Rate];
        for (int i = Rate; i < noise.Length; i++) noise[i] = (short)(amplitude * (2 * random.NextDouble() - 1));
        var voice = SileroVoice.Create(Rate);
        Assert.Equal(0, Share(voice, noise));
    }

    [Fact]
    public void The_energy_of_the_same_noise_is_a_voice_at_first()
    {
        var random = new Rng(46);
        short[] noise = new short[10 * Rate];
        for (int i = Rate; i < noise.Length; i++) noise[i] = (short)(6_000 * (2 * random.NextDouble() - 1));
        var voice = new EnergyVoice(200);
        Assert.True(Share(voice, noise) > 0);
    }

    [Fact]
    public void Two_speakers_are_told_apart_from_each_other()
    {
        Tool.Require(["sox", .. Recordings.Folders]);
        short[] said = Array.ConvertAll(Recordings.Greeting(new Rng(2), isHeldOut: true).Sound, sample => (short)sample);
        IVoiceDetector one = SileroVoice.Create(Rate), other = SileroVoice.Create(Rate);
        int talked = 0;
        foreach (short[] tick in said.Chunk(Tick))
        {
            one.Handle(tick);
            other.Handle(new short[tick.Length]);
            if (one.IsTalking) talked++;
            Assert.False(other.IsTalking);
        }
        Assert.NotEqual(0, talked);
    }

    [Fact]
    public void Nothing_is_allocated_for_what_is_heard()
    {
        var voice = SileroVoice.Create(Rate);
        short[] tick = new short[Tick];
        for (int i = 0; i < 100; i++) voice.Handle(tick);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) voice.Handle(tick);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Of so many ticks in which there was a voice, the part.</summary>
    private static double Share(IVoiceDetector voice, short[] samples)
    {
        int talked = 0, ticks = 0;
        foreach (short[] tick in samples.Chunk(Tick))
        {
            bool was = voice.IsTalking;
            Assert.Equal(voice.Handle(tick), voice.IsTalking != was);
            ticks++;
            if (voice.IsTalking) talked++;
        }
        return talked / (double)ticks;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
