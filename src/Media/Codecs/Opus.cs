using Ringwright.Media.Native;

namespace Ringwright.Media;

/// <summary>
/// Opus (RFC 6716, RFC 7587) through libopus. Its RTP clock is 48 kHz whatever is in it;
/// we code at 16 kHz, the widest that telephony gives us: 48 would triple the work of each tick and hold nothing more.
/// Frames have no fixed length, so ports work in samples and this codec stands at their edge.
/// </summary>
internal static class Opus
{
    public static readonly Codec Codec = new()
    {
        Name = "OPUS",
        PayloadType = 111,
        ClockRate = 48_000,
        SampleRate = OpusLibrary.SampleRate,
        FrameSamples = L16.Wide.FrameSamples,
        FrameBytes = Limits.OpusBytes,
        CreateEncoder = () => new OpusEncoder(),
        CreateDecoder = () => new OpusDecoder(),
        Silence = default,
        HasMemory = true,
        Inner = L16.Wide,
        CountSamples = OpusLibrary.CountSamples,
    };

    public static bool IsPresent => OpusLibrary.IsPresent;
}
