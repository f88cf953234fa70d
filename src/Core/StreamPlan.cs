using System.Net;

namespace Ringwright.Core;

/// <summary>Which way audio flows, seen from us.</summary>
public enum StreamDirection { SendReceive, SendOnly, ReceiveOnly, Inactive }

/// <summary>A codec as agreed in SDP. <paramref name="Name"/> is the SDP encoding name in upper case (PCMU, PCMA, G722).</summary>
/// <param name="ClockRate">RTP clock in Hz (8000 for G.722, RFC 3551 section 4.5.2).</param>
/// <param name="SampleRate">Audio samples per second (16000 for G.722).</param>
public readonly record struct CodecChoice(string Name, byte PayloadType, int ClockRate, int SampleRate);

/// <summary>What one SDP offer/answer agreed on: all that media must know to carry a leg's audio.</summary>
public sealed record StreamPlan
{
    public required CodecChoice Codec { get; init; }
    /// <summary>Payload type by which telephone-event (RFC 4733) is sent; null when the peer takes none.</summary>
    public byte? TelephoneEventType { get; init; }
    /// <summary>By which the durations of sent events are counted; 0 is the codec's clock.</summary>
    public int TelephoneEventClock { get; init; }
    /// <inheritdoc cref="TelephoneEventClock"/>
    public int EventClock => TelephoneEventClock > 0 ? TelephoneEventClock : Codec.ClockRate;
    /// <summary>
    /// What may come under which payload type; <see cref="Codec"/> and <see cref="TelephoneEventType"/> too where it does not say otherwise
    /// of their numbers.
    /// </summary>
    public HeardFormats Heard { get; init; } = HeardFormats.None;
    /// <summary>How keys are sent to the peer.</summary>
    public DigitMethod Digits { get; init; }
    /// <summary>Payload type of the events that we send; null sends keys in another way.</summary>
    public byte? SentEventType => Digits is DigitMethod.Events ? TelephoneEventType : null;
    /// <summary>Where the peer takes its media.</summary>
    public required RemoteCandidates Remote { get; init; }
    public bool IsRtcpMux { get; init; }
    public StreamDirection Direction { get; init; } = StreamDirection.SendReceive;
    /// <summary>Milliseconds of audio per packet that we send.</summary>
    public int PacketMilliseconds { get; init; } = 20;
    /// <summary>
    /// Where the peer's SIP comes from, when that is an address: of other sources than <see cref="Remote"/> this host is the first.
    /// </summary>
    public IPEndPoint? Signalling { get; init; }
    /// <summary>Permission to hear another source, and to send there, when <see cref="Remote"/> is silent (rtp_auto_adjust).</summary>
    public bool AdjustsRtp { get; init; }
    /// <summary>Which of the far ends of a forked call has described this; each may send from elsewhere.</summary>
    public int Dialog { get; init; }
    /// <summary>The peer can make use of redundancy in what we send (Opus: useinbandfec, RFC 7587 section 6.1).</summary>
    public bool WantsRedundancy { get; init; }
    /// <summary>
    /// The highest sample rate that is of use to the peer (Opus: maxplaybackrate); the codec's own unless said otherwise.
    /// </summary>
    public int PlaybackRate { get; init; } = 48_000;
    /// <summary>What the peer takes on average, where a codec has a choice (Opus: maxaveragebitrate).</summary>
    public int MostBitsPerSecond { get; init; } = OpusBitsPerSecond;
    /// <summary>RFC 7587 section 6.1: no peer asks for more, nor for less than <see cref="LeastOpusBitsPerSecond"/>.</summary>
    public const int OpusBitsPerSecond = 510_000, LeastOpusBitsPerSecond = 6_000;
    /// <summary>Nothing is sent while there is nothing to say, but for a sign of life now and then; else silence is.</summary>
    public bool OmitsSilence { get; init; }
    /// <summary>Nothing is sent yet, neither RTP nor RTCP: nobody knows whether the peer is where it says.</summary>
    public bool IsWithheld { get; init; }
    /// <summary>What the parties say sounds otherwise; null leaves it as it is.</summary>
    public SoundModification? Sound { get; init; }
    /// <summary>Null suppresses nothing.</summary>
    public NoiseSuppression? Suppression { get; init; }
    /// <summary>No sign of life for so long is told; null waits for ever.</summary>
    public TimeSpan? SilenceLimit { get; init; }
    /// <summary>Keys of SRTP and SRTCP; null sends and takes plain RTP.</summary>
    public MediaKeys? Keys { get; init; }
    /// <summary>Counts offers and answers of the leg.</summary>
    public int Generation { get; init; }
}
