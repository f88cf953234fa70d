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
    /// <summary>Audio only over a profile that we do not speak (RTP/SAVPF, …).</summary>
    UnsupportedTransport,
    /// <summary>Plain RTP where SRTP is required.</summary>
    EncryptionRequired,
    /// <summary>SRTP where only plain RTP is taken.</summary>
    EncryptionRefused,
    /// <summary>SRTP without a suite and key that we can follow.</summary>
    NoCommonSuite,
    /// <summary>No address, a name, a multicast group, or the other IP version.</summary>
    UnsupportedAddress,
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
            or NegotiationStatus.NoCommonCodec
            or NegotiationStatus.EncryptionRequired or NegotiationStatus.EncryptionRefused or NegotiationStatus.NoCommonSuite => 488,
        NegotiationStatus.Glare => 491,
        NegotiationStatus.WrongState => 500,
        _ => throw new UnreachableException(),
    };

    /// <summary>Warn-code and text for the Warning header of a 488 (RFC 3261 section 20.43); null for the others.</summary>
    public static (int Code, string Text)? Warning(this NegotiationStatus status) => status switch
    {
        NegotiationStatus.NoAudio => (304, "No audio offered"),
        NegotiationStatus.UnsupportedTransport => (302, "Only RTP/AVP and RTP/SAVP are supported"),
        NegotiationStatus.EncryptionRequired => (399, "B3 SRTP mismatch: media must be encrypted"),
        NegotiationStatus.EncryptionRefused => (399, "B3 SRTP mismatch: media must not be encrypted"),
        NegotiationStatus.NoCommonSuite => (399, "B3 SRTP mismatch: no common crypto suite"),
        NegotiationStatus.UnsupportedAddress => (301, "No usable media address"),
        NegotiationStatus.NoCommonCodec => (305, "No common codec"),
        _ => null,
    };
}
