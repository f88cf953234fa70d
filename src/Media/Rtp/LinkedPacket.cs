namespace Ringwright.Media.Rtp;

internal enum LinkedKind : byte
{
    Audio,
    /// <summary>An RFC 4733 packet at the same clock.</summary>
    Event,
    /// <summary>A digit whose packets do not fit: the hearer presses it anew.</summary>
    Key,
    /// <summary>A digit that is in the audio: a hearer that takes events is sent one.</summary>
    Tone,
    /// <summary>A number of the speaker's sequence that is kept back, so that it does not look like a loss.</summary>
    Omitted,
}

/// <summary>One packet of the speaker, in its own numbers.</summary>
/// <param name="Stream">Another number means that sequence and time began anew.</param>
/// <param name="Key">The digit that this packet began, or zero.</param>
internal readonly record struct LinkedPacket(LinkedKind Kind, int Stream, ushort Sequence, uint Timestamp,
    bool HasMarker, char Key, int Length);
