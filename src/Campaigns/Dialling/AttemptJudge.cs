using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>What becomes of a refused attempt.</summary>
internal enum RefusedKind
{
    /// <summary>Nobody is ever called at that number.</summary>
    Never,
    /// <summary>The destination cannot be called: the try counts.</summary>
    Address,
    /// <summary>Nothing of the campaign can be called: it stops.</summary>
    Campaign,
    /// <summary>No line leads out: the try is given back, and the campaign stops when it goes on.</summary>
    Line,
    /// <summary>Something is full or away for a moment: the try is given back.</summary>
    Busy,
}

/// <summary>What the end of an attempt means. Pure.</summary>
internal static class AttemptJudge
{
    public const string Success = "success", Fail = "fail";

    /// <summary>Reasons that a program may give: all is well; and the one that has nobody called again.</summary>
    private const string Normal = "normal", TimedOut = "timeout";

    /// <summary>429: the far end takes no calls at this rate, and has called nobody.</summary>
    public const int TooManyRequests = 429;

    public static RefusedKind Of(Refusal refusal) => refusal switch
    {
        Refusal.DoNotCall => RefusedKind.Never,
        Refusal.BadDestination or Refusal.EmergencyDestination or Refusal.PremiumDestination or Refusal.CountryNotAllowed or Refusal.Loop
            or Refusal.TargetForbidden => RefusedKind.Address,
        Refusal.NoOutboundProfile or Refusal.SpendLimit or Refusal.InsufficientFunds or Refusal.ConnectionInactive
            or Refusal.UnknownConnection or Refusal.CallerIdNotOwned => RefusedKind.Campaign,
        Refusal.NoRoute => RefusedKind.Line,
        Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit or Refusal.ConnectionChannelLimit or Refusal.TrunkLimit
            or Refusal.Overloaded or Refusal.NoMediaPort or Refusal.MediaAway or Refusal.LedgerUnavailable or Refusal.Draining
            or Refusal.DuplicateRequest or Refusal.Withdrawn => RefusedKind.Busy,
        // No dial is answered so. Should one be, it is for a person to see, and not for another try every few seconds.
        Refusal.Unset or Refusal.None or Refusal.UnknownLeg or Refusal.AlreadyEnded or Refusal.NotYetAnswered or Refusal.WrongDirection
            or Refusal.WrongState or Refusal.NotRecording or Refusal.AlreadyStreaming or Refusal.NotStreaming
            or Refusal.AlreadyTranscribing or Refusal.NotTranscribing or Refusal.TranscribedWithSilenceLimit or Refusal.Confidential
            or Refusal.AlreadyForked or Refusal.NotForked or Refusal.HasSiprecSession or Refusal.NoSiprecSession or Refusal.NoLiveAudio
            or Refusal.AgentTalks or Refusal.NoAgentTalks
            or Refusal.NotQueued or Refusal.AlreadyQueued or Refusal.QueueFull or Refusal.QueueSizeFixed or Refusal.QueueEmpty
            or Refusal.ConferenceNameTaken or Refusal.ConferenceFull or Refusal.ConferenceEnded or Refusal.AlreadyInConference
            or Refusal.NotInConference or Refusal.ConferenceEmpty or Refusal.NotSupervising or Refusal.NotBridged
            or Refusal.NothingPlays or Refusal.TooManyRecordings or Refusal.TooManyPrompts or Refusal.TooManyDigits
            or Refusal.TooManyLabels or Refusal.OnOtherNode => RefusedKind.Campaign,
        _ => throw new UnreachableException(),
    };

    /// <summary>What a refusal is called: the rule that has refused, where one is named.</summary>
    public static string WordOf(Refusal refusal, string? rule) => rule ?? SnakeName.Of(refusal);

    /// <summary>Whether nothing of it has reached anybody: then the try does not count.</summary>
    public static bool IsReturned(DialAttempt ended) => ended.AnsweredAt is null
        && (ended.Cause is HangupCause.TransportFailure && ended.SipStatus is null || ended.SipStatus is TooManyRequests);

    /// <summary>Answered, and ended by one of the two or by what commanded it, which did not say that it means something else.</summary>
    public static bool IsSuccess(DialAttempt ended) => ended.AnsweredAt is not null && AskedOf(ended) is null && ended.Cause switch
    {
        HangupCause.RemoteHangup or HangupCause.ApiHangup or HangupCause.PartnerHangup => true,
        HangupCause.Unset or HangupCause.ApiCancel or HangupCause.CallerCancel or HangupCause.ApiReject or HangupCause.ApiRejectBusy
            or HangupCause.CalleeBusy or HangupCause.CalleeDeclined or HangupCause.NotFound or HangupCause.RingTimeout
            or HangupCause.RemoteTimeout or HangupCause.FirstCommandTimeout or HangupCause.TimeLimit or HangupCause.MediaMismatch
            or HangupCause.RemoteFailure or HangupCause.TransportFailure or HangupCause.RtpTimeout or HangupCause.MediaFailure
            or HangupCause.NodeShutdown or HangupCause.NodeRestart or HangupCause.LedgerUnavailable
            or HangupCause.InsufficientFunds or HangupCause.AccountStopped or HangupCause.Internal or null => false,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// What the program that has hung up says that the answered call was: busy, a machine; null when nothing, or that all was well. Only
    /// where it was the program that ended the call: what was asked for and did not come to pass, because the party or the node was
    /// quicker, has nobody called again.
    /// </summary>
    private static string? AskedOf(DialAttempt ended) =>
        ended is { AnsweredAt: not null, Cause: HangupCause.ApiHangup, AskedReason: not (null or Normal) and var asked } ? asked : null;

    public static string ReasonOf(DialAttempt ended) => AskedOf(ended) ?? SnakeName.Of(ended.Cause ?? HangupCause.Unset);

    /// <summary>When the target may be called again; null when never.</summary>
    /// <param name="target">As it is now; null when it was taken off the list.</param>
    /// <param name="sameReason">Attempts of it that ended for this reason or one that counts with it, this one included.</param>
    /// <param name="retriesAnswered">An answered call that failed is as good a reason to call again as any other.</param>
    public static DateTimeOffset? RetryAt(DialAttempt ended, Target? target, CampaignTerms terms, string reason, int sameReason,
        DateTimeOffset now, bool retriesAnswered = false)
    {
        // Somebody has answered: whatever became of that, nobody rings again, unless the program says that it was as if nobody had.
        bool isFinal = ended.AnsweredAt is not null && AskedOf(ended) is null or TimedOut;
        // What a dead node knew of the call nobody knows.
        if (isFinal && !(retriesAnswered && ended.Cause is not HangupCause.NodeRestart)) return null;
        if (target is null || target.NextDestination(terms.Tries) < 0) return null;
        var rule = terms.RetryRules.FirstOrDefault(rule => rule.Reason == reason);
        if (rule?.Most is { } most && sameReason >= most) return null;
        // Whether it rings on nobody knows, where the node was killed: the whole interval from now on.
        var end = ended.Cause is HangupCause.NodeRestart ? now : ended.EndedAt!.Value; // it has ended
        return end + (rule?.Interval ?? terms.RetryInterval);
    }
}
