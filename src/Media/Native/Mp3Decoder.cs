using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Ringwright.Media.Native;

public enum Mp3Step
{
    /// <summary>There may be more to read: step again with no input.</summary>
    More,
    /// <summary>Everything that was fed is decoded, as far as it goes.</summary>
    NeedsInput,
    /// <summary>The bytes are no MP3, or change their form on the way where they may not.</summary>
    Broken,
}

/// <summary>
/// Decodes MP3 (MPEG 1, 2 and 2.5; tags are skipped) piece by piece into 16-bit samples. Holds native memory until disposed.
/// </summary>
public sealed unsafe class Mp3Decoder : IDisposable
{
    private static readonly int[] Rates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

    private readonly Mpg123Handle _handle;
    /// <summary>So often the rate may still change.</summary>
    private int _changes;

    private Mp3Decoder(Mpg123Handle handle, int changes) => (_handle, _changes) = (handle, changes);

    /// <summary>Samples a second; 0 until the first frame was read.</summary>
    public int SampleRate { get; private set; }

    /// <summary>1, or 2 interleaved; 0 until the first frame was read.</summary>
    public int Channels { get; private set; }

    /// <param name="isMono">True mixes two channels into one.</param>
    /// <param name="mayChange">
    /// Files that were put behind each other may have different rates: <see cref="SampleRate"/> follows them. False ends with the first.
    /// </param>
    /// <returns>False when the library is not there; <paramref name="problem"/> says which.</returns>
    public static bool TryCreate(bool isMono, [NotNullWhen(true)] out Mp3Decoder? decoder, [NotNullWhen(false)] out string? problem,
        bool mayChange = false)
    {
        (decoder, problem) = (null, Mpg123.Missing);
        if (!Mpg123.IsPresent) return false;
        var handle = new Mpg123Handle();
        if (!Prepare(handle, isMono))
        {
            handle.Dispose();
            problem = $"{Mpg123.Name} cannot be used here.";
            return false;
        }
        (decoder, problem) = (new(handle, mayChange ? Limits.Mp3Changes : 0), null);
        return true;
    }

    /// <summary>
    /// Takes the input whole (the library keeps a copy) and writes what fits: samples of the rate that was known before this step.
    /// </summary>
    public Mp3Step Step(ReadOnlySpan<byte> input, Span<short> output, out int written)
    {
        nuint bytes = 0;
        int result;
        fixed (byte* from = input)
        fixed (short* into = output)
            result = Mpg123.mpg123_decode(_handle, from, (nuint)input.Length, (byte*)into, (nuint)output.Length * sizeof(short), &bytes);
        written = (int)(bytes / sizeof(short));
        return result switch
        {
            Mpg123.NewFormat => TakeFormat() ? Mp3Step.More : Mp3Step.Broken,
            Mpg123.Ok => Mp3Step.More,
            Mpg123.NeedMore or Mpg123.Done => Mp3Step.NeedsInput,
            _ => Mp3Step.Broken,
        };
    }

    public void Dispose() => _handle.Dispose();

    private static bool Prepare(Mpg123Handle handle, bool isMono)
    {
        if (handle.IsInvalid || Mpg123.mpg123_param(handle, Mpg123.AddFlags, new(Mpg123.Quiet | (isMono ? Mpg123.MonoMix : 0)), 0)
            != Mpg123.Ok) return false;
        if (Mpg123.mpg123_format_none(handle) != Mpg123.Ok) return false;
        foreach (int rate in Rates)
            if (Mpg123.mpg123_format(handle, new(rate), isMono ? Mpg123.Mono : Mpg123.MonoOrStereo, Mpg123.Signed16) != Mpg123.Ok)
                return false;
        return Mpg123.mpg123_open_feed(handle) == Mpg123.Ok;
    }

    private bool TakeFormat()
    {
        CLong rate;
        int channels, encoding;
        if (Mpg123.mpg123_getformat(_handle, &rate, &channels, &encoding) != Mpg123.Ok || encoding != Mpg123.Signed16) return false;
        bool isFirst = SampleRate == 0;
        if (!isFirst && (Channels != channels || SampleRate != (int)rate.Value && --_changes < 0)) return false;
        (SampleRate, Channels) = ((int)rate.Value, channels);
        return true;
    }
}
