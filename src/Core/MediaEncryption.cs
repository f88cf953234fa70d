namespace Ringwright.Core;

/// <summary>What a leg asks of its peer: SRTP with keys in SDP (RFC 4568), or not.</summary>
public enum MediaEncryption
{
    /// <summary>Plain RTP, but a peer that offers nothing else than SRTP gets it.</summary>
    Disabled,
    /// <summary>What the peer wants; our own offers let it choose (RFC 8643).</summary>
    Optional,
    /// <summary>SRTP or no call.</summary>
    Required,
}
