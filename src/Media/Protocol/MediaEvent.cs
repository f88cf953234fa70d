using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Media.Protocol;

/// <summary>What a media port tells the actor that has leased it.</summary>
public abstract record MediaEvent(Subject Owner, PortId Port)
{
    /// <summary>The file ended by itself, was stopped, or could not be read (<paramref name="IsFailed"/>).</summary>
    public sealed record PlayEnded(Subject Owner, PortId Port, Guid Id, bool IsFailed) : MediaEvent(Owner, Port);

    /// <summary>
    /// A whole digit, reported once, at its start; the length is what was known then.
    /// By RFC 4733, or as tones from a peer that agreed on no events.
    /// </summary>
    public sealed record Digit(Subject Owner, PortId Port, char Key, int Milliseconds) : MediaEvent(Owner, Port);

    /// <summary>A bridged peer pressed a key that is to be sent to this port's party by signalling, as the plan says.</summary>
    public sealed record KeyPassed(Subject Owner, PortId Port, char Key) : MediaEvent(Owner, Port);

    public sealed record DigitsSent(Subject Owner, PortId Port, Guid Id) : MediaEvent(Owner, Port);

    public sealed record Voice(Subject Owner, PortId Port, bool IsTalking) : MediaEvent(Owner, Port);

    public sealed record MachineJudged(Subject Owner, PortId Port, MachineVerdict Verdict, IReadOnlyList<string> Evidence)
        : MediaEvent(Owner, Port);

    public sealed record GreetingEnded(Subject Owner, PortId Port, GreetingEnd End, string Evidence) : MediaEvent(Owner, Port);

    /// <summary>In a room: the party began to talk, or has stopped. Only while somebody may hear it.</summary>
    public sealed record Talking(Subject Owner, PortId Port, bool IsTalking) : MediaEvent(Owner, Port);

    /// <summary>Symmetric RTP learnt another address than the SDP's.</summary>
    public sealed record RemoteLearnt(Subject Owner, PortId Port, IPEndPoint Remote) : MediaEvent(Owner, Port);

    /// <summary>No sign of life for the plan's silence limit although it expects audio.</summary>
    public sealed record Silent(Subject Owner, PortId Port) : MediaEvent(Owner, Port);

    /// <summary>Nothing more is recorded under this id. The file may still be being written.</summary>
    public sealed record RecordEnded(Subject Owner, PortId Port, Guid Id, RecordEndReason Reason, Instant StartedAt, Instant EndedAt)
        : MediaEvent(Owner, Port);

    public sealed record Closed(Subject Owner, PortId Port, PortStatistics Statistics) : MediaEvent(Owner, Port);

    /// <summary>
    /// The media plane that had the port is gone, and with it what the port would have counted. Its owner is still to close it.
    /// </summary>
    /// <param name="Evidence">What happened, as a sentence.</param>
    public sealed record Lost(Subject Owner, PortId Port, string Evidence) : MediaEvent(Owner, Port);
}

/// <summary>Counted by a port over its life; jitter by RFC 3550 section 6.4.1.</summary>
public sealed record PortStatistics(long PacketsReceived, long PacketsLost, long PacketsSkipped, long PacketsSent,
    double JitterMaxMilliseconds, double Mos);
