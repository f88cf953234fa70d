using Ringwright.Calls;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What one failure of an outbound INVITE means: the hang-up cause, the SIP status that customers see, who did it, and whether the next
/// trunk may be tried. Every failure passes through here, whatever its origin.
/// </summary>
internal readonly record struct FailureClass(HangupCause Cause, int? SipStatus, HangupParty By, bool TriesNextTarget, string Evidence)
{
    /// <summary>The far end's Reason header, when it gave one.</summary>
    public string? Reason { get; init; }
    /// <summary>What that says in Q.850.</summary>
    public int? IsdnCause { get; init; }
    /// <summary>Which of our timers fired.</summary>
    public string? Timer { get; init; }
    /// <summary>Other calls to the same address will fail as well: it is silent, not reached, or says that it takes none (503).</summary>
    public bool IsOfAddress { get; init; }
    /// <summary>The far end has said so itself.</summary>
    public bool IsAnswer => SipStatus is not null && Timer is null;
    /// <summary>For how long it takes none, as it says.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A final response of 300 or more.</summary>
    public static FailureClass OfStatus(int status)
    {
        var (cause, next) = status switch
        {
            486 or 600 => (HangupCause.CalleeBusy, false),
            401 or 403 or 407 or 603 or 607 => (HangupCause.CalleeDeclined, false),
            404 or 410 or 484 or 604 => (HangupCause.NotFound, false),
            408 or 480 => (HangupCause.RemoteTimeout, false),
            488 or 606 => (HangupCause.MediaMismatch, false),
            >= 500 and < 600 => (HangupCause.RemoteFailure, true),
            _ => (HangupCause.RemoteFailure, false),
        };
        return new(cause, status, HangupParty.Remote, next, $"The far end answered the INVITE with {status}.")
        {
            IsOfAddress = status is 503,
        };
    }

    /// <summary>The same for a customer's equipment, where other answers lead to the next place.</summary>
    public static FailureClass OfEquipment(int status) => OfStatus(status) with { TriesNextTarget = status is 408 or 480 or 503 or 504 };

    public static FailureClass OfUnregistered(string user) =>
        new(HangupCause.RemoteTimeout, 480, HangupParty.Remote, true, $"The SIP user {user} is registered nowhere.");

    /// <summary>Only that node has the phone's connection.</summary>
    public static FailureClass OfElsewhere(string user, int node) =>
        new(HangupCause.RemoteTimeout, 480, HangupParty.Remote, true,
            $"The SIP user {user} is registered at node {node} by a connection, which only that node can use.");

    /// <summary>The phone is registered, but its connection is gone.</summary>
    public static FailureClass OfUnreachable(string user, string evidence) =>
        new(HangupCause.RemoteTimeout, 480, HangupParty.Remote, true, $"The phone of the SIP user {user} is not reached. {evidence}");

    /// <summary>RFC 3261 section 8.1.3.1: a transport error counts as 503.</summary>
    public static FailureClass OfTransport(string? detail) =>
        new(HangupCause.TransportFailure, null, HangupParty.Unknown, true,
            $"The INVITE could not be sent: {detail ?? "the transport refused it"}.")
        { IsOfAddress = true };

    /// <summary>Timer B, or no response at all while further targets wait.</summary>
    public static FailureClass OfSilence() =>
        new(HangupCause.RemoteTimeout, 408, HangupParty.Remote, true, "Nothing answered the INVITE.")
        {
            Timer = "timer_b", IsOfAddress = true,
        };

    /// <param name="why">Part of a sentence; null when nobody knows.</param>
    public static FailureClass OfName(string host, string? why) =>
        new(HangupCause.TransportFailure, null, HangupParty.Unknown, true,
            $"The name {host} has no address that calls may go to{(why is null ? "" : $": {why}")}.")
        { IsOfAddress = true };

    /// <summary>The network that reaches the place has no media port left; others may have.</summary>
    public static FailureClass OfNoPort(string address) =>
        new(HangupCause.MediaFailure, 503, HangupParty.Local, true, $"All media ports of {address} are taken.");

    /// <summary>A trunk has no room for the call.</summary>
    /// <param name="why">A sentence.</param>
    public static FailureClass OfFull(string why) => new(HangupCause.RemoteFailure, 503, HangupParty.Local, true, why);

    /// <summary>A call has waited for the gate, in vain or for a no.</summary>
    /// <param name="status">Nobody was called, so no far end has said it.</param>
    /// <param name="why">A sentence.</param>
    public static FailureClass OfGate(int status, HangupCause cause, string why) => new(cause, status, HangupParty.Local, false, why);

    /// <summary>401 or 407, and nothing more that we could say.</summary>
    /// <param name="hasCredentials">We had a user name and password for the place.</param>
    public FailureClass ForLackOfCredentials(bool hasCredentials) => this with
    {
        Evidence = $"The far end answered the INVITE with {SipStatus}: it "
            + (hasCredentials ? "did not take our user name and password." : "wants a user name and password, and we have none for it."),
    };

    /// <summary>What was dialled as some other place turned out to be a trunk.</summary>
    public static FailureClass OfTrunk(string host) =>
        new(HangupCause.CalleeDeclined, 403, HangupParty.Local, false,
            $"{host} leads to an address of one of this node's trunks: who is called there is dialled by number.");
}
