using Ringwright.Calls;

namespace Ringwright.MediaHost;

/// <summary>Decodes WAV files, resamples and encodes prompts by Media's own codecs.</summary>
public sealed class PromptEncoder : IPromptEncoder
{
    public bool TryDecode(ReadOnlySpan<byte> wav, out short[] samples, out int sampleRate, out string? detail)
    {
        (samples, sampleRate, detail) = ([], 0, "no reader yet");
        return false;
    }

    public byte[] Encode(ReadOnlySpan<short> samples, int sampleRate, string codec) => [];

    public short[] Render(PromptSource.Tone tone) => [];
}
