using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// A session with a recording server as somebody ordered it (RFC 7866): we are its recording client. The place is checked against the
/// target policy when it is saved, and again when it is connected to.
/// </summary>
/// <param name="Connector">What the customer calls the server.</param>
/// <param name="Host">Name or address.</param>
public sealed record SiprecTerms(string Connector, string Host, int Port)
{
    public TapTracks Tracks { get; init; } = TapTracks.Said | TapTracks.Heard;

    /// <summary>UDP, TCP or TLS.</summary>
    public SipTransport Transport { get; init; }

    /// <summary>SRTP with keys in SDP; a server that does not take it gets nothing.</summary>
    public bool IsSecure { get; init; }

    /// <summary>The session timer's interval in seconds (RFC 4028), 90 or more; null asks for none.</summary>
    public int? SessionSeconds { get; init; } = 1_800;

    /// <summary>The metadata has the call's custom headers too, and <see cref="Parameters"/>.</summary>
    public bool TellsHeaders { get; init; }

    /// <summary>Told to the server: in the metadata where that has headers, else as headers X-NAME of the request that begins it.</summary>
    public IReadOnlyList<StreamParameter> Parameters { get; init; } = [];
}

/// <summary>A session with a recording server to be begun, in the call's codec where the server takes that.</summary>
public sealed record SiprecOrder(Guid Id, LegFacts Leg, SiprecTerms Terms, StreamFormat Codec) : LiveAudioOrder(Id, Leg, Codec);
