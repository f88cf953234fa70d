namespace Ringwright.Core;

/// <summary>What a leg asks of its peer: SRTP with keys in SDP (RFC 4568), or not.</summary>
public enum MediaEncryption
{
    /// <summary>Plain RTP only.</summary>
    Disabled,
    /// <summary>Plain RTP in our offers; a peer that offers keys gets SRTP.</summary>
    Accepted,
    /// <summary>What the peer wants; our own offers let it choose (RFC 8643).</summary>
    Optional,
    /// <summary>SRTP or no call.</summary>
    Required,
}
