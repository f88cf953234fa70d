using System.Buffers;
using Ringwright.Calls;

namespace Ringwright.Streams;

internal enum OutKind { Connected, Start, Audio, Digit, Mark, Error, Stop }

/// <summary>One frame for the application, not yet written.</summary>
internal readonly record struct OutFrame(OutKind Kind)
{
    /// <summary>Of audio: which track, which of its frames (from 1), and when, in ms since the tap began.</summary>
    public TapTracks Track { get; init; }
    public long Chunk { get; init; }
    public long Milliseconds { get; init; }
    /// <summary>Of audio: rented, with so many bytes of it.</summary>
    public byte[]? Payload { get; init; }
    public int Length { get; init; }
    /// <summary>A digit, or a mark's name.</summary>
    public string? Text { get; init; }
    /// <summary>Of a digit.</summary>
    public DateTimeOffset At { get; init; }
    public StreamFault? Fault { get; init; }

    /// <summary>Gives back what it has rented.</summary>
    public void Return()
    {
        if (Payload is { } rented) ArrayPool<byte>.Shared.Return(rented);
    }
}
