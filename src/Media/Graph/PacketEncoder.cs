using Ringwright.Core;

namespace Ringwright.Media.Graph;

/// <summary>
/// Makes packets out of a port's frames where the codec's own frames vary in length; one encoder for all that the port
/// says, so that the stream is of one piece.
/// </summary>
internal sealed class PacketEncoder
{
    /// <summary>Empty until there is such a codec.</summary>
    private byte[] _packet = [];
    private IAudioEncoder? _encoder;
    private IAudioDecoder? _frames;

    public void Configure(Codec codec)
    {
        Reset();
        if (codec.Inner is not { } inner) return;
        (_encoder, _frames) = (codec.CreateEncoder(), inner.CreateDecoder());
        if (_packet.Length == 0) _packet = new byte[Limits.OpusBytes];
    }

    public void Follow(StreamPlan plan) => (_encoder as IPlannedEncoder)?.Follow(plan);

    /// <summary>What is sent for a frame; valid until the next one.</summary>
    /// <param name="spokenRate">Samples a second that hold all that is in it; 0 when that is not known.</param>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> frame, int spokenRate = 0)
    {
        if (_encoder is not { } encoder || _frames is not { } frames) return frame;
        (encoder as IPlannedEncoder)?.Follow(spokenRate);
        Span<short> samples = stackalloc short[Limits.FrameSamples];
        int count = frames.Decode(frame, samples);
        return _packet.AsSpan(0, encoder.Encode(samples[..count], _packet));
    }

    /// <summary>Gives the encoder's memory back.</summary>
    public void Reset()
    {
        (_encoder as IDisposable)?.Dispose();
        (_encoder, _frames) = (null, null);
    }
}
