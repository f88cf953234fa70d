using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>Why attempts end, in the words of this API.</summary>
internal static class AttemptReasons
{
    /// <summary>Of calls that nobody has answered.</summary>
    public static readonly string[] Unanswered =
        [HangupReasons.Busy, HangupReasons.NoAnswer, HangupReasons.DialOut, HangupReasons.Failed, HangupReasons.Cancel];

    /// <summary>What the documentation calls <see cref="HangupReasons.NoAnswer"/>.</summary>
    public const string SpeltOut = "no_answer";

    /// <summary>Words that are taken on input for another one.</summary>
    public static string Canonical(string reason) => reason is SpeltOut ? HangupReasons.NoAnswer : reason;

    /// <summary>
    /// Of an answered call that its flow has hung up: what the flow said that it was. An attempt without a call says by which rule there
    /// was none.
    /// </summary>
    public static string Of(AttemptCount count)
    {
        if (count.Cause is not { } cause) return count.Reason ?? HangupReasons.Failed;
        // Any other is our cause once more.
        string? asked = count.Reason is { } said && HangupReasons.All.Contains(said) ? said : null;
        return HangupReasons.Of(new(cause, Direction.Outbound, count.IsAnswered), asked);
    }

    /// <summary>The dialler's words for attempts that end with the reason; none for one that is no reason to call again.</summary>
    public static IReadOnlyList<string> CausesOf(string reason) => Canonical(reason) switch
    {
        HangupReasons.Busy => [SnakeName.Of(HangupCause.CalleeBusy)],
        HangupReasons.NoAnswer => [SnakeName.Of(HangupCause.CalleeDeclined), SnakeName.Of(HangupCause.RemoteTimeout)],
        HangupReasons.DialOut => [SnakeName.Of(HangupCause.RingTimeout)],
        HangupReasons.Cancel => [SnakeName.Of(HangupCause.ApiCancel)],
        HangupReasons.Failed => [SnakeName.Of(HangupCause.NotFound), SnakeName.Of(HangupCause.RemoteFailure),
            SnakeName.Of(HangupCause.TransportFailure), SnakeName.Of(HangupCause.MediaMismatch),
            // Of a flow without a call.
            HangupReasons.Failed],
        _ => [],
    };
}
