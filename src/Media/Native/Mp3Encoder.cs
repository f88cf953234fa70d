using System.Diagnostics.CodeAnalysis;

namespace Ringwright.Media.Native;

/// <summary>
/// Encodes 16-bit samples, one channel or two, to MP3 at a constant bit rate that fits telephony. The stream is playable as it grows;
/// who can seek writes <see cref="WriteHeader"/> over its beginning at the end, so that players know the exact length.
/// Holds native memory until disposed.
/// </summary>
public sealed unsafe class Mp3Encoder : IDisposable
{
    /// <summary>
    /// Without the shaping of noise that 5, which libmp3lame recommends, spends a third of its time on: of telephone speech at these
    /// bit rates both leave the same spectrum (docs/performance-history.md).
    /// </summary>
    private const int Quality = 7;

    private readonly LameHandle _handle;
    private readonly int _channels;

    private Mp3Encoder(LameHandle handle, int channels) => (_handle, _channels) = (handle, channels);

    /// <summary>False when the library for it is not installed.</summary>
    public static bool IsAvailable => Lame.IsPresent;

    /// <param name="sampleRate">8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100 or 48000.</param>
    /// <param name="channels">1 or 2.</param>
    /// <returns>False when the library is not there or does not know the rate; <paramref name="problem"/> says so.</returns>
    public static bool TryCreate(int sampleRate, int channels,
        [NotNullWhen(true)] out Mp3Encoder? encoder, [NotNullWhen(false)] out string? problem)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels is 1 or 2, true, nameof(channels));
        (encoder, problem) = (null, Lame.Missing);
        if (!Lame.IsPresent) return false;
        var handle = new LameHandle();
        if (!Prepare(handle, sampleRate, channels))
        {
            handle.Dispose();
            problem = $"{Lame.Name} does not write MP3 with {sampleRate} samples a second.";
            return false;
        }
        (encoder, problem) = (new(handle, channels), null);
        return true;
    }

    /// <summary>
    /// Room that <see cref="Encode"/> needs for so many samples of one channel;
    /// with 0 what <see cref="Finish"/> and <see cref="WriteHeader"/> need.
    /// </summary>
    public static int MostBytes(int samples) => samples + samples / 4 + 7_200;

    /// <param name="samples">Of one channel, or of two in turn (left, right).</param>
    /// <returns>Bytes written; often 0, since frames hold more than one call gives.</returns>
    public int Encode(ReadOnlySpan<short> samples, Span<byte> into)
    {
        int count = samples.Length / _channels;
        int written;
        fixed (short* from = samples)
        fixed (byte* to = into)
        {
            written = _channels == 2
                ? Lame.lame_encode_buffer_interleaved(_handle, from, count, to, into.Length)
                : Lame.lame_encode_buffer(_handle, from, from, count, to, into.Length);
        }
        return Checked(written);
    }

    /// <summary>The last frames. Nothing can be encoded afterwards.</summary>
    public int Finish(Span<byte> into)
    {
        fixed (byte* to = into) return Checked(Lame.lame_encode_flush(_handle, to, into.Length));
    }

    /// <summary>
    /// After <see cref="Finish"/>: the frame that belongs at the very beginning, in place of the empty
    /// one that is there, with length and gaps.
    /// </summary>
    public int WriteHeader(Span<byte> into)
    {
        fixed (byte* to = into)
        {
            nuint length = Lame.lame_get_lametag_frame(_handle, to, (nuint)into.Length);
            return length <= (nuint)into.Length ? (int)length : 0;
        }
    }

    public void Dispose() => _handle.Dispose();

    private static int Checked(int written) =>
        written >= 0 ? written : throw new ArgumentException($"{Lame.Name} refused the samples or the room for its frames ({written}).");

    private static bool Prepare(LameHandle handle, int rate, int channels) =>
        !handle.IsInvalid
        && Lame.lame_set_errorf(handle, 0) == 0 && Lame.lame_set_msgf(handle, 0) == 0 && Lame.lame_set_debugf(handle, 0) == 0
        && Lame.lame_set_in_samplerate(handle, rate) == 0 && Lame.lame_set_out_samplerate(handle, rate) == 0
        && Lame.lame_set_num_channels(handle, channels) == 0
        && Lame.lame_set_mode(handle, channels == 2 ? Lame.Stereo : Lame.Mono) == 0
        && Lame.lame_set_brate(handle, Kilobits(rate) * channels) == 0
        && Lame.lame_set_quality(handle, Quality) == 0
        && Lame.lame_init_params(handle) == 0;

    /// <summary>
    /// For one channel; twice as much for two. Enough for telephone speech, and for the header to fit into one frame at each rate.
    /// </summary>
    private static int Kilobits(int rate) => rate switch
    {
        <= 12_000 => 32,
        <= 16_000 => 48,
        _ => 64,
    };
}
