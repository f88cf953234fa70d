using Ringwright.Media;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class ResamplerTests
{
    public static TheoryData<int, int> Rates
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int from in (int[])[8000, 11_025, 12_345, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 191_999])
            {
                data.Add(from, 8000);
                data.Add(from, 16_000);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Rates))]
    public void A_tone_keeps_its_pitch_level_length_and_place(int from, int to)
    {
        var heard = Resampler.Convert(Signals.Sine(1000, from, from / 2), from, to);

        Assert.Equal((from / 2 * (long)to + from - 1) / from, heard.Length);
        var middle = heard.AsSpan(to / 10, to / 4);
        Assert.InRange(Signals.LevelAt(1000, to, middle), 9800, 10_200);
        var ideal = Signals.Sine(1000, to, heard.Length).AsSpan(to / 10, to / 4);
        Assert.True(Signals.Snr(ideal, middle, mostDelay: 0) > 45);
    }

    [Theory]
    [InlineData(16_000, 6000, 2000), InlineData(44_100, 7000, 1000), InlineData(48_000, 5000, 3000)]
    public void What_8_kHz_cannot_hold_does_not_come_back_folded(int from, int hertz, int folded)
    {
        var heard = Resampler.Convert(Signals.Sine(hertz, from, from), from, 8000);
        Assert.InRange(Signals.LevelAt(folded, 8000, heard.AsSpan(800, 6400)), 0, 20);
    }

    [Fact]
    public void In_a_stream_each_frame_gives_a_frame_and_the_joints_are_not_heard()
    {
        var (up, down) = (new Resampler(8000, 16_000), new Resampler(16_000, 8000));
        var source = Signals.Sine(1000, 8000, 16_000);
        var heard = new short[16_000];
        var wide = new short[320];
        for (int i = 0; i < source.Length; i += 160)
        {
            Assert.Equal(320, up.Process(source.AsSpan(i, 160), wide));
            Assert.Equal(160, down.Process(wide, heard.AsSpan(i)));
        }
        Assert.InRange(Signals.LevelAt(1000, 8000, heard.AsSpan(8000)), 9800, 10_200);
        Assert.InRange(Signals.Rms(heard.AsSpan(8000)), 10_000 / Math.Sqrt(2) * 0.98, 10_000 / Math.Sqrt(2) * 1.02);
    }

    [Fact]
    public void Full_scale_is_clipped_not_wrapped()
    {
        var square = new short[8000];
        for (int i = 0; i < square.Length; i++) square[i] = i / 20 % 2 == 0 ? short.MaxValue : short.MinValue;
        var heard = Resampler.Convert(square, 8000, 16_000);
        for (int i = 100; i < heard.Length - 1; i++) Assert.True(Math.Abs(heard[i] - heard[i - 1]) < 50_000);
    }

    [Fact]
    public void Nothing_gives_nothing() => Assert.Empty(Resampler.Convert([], 44_100, 8000));
}

public sealed class ToneGeneratorTests
{
    [Fact]
    public void A_tone_has_its_frequency_and_no_other()
    {
        var tone = ToneGenerator.Render(440, 0, 1000, 0, 1000, 16_000);
        Assert.Equal(16_000, tone.Length);
        Assert.InRange(Signals.LevelAt(440, 16_000, tone.AsSpan(1600, 12_800)), 11_000, 12_000);
        Assert.InRange(Signals.LevelAt(880, 16_000, tone.AsSpan(1600, 12_800)), 0, 50);
    }

    [Fact]
    public void A_cadence_is_on_off_and_begins_and_ends_softly()
    {
        var tone = ToneGenerator.Render(480, 620, 500, 500, 2000, 8000);
        Assert.InRange(Signals.Rms(tone.AsSpan(0, 4000)), 5000, 12_000);
        Assert.Equal(0, Signals.Rms(tone.AsSpan(4000, 4000)));
        Assert.InRange(Signals.Rms(tone.AsSpan(8000, 4000)), 5000, 12_000);
        Assert.InRange(Math.Abs((int)tone[3999]), 0, 500);
    }

    [Fact]
    public void Without_sound_there_is_silence_of_the_whole_length() =>
        Assert.All(ToneGenerator.Render(440, 0, 0, 0, 100, 8000), sample => Assert.Equal(0, sample));

    [Theory]
    [InlineData('1', 697, 1209), InlineData('5', 770, 1336), InlineData('0', 941, 1336), InlineData('#', 941, 1477),
        InlineData('d', 941, 1633)]
    public void Keys_have_their_two_tones(char key, int low, int high)
    {
        Assert.True(ToneGenerator.TryKey(key, out int first, out int second));
        Assert.Equal((low, high), (first, second));
        Assert.False(ToneGenerator.TryKey('x', out _, out _));
    }
}

public sealed class VoiceDetectorTests
{
    private readonly VoiceDetector _detector = new();

    [Fact]
    public void Speech_begins_and_pauses_once()
    {
        _detector.Watch(500);
        Assert.Empty(Changes(new short[160 * 50]));
        Assert.Equal([true], Changes(Signals.SpeechLike(8000, 160 * 50)));
        Assert.Empty(Changes(new short[160 * 24]));
        Assert.Equal([false], Changes(new short[160 * 5]));
    }

    [Fact]
    public void Clicks_and_soft_noise_are_no_speech()
    {
        _detector.Watch(500);
        var clicks = new short[160 * 100];
        for (int i = 0; i < 100; i += 10) Array.Fill(clicks, (short)20_000, i * 160, 30);
        Assert.Empty(Changes(clicks));
        var noise = Signals.SpeechLike(8000, 160 * 100);
        Gain.Apply(noise, 0.02f);
        Assert.Empty(Changes(noise));
    }

    [Fact]
    public void Speech_is_heard_over_a_loud_line()
    {
        _detector.Watch(500);
        var line = Signals.Sine(100, 8000, 160 * 2000, 400);
        Changes(line);
        Assert.False(_detector.IsTalking);
        Assert.Equal([true], Changes(Signals.SpeechLike(8000, 160 * 20)));
    }

    [Fact]
    public void Zero_ends_the_watch()
    {
        _detector.Watch(500);
        Changes(Signals.SpeechLike(8000, 160 * 20));
        _detector.Watch(0);
        Assert.False(_detector.IsOn);
        Assert.False(_detector.IsTalking);
    }

    private bool[] Changes(short[] samples)
    {
        var changes = new List<bool>();
        for (int i = 0; i + 160 <= samples.Length; i += 160)
        {
            if (_detector.Handle(samples.AsSpan(i, 160))) changes.Add(_detector.IsTalking);
        }
        return [.. changes];
    }
}

public sealed class ConcealerTests
{
    [Theory]
    [InlineData(8000), InlineData(16_000)]
    public void A_lost_frame_of_a_tone_is_filled_with_the_same_tone_and_fades_within_60_ms(int rate)
    {
        int frame = rate / 50;
        var concealer = new Concealer();
        concealer.Start(rate);
        var tone = Signals.Sine(200, rate, 10 * frame);
        for (int i = 0; i < 10; i++) concealer.Heard(tone.AsSpan(i * frame, frame));

        var made = new short[4 * frame];
        for (int i = 0; i < 4; i++) concealer.Conceal(made.AsSpan(i * frame, frame));

        double full = 10_000 / Math.Sqrt(2);
        Assert.InRange(Signals.Rms(made.AsSpan(0, frame)), 0.7 * full, full);
        Assert.InRange(Signals.Rms(made.AsSpan(frame, frame)), 0.35 * full, 0.65 * full);
        Assert.InRange(Signals.Rms(made.AsSpan(2 * frame, frame)), 0.05 * full, 0.35 * full);
        Assert.Equal(0, Signals.Rms(made.AsSpan(3 * frame, frame)));
        // It goes on where the tone stopped: no jump at the joint beyond a step of the tone itself.
        Assert.InRange(Math.Abs(made[0] - tone[^1]), 0, 3000);
        Assert.Equal(4, concealer.Frames);
    }

    [Fact]
    public void The_return_is_blended()
    {
        var concealer = new Concealer();
        concealer.Start(8000);
        var loud = new short[160];
        Array.Fill(loud, (short)8000);
        concealer.Heard(loud);
        concealer.Heard(loud);
        var made = new short[160];
        concealer.Conceal(made);
        var after = new short[160];
        Array.Fill(after, (short)-8000);
        concealer.Heard(after);
        Assert.InRange(after[0], 0, made[^1] + 1);
        Assert.Equal(-8000, after[100]);
    }

    [Fact]
    public void Before_anything_was_heard_it_makes_silence()
    {
        var concealer = new Concealer();
        concealer.Start(8000);
        var made = Signals.Sine(500, 8000, 160);
        concealer.Conceal(made);
        Assert.All(made, sample => Assert.Equal(0, sample));
    }
}

public sealed class GainTests
{
    [Fact]
    public void Gain_scales_and_saturates()
    {
        short[] samples = [100, -100, 30_000, -30_000];
        Gain.Apply(samples, 2);
        Assert.Equal([200, -200, 32_767, -32_768], samples);
    }

    [Fact]
    public void Levels_are_below_full_scale()
    {
        Assert.Equal(-100, Gain.Decibels(new short[160]));
        Assert.InRange(Gain.Decibels(Signals.Sine(1000, 8000, 8000, 32_767)), -3.1, -2.9);
    }
}

public sealed class VoiceQualityTests
{
    [Fact]
    public void A_clean_line_scores_more_than_4_3() => Assert.InRange(VoiceQuality.Mos(60, 0), 4.3, 4.5);

    [Fact]
    public void Loss_and_delay_cost()
    {
        double clean = VoiceQuality.Mos(60, 0), lossy = VoiceQuality.Mos(60, 0.05), slow = VoiceQuality.Mos(400, 0);
        Assert.True(clean > lossy && lossy > VoiceQuality.Mos(60, 0.2));
        Assert.True(clean > slow);
        Assert.Equal(1, VoiceQuality.Mos(10_000, 1));
    }
}
