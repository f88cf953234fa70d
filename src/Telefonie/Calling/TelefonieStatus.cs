using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>The eight words for how a call goes.</summary>
internal static class TelefonieStatus
{
    public const string Queued = "queued", Ringing = "ringing", InProgress = "in-progress", Completed = "completed", Failed = "failed",
        Canceled = "canceled";

    /// <summary>Calls that come in and calls that go out have the same words.</summary>
    private const Direction EitherWay = Direction.Outbound;

    private static readonly FaceWords Words = FaceTable.Of("telefonie");

    public static string Ended(HangupCause cause, bool isAnswered) => Words[new(cause, EitherWay, isAnswered)];

    public static string Of(LegRow leg) => leg.Cause is { } cause ? Ended(cause, leg.AnsweredAt is not null)
        : leg.AnsweredAt is not null ? InProgress
        : leg is { Direction: Direction.Outbound, State: StoredLegState.Initiated } ? Queued : Ringing;

    /// <summary>The same as a condition for rows.</summary>
    public static LegSearch Where(LegSearch search, string status) => search with
    {
        UnansweredCauses = Words.CausesOf(status, EitherWay, isAnswered: false),
        AnsweredCauses = Words.CausesOf(status, EitherWay, isAnswered: true),
        Live = status switch
        {
            Queued => [LegStages.Placed],
            Ringing => [LegStages.Coming, LegStages.Ringing],
            InProgress => [LegStages.Answered],
            _ => [],
        },
    };
}
