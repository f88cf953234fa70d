using System.Collections.Frozen;
using System.Globalization;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>What call.hangup says: <c>hangup_cause</c>, <c>hangup_source</c>, <c>sip_hangup_cause</c>.</summary>
internal readonly record struct HangupWords(string Cause, string Source, string SipCause);

/// <summary>Our hang-up causes in the contract's words: a row per cause, direction and whether the leg was answered.</summary>
internal static class HangupMap
{
    private const string Caller = "caller", Callee = "callee", Unknown = "unknown";

    /// <param name="Sip">The SIP code as text; when <paramref name="IsFromWire"/>, only the stand-in for a code that nobody sent.</param>
    internal readonly record struct Row(string Cause, string Source, string Sip, bool IsFromWire = false);

    internal static readonly FrozenDictionary<(HangupCause Cause, Direction Direction, bool IsAnswered), Row> Rows = Build()
        .ToFrozenDictionary();

    public static HangupWords Of(CallEvent.LegEnded ended)
    {
        var row = Rows[(ended.Cause, ended.Leg.Direction, ended.Leg.AnsweredAt is not null)];
        string sip = row.IsFromWire && ended.SipStatus is { } status ? status.ToString(CultureInfo.InvariantCulture) : row.Sip;
        return new(row.Cause, row.Source, sip);
    }

    private static IEnumerable<KeyValuePair<(HangupCause, Direction, bool), Row>> Build()
    {
        Row failed = new("unspecified", Unknown, "unspecified");
        Row failedBySip = failed with { IsFromWire = true };
        Row cancelled = new("originator_cancel", Caller, "487");
        Row declined = new("call_rejected", Callee, "603", IsFromWire: true);
        Row busy = new("user_busy", Callee, "486", IsFromWire: true);

        foreach (var cause in Enum.GetValues<HangupCause>())
            foreach (var direction in Enum.GetValues<Direction>())
            {
                yield return new((cause, direction, false), Find(cause, direction, false));
                yield return new((cause, direction, true), Find(cause, direction, true));
            }

        Row Find(HangupCause cause, Direction direction, bool isAnswered) => (cause, direction, isAnswered) switch
        {
            (HangupCause.RemoteHangup, Direction.Inbound, true) => new("normal_clearing", Caller, "200"),
            (HangupCause.RemoteHangup, Direction.Outbound, true) => new("normal_clearing", Callee, "200"),
            // A BYE in an early dialog (RFC 3261 section 15): the caller gave up; a callee may not send one.
            (HangupCause.RemoteHangup, Direction.Inbound, false) => cancelled,
            (HangupCause.RemoteHangup, Direction.Outbound, false) => failed,

            (HangupCause.ApiHangup or HangupCause.PartnerHangup, Direction.Inbound, true) => new("normal_clearing", Callee, "unspecified"),
            (HangupCause.ApiHangup or HangupCause.PartnerHangup, Direction.Outbound, true) => new("normal_clearing", Caller, "unspecified"),
            (HangupCause.ApiHangup or HangupCause.ApiCancel or HangupCause.PartnerHangup, Direction.Outbound, _) => cancelled,
            // We are the callee of an inbound leg: giving up on it declines the call.
            (HangupCause.ApiHangup or HangupCause.ApiCancel or HangupCause.PartnerHangup, Direction.Inbound, _) => declined,

            (HangupCause.CallerCancel, _, _) => cancelled,
            (HangupCause.ApiReject, _, _) => declined,
            (HangupCause.ApiRejectBusy, _, _) => busy,
            (HangupCause.CalleeBusy, _, _) => busy,
            (HangupCause.CalleeDeclined, _, _) => declined,
            (HangupCause.NotFound, _, _) => new("not_found", Callee, "404", IsFromWire: true),

            // 487 when our CANCEL was answered; 408 when nothing had answered the INVITE.
            (HangupCause.RingTimeout, Direction.Outbound, _) => new("timeout", Caller, "487", IsFromWire: true),
            (HangupCause.RingTimeout, Direction.Inbound, _) => new("timeout", Callee, "480", IsFromWire: true),
            (HangupCause.RemoteTimeout, _, _) => new("timeout", Callee, "408", IsFromWire: true),
            (HangupCause.FirstCommandTimeout, _, _) => new("timeout", Callee, "480", IsFromWire: true),
            (HangupCause.TimeLimit, _, _) => new("time_limit", Unknown, "unspecified"),

            (HangupCause.MediaMismatch, _, _) => failedBySip,
            (HangupCause.RemoteFailure, _, _) => failedBySip,
            _ => failed,
        };
    }
}
