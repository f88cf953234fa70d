using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Media;
using Ringwright.Media.Native;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

public sealed class PromptEncoderTests
{
    private readonly PromptEncoder _encoder = new();

    [Theory]
    [InlineData("PCMU"), InlineData("PCMA"), InlineData("G722"), InlineData("g722")]
    public void A_prompt_is_whole_frames_and_ends_in_silence(string codec)
    {
        byte[] frames = _encoder.Encode(new short[22_050 + 100], 22_050, codec);
        Assert.Equal(51 * 160, frames.Length);
    }

    [Fact]
    public void No_samples_are_no_frames_and_an_unknown_codec_is_a_bug()
    {
        Assert.Empty(_encoder.Encode([], 8000, "PCMU"));
        Assert.Throws<ArgumentException>(() => _encoder.Encode([1], 8000, "AMR"));
    }

    [Fact]
    public void A_tone_is_rendered_for_its_total_time_at_16_kHz() =>
        Assert.Equal(24_000, _encoder.Render(new PromptSource.Tone(440, 0, 100, 100, 1500)).Length);

    [Fact]
    public void What_is_no_WAV_is_refused_with_the_reason()
    {
        var audio = _encoder.Decode("<html>"u8);
        Assert.Equal(PromptFailure.BadAudio, audio.Failure);
        Assert.Contains("no WAV", audio.Detail);
    }

    [Fact]
    public void An_MP3_is_read_as_a_WAV_is_and_in_the_shell_of_one()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        Assert.True(Mp3Encoder.TryCreate(8000, 1, out var encoder, out string? problem), problem);
        using (encoder)
        {
            byte[] file = new byte[Mp3Encoder.MostBytes(8000)];
            int length = encoder.Encode(new short[8000], file);
            length += encoder.Finish(file.AsSpan(length));

            var audio = _encoder.Decode(file.AsSpan(0, length));
            var inWav = _encoder.Decode(Shelled(file.AsSpan(0, length)));

            Assert.Equal((PromptFailure.None, 8000), (audio.Failure, audio.SampleRate));
            Assert.InRange(audio.Samples.Length, 8000, 8000 + 4 * 576);
            Assert.Equal((PromptFailure.None, 8000), (inWav.Failure, inWav.SampleRate));
            Assert.Equal(audio.Samples, inWav.Samples);
        }
    }

    /// <summary>As a WAV file of format 85, with what recorders write behind the sound.</summary>
    private static byte[] Shelled(ReadOnlySpan<byte> mp3)
    {
        byte[] format = Convert.FromHexString("55000100401F0000E8030000010000000C00010002000000900001007105");
        byte[] length = BitConverter.GetBytes(mp3.Length);
        byte[] odd = mp3.Length % 2 == 0 ? [] : [0];
        byte[] chunks =
        [
            .. "WAVEfmt "u8, (byte)format.Length, 0, 0, 0, .. format, .. "fact\u0004\0\0\0\0\0\0\0"u8,
            .. "data"u8, .. length, .. mp3, .. odd, .. "LIST\u0004\0\0\0INFO"u8
        ];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(chunks.Length), .. chunks];
    }
}

public sealed class PromptCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rw-prompts-").FullName;
    private readonly PromptMemory _cache = new(1000, NullLogger.Instance);

    public void Dispose()
    {
        _cache.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_file_is_loaded_once_and_then_ready()
    {
        string file = Save("a", 160);
        Assert.Equal(PromptState.Loading, _cache.Find(file, out _));
        _cache.LoadNext(TimeSpan.Zero);
        Assert.Equal(PromptState.Ready, _cache.Find(file, out byte[] first));
        File.Delete(file);
        Assert.Equal(PromptState.Ready, _cache.Find(file, out byte[] second));
        Assert.Same(first, second);
    }

    [Fact]
    public void A_missing_file_fails_once_and_is_tried_again_when_asked_again()
    {
        string file = Path.Combine(_folder, "late");
        _cache.Find(file, out _);
        _cache.LoadNext(TimeSpan.Zero);
        Assert.Equal(PromptState.Failed, _cache.Find(file, out _));
        Save("late", 160);
        Assert.Equal(PromptState.Loading, _cache.Find(file, out _));
        _cache.LoadNext(TimeSpan.Zero);
        Assert.Equal(PromptState.Ready, _cache.Find(file, out _));
    }

    [Fact]
    public void A_file_larger_than_the_budget_can_be_played()
    {
        string file = Save("big", 5000);
        _cache.Find(file, out _);
        _cache.LoadNext(TimeSpan.Zero);
        Assert.Equal(PromptState.Ready, _cache.Find(file, out byte[] frames));
        Assert.Equal(5000, frames.Length);
    }

    private string Save(string name, int bytes)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, new byte[bytes]);
        return file;
    }
}
