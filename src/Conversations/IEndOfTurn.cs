namespace Ringwright.Conversations;

/// <summary>
/// Judges how much silence behind a caller's words ends his turn (5.2). It is a port, so that a model may stand where the rule of words
/// does.
/// It is asked again and again while he is silent: it answers at once, and the same words get the same answer.
/// </summary>
public interface IEndOfTurn
{
    TimeSpan SilenceBehind(SaidSoFar said, TurnTerms terms);
}

/// <summary>A turn that may be over.</summary>
/// <param name="IsDictation">A number, a name or an address is asked for.</param>
public readonly record struct SaidSoFar(string Text, bool IsDictation);

/// <summary>Decides without a model: by the last word, and the mark behind it.</summary>
internal sealed class EndOfTurnByWords : IEndOfTurn
{
    public static readonly EndOfTurnByWords Usual = new();

    public TimeSpan SilenceBehind(SaidSoFar said, TurnTerms terms) => TurnRules.SilenceBehind(said.Text, terms, said.IsDictation);
}
