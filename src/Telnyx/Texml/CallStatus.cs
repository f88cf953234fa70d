using Ringwright.Calls;

namespace Ringwright.Telnyx.Texml;

/// <summary>CallStatus and DialCallStatus.</summary>
internal static class CallStatus
{
    /// <summary>Calls that come in and calls that go out have the same words.</summary>
    private const Direction EitherWay = Direction.Outbound;

    public const string Completed = "completed";

    private static readonly FaceWords Words = FaceTable.Of("texml");

    public static string Live(LegFacts leg) => Live(leg.Direction, leg.AnsweredAt is not null);

    public static string Live(Direction direction, bool isAnswered) =>
        isAnswered ? "in-progress" : direction is Direction.Inbound ? "ringing" : "initiated";

    public static string Ended(CallEvent.LegEnded ended) => Ended(ended.Cause, ended.Leg.AnsweredAt is not null);

    public static string Ended(HangupCause cause, bool isAnswered) => Words[new(cause, EitherWay, isAnswered)];

    /// <summary>The ends of calls that are told by this word, answered or not.</summary>
    public static IReadOnlyList<HangupCause> CausesOf(string status, bool isAnswered) => Words.CausesOf(status, EitherWay, isAnswered);
}
