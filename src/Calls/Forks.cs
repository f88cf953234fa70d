namespace Ringwright.Calls;

/// <summary>
/// Where a leg's audio is sent as RTP over UDP: addresses with ports, 192.0.2.1:4000 or [2001:db8::1]:4000, at least one. They are
/// checked against the target policy before they come here, and again before anything is sent there.
/// </summary>
/// <param name="Said">For what the leg's party says; null for nowhere.</param>
/// <param name="Heard">For what it is sent; may be the same, where it is a stream of its own.</param>
public sealed record ForkTerms(string? Said, string? Heard);

/// <summary>A fork to be begun, in the call's codec.</summary>
public sealed record ForkOrder(Guid Id, LegFacts Leg, ForkTerms Terms, StreamFormat Codec) : LiveAudioOrder(Id, Leg, Codec)
{
    public TapTracks Tracks =>
        (Terms.Said is null ? TapTracks.None : TapTracks.Said) | (Terms.Heard is null ? TapTracks.None : TapTracks.Heard);
}
