using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>Why attempts end, in the words of this API.</summary>
internal static class AttemptReasons
{
    /// <summary>Of which a plan may say when somebody is called again.</summary>
    public static readonly string[] Retried =
    [
        HangupReasons.Busy, HangupReasons.NoAnswer, HangupReasons.DialOut, HangupReasons.Failed, HangupReasons.Cancel,
        HangupReasons.Machine,
    ];

    private static readonly FaceWords Words = FaceTable.Of("voipbin");

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

    /// <summary>
    /// The dialler's words for attempts that end with the reason: the causes of calls that nobody has answered, and what flows say that
    /// the end of an answered one means. None for one that is no reason to call again.
    /// </summary>
    public static IReadOnlyList<string> CausesOf(string reason)
    {
        string word = Canonical(reason);
        if (!Retried.Contains(word)) return [];
        // Whether a call that a dead node has placed rings on nobody knows: the whole interval of the plan holds.
        return
        [
            .. Words.CausesOf(word, Direction.Outbound, isAnswered: false).Where(cause => cause is not HangupCause.NodeRestart)
                .Select(cause => SnakeName.Of(cause)),
            word,
        ];
    }
}
