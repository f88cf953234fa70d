using System.Buffers.Binary;
using Ringwright.Calls;
using Ringwright.Media.Native;
using Ringwright.Speech.Recordings;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>Recordings in another form than they are kept in.</summary>
public sealed class RecordingCopiesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(8_000), InlineData(16_000)]
    public async Task A_recording_that_is_kept_as_WAV_is_written_as_MP3(int rate)
    {
        Tool.Require("libmp3lame.so.0", "libmpg123.so.0");
        using var wav = new MemoryStream(WavFile.Make(2 * rate, rate, at => (short)(8_000 * Math.Sin(2 * Math.PI * 440 * at / rate))));
        using var mp3 = new MemoryStream();
        await new RecordingCopies().WriteMp3Async(wav, mp3, Stop);
        Assert.True(Mp3Reader.TryRead(mp3.ToArray(), out short[] samples, out int read, out string? detail), detail);
        // Without the header that says how much an encoder adds at both ends.
        Assert.InRange(samples.Length / (double)read, 1.95, 2.5);
        Assert.InRange(samples.Max(), 6_000, 10_000);
    }

    /// <summary>More than there are turns: each waits for its own, and none for who reads.</summary>
    [Fact]
    public async Task Many_are_written_at_once()
    {
        Tool.Require("libmp3lame.so.0");
        var copies = new RecordingCopies();
        Assert.Null(copies.Missing);
        byte[] wav = WavFile.Make(40_000, 8_000, at => (short)(8_000 * Math.Sin(2 * Math.PI * 440 * at / 8_000)));
        byte[][] written = await Task.WhenAll(
            Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => Task.Run(() => WriteAsync(), Stop)));
        Assert.NotEmpty(written[0]);
        Assert.All(written, one => Assert.Equal(written[0], one));

        async Task<byte[]> WriteAsync()
        {
            using var mp3 = new MemoryStream();
            await copies.WriteMp3Async(new MemoryStream(wav), mp3, Stop);
            return mp3.ToArray();
        }
    }

    /// <summary>One side in each channel: in one both are heard, as loud as they were, and never louder than samples can be.</summary>
    [Theory, InlineData(100, 20, 120), InlineData(-100, 100, 0), InlineData(30_000, 30_000, short.MaxValue)]
    [InlineData(-30_000, -30_000, short.MinValue)]
    public async Task Two_channels_are_written_as_one(int left, int right, int mixed)
    {
        // More than one piece, and no whole number of them.
        const int frames = 10_001;
        using var kept = new MemoryStream(Dual(frames, (short)left, (short)right));
        using var copy = new MemoryStream();
        await new RecordingCopies().WriteMonoAsync(kept, RecordFormat.Wav, copy, RecordFormat.Wav, Stop);
        Assert.Equal(WavFile.Make(frames, 8_000, _ => (short)mixed), copy.ToArray());
    }

    [Fact]
    public async Task Two_channels_are_written_as_MP3_with_one()
    {
        Tool.Require("libmp3lame.so.0", "libmpg123.so.0");
        using var kept = new MemoryStream(Dual(16_000, 0, 0));
        using var copy = new MemoryStream();
        await new RecordingCopies().WriteMonoAsync(kept, RecordFormat.Wav, copy, RecordFormat.Mp3, Stop);
        using var both = new MemoryStream();
        await new RecordingCopies().WriteMp3Async(new MemoryStream(Dual(16_000, 0, 0)), both, Stop);
        // Layer III, section 2.4.2.3: the mode's two bits are 3 in frames of one channel.
        Assert.Equal((3, false), (ModeOf(copy), ModeOf(both) == 3));

        static int ModeOf(MemoryStream mp3) => mp3.ToArray()[3] >> 6;
    }

    [Fact]
    public async Task What_is_no_recording_is_not_written()
    {
        using var page = new MemoryStream("<html><body>No recording.</body></html>"u8.ToArray());
        using var mp3 = new MemoryStream();
        await Assert.ThrowsAsync<InvalidDataException>(() => new RecordingCopies().WriteMp3Async(page, mp3, Stop));
        Assert.Equal(0, mp3.Length);
    }

    /// <summary>At 8 kHz, with the same samples throughout.</summary>
    private static byte[] Dual(int frames, short left, short right)
    {
        byte[] file = WavFile.Make(2 * frames, 8_000, at => at % 2 == 0 ? left : right);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 2);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), 8_000 * 4);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 4);
        return file;
    }
}
