using Ringwright.Media.Dsp;
using Ringwright.Media.Dsp.Detection;

namespace Ringwright.Pure.Media;

/// <summary>What is a beep and what is none, tone by tone. The corpus of the Edge suite does the same by numbers.</summary>
public sealed class BeepTests
{
    private const int Rate = 8_000, Tick = 160;
    private const double Full = short.MaxValue;

    /// <summary>A sum of waves over so many milliseconds, from a place in a tick; before and behind it nothing.</summary>
    private static double[] Sound(int milliseconds, int offset, params Func<double, double>[] waves)
    {
        const int lead = Rate / 2;
        int count = milliseconds * Rate / 1000;
        var sound = new double[lead + offset + count + Rate];
        for (int i = 0; i < count; i++)
        {
            double edge = Math.Min(1, Math.Min(i + 1, count - i) / 24.0);
            foreach (var wave in waves) sound[lead + offset + i] += edge * wave((double)i / Rate);
        }
        return sound;
    }

    private static Func<double, double> Sine(double hertz, double level) => t => level * Math.Sin(2 * Math.PI * hertz * t);
    private static Func<double, double> Glide(double from, double to, double seconds, double level) =>
        t => level * Math.Sin(2 * Math.PI * (from * t + (to - from) * t * t / (2 * seconds)));
    private static Func<double, double> Strike(double hertz, double half, double level) =>
        t => level * Math.Pow(0.5, t / half) * Math.Sin(2 * Math.PI * hertz * t);

    private static List<Beep> Find(double[] sound)
    {
        var band = new HighPass(250);
        var meter = new ToneMeter();
        var watch = new BeepWatch();
        band.Start(Rate);
        meter.Configure(Rate);
        watch.Start(0);
        var found = new List<Beep>();
        var heard = new float[Tick];
        for (int tick = 0; (tick + 1) * Tick <= sound.Length; tick++)
        {
            short[] samples = [.. sound.AsSpan(tick * Tick, Tick).ToArray()
                .Select(value => (short)Math.Clamp(Math.Round(value), short.MinValue, short.MaxValue))];
            double mean = band.Filter(samples, heard);
            if (watch.Handle(mean < 64 ? default : meter.Measure(heard), (float)(20 * Math.Log10(Math.Max(1, mean))), tick, out var beep))
                found.Add(beep);
        }
        return found;
    }

    public static TheoryData<int> Offsets => [.. Enumerable.Range(0, 8).Select(i => i * 20)];

    [Theory, MemberData(nameof(Offsets))]
    public void Low_and_short_tones_are_beeps(int offset)
    {
        foreach (int hertz in (int[])[350, 400, 440, 480, 523, 600, 660, 800, 1_000, 1_400, 2_000, 2_600])
            foreach (int milliseconds in (int[])[100, 130, 250, 700])
                foreach (double decibels in (double[])[-40, -20, 0])
                {
                    var beep = Assert.Single(Find(Sound(milliseconds, offset, Sine(hertz, Full * Math.Pow(10, decibels / 20)))));
                    Assert.InRange(beep.Hertz, hertz - 8, hertz + 8);
                }
    }

    [Theory, MemberData(nameof(Offsets))]
    public void Two_tones_at_once_are_a_beep(int offset)
    {
        foreach (var (low, high) in ((int, int)[])[(850, 1_100), (950, 1_400), (400, 700), (1_000, 1_500), (600, 1_200), (784, 988)])
            foreach (int milliseconds in (int[])[120, 300, 1_000])
                foreach (double decibels in (double[])[-40, -20, 0])
                {
                    double level = Full / 2 * Math.Pow(10, decibels / 20);
                    var beep = Assert.Single(Find(Sound(milliseconds, offset, Sine(low, level), Sine(high, level))));
                    Assert.Equal(BeepShape.Pair, beep.Shape);
                    Assert.InRange(beep.Other, high - 12, high + 12);
                }
    }

    [Theory, MemberData(nameof(Offsets))]
    public void Sweeps_are_beeps(int offset)
    {
        foreach (var (from, to) in ((int, int)[])[(500, 1_500), (1_500, 500), (700, 1_100), (1_200, 2_400), (900, 450)])
            foreach (int milliseconds in (int[])[200, 400, 900])
                Assert.Equal(BeepShape.Sweep,
                    Assert.Single(Find(Sound(milliseconds, offset, Glide(from, to, milliseconds / 1000.0, 6_000)))).Shape);
    }

    [Theory, MemberData(nameof(Offsets))]
    public void Chimes_are_beeps(int offset)
    {
        foreach (int hertz in (int[])[587, 784, 1_047, 1_319])
            foreach (double half in (double[])[0.08, 0.15, 0.3])
            {
                var alone = Find(Sound(1_800, offset, Strike(hertz, half, 8_000), Strike(2.01 * hertz, half / 2, 3_000)));
                Assert.NotEmpty(alone);
                Assert.InRange(alone[0].Hertz, hertz - 10, hertz + 10);
                double[] first = Sound(1_800, offset, Strike(hertz, half, 8_000)),
                    second = Sound(1_800, offset, Strike(0.79 * hertz, half, 8_000));
                for (int i = 0; i < second.Length - 3_200; i++) first[i + 3_200] += second[i];
                Assert.NotEmpty(Find(first));
            }
    }

    [Theory, MemberData(nameof(Offsets))]
    public void A_beep_of_two_pitches_without_a_pause_is_one(int offset)
    {
        foreach (var (first, second) in ((int, int)[])[(440, 880), (880, 440), (1_000, 1_400)])
        {
            double[] sound = Sound(200, offset, Sine(first, 6_000)), other = Sound(100, offset, Sine(second, 6_000));
            for (int i = Rate / 2 + offset + Rate / 10; i < Rate / 2 + offset + Rate / 5; i++) sound[i] = other[i - Rate / 10];
            Assert.InRange(Assert.Single(Find(sound)).Hertz, second - 8, second + 8);
        }
    }

    [Theory, MemberData(nameof(Offsets))]
    public void Low_square_waves_are_beeps(int offset)
    {
        foreach (int hertz in (int[])[520, 620])
            Assert.Single(Find(Sound(400, offset, Sine(hertz, 8_000), Sine(3 * hertz, 2_667), Sine(5 * hertz, 1_600))));
    }

    [Theory, MemberData(nameof(Offsets))]
    public void A_voices_overtones_between_two_stops_are_none(int offset)
    {
        Assert.Empty(Find(Sound(100, offset, Sine(392, 6_000), Sine(588, 5_000))));
        Assert.Empty(Find(Sound(70, offset, Sine(393, 8_000))));
    }

    [Fact]
    public void Two_packets_that_were_lost_in_a_beep_tear_it_not()
    {
        double[] sound = Sound(220, 40, Sine(1_000, 8_000));
        int torn = (Rate / 2 + 40) / Tick + 3;
        for (int i = 0; i < 2 * Tick; i++) sound[torn * Tick + i] = sound[torn * Tick + i - 368] * (1 - i / 640.0);
        Assert.Single(Find(sound));
    }

    [Fact]
    public void A_packet_that_was_lost_in_a_beep_tears_it_not()
    {
        double[] sound = Sound(140, 40, Sine(500, 8_000));
        int torn = (Rate / 2 + 40) / Tick + 3;
        for (int i = 0; i < Tick; i++) sound[torn * Tick + i] = sound[torn * Tick + i - 48] * (1 - i / 480.0);
        Assert.Single(Find(sound));
    }

    [Theory]
    [InlineData('1'), InlineData('2'), InlineData('3'), InlineData('4'), InlineData('5'), InlineData('6'), InlineData('7'), InlineData('8'),
        InlineData('9'), InlineData('0'), InlineData('*'), InlineData('#'), InlineData('A'), InlineData('D')]
    public void Keys_are_none(char key)
    {
        ToneGenerator.TryKey(key, out int low, out int high);
        foreach (int milliseconds in (int[])[80, 200, 600])
            Assert.Empty(Find(Sound(milliseconds, 30, Sine(low, 8_000), Sine(high, 8_000))));
    }

    [Fact]
    public void Network_tones_of_two_frequencies_are_none()
    {
        foreach (var (low, high) in ((int, int)[])[(350, 440), (440, 480), (400, 450), (480, 620)])
            foreach (int milliseconds in (int[])[400, 500, 1_000, 2_000])
                Assert.Empty(Find(Sound(milliseconds, 30, Sine(low, 5_000), Sine(high, 5_000))));
    }

    [Fact]
    public void A_fax_that_answers_is_none() => Assert.Empty(Find(Sound(450, 30, Sine(2_100, 8_000))));

    [Fact]
    public void Voices_and_noise_are_none()
    {
        for (ulong seed = 1; seed <= 20; seed++)
            Assert.Empty(Find([.. Signals.SpeechLike(Rate, 8 * Rate, seed).Select(sample => (double)sample)]));
    }
}
