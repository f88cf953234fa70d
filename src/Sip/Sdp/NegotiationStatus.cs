using System.Diagnostics;

namespace Ringwright.Sip.Sdp;

/// <summary>How an offer or an answer was taken.</summary>
public enum NegotiationStatus
{
    Unset,
    Ok,
    /// <summary>The body could not be read; <see cref="OfferAnswer.LastParse"/> says why.</summary>
    BadDescription,
    /// <summary>No audio section, or all of them rejected (port 0).</summary>
    NoAudio,
    /// <summary>Audio only over a profile that we do not speak (UDP/TLS/RTP/SAVPF, …).</summary>
    UnsupportedTransport,
    /// <summary>Plain RTP where SRTP is required.</summary>
    EncryptionRequired,
    /// <summary>SRTP where only plain RTP is taken.</summary>
    EncryptionRefused,
    /// <summary>SRTP without a suite and key that we can follow.</summary>
    NoCommonSuite,
    /// <summary>SRTP, and of its a=crypto lines none can be followed and one cannot even be read.</summary>
    MalformedKeys,
    /// <summary>No address, or a multicast group.</summary>
    UnsupportedAddress,
    /// <summary>An IPv6 address where our port is on IPv4, or the other way round.</summary>
    OtherFamily,
    /// <summary>A name in place of an address, which leads nowhere.</summary>
    UnknownHost,
    NoCommonCodec,
    /// <summary>An offer while our own is unanswered (RFC 3264 section 4, RFC 3261 section 14.2).</summary>
    Glare,
    /// <summary>An offer before we answered the last one, or an answer that nobody waits for.</summary>
    WrongState,
}

public static class NegotiationStatuses
{
    /// <summary>The SIP response that declines an offer with this status; 200 when there is nothing to decline.</summary>
    public static int ResponseCode(this NegotiationStatus status) => status switch
    {
        NegotiationStatus.Ok => 200,
        NegotiationStatus.BadDescription => 400,
        NegotiationStatus.NoAudio or NegotiationStatus.UnsupportedTransport or NegotiationStatus.UnsupportedAddress
            or NegotiationStatus.OtherFamily or NegotiationStatus.NoCommonCodec
            or NegotiationStatus.EncryptionRequired or NegotiationStatus.EncryptionRefused or NegotiationStatus.NoCommonSuite
            or NegotiationStatus.MalformedKeys or NegotiationStatus.UnknownHost => 488,
        NegotiationStatus.Glare => 491,
        NegotiationStatus.WrongState => 500,
        _ => throw new UnreachableException(),
    };

    /// <summary>The reason phrase where that of the status says too little; null for the others.</summary>
    public static string? Phrase(this NegotiationStatus status) =>
        status is NegotiationStatus.BadDescription ? "Bad Session Description" : null;

    /// <summary>Warn-code and text for the Warning header of a 488 (RFC 3261 section 20.43); null for the others.</summary>
    public static (int Code, string Text)? Warning(this NegotiationStatus status) => status switch
    {
        NegotiationStatus.NoAudio => (304, "No audio offered"),
        NegotiationStatus.UnsupportedTransport => (302, "Only RTP/AVP, RTP/AVPF, RTP/SAVP and RTP/SAVPF are supported"),
        NegotiationStatus.EncryptionRequired => (399, "B3 SRTP mismatch: media must be encrypted"),
        NegotiationStatus.EncryptionRefused => (399, "B3 SRTP mismatch: media must not be encrypted"),
        NegotiationStatus.NoCommonSuite => (399, "B3 SRTP mismatch: no common crypto suite"),
        NegotiationStatus.MalformedKeys => (399, "B3 SRTP mismatch: a=crypto cannot be read"),
        NegotiationStatus.UnsupportedAddress => (301, "No usable media address"),
        NegotiationStatus.OtherFamily => (301, "The media address is of an IP version that this node has no way to"),
        NegotiationStatus.UnknownHost => (301, "The host name in c= leads nowhere"),
        NegotiationStatus.NoCommonCodec => (305, "No common codec"),
        _ => null,
    };
}
