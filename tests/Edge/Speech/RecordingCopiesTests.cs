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

    [Fact]
    public async Task What_is_no_recording_is_not_written()
    {
        using var page = new MemoryStream("<html><body>No recording.</body></html>"u8.ToArray());
        using var mp3 = new MemoryStream();
        await Assert.ThrowsAsync<InvalidDataException>(() => new RecordingCopies().WriteMp3Async(page, mp3, Stop));
        Assert.Equal(0, mp3.Length);
    }
}
