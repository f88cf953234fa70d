using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Digits in the audio itself: what must be heard, what must not, and what becomes of them.</summary>
public sealed class DigitDetectorTests
{
    private const string Pad = "0123456789*#ABCD";

    [Theory]
    [InlineData(8000), InlineData(16000)]
    public void Each_key_is_heard_once(int rate) =>
        Assert.Equal(Pad, Heard(rate, [.. Pad.SelectMany(key => Key(key, rate, 80).Concat(new short[rate * 60 / 1000]))]));

    /// <summary>Q.24: 40 ms are enough, and so are 40 ms between two.</summary>
    [Fact]
    public void Short_keys_and_short_pauses_are_enough_wherever_they_fall()
    {
        for (int shift = 0; shift < 160; shift += 7)
            Assert.Equal("1199#", Heard(8000,
                [.. new short[shift], .. "1199#".SelectMany(key => Key(key, 8000, 40).Concat(new short[400]))]));
    }

    [Fact]
    public void A_click_of_20_ms_is_no_key()
    {
        for (int shift = 0; shift < 160; shift += 7)
            Assert.Equal("", Heard(8000, [.. new short[shift], .. Key('5', 8000, 20), .. new short[800]]));
    }

    [Theory]
    [InlineData(0.985, 1.0, 1.0), InlineData(1.015, 1.0, 1.0), InlineData(1.0, 0.45, 1.0), InlineData(1.0, 1.0, 0.65),
        InlineData(1.0, 0.06, 0.06)]
    public void Tones_may_be_a_little_off_in_pitch_and_level(double pitch, double column, double row) =>
        Assert.Equal("8", Heard(8000, Pair(852 * pitch, 1336 * pitch, 8000, 640, 8_000 * row, 8_000 * column)));

    [Theory]
    [InlineData(852 * 1.06, 1336 * 1.06, 1.0), InlineData(852, 1336, 0.15), InlineData(852, 852, 1.0), InlineData(440, 480, 1.0),
        InlineData(350, 440, 1.0)]
    public void Other_tones_are_no_keys(double low, double high, double column) =>
        Assert.Equal("", Heard(8000, Pair(low, high, 8000, 4_000, 8_000, 8_000 * column)));

    [Fact]
    public void Keys_are_heard_through_noise()
    {
        var random = new Rng(4);
        short[] sound = [.. "159#".SelectMany(key => Key(key, 8000, 80).Concat(new short[640]))];
        for (int i = 0; i < sound.Length; i++) sound[i] += (short)((random.NextDouble() - 0.5) * 5_000);
        Assert.Equal("159#", Heard(8000, sound));
    }

    [Fact]
    public void Ten_minutes_of_something_like_speech_press_no_key()
    {
        int keys = 0;
        for (ulong seed = 1; seed <= 10; seed++) keys += Heard(8000, Signals.SpeechLike(8000, 60 * 8000, seed)).Length;
        Assert.Equal(0, keys);
    }

    /// <summary>A voice with a buzz, five formants and vibrato: harmonics that now and then meet a row and a column.</summary>
    [Fact]
    public void A_minute_of_sung_vowels_presses_no_key()
    {
        var sound = new short[60 * 8000];
        double phase = 0;
        for (int i = 0; i < sound.Length; i++)
        {
            double time = i / 8000.0, pitch = 110 + 90 * Math.Abs(Math.Sin(time / 3)) + 4 * Math.Sin(2 * Math.PI * 5 * time);
            phase += 2 * Math.PI * pitch / 8000;
            double value = 0;
            for (int harmonic = 1; harmonic * pitch < 3400; harmonic++)
                value += Math.Sin(harmonic * phase) / (1 + Math.Abs(harmonic * pitch - 700 - 400 * Math.Sin(time)) / 250);
            sound[i] = (short)(4_000 * value);
        }
        Assert.Equal("", Heard(8000, sound));
    }

    [Theory]
    [InlineData("PCMU"), InlineData("PCMA"), InlineData("G722")]
    public void A_port_reports_tones_where_no_events_were_agreed(string codec)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan(codec) with { TelephoneEventType = null });
        Say(world, codec, "42");
        Assert.Equal("42", Reported(world));
        Assert.Equal(2, world.Shard.Counters.DigitsReceived);
    }

    [Fact]
    public void A_port_does_not_listen_for_tones_where_events_were_agreed()
    {
        var world = new ShardWorld().Connected();
        Say(world, "PCMU", "42");
        Assert.Equal("", Reported(world));
    }

    [Fact]
    public void Listening_for_tones_keeps_to_its_budget()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { TelephoneEventType = null });
        byte[] heard = new byte[172];
        world.Run(500, heard);
        AllocationBudget.Holds("tick: listening for tones", 1_000, () => world.Run(1_000, heard));
    }

    private static void Say(ShardWorld world, string codec, string keys)
    {
        int rate = codec == "G722" ? 16_000 : 8_000, frame = rate / 50;
        short[] sound = [.. new short[rate / 5], .. keys.SelectMany(key => Key(key, rate, 100).Concat(new short[rate / 10])),
            .. new short[rate / 5]];
        byte[] bytes = ShardWorld.Encode(codec, sound[..(sound.Length / frame * frame)]);
        for (int at = 0; at + 160 <= bytes.Length; at += 160)
        {
            world.Hear(bytes[at..(at + 160)], ShardWorld.Plan(codec).Codec.PayloadType);
            world.Tick();
        }
    }

    private static string Reported(ShardWorld world) => string.Concat(world.Events.OfType<MediaEvent.Digit>().Select(d => d.Key));

    private static short[] Key(char key, int rate, int milliseconds)
    {
        Assert.True(ToneGenerator.TryKey(key, out int low, out int high));
        return Pair(low, high, rate, rate * milliseconds / 1000, 6_000, 6_000);
    }

    private static short[] Pair(double low, double high, int rate, int count, double row, double column)
    {
        short[] a = Signals.Sine(low, rate, count, row), b = Signals.Sine(high, rate, count, column);
        for (int i = 0; i < count; i++) a[i] += b[i];
        return a;
    }

    private static string Heard(int rate, short[] sound)
    {
        var detector = new DigitDetector();
        detector.Configure(rate);
        var keys = new System.Text.StringBuilder();
        for (int at = 0; at < sound.Length; at += rate / 50)
            if (detector.Handle(sound.AsSpan(at, Math.Min(rate / 50, sound.Length - at))) is { } key) keys.Append(key);
        return keys.ToString();
    }
}
