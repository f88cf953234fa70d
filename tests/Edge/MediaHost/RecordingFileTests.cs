using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Media.Dsp;
using Ringwright.Media.Native;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>A recording as a file: its header, its ends, and what a crash leaves of it.</summary>
public sealed class RecordingFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordPlan _plan = new() { Id = Guid.NewGuid() };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(8_000, 1), InlineData(16_000, 2)]
    public void A_finished_file_is_a_wav_and_no_part_is_left(int rate, int channels)
    {
        var file = RecordingFile.Create(_folder.Path, _plan with { IsDual = channels == 2 });
        file.Write(Tone(rate * channels), rate);
        file.Write(Tone(rate * channels), rate);
        var written = file.Finish();

        Assert.Null(written.Error);
        Assert.Equal(TimeSpan.FromSeconds(2), written.Length);
        Assert.Equal(new FileInfo(written.Path).Length, written.Bytes);
        Assert.Equal([written.Path], Directory.GetFiles(_folder.Path));
        byte[] bytes = File.ReadAllBytes(written.Path);
        Assert.Equal(channels, bytes[22]);
        Assert.True(WavReader.TryRead(bytes, out short[] samples, out int read, out string? detail), detail);
        Assert.Equal((rate, 2 * rate), (read, samples.Length));
    }

    [Theory]
    [InlineData(41), InlineData(57), InlineData(114), InlineData(2_999)]
    public void A_length_is_told_to_the_millisecond(int ticks)
    {
        var file = RecordingFile.Create(_folder.Path, _plan with { IsDual = true });
        file.Write(new short[2 * 160 * ticks], 8_000);
        Assert.Equal(20 * ticks, file.Finish().Length.TotalMilliseconds);
    }

    [Fact]
    public void Silence_at_both_ends_is_left_out_and_a_little_of_it_stays()
    {
        var file = RecordingFile.Create(_folder.Path, _plan with { TrimsSilence = true });
        foreach (var part in (short[][])[new short[8_000], Tone(4_000), new short[8_000], Tone(4_000), new short[12_000]])
            foreach (short[] tick in part.Chunk(160)) file.Write(tick, 8_000);
        Assert.InRange(file.Finish().Length.TotalMilliseconds, 2_000 + 100, 2_000 + 240);
    }

    [Fact]
    public void Nothing_but_silence_trimmed_is_an_empty_file()
    {
        var file = RecordingFile.Create(_folder.Path, _plan with { TrimsSilence = true });
        file.Write(new short[16_000], 8_000);
        var written = file.Finish();
        Assert.Equal((44, TimeSpan.Zero), (written.Bytes, written.Length));
    }

    [Fact]
    public void What_a_crash_left_is_made_whole()
    {
        RecordingFile.Create(_folder.Path, _plan).Write(Tone(12_001), 8_000);
        Assert.EndsWith(".part", Assert.Single(Directory.GetFiles(_folder.Path)));

        var repaired = RecordingFile.Repair(_folder.Path, _plan);
        Assert.Equal(12_001.0 / 8_000, repaired.Length.TotalSeconds, 0.001);
        Assert.True(WavReader.TryRead(File.ReadAllBytes(repaired.Path), out short[] samples, out _, out string? detail), detail);
        Assert.Equal(12_001, samples.Length);
    }

    [Fact]
    public void A_part_without_a_single_sample_is_repaired_to_an_empty_file()
    {
        File.WriteAllBytes(_folder.File($"{_plan.Id}.part"), []);
        Assert.Equal(TimeSpan.Zero, RecordingFile.Repair(_folder.Path, _plan).Length);
    }

    [Fact]
    public void Nothing_to_repair_is_said()
    {
        Assert.Contains("before anything", RecordingFile.Repair(_folder.Path, _plan).Error);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void An_mp3_has_both_channels_and_the_length(bool isDual)
    {
        Tool.Require("libmp3lame.so.0", "libmpg123.so.0");
        var file = RecordingFile.Create(_folder.Path, _plan with { IsDual = isDual, Format = RecordFormat.Mp3 });
        file.Write(Tone(isDual ? 32_000 : 16_000), 8_000);
        var written = file.Finish();

        Assert.EndsWith(".mp3", Assert.Single(Directory.GetFiles(_folder.Path)));
        byte[] bytes = File.ReadAllBytes(written.Path);
        Assert.Equal(written.Bytes, bytes.Length);
        Assert.True(Mp3Reader.TryRead(bytes, out short[] samples, out int rate, out string? detail), detail);
        Assert.InRange(samples.Length / (double)rate, 1.95, 2.15);
    }

    [Theory]
    [InlineData(8_000, false), InlineData(16_000, true)]
    public void An_ogg_has_each_channel_as_a_stream_and_the_length_to_the_sample(int rate, bool isDual)
    {
        Tool.Require("libopus.so.0");
        var plan = _plan with { IsDual = isDual, Format = RecordFormat.Ogg };
        var file = RecordingFile.Create(_folder.Path, plan);
        file.Write(Tone((2 * rate + 1) * plan.Channels), rate);
        var written = file.Finish();

        Assert.EndsWith(".ogg", Assert.Single(Directory.GetFiles(_folder.Path)));
        byte[] bytes = File.ReadAllBytes(written.Path);
        Assert.Equal((null, bytes.Length), (written.Error, (int)written.Bytes));
        var pages = PagesOf(bytes);
        byte[] head = Assert.Single(pages[0].Packets);
        byte[] begin = [.. "OpusHead"u8, 1, (byte)plan.Channels, 312 % 256, 312 / 256], mapping = isDual ? [1, 2, 0, 0, 1] : [0];
        Assert.Equal(begin, head[..12]);
        Assert.Equal(rate, BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12)));
        Assert.Equal(mapping, head[18..]);
        Assert.Equal("OpusTags"u8.ToArray(), Assert.Single(pages[1].Packets)[..8]);
        Assert.Equal([2, .. Enumerable.Repeat(0, pages.Count - 2), 4], pages.Select(page => (int)page.Kind));
        // By a clock of 48 kHz, behind what the library holds back.
        Assert.Equal(312 + 96_000 + 48_000 / rate, pages[^1].Position);
        Assert.Equal(101, pages.Skip(2).Sum(page => page.Packets.Count));
        Assert.All(pages.Skip(2).SkipLast(1), page => Assert.Equal(0, page.Position % 960));

        // As a process finds it that was not told.
        var found = RecordingFile.Repair(_folder.Path, plan);
        Assert.Equal((null, written.Path, written.Bytes), (found.Error, found.Path, found.Bytes));
        Assert.Equal(2 + 1.0 / rate, found.Length.TotalSeconds, 0.000_001);
        Assert.Equal(written.Length.TotalSeconds, found.Length.TotalSeconds, 0.000_001);
        Assert.Equal(found.Length, RecordingFile.LengthLeft(_folder.Path, plan));
    }

    /// <summary>By RFC 3533, and its checksum bit by bit.</summary>
    private static List<(byte Kind, long Position, List<byte[]> Packets)> PagesOf(byte[] file)
    {
        var pages = new List<(byte, long, List<byte[]>)>();
        for (int at = 0; at < file.Length;)
        {
            int body = at + 27 + file[at + 26];
            byte[] lengths = file[(at + 27)..body], page = file[at..(body + lengths.Sum(length => (int)length))];
            Assert.Equal("OggS"u8.ToArray(), page[..4]);
            Assert.Equal((uint)pages.Count, BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(18)));
            uint said = BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(22)), sum = 0;
            page.AsSpan(22, 4).Clear();
            foreach (byte one in page)
            {
                sum ^= (uint)one << 24;
                for (int bit = 0; bit < 8; bit++) sum = (sum & 0x8000_0000) != 0 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1;
            }
            Assert.Equal(sum, said);
            var packets = new List<byte[]>();
            int from = body, size = 0;
            foreach (byte length in lengths)
            {
                size += length;
                if (length == 255) continue;
                packets.Add(file[from..(from + size)]);
                (from, size) = (from + size, 0);
            }
            pages.Add((page[5], BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(6)), packets));
            at += page.Length;
        }
        return pages;
    }

    [Theory]
    [InlineData(8_000, false), InlineData(16_000, true)]
    public void An_mp3_that_was_finished_when_nobody_could_be_told_any_more_is_whole(int rate, bool isDual)
    {
        Tool.Require("libmp3lame.so.0");
        var plan = _plan with { IsDual = isDual, Format = RecordFormat.Mp3 };
        var file = RecordingFile.Create(_folder.Path, plan);
        file.Write(Tone(2 * rate * plan.Channels), rate);
        var written = file.Finish();

        // The media process outlives a node that is killed by some seconds, and finishes what it can.
        var found = RecordingFile.Repair(_folder.Path, plan);
        Assert.Equal((null, written.Path, written.Bytes), (found.Error, found.Path, found.Bytes));
        Assert.InRange(found.Length.TotalSeconds, 1.95, 2.3);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    [Failure("recordings-disk-still")]
    public void A_gap_is_silent_keeps_its_place_and_is_named_also_when_another_process_finishes_the_file(bool isDead)
    {
        var plan = _plan with { IsDual = true };
        var file = RecordingFile.Create(_folder.Path, plan);
        file.Write(Tone(16_000), 8_000);
        file.Skip(24_000, 8_000);
        file.Write(Tone(8_000), 8_000);
        file.Skip(4_000, 8_000);
        file.Skip(4_000, 8_000);
        file.Write(Tone(2), 8_000);
        var written = isDead ? RecordingFile.Repair(_folder.Path, plan) : file.Finish();

        Assert.Equal([Gap(1, 1.5), Gap(3, 0.5)], written.Gaps);
        Assert.Equal(3.5 + 1 / 8_000.0, written.Length.TotalSeconds, 0.0001);
        var samples = MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(written.Path).AsSpan(44));
        Assert.True(samples[16_000..40_000].IndexOfAnyExcept((short)0) < 0);
        Assert.Equal(Tone(8_000), samples[40_000..48_000].ToArray());
        Assert.Equal(Tone(16_000), samples[..16_000].ToArray());
    }

    [Fact]
    public void A_gap_is_not_trimmed_for_it_may_have_been_sound()
    {
        var file = RecordingFile.Create(_folder.Path, _plan with { TrimsSilence = true });
        file.Write(new short[8_000], 8_000);
        file.Skip(8_000, 8_000);
        file.Write(new short[8_000], 8_000);
        var written = file.Finish();
        Assert.Equal([Gap(0.1, 1)], written.Gaps);
        Assert.Equal(1.1, written.Length.TotalSeconds, 0.001);
    }

    [Fact]
    public void Marks_that_were_cut_off_are_read_as_far_as_they_go()
    {
        File.WriteAllText(_folder.File($"{_plan.Id}.gaps"), "1000 500\n7000");
        RecordingFile.Create(_folder.Path, _plan).Write(Tone(80_000), 8_000);
        Assert.Equal([Gap(1, 0.5)], RecordingFile.Repair(_folder.Path, _plan).Gaps);
    }

    [Fact]
    public void What_was_marked_and_never_reached_is_no_gap_of_a_file_that_another_process_finishes()
    {
        var file = RecordingFile.Create(_folder.Path, _plan);
        file.Write(Tone(8_000), 8_000);
        file.Skip(8_000, 8_000);
        var written = RecordingFile.Repair(_folder.Path, _plan);
        Assert.Equal((TimeSpan.FromSeconds(1), 0), (written.Length, written.Gaps.Count));
    }

    [Fact]
    public void So_many_gaps_that_nobody_could_be_told_of_all_become_one_long_one()
    {
        var gaps = new List<RecordGap>();
        for (int i = 0; i < 2_000; i++) GapMarks.Add(gaps, Gap(2 * i, 1));
        Assert.Equal(1_000, gaps.Count);
        Assert.Equal(Gap(1_998, 2_001), gaps[^1]);
    }

    private static RecordGap Gap(double at, double length) => new(TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(length));

    private static short[] Tone(int samples) => [.. Enumerable.Range(0, samples).Select(i => (short)(8_000 * Math.Sin(i * 0.3)))];
}
