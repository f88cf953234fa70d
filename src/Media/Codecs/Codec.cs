using Ringwright.Core;

namespace Ringwright.Media;

/// <summary>An audio codec as one record: all that the engine knows of it.</summary>
public sealed record Codec
{
    /// <summary>SDP encoding name in upper case.</summary>
    public required string Name { get; init; }
    /// <summary>Static payload type (RFC 3551 table 4), or a usual one of those without.</summary>
    public required byte PayloadType { get; init; }
    /// <summary>RTP clock in Hz.</summary>
    public required int ClockRate { get; init; }
    public required int SampleRate { get; init; }
    /// <summary>Samples of 20 ms.</summary>
    public required int FrameSamples { get; init; }
    /// <summary>Encoded bytes of 20 ms; the most that they may be where <see cref="Inner"/> says that lengths vary.</summary>
    public required int FrameBytes { get; init; }
    public required Func<IAudioEncoder> CreateEncoder { get; init; }
    public required Func<IAudioDecoder> CreateDecoder { get; init; }
    /// <summary>One frame that decodes to silence.</summary>
    public required ReadOnlyMemory<byte> Silence { get; init; }

    /// <summary>
    /// Frames of all the same length that a port works in where this codec's own vary: prompts are kept in them, tones and echoes made in
    /// them, and a packet's worth is encoded when it is sent. Null: the codec's own frames.
    /// </summary>
    public Codec? Inner { get; init; }
    /// <summary>What a frame sounds like depends on those before it.</summary>
    public bool HasMemory { get; init; }

    /// <summary>Set with <see cref="Inner"/>.</summary>
    public SampleCount? CountSamples { get; init; }

    /// <summary>Packets that we send hold this many frames.</summary>
    public int FramesPerPacket(int packetMilliseconds) =>
        Inner is not null ? 1 : Math.Clamp(packetMilliseconds / Limits.TickMilliseconds, 1,
            Math.Min(Limits.FramesPerPacket, Limits.PayloadBytes / FrameBytes));

    /// <summary>Packets that we send hold half a frame, for the peer takes no longer ones; what is coded as one has no halves.</summary>
    public bool IsHalved(int packetMilliseconds) =>
        Inner is null && packetMilliseconds > 0 && 2 * packetMilliseconds <= Limits.TickMilliseconds;

    /// <summary>How many samples a payload holds.</summary>
    public int Samples(ReadOnlySpan<byte> payload) =>
        CountSamples is { } count ? count(payload) : payload.Length * FrameSamples / FrameBytes;
}

/// <summary>How many samples a packet of a codec with frames of varying length holds; 0 for nonsense.</summary>
public delegate int SampleCount(ReadOnlySpan<byte> payload);

/// <summary>An encoder that the peer's wishes change.</summary>
internal interface IPlannedEncoder
{
    void Follow(StreamPlan plan);

    /// <param name="spokenRate">Samples a second that hold all that is said from now on; 0 when that is not known.</param>
    void Follow(int spokenRate);
}

/// <summary>A decoder that knows best how to fill in for lost packets.</summary>
internal interface IConcealingDecoder
{
    void Conceal(Span<short> into);
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
