namespace Ringwright.Media;

/// <summary>An audio codec as one record: all that the engine knows of it.</summary>
public sealed record Codec
{
    /// <summary>SDP encoding name in upper case.</summary>
    public required string Name { get; init; }
    /// <summary>Static payload type (RFC 3551 table 4).</summary>
    public required byte PayloadType { get; init; }
    /// <summary>RTP clock in Hz.</summary>
    public required int ClockRate { get; init; }
    public required int SampleRate { get; init; }
    /// <summary>Samples of 20 ms.</summary>
    public required int FrameSamples { get; init; }
    /// <summary>Encoded bytes of 20 ms.</summary>
    public required int FrameBytes { get; init; }
    public required Func<IAudioEncoder> CreateEncoder { get; init; }
    public required Func<IAudioDecoder> CreateDecoder { get; init; }
    /// <summary>One frame that decodes to silence.</summary>
    public required ReadOnlyMemory<byte> Silence { get; init; }

    /// <summary>How many samples a payload holds.</summary>
    public int Samples(int payloadBytes) => payloadBytes * FrameSamples / FrameBytes;
}

/// <summary>One direction of one stream; keeps its state between calls and allocates nothing.</summary>
public interface IAudioEncoder
{
    /// <returns>Bytes written.</returns>
    int Encode(ReadOnlySpan<short> samples, Span<byte> into);
}

/// <summary>One direction of one stream; keeps its state between calls and allocates nothing.</summary>
public interface IAudioDecoder
{
    /// <returns>Samples written.</returns>
    int Decode(ReadOnlySpan<byte> payload, Span<short> into);
}
