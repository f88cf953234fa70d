using Ringwright.Media.Dsp;

namespace Ringwright.Pure.Media;

/// <summary>Another pitch, the same length. Frequencies are looked for with a filter of the tests' own.</summary>
public sealed class PitchShifterTests
{
    public static TheoryData<double, double, int> Tones
    {
        get
        {
            var data = new TheoryData<double, double, int>();
            foreach (double semitones in (double[])[-24, -14, -12, -5, -1, -0.3, 0.3, 1, 4, 7, 12, 14, 24])
            {
                foreach (int rate in (int[])[8_000, 16_000])
                {
                    foreach (double hertz in (double[])[110, 233, 441, 997, 1_730, 2_600])
                        if (hertz * Ratio(semitones) is > 60 and var shifted && shifted < 0.36 * rate) data.Add(hertz, semitones, rate);
                }
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Tones))]
    public void A_tone_is_moved_by_that_many_semitones_and_as_loud(double hertz, double semitones, int rate)
    {
        short[] said = Signals.Sine(hertz, rate, 3 * rate), heard = Shift(said, Ratio(semitones), rate)[(rate / 5)..];
        double wanted = hertz * Ratio(semitones), found = Loudest(heard, rate, wanted);
        double cents = 1_200 * Math.Log2(found / wanted);
        Assert.True(Math.Abs(cents) < 4, $"{found:F2} Hz in place of {wanted:F2}: {cents:F1} cents");
        double all = 20 * Math.Log10(Signals.Rms(heard) / Signals.Rms(said));
        Assert.True(Math.Abs(all) < 1, $"{all:F2} dB");
        // What the jumps add is beside it.
        double alone = 20 * Math.Log10(Signals.LevelAt(found, rate, heard) / 10_000);
        Assert.True(alone > -1.5, $"{alone:F2} dB at {found:F1} Hz");
    }

    [Theory]
    [InlineData(130, 7), InlineData(130, -5), InlineData(90, 12), InlineData(210, -12), InlineData(300, 4), InlineData(101.7, -3)]
    public void Every_harmonic_of_a_voice_is_moved_alike(double hertz, double semitones)
    {
        const int rate = 16_000, harmonics = 8;
        double ratio = Ratio(semitones);
        var said = new short[3 * rate];
        for (int i = 0; i < said.Length; i++)
            for (int h = 1; h <= harmonics; h++) said[i] += (short)(6_000.0 / h * Math.Sin(2 * Math.PI * h * hertz * i / rate + h));
        short[] heard = Shift(said, ratio, rate)[(rate / 5)..];
        double loudness = 20 * Math.Log10(Signals.Rms(heard) / Signals.Rms(said));
        Assert.True(Math.Abs(loudness) < 1, $"{loudness:F2} dB");
        for (int h = 1; h <= harmonics; h++)
        {
            double wanted = h * hertz * ratio, found = Loudest(heard, rate, wanted), cents = 1_200 * Math.Log2(found / wanted);
            Assert.True(Math.Abs(cents) < 6, $"harmonic {h}: {cents:F1} cents");
            double level = 20 * Math.Log10(Signals.LevelAt(found, rate, heard) * h / 6_000);
            Assert.True(level > -3, $"harmonic {h}: {level:F1} dB");
        }
    }

    [Theory, InlineData(2), InlineData(4)]
    public void What_would_be_higher_than_there_is_room_for_is_left_out(double ratio)
    {
        short[] heard = Shift(Signals.Sine(0.42 * 8_000, 8_000, 16_000), ratio, 8_000)[2_000..];
        Assert.True(Signals.Rms(heard) < 10_000 / Math.Sqrt(2) / 50, $"{Signals.Rms(heard)}");
    }

    [Theory, InlineData(0.25), InlineData(0.5), InlineData(0.9), InlineData(1.1), InlineData(2), InlineData(4)]
    public void Silence_stays_silent_and_comes_back_behind_a_sound(double ratio)
    {
        const int rate = 8_000;
        var shifter = new PitchShifter(ratio, rate);
        var samples = new short[rate];
        shifter.Process(samples, samples);
        Assert.All(samples, sample => Assert.Equal(0, sample));

        Signals.SpeechLike(rate, rate).CopyTo(samples, 0);
        shifter.Process(samples, samples);
        Assert.True(Signals.Rms(samples) > 500);
        var after = new short[rate];
        shifter.Process(after, after);
        int last = Array.FindLastIndex(after, sample => sample != 0);
        Assert.True(last <= shifter.MostDelay.TotalSeconds * rate, $"{last}");
    }

    [Theory, InlineData(0.25), InlineData(0.5), InlineData(0.89), InlineData(1.12), InlineData(2), InlineData(4)]
    public void Nothing_drifts_in_three_minutes(double ratio)
    {
        const int rate = 8_000, seconds = 180;
        var said = new short[seconds * rate];
        // In each second a tone of 200 ms, noise between them being none.
        for (int second = 0; second < seconds; second++) Signals.Sine(500, rate, rate / 5).CopyTo(said, second * rate + rate / 2);
        short[] heard = Shift(said, ratio, rate);
        Assert.Equal(said.Length, heard.Length);
        double most = new PitchShifter(ratio, rate).MostDelay.TotalMilliseconds;
        Assert.True(most < 60, $"{most} ms");
        for (int second = 0; second < seconds; second++)
        {
            var part = heard.AsSpan(second * rate, rate);
            int onset = 0, end = rate - 1;
            while (Math.Abs((int)part[onset]) < 2_000) onset++;
            while (Math.Abs((int)part[end]) < 2_000) end--;
            double late = (onset - rate / 2) * 1_000.0 / rate, length = (end - onset) * 1_000.0 / rate;
            Assert.True(late >= -1 && late <= most + 1, $"second {second}: {late} ms late");
            Assert.True(Math.Abs(length - 200) < 25, $"second {second}: {length} ms long");
        }
    }

    [Theory, InlineData(0.5), InlineData(0.84), InlineData(1.19), InlineData(1.5), InlineData(2)]
    public void Jumps_make_no_clicks(double ratio)
    {
        const int rate = 16_000;
        var said = new short[5 * rate];
        double phase = 0;
        for (int i = 0; i < said.Length; i++)
        {
            // A voice that glides over an octave and back, in syllables.
            phase += 2 * Math.PI * (140 + 60 * Math.Sin(2 * Math.PI * 0.7 * i / rate)) / rate;
            double level = 2_500 * (1 - Math.Cos(2 * Math.PI * 4 * i / rate));
            for (int h = 1; h <= 6; h++) said[i] += (short)(level / h * Math.Sin(h * phase));
        }
        int steepest = Steepest(said), found = Steepest(Shift(said, ratio, rate));
        Assert.True(found <= 1.25 * Math.Max(1, ratio) * steepest, $"{found} where the voice has {steepest}");
    }

    [Theory, InlineData(0.7), InlineData(1.6)]
    public void However_it_is_cut_it_is_the_same(double ratio)
    {
        short[] said = Signals.SpeechLike(8_000, 24_000), whole = Shift(said, ratio, 8_000), parts = new short[said.Length];
        var shifter = new PitchShifter(ratio, 8_000);
        var random = new Random(4);
        for (int at = 0; at < said.Length;)
        {
            int take = Math.Min(said.Length - at, random.Next(1, 700));
            shifter.Process(said.AsSpan(at, take), parts.AsSpan(at));
            at += take;
        }
        Assert.Equal(whole, parts);
    }

    [Fact]
    public void What_is_cleared_is_forgotten()
    {
        var shifter = new PitchShifter(1.3, 8_000);
        short[] first = Signals.SpeechLike(8_000, 4_000), again = [.. first];
        shifter.Process(first, first);
        shifter.Clear();
        shifter.Process(again, again);
        Assert.Equal(first, again);
    }

    private static double Ratio(double semitones) => Math.Pow(2, semitones / 12);

    private static short[] Shift(short[] said, double ratio, int rate)
    {
        var shifter = new PitchShifter(ratio, rate);
        var heard = new short[said.Length];
        int frame = rate / 50;
        for (int at = 0; at < said.Length; at += frame) shifter.Process(said.AsSpan(at, frame), heard.AsSpan(at, frame));
        return heard;
    }

    private static int Steepest(short[] samples)
    {
        int most = 0;
        for (int i = 1; i < samples.Length; i++) most = Math.Max(most, Math.Abs(samples[i] - samples[i - 1]));
        return most;
    }

    /// <summary>The frequency within a semitone where a filter gives most: first in steps of 4 cents, then finer.</summary>
    private static double Loudest(short[] samples, int rate, double about)
    {
        double best = about, step = 4;
        for (int cents = -100; cents <= 100; cents += 4) Try(about * Math.Pow(2, cents / 1_200.0));
        for (; step > 0.2; step /= 2)
        {
            double centre = best;
            Try(centre * Math.Pow(2, step / 2_400));
            Try(centre * Math.Pow(2, -step / 2_400));
        }
        return best;

        void Try(double hertz)
        {
            if (Signals.LevelAt(hertz, rate, samples) > Signals.LevelAt(best, rate, samples)) best = hertz;
        }
    }
}
