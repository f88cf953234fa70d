using Ringwright.Calls;
using static Ringwright.Calls.HangupCause;

namespace Ringwright.Pure.Calls;

/// <summary>
/// What each face must say of each end, by the documents of the faces. It is written by hand, sentence by sentence, and reads no table: a
/// cell of <c>faces.tsv</c> and this are wrong together only where two people err alike.
/// </summary>
internal static class FaceOracle
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "telnyx_cause", "telnyx_source", "telnyx_sip", "texml", "twiml", "telefonie", "voipbin", "chakra", "agency_outcome", "agency_end",
        "agency_cause",
    ];

    public static string Of(string column, CallEnd end) => column switch
    {
        "telnyx_cause" or "agency_cause" => Cause(end),
        "telnyx_source" => Source(end),
        "telnyx_sip" => SipCause(end),
        "texml" => Document(end),
        // Whoever is turned away was not answered: its vendor's page of Reject.
        "twiml" => end is { Cause: ApiReject, IsAnswered: false } ? "no-answer" : Document(end),
        // A call that was answered is over, also where the node died under it: its length and its price are known.
        "telefonie" => end is { Cause: NodeRestart, IsAnswered: true } ? "completed" : Document(end),
        "voipbin" => Reason(end),
        "chakra" => Log(end),
        "agency_outcome" => Outcome(end),
        "agency_end" => EndReason(end),
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "There is no such face."),
    };

    /// <summary>Where the words of the table are others than these: a line for each cell.</summary>
    public static List<string> Differences(IReadOnlyDictionary<(string Column, CallEnd End), string> table) =>
    [
        .. table.Where(cell => cell.Value != Of(cell.Key.Column, cell.Key.End))
            .Select(cell => $"{cell.Key.Column} of {cell.Key.End}: {cell.Value}"),
    ];

    private static bool IsIn(CallEnd end) => end.Direction is Direction.Inbound;

    /// <summary>The node lost the call, or could not keep it: nobody has hung up.</summary>
    private static bool IsLost(CallEnd end) =>
        end.Cause is MediaFailure or NodeShutdown or NodeRestart or LedgerUnavailable or Internal;

    private static bool IsTimeout(CallEnd end) => end.Cause is RingTimeout or RemoteTimeout or FirstCommandTimeout;

    private static bool IsBusy(CallEnd end) => end.Cause is CalleeBusy or ApiRejectBusy;

    private static bool IsDeclined(CallEnd end) => end.Cause is CalleeDeclined or ApiReject;

    /// <summary>We have ended it, on request or because its other half is gone.</summary>
    private static bool IsOurEnd(CallEnd end) => end.Cause is ApiHangup or ApiCancel or PartnerHangup;

    private static string Cause(CallEnd end) => end switch
    {
        { Cause: RemoteHangup or ApiHangup or PartnerHangup, IsAnswered: true } => "normal_clearing",
        { Cause: RemoteHangup, Direction: Direction.Outbound } => "unspecified",
        { Cause: RemoteHangup or CallerCancel } => "originator_cancel",
        _ when IsOurEnd(end) => IsIn(end) ? "call_rejected" : "originator_cancel",
        _ when IsDeclined(end) => "call_rejected",
        _ when IsBusy(end) => "user_busy",
        _ when IsTimeout(end) => "timeout",
        { Cause: NotFound } => "not_found",
        { Cause: TimeLimit } => "time_limit",
        _ => "unspecified",
    };

    private static string Source(CallEnd end) => end switch
    {
        { Cause: RemoteHangup, Direction: Direction.Outbound, IsAnswered: false } => "unknown",
        { Cause: RemoteHangup } => IsIn(end) ? "caller" : "callee",
        { Cause: CallerCancel } => "caller",
        // On a call that comes in we are who is called.
        _ when IsOurEnd(end) || end.Cause is RingTimeout => IsIn(end) ? "callee" : "caller",
        _ when IsDeclined(end) || IsBusy(end) || IsTimeout(end) || end.Cause is NotFound => "callee",
        _ => "unknown",
    };

    private static string SipCause(CallEnd end) => end switch
    {
        { Cause: RemoteHangup, IsAnswered: true } => "200",
        { Cause: RemoteHangup, Direction: Direction.Outbound } => "unspecified",
        { Cause: RemoteHangup or CallerCancel } => "487",
        { Cause: ApiHangup or PartnerHangup, IsAnswered: true } => "unspecified",
        _ when IsOurEnd(end) => IsIn(end) ? "wire or 603" : "487",
        _ when IsDeclined(end) => "wire or 603",
        _ when IsBusy(end) => "wire or 486",
        { Cause: NotFound } => "wire or 404",
        { Cause: RingTimeout } => IsIn(end) ? "wire or 480" : "wire or 487",
        { Cause: RemoteTimeout } => "wire or 408",
        { Cause: FirstCommandTimeout } => "wire or 480",
        { Cause: MediaMismatch or RemoteFailure } => "wire or unspecified",
        _ => "unspecified",
    };

    private static string Document(CallEnd end) => end switch
    {
        { IsAnswered: true } => IsLost(end) ? "failed" : "completed",
        { Cause: RemoteHangup or CallerCancel } => "canceled",
        _ when IsOurEnd(end) => "canceled",
        _ when IsBusy(end) => "busy",
        _ when IsTimeout(end) => "no-answer",
        _ => "failed",
    };

    private static string Reason(CallEnd end) => end switch
    {
        { Cause: CalleeBusy } => "busy",
        { Cause: CalleeDeclined or RemoteTimeout } => "noanswer",
        { Cause: RingTimeout } => "dialout",
        { Cause: TimeLimit } => "timeout",
        { Cause: RemoteHangup or CallerCancel or ApiReject or ApiRejectBusy, IsAnswered: true } => "normal",
        // Nobody has answered, so that it is no success.
        { Cause: RemoteHangup or ApiReject } => "noanswer",
        { Cause: ApiRejectBusy } => "busy",
        { Cause: CallerCancel } => "cancel",
        _ when IsOurEnd(end) => end.IsAnswered ? "normal" : "cancel",
        _ => "failed",
    };

    private static string Log(CallEnd end) => end switch
    {
        { IsAnswered: true } => IsLost(end) ? "FAILED" : IsIn(end) ? "ANSWERED" : "COMPLETED",
        { Cause: RemoteHangup or CallerCancel } => IsIn(end) ? "MISSED" : "FAILED",
        _ when IsOurEnd(end) => IsIn(end) ? "REJECTED" : "FAILED",
        _ when IsDeclined(end) => "REJECTED",
        _ when IsBusy(end) => "BUSY",
        _ when IsTimeout(end) => IsIn(end) ? "MISSED" : "UNANSWERED",
        _ => "FAILED",
    };

    private static string Outcome(CallEnd end) => end switch
    {
        { IsAnswered: true } => "answered",
        { Cause: RemoteHangup, Direction: Direction.Outbound } => "none",
        { Cause: RemoteHangup or CallerCancel } => "no_answer",
        _ when IsOurEnd(end) || IsTimeout(end) => "no_answer",
        _ when IsBusy(end) => "busy",
        _ when IsDeclined(end) => "declined",
        _ => "none",
    };

    private static string EndReason(CallEnd end) => end switch
    {
        _ when IsLost(end) || end.Cause is Unset or InsufficientFunds or AccountStopped => "system_error",
        { Cause: MediaMismatch or RemoteFailure or TransportFailure or RtpTimeout } => "connection_error",
        { IsAnswered: false } => "unjoined",
        _ when IsTimeout(end) || end.Cause is TimeLimit => "timeout",
        _ when IsOurEnd(end) || end.Cause is ApiReject or ApiRejectBusy => "agent_hangup",
        _ => "hangup",
    };
}
