namespace Ringwright.Core;

/// <summary>telephone-event (RFC 4733) under one payload type.</summary>
/// <param name="ClockRate">By which its durations are counted; often 8000, whatever the audio beside it counts by.</param>
public readonly record struct EventChoice(byte PayloadType, int ClockRate);

/// <summary>
/// What the peer may send under which payload type: all that the two descriptions agree on, and not the first of it only. Where they give
/// one number two meanings, that of the offer counts (RFC 3264 section 6.1), but for the clock of events. Equal when all members are.
/// </summary>
public sealed record HeardFormats(IReadOnlyList<CodecChoice> Codecs, IReadOnlyList<EventChoice> Events)
{
    public static readonly HeardFormats None = new([], []);

    /// <summary>Payload types of comfort noise (RFC 3389) beside the 13 that is always its own: other clocks have others.</summary>
    public IReadOnlyList<byte> Noise { get; init; } = [];

    /// <summary>Whether a number has a meaning.</summary>
    public bool Has(byte payloadType)
    {
        foreach (var codec in Codecs)
            if (codec.PayloadType == payloadType) return true;
        foreach (var events in Events)
            if (events.PayloadType == payloadType) return true;
        foreach (byte noise in Noise)
            if (noise == payloadType) return true;
        return false;
    }

    /// <summary>With what the other description says, where it gives a number that has no meaning yet.</summary>
    public HeardFormats With(HeardFormats other) => new(
        [.. Codecs, .. other.Codecs.Where(codec => !Has(codec.PayloadType))],
        [.. Events, .. other.Events.Where(events => !Has(events.PayloadType))])
    {
        Noise = [.. Noise, .. other.Noise.Where(noise => !Has(noise))],
    };

    public bool Equals(HeardFormats? other) =>
        other is not null && Codecs.SequenceEqual(other.Codecs) && Events.SequenceEqual(other.Events) && Noise.SequenceEqual(other.Noise);

    public override int GetHashCode() => HashCode.Combine(Codecs.Count, Events.Count);
}
