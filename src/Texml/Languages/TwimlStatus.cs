using Ringwright.Calls;

namespace Ringwright.Texml.Languages;

/// <summary>The status of a call that is over, as TwiML has it: whoever is turned away was not answered.</summary>
internal static class TwimlStatus
{
    /// <summary>Calls that come in and calls that go out have the same words.</summary>
    private const Direction EitherWay = Direction.Outbound;

    private static readonly FaceWords Words = FaceTable.Of("twiml");

    public static string Ended(HangupCause cause, bool isAnswered) => Words[new(cause, EitherWay, isAnswered)];

    /// <summary>The ends of calls that are told by this word, answered or not.</summary>
    public static IReadOnlyList<HangupCause> CausesOf(string status, bool isAnswered) => Words.CausesOf(status, EitherWay, isAnswered);
}
