using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Calling;

/// <summary>
/// The fifteen words of a call. What a call that is over comes to before anybody disposes of it is the column of <c>faces.tsv</c>;
/// UNKNOWN and LOGGED are said of logged calls alone.
/// </summary>
internal static class ChakraStatus
{
    public const string Unknown = "UNKNOWN", Queued = "QUEUED", Ringing = "RINGING", InProgress = "IN_PROGRESS", Completed = "COMPLETED",
        Answered = "ANSWERED", Failed = "FAILED", WrongNumber = "WRONG_NUM", NotDisposed = "DISCONNECTED_NOT_DISPOSED",
        NotDisconnected = "DISPOSED_NOT_DISCONNECTED";

    private static readonly FaceWords Words = FaceTable.Of("chakra");

    /// <param name="since">From when on calls of the team ask for a disposition; null when none does.</param>
    public static string Of(LegRow leg, ChakraNote? note, DateTimeOffset? since)
    {
        bool isDisposed = note?.DisposedAt is not null;
        if (leg.EndedAt is null || leg.Cause is not { } cause)
            return leg.AnsweredAt is not null ? isDisposed ? NotDisconnected : InProgress
                : leg is { Direction: Direction.Outbound, State: StoredLegState.Initiated } ? Queued : Ringing;
        string word = Words[new(cause, leg.Direction, leg.AnsweredAt is not null)];
        return !IsTalk(leg, word) ? word : isDisposed ? note!.IsWrongNumber ? WrongNumber : Completed
            : leg.StartedAt >= since ? NotDisposed : word;
    }

    /// <summary>Somebody talked, so that there is something to say of it.</summary>
    public static bool IsTalk(LegRow leg) => leg.AnsweredAt is not null
        && (leg.Cause is not { } cause || IsTalk(leg, Words[new(cause, leg.Direction, true)]));

    private static bool IsTalk(LegRow leg, string word) => leg.AnsweredAt is not null && word is Completed or Answered;

    /// <summary>The same in SQL, of a leg <c>l</c> whose word is <c>l.word</c>, and its note <c>n</c>.</summary>
    public const string Sql = $"""
        case when l.ended_at is null then
            case when l.answered_at is not null and n.disposed_at is not null then '{NotDisconnected}'
                when l.answered_at is not null then '{InProgress}'
                when l.direction = 'outbound' and l.state = 'initiated' then '{Queued}' else '{Ringing}' end
        when l.answered_at is null or l.word not in ('{Completed}', '{Answered}') then l.word
        when n.disposed_at is not null and n.is_wrong_number then '{WrongNumber}'
        when n.disposed_at is not null then '{Completed}'
        when l.started_at >= @since then '{NotDisposed}' else l.word end
        """;

    /// <summary>The word of a leg that is over, from its columns.</summary>
    public static readonly string WordSql = "case direction || case when answered_at is null then ' no ' else ' yes ' end || cause "
        + string.Concat(Words.All.Select(row => $"when '{SnakeName.Of(row.Key.Direction)} {(row.Key.IsAnswered ? "yes" : "no")} "
            + $"{SnakeName.Of(row.Key.Cause)}' then '{row.Value}' ")) + "end";
}
