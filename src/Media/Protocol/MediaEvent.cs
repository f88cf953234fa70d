using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Media.Protocol;

/// <summary>What a media port tells the leg that owns it.</summary>
public abstract record MediaEvent(LegId Leg, PortId Port)
{
    /// <summary>The file ended by itself, was stopped, or could not be read (<paramref name="IsFailed"/>).</summary>
    public sealed record PlayEnded(LegId Leg, PortId Port, Guid Id, bool IsFailed) : MediaEvent(Leg, Port);

    /// <summary>
    /// A whole digit, reported once, at its start; the length is what was known then.
    /// By RFC 4733, or as tones from a peer that agreed on no events.
    /// </summary>
    public sealed record Digit(LegId Leg, PortId Port, char Key, int Milliseconds) : MediaEvent(Leg, Port);

    /// <summary>A bridged peer pressed a key that is to be sent to this port's party by signalling, as the plan says.</summary>
    public sealed record KeyPassed(LegId Leg, PortId Port, char Key) : MediaEvent(Leg, Port);

    public sealed record DigitsSent(LegId Leg, PortId Port, Guid Id) : MediaEvent(Leg, Port);

    public sealed record Voice(LegId Leg, PortId Port, bool IsTalking) : MediaEvent(Leg, Port);

    public sealed record MachineJudged(LegId Leg, PortId Port, MachineVerdict Verdict, IReadOnlyList<string> Evidence)
        : MediaEvent(Leg, Port);

    public sealed record GreetingEnded(LegId Leg, PortId Port, GreetingEnd End, string Evidence) : MediaEvent(Leg, Port);

    /// <summary>Symmetric RTP learnt another address than the SDP's.</summary>
    public sealed record RemoteLearnt(LegId Leg, PortId Port, IPEndPoint Remote) : MediaEvent(Leg, Port);

    /// <summary>No sign of life for the plan's silence limit although it expects audio.</summary>
    public sealed record Silent(LegId Leg, PortId Port) : MediaEvent(Leg, Port);

    /// <summary>Nothing more is recorded under this id. The file may still be being written.</summary>
    public sealed record RecordEnded(LegId Leg, PortId Port, Guid Id, RecordEndReason Reason, Instant StartedAt, Instant EndedAt)
        : MediaEvent(Leg, Port);

    public sealed record Closed(LegId Leg, PortId Port, PortStatistics Statistics) : MediaEvent(Leg, Port);

    /// <summary>
    /// The media plane that had the port is gone, and with it what the port would have counted. The leg is still to close it.
    /// </summary>
    /// <param name="Evidence">What happened, as a sentence.</param>
    public sealed record Lost(LegId Leg, PortId Port, string Evidence) : MediaEvent(Leg, Port);
}

/// <summary>Counted by a port over its life; jitter by RFC 3550 section 6.4.1.</summary>
public sealed record PortStatistics(long PacketsReceived, long PacketsLost, long PacketsSkipped, long PacketsSent,
    double JitterMaxMilliseconds, double Mos);
