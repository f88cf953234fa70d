using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Sdp;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>How a leg ends, fixed by whatever ended it first.</summary>
/// <param name="SipStatus">What customers see as the deciding status.</param>
/// <param name="Response">Final status for an inbound INVITE that has none yet.</param>
internal sealed record Ending(HangupCause Cause, HangupParty By, int? SipStatus, string Evidence, int Response = 480)
{
    /// <summary>The far end's Reason header.</summary>
    public string? Reason { get; init; }
    /// <summary>What a far end that refused a call said in Q.850; a caller is told the same.</summary>
    public int? IsdnCause { get; init; }
    /// <summary>The caller gave up because somebody else has answered him.</summary>
    public bool IsElsewhere { get; init; }
    /// <summary>Which timer fired.</summary>
    public string? Timer { get; init; }
    public string? CommandId { get; init; }
    /// <summary>Reason header of our BYE.</summary>
    public string? ByeReason { get; init; }
    /// <summary>Reason header of our CANCEL.</summary>
    public string? CancelReason { get; init; }
    /// <summary>What a customer says in our BYE.</summary>
    public IReadOnlyList<CustomSipHeader> ByeHeaders { get; init; } = [];

    /// <summary>What keeps a phone that rang beside another from showing a missed call (RFC 3326 section 3.1).</summary>
    public const string AnsweredElsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"";

    public static Ending Of(FailureClass failure) =>
        new(failure.Cause, failure.By, failure.SipStatus, failure.Evidence)
        {
            Reason = failure.Reason, IsdnCause = failure.IsdnCause, Timer = failure.Timer,
        };

    /// <summary>The node ends the leg, whatever its state.</summary>
    public static Ending ByNode(HangupCause cause)
    {
        (string evidence, int response) = cause switch
        {
            HangupCause.NodeShutdown => ("The node is stopping.", 503),
            HangupCause.LedgerUnavailable => ("The ledger takes no more events.", 503),
            HangupCause.MediaFailure => ("The media plane failed.", 500),
            _ => ("A fault inside the node ended the leg.", 500),
        };
        return new(cause, HangupParty.Local, null, evidence, response);
    }

    /// <summary>Nothing carries the leg's audio any longer.</summary>
    public static Ending ByMedia(MediaEvent gone)
    {
        var ending = ByNode(HangupCause.MediaFailure);
        return gone is MediaEvent.Lost lost ? ending with { Evidence = lost.Evidence } : ending;
    }

    public static Ending ByReject(LegCommand.Reject reject)
    {
        int status = reject.Status is >= 300 and <= 699 and var wanted ? wanted : reject.IsBusy ? 486 : 603;
        var cause = reject.IsBusy ? HangupCause.ApiRejectBusy : HangupCause.ApiReject;
        return new(cause, HangupParty.Local, status, $"A reject command came; the caller got {status}.", status)
        {
            CommandId = reject.CommandId
        };
    }

    /// <summary>A hang-up command means something else before the answer: it cancels or declines.</summary>
    public static Ending ByHangup(LegCommand.Hangup hangup, Direction direction, bool isAnswered)
    {
        var cause = hangup.Cause;
        const string early = "A hang-up command came before the answer.";
        if (cause is not HangupCause.ApiHangup || isAnswered)
            return new(cause, HangupParty.Local, null, hangup.Evidence ?? "A hang-up command came.",
                cause is HangupCause.Internal ? 500 : 480)
            { CommandId = hangup.CommandId, ByeHeaders = hangup.Headers };
        return direction is Direction.Outbound
            ? new(HangupCause.ApiCancel, HangupParty.Local, 487, hangup.Evidence ?? early) { CommandId = hangup.CommandId }
            : new(HangupCause.ApiReject, HangupParty.Local, 603, hangup.Evidence ?? early, 603) { CommandId = hangup.CommandId };
    }

    /// <summary>Nobody waits for the answer any longer. What answers at the same moment gets ACK and BYE.</summary>
    public static Ending ByWithdrawal(WithdrawReason why) => why switch
    {
        WithdrawReason.PartnerLeft => ByPartner(isAnswered: false),
        WithdrawReason.PartnerElsewhere => ByPartner(isAnswered: false) with { CancelReason = AnsweredElsewhere },
        WithdrawReason.AnotherAnswered => new(HangupCause.ApiCancel, HangupParty.Local, 487,
            "Another of the destinations that were dialled together was answered first.")
        { CancelReason = AnsweredElsewhere },
        _ => throw new UnreachableException(),
    };

    /// <summary>It has rung for as long as it may.</summary>
    /// <param name="hasResponse">The far end has said anything at all.</param>
    public static Ending ByRing(Direction direction, bool hasResponse) => direction is Direction.Inbound
        ? ByOwnTimer(HangupCause.RingTimeout, 480, "ring", "Nobody answered the call, or ended it, for as long as one may ring.")
        : ByOwnTimer(HangupCause.RingTimeout, hasResponse ? 487 : 408, "ring", "Nobody answered within the ring timeout.");

    public static readonly Ending ByFirstCommand =
        ByOwnTimer(HangupCause.FirstCommandTimeout, 480, "first_command", "No command came within the connection's first command timeout.");

    public static readonly Ending ByUnprovenWayBack = ByOwnTimer(HangupCause.RingTimeout, 480, "way_back",
        "Nothing had shown that the caller's address gets our answers, and it had more calls than its share.");

    /// <summary>The same of a call that we had answered: it rang for nobody any more.</summary>
    public static readonly Ending ByUnprovenAnswer = new(HangupCause.TransportFailure, HangupParty.Unknown, null,
        "No ACK came for our 200, and the caller's address had more calls than its share.")
    { Timer = "way_back" };

    public static readonly Ending ByTimeLimit = ByOwnTimer(HangupCause.TimeLimit, null, "time_limit", "The time limit was reached.");

    public static readonly Ending ByAnnouncement =
        new(HangupCause.ApiHangup, HangupParty.Local, null, "The node had said what it called for.");

    /// <summary>The far end has called whom we referred it to, and left it to us to end the call.</summary>
    public static Ending ByReferral(string? commandId) => new(HangupCause.ApiHangup, HangupParty.Local, null,
        "A refer command came, and the far end's NOTIFY said 200: it has reached whom it was referred to.")
    {
        CommandId = commandId,
        Timer = "referred",
    };

    private static Ending ByOwnTimer(HangupCause cause, int? sipStatus, string timer, string evidence) =>
        new(cause, HangupParty.Local, sipStatus, evidence) { Timer = timer };

    public static readonly Ending ByConference =
        new(HangupCause.PartnerHangup, HangupParty.Local, null, "One has left the conference whose leaving ends it for all.");

    /// <summary>There is nothing for a supervisor to listen to any longer.</summary>
    public static Ending BySupervised(SupervisionEnd why, bool isAnswered) => new(HangupCause.PartnerHangup, HangupParty.Local,
        isAnswered ? null : 487, why switch
        {
            SupervisionEnd.CallEnded => "The call that it supervised, or was to supervise, has ended.",
            SupervisionEnd.NotAllowed => "The call that it was to supervise takes no supervisor, or no more of them.",
            SupervisionEnd.NoMediaPort => "No media port is free in which it could be brought together with those whom it supervises.",
            _ => throw new UnreachableException(),
        });

    /// <summary>The other leg of the bridge is gone, and this one was not to be parked.</summary>
    /// <param name="failure">Why the other was never answered; a caller is told the same.</param>
    public static Ending ByPartner(bool isAnswered, BridgeFailure? failure = null)
    {
        if (isAnswered || failure is not { } why)
            return new(HangupCause.PartnerHangup, HangupParty.Local, isAnswered ? null : 487,
                "The leg that it was bridged to, or was dialled for, ended or left.");
        int status = StatusOf(why);
        return new(why.Cause, HangupParty.Local, status,
            $"The leg that was dialled for it was not answered; the caller got {status}.", status)
        {
            IsdnCause = why.IsdnCause,
        };
    }

    /// <summary>What a caller, or a referrer, gets when the one that was dialled for him was never answered.</summary>
    public static int StatusOf(BridgeFailure why) => why.Cause switch
    {
        HangupCause.RingTimeout => 480,
        HangupCause.TransportFailure or HangupCause.LedgerUnavailable or HangupCause.MediaFailure or HangupCause.NodeShutdown => 503,
        // Our own credentials were refused: nothing that the caller could solve.
        _ when why.SipStatus is 401 or 407 => 403,
        _ => why.SipStatus is >= 400 and <= 699 and var own ? own : 480,
    };

    /// <summary>Whoever referred it to somebody has hung up, and that one was not reached.</summary>
    public static Ending ByLostReferral(int status) => new(HangupCause.PartnerHangup, HangupParty.Local, status,
        $"The party that it talked to referred it to somebody else (REFER) and hung up; that one was not reached ({status}).");

    /// <summary>Its party has gone to whom the far end referred it to, and the far end has left the rest to us.</summary>
    public static readonly Ending ByOwnReferral = new(HangupCause.PartnerHangup, HangupParty.Local, null,
        "The far end referred its party to somebody else (REFER), who has answered, and did not hang up itself.")
    {
        Timer = "released",
    };

    /// <summary>The far end has connected its parties of two calls; this is the second.</summary>
    public static readonly Ending ByAttendedReferral = new(HangupCause.PartnerHangup, HangupParty.Local, null,
        "The far end connected the parties of two of its calls (REFER with Replaces); this was one of them.");

    /// <summary>The far end has left whom it calls to the party of another call of its own.</summary>
    public static readonly Ending ByEarlyReferral = new(HangupCause.CallerCancel, HangupParty.Remote, 487,
        "The far end referred its party of another call to whom it called here, who had not answered (REFER with Replaces).", 487)
    {
        IsElsewhere = true,
    };

    /// <summary>Another phone has taken the call over.</summary>
    public static readonly Ending ByReplacement = new(HangupCause.PartnerHangup, HangupParty.Local, null,
        "Another phone of the account took the call over (INVITE with Replaces).");

    /// <summary>A call that was to take another's place, and cannot.</summary>
    public static Ending ByRefusedReplacement(int status) => new(HangupCause.RemoteFailure, HangupParty.Local, status,
        $"The call that it was to take over (Replaces) cannot be; the caller got {status}.", status);

    /// <summary>Nothing at all came on the media path: no RTP, no RTCP, no comfort noise.</summary>
    public static Ending BySilence(TimeSpan limit) => new(HangupCause.RtpTimeout, HangupParty.Unknown, null,
        $"No RTP, RTCP or comfort noise came for {limit.TotalSeconds:0.#} s although the call expects audio.")
    {
        Timer = "rtp_silence",
        ByeReason = $"Q.850;cause=102;text=\"No RTP for {limit.TotalSeconds:0} s\"",      // recovery on timer expiry
    };

    public static readonly Ending ByCaller = new(HangupCause.CallerCancel, HangupParty.Remote, 487,
        "The caller gave up before the answer.", 487);
    public static readonly Ending ByBye = new(HangupCause.RemoteHangup, HangupParty.Remote, 200, "The far end sent BYE.");

    /// <summary>The called side must not do that; some do.</summary>
    public static readonly Ending ByEarlyBye = new(HangupCause.RemoteFailure, HangupParty.Remote, 487,
        "The far end sent BYE before it had answered.");

    /// <summary>Nobody refreshed the session in time (RFC 4028).</summary>
    public static readonly Ending BySessionTimer = new(HangupCause.TransportFailure, HangupParty.Unknown, null,
        "The session was not refreshed within its interval.")
    {
        Timer = "session_expires",
        ByeReason = "SIP;cause=408;text=\"Session expired\"",
    };

    /// <summary>A request of ours inside the call got no answer, or one that says that the far end has no such call.</summary>
    public static Ending ByDeadDialog(int status) => new(HangupCause.TransportFailure, HangupParty.Unknown, status,
        $"A request inside the call got {status} or nothing: the far end is gone.")
    {
        ByeReason = $"SIP;cause={status};text=\"The far end knows no such call\"",
    };

    /// <summary>Our reliable ringing was never acknowledged.</summary>
    public static readonly Ending ByLostPrack =
        new(HangupCause.TransportFailure, HangupParty.Unknown, 504, "No PRACK came for our reliable response.", 504) { Timer = "prack" };

    /// <summary>Our 200 was never acknowledged.</summary>
    public static readonly Ending ByLostAck =
        new(HangupCause.TransportFailure, HangupParty.Unknown, null, "No ACK came for our 200.") { Timer = "timer_h" };

    /// <param name="why">What the answer was taken for.</param>
    public static Ending ByUselessAnswer(NegotiationStatus why) => new(HangupCause.MediaMismatch, HangupParty.Remote, 488,
        $"The answer to our offer has nothing that we can use{(why.Warning() is var (_, text) ? $": {text}" : "")}.");
}
