using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>Why attempts end, in the words of this API.</summary>
internal static class AttemptReasons
{
    /// <summary>Of calls that nobody has answered.</summary>
    public static readonly string[] Unanswered =
        [HangupReasons.Busy, HangupReasons.NoAnswer, HangupReasons.DialOut, HangupReasons.Failed, HangupReasons.Cancel];

    /// <summary>Words that are taken on input for another one.</summary>
    public static string Canonical(string reason) => reason is "no_answer" ? HangupReasons.NoAnswer : reason;

    /// <summary>An attempt without a call says by which rule there was none.</summary>
    public static string Of(AttemptCount count) => count.Cause is { } cause
        ? HangupReasons.Of(new(cause, Direction.Outbound, count.IsAnswered), asked: null) : count.Reason ?? HangupReasons.Failed;

    /// <summary>The dialler's words for attempts that end with the reason; none for one that is no reason to call again.</summary>
    public static IReadOnlyList<string> CausesOf(string reason) => Canonical(reason) switch
    {
        HangupReasons.Busy => [Word(HangupCause.CalleeBusy)],
        HangupReasons.NoAnswer => [Word(HangupCause.CalleeDeclined), Word(HangupCause.RemoteTimeout)],
        HangupReasons.DialOut => [Word(HangupCause.RingTimeout)],
        HangupReasons.Cancel => [Word(HangupCause.ApiCancel)],
        HangupReasons.Failed => [Word(HangupCause.NotFound), Word(HangupCause.RemoteFailure), Word(HangupCause.TransportFailure),
            Word(HangupCause.MediaMismatch)],
        _ => [],
    };

    private static string Word(HangupCause cause) => JsonNamingPolicy.SnakeCaseLower.ConvertName(cause.ToString());
}
