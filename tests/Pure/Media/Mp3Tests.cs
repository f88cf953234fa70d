using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Native;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

public sealed class Mp3Tests
{
    private static readonly int[] AllRates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

    public static TheoryData<int> Rates => [.. AllRates];

    [Theory, MemberData(nameof(Rates))]
    public void What_is_encoded_is_read_back_at_its_length(int rate)
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        var tone = Signals.Sine(700, rate, rate);

        Assert.True(Mp3Reader.TryRead(Encode(rate, 1, tone), out var samples, out int read, out string? detail), detail);

        Assert.Equal((rate, tone.Length), (read, samples.Length));
        Assert.InRange(Signals.LevelAt(700, rate, samples), 9_000, 11_000);
    }

    [Theory, MemberData(nameof(Rates))]
    public void Two_channels_stay_apart(int rate)
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        var (left, right) = (Signals.Sine(500, rate, rate), Signals.Sine(1_300, rate, rate));
        var both = new short[2 * rate];
        for (int i = 0; i < rate; i++) (both[2 * i], both[2 * i + 1]) = (left[i], right[i]);

        short[] heard = DecodeAll(Encode(rate, 2, both), out int channels);

        Assert.Equal(2, channels);
        short[] first = [.. heard.Where((_, i) => i % 2 == 0)], second = [.. heard.Where((_, i) => i % 2 == 1)];
        Assert.InRange(Signals.LevelAt(500, rate, first), 9_000, 11_000);
        Assert.InRange(Signals.LevelAt(1_300, rate, second), 9_000, 11_000);
        Assert.True(Signals.LevelAt(1_300, rate, first) < 100);
        Assert.True(Signals.LevelAt(500, rate, second) < 100);
    }

    [Fact]
    public void Two_channels_are_mixed_for_a_prompt()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        var (left, right) = (Signals.Sine(500, 16_000, 16_000), Signals.Sine(1_300, 16_000, 16_000));
        var both = new short[32_000];
        for (int i = 0; i < 16_000; i++) (both[2 * i], both[2 * i + 1]) = (left[i], right[i]);

        Assert.True(Mp3Reader.TryRead(Encode(16_000, 2, both), out var samples, out _, out string? detail), detail);

        Assert.Equal(16_000, samples.Length);
        Assert.InRange(Signals.LevelAt(500, 16_000, samples), 4_500, 5_500);
        Assert.InRange(Signals.LevelAt(1_300, 16_000, samples), 4_500, 5_500);
    }

    [Fact]
    public void A_stream_without_its_header_and_one_that_is_torn_off_can_be_read()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        byte[] file = Encode(8_000, 1, Signals.Sine(700, 8_000, 16_000), withHeader: false);

        Assert.True(Mp3Reader.TryRead(file, out var whole, out _, out string? detail), detail);
        Assert.InRange(whole.Length, 16_000, 16_000 + 4 * 576);
        Assert.True(Mp3Reader.TryRead(file.AsSpan(0, file.Length / 2), out var half, out _, out detail), detail);
        Assert.InRange(half.Length, 6_000, 10_000);
    }

    [Fact]
    public void Zeros_before_the_first_frame_are_left_out()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        byte[] file = [.. new byte[417], .. Encode(16_000, 1, Signals.Sine(700, 16_000, 16_000))];

        Assert.True(Mp3Reader.IsMp3(file));
        Assert.False(Mp3Reader.IsMp3([0, 0, 0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.True(Mp3Reader.TryRead(file, out var samples, out int rate, out string? detail), detail);

        Assert.Equal((16_000, 16_000), (rate, samples.Length));
    }

    [Theory, InlineData(10), InlineData(2_000), InlineData(Limits.Mp3LeadBytes - 1)]
    public void What_is_no_sound_before_the_first_frame_is_left_out(int bytes)
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        byte[] file = [.. Enumerable.Repeat((byte)' ', bytes), .. Encode(16_000, 1, Signals.Sine(700, 16_000, 16_000))];

        Assert.True(Mp3Reader.IsMp3(file));
        Assert.True(Mp3Reader.TryRead(file, out var samples, out int rate, out string? detail), detail);

        Assert.Equal((16_000, 16_000), (rate, samples.Length));
    }

    [Fact]
    public void Frames_in_a_row_near_the_beginning_are_an_MP3_and_nothing_less()
    {
        // 64 kbit/s at 16 kHz: 288 bytes.
        byte[] frame = [0xFF, 0xF3, 0x88, 0, .. new byte[284]], frames = [.. frame, .. frame, .. frame];
        byte[] most = new byte[Limits.Mp3LeadBytes - 1];

        Assert.Equal(3, Mp3Frames.FirstIn([1, 0xFF, 0xF3, .. frames]));
        Assert.Equal(most.Length, Mp3Frames.FirstIn([.. most, .. frames]));
        Assert.Equal(-1, Mp3Frames.FirstIn([.. most, 1, .. frames]));
        Assert.Equal(-1, Mp3Frames.FirstIn([1, .. frame, .. frame]));
        Assert.Equal(-1, Mp3Frames.FirstIn([1, .. frame, .. frame, .. frame[..^1]]));
        Assert.Equal(-1, Mp3Frames.FirstIn([]));
        Assert.False(Mp3Reader.IsMp3([.. WavFile.Make(160, 8_000, _ => 0), .. frames]));
    }

    [Fact]
    public void Tags_before_and_behind_the_sound_are_left_out()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        byte[] tag = [.. "ID3\u0004\u0000\u0000\u0000\u0000\u0007\u0068"u8, .. new byte[1000]];
        byte[] file = [.. tag, .. Encode(16_000, 1, Signals.Sine(700, 16_000, 16_000)), .. new byte[30_000]];

        Assert.True(Mp3Reader.TryRead(file, out var samples, out int rate, out string? detail), detail);

        Assert.Equal((16_000, 16_000), (rate, samples.Length));
    }

    [Theory]
    [InlineData(44_100, 16_000), InlineData(16_000, 44_100)]
    public void Files_of_two_rates_behind_each_other_are_read_to_the_end(int first, int second)
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        byte[] file = [.. Encode(first, 1, Signals.Sine(500, first, first)), .. Encode(second, 1, Signals.Sine(700, second, second))];

        Assert.True(Mp3Reader.TryRead(file, out var samples, out int rate, out string? detail), detail);

        Assert.Equal(44_100, rate);
        Assert.InRange(samples.Length / (double)rate, 1.95, 2.3);
        Assert.InRange(Signals.LevelAt(500, rate, samples.AsSpan(10_000, 22_050)), 9_000, 11_000);
        Assert.InRange(Signals.LevelAt(700, rate, samples.AsSpan(samples.Length - 32_000, 22_050)), 9_000, 11_000);
    }

    [Fact]
    public void A_decoder_that_may_not_change_its_rate_ends_with_the_first()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        Assert.True(Mp3Decoder.TryCreate(isMono: true, out var decoder, out string? problem), problem);
        using (decoder)
        {
            ReadOnlySpan<byte> input = (byte[])[.. Encode(24_000, 1, new short[24_000]), .. Encode(16_000, 1, new short[16_000])];
            var room = new short[60_000];
            Mp3Step step;
            while ((step = decoder.Step(input, room, out _)) is Mp3Step.More) input = [];
            Assert.Equal((Mp3Step.Broken, 24_000), (step, decoder.SampleRate));
        }
    }

    [Theory]
    [InlineData(0), InlineData(4), InlineData(1_000), InlineData(200_000)]
    public void Garbage_is_refused_with_a_sentence(int bytes)
    {
        Tool.Require("libmpg123.so.0");
        var random = new Rng(7);
        byte[] file = [.. "ID3"u8, .. Enumerable.Range(0, bytes).Select(_ => (byte)random.Next())];

        Assert.False(Mp3Reader.TryRead(file, out var samples, out _, out string? detail));

        Assert.Empty(samples);
        Assert.StartsWith("The MP3 file ", detail, StringComparison.Ordinal);
    }

    [Theory, Seeds(50)]
    public void Damage_anywhere_never_throws(ulong seed)
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        var random = new Rng(seed);
        byte[] file = Encode(AllRates[random.Next(9)], 1, Signals.SpeechLike(8_000, 16_000, seed));
        for (int i = 0; i < 40; i++) file[random.Next(file.Length)] = (byte)random.Next();

        bool isRead = Mp3Reader.TryRead(file, out var samples, out _, out string? detail);

        Assert.Equal(isRead, detail is null);
        Assert.Equal(isRead, samples.Length > 0);
    }

    [Fact]
    public void The_length_limit_holds()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        byte[] minute = Encode(8_000, 1, new short[60 * 8_000], withHeader: false);
        byte[] tooLong = [.. Enumerable.Repeat(minute, Limits.PromptSeconds / 60).SelectMany(m => m)];

        Assert.True(Mp3Reader.TryRead(tooLong.AsSpan(0, tooLong.Length - 2 * minute.Length), out var samples, out _, out _));
        Assert.InRange(samples.Length / 8_000, Limits.PromptSeconds - 150, Limits.PromptSeconds - 1);
        Assert.False(Mp3Reader.TryRead(tooLong, out _, out _, out string? detail));
        Assert.Contains("too long", detail);
    }

    [Fact]
    public void A_rate_that_MP3_does_not_have_is_refused()
    {
        Tool.Require("libmp3lame.so.0");
        Assert.False(Mp3Encoder.TryCreate(7_000, 1, out _, out string? problem));
        Assert.Contains("7000", problem);
    }

    [Fact]
    public void A_tone_in_a_small_room_is_an_error_and_no_overrun()
    {
        Tool.Require("libmp3lame.so.0");
        Assert.True(Mp3Encoder.TryCreate(8_000, 1, out var encoder, out _));
        using (encoder) Assert.Throws<ArgumentException>(() => encoder.Encode(Signals.Sine(700, 8_000, 8_000), new byte[4]));
    }

    private static byte[] Encode(int rate, int channels, ReadOnlySpan<short> samples, bool withHeader = true)
    {
        Assert.True(Mp3Encoder.TryCreate(rate, channels, out var encoder, out string? problem), problem);
        using (encoder)
        {
            var file = new List<byte>();
            var room = new byte[Mp3Encoder.MostBytes(rate)];
            for (int tick = rate / 50 * channels; !samples.IsEmpty; samples = samples[tick..])
            {
                tick = Math.Min(tick, samples.Length);
                file.AddRange(room.AsSpan(0, encoder.Encode(samples[..tick], room)));
            }
            file.AddRange(room.AsSpan(0, encoder.Finish(room)));
            byte[] all = [.. file];
            int header = encoder.WriteHeader(room);
            if (!withHeader) return all[header..];
            room.AsSpan(0, header).CopyTo(all);
            return all;
        }
    }

    private static short[] DecodeAll(byte[] file, out int channels)
    {
        Assert.True(Mp3Decoder.TryCreate(isMono: false, out var decoder, out string? problem), problem);
        using (decoder)
        {
            var all = new List<short>();
            var room = new short[5_000];
            ReadOnlySpan<byte> input = file;
            Mp3Step step;
            while ((step = decoder.Step(input, room, out int written)) is Mp3Step.More)
            {
                all.AddRange(room.AsSpan(0, written));
                input = [];
            }
            Assert.Equal(Mp3Step.NeedsInput, step);
            channels = decoder.Channels;
            return [.. all];
        }
    }
}
