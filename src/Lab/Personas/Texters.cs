using System.Text.RegularExpressions;

namespace Ringwright.Lab.Personas;

/// <summary>How somebody of the lab takes texts.</summary>
public enum TextHabit
{
    /// <summary>Answers.</summary>
    Answers,
    /// <summary>The phone is switched off for a while.</summary>
    Away,
    /// <summary>The texts arrive, and nobody says so.</summary>
    Silent,
    /// <summary>No text is taken: the centre knows nobody there.</summary>
    Refuses,
    /// <summary>The centre's queue is full twice; then the text is taken, and arrives.</summary>
    Full,
}

/// <summary>
/// The lab's people as they text: the number chooses who, and what he answers comes of the words alone, so that it is the same each time.
/// </summary>
public static partial class Texters
{
    private const string People = "+1555", Person = "000", Away = "001", Full = "002", Silent = "003", Stopper = "004", Nobody = "005",
        Robot = "006", Reader = "007", Echo = "008";
    private const int Length = 12;

    /// <summary>Null for a number that nobody here has.</summary>
    public static TextHabit? HabitOf(string number) => KindOf(number) switch
    {
        Person or Stopper or Robot or Reader or Echo => TextHabit.Answers,
        Away => TextHabit.Away,
        Silent => TextHabit.Silent,
        Nobody => TextHabit.Refuses,
        Full => TextHabit.Full,
        _ => null,
    };

    /// <summary>What comes back to a text; null for nothing.</summary>
    /// <param name="isAutomatic">A program wrote it, without being asked for it by a person.</param>
    public static string? Answer(string number, string words, bool isAutomatic) => KindOf(number) switch
    {
        Robot => "This is a robot. Your message was read.",
        _ when isAutomatic => null,
        Person => words.TrimEnd().EndsWith('?') ? "Yes." : "ok",
        Stopper => words.Contains("please", StringComparison.OrdinalIgnoreCase) ? "START" : "STOP",
        Reader => Digits().Match(words) is { Success: true } found ? found.Value : null,
        Echo => words,
        _ => null,
    };

    /// <summary>The parts of what he writes come the wrong way round.</summary>
    public static bool IsReversing(string number) => KindOf(number) is Echo;

    private static string? KindOf(string number) =>
        number.Length == Length && number.StartsWith(People, StringComparison.Ordinal) ? number.Substring(People.Length, 3) : null;

    [GeneratedRegex("[0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Digits();
}
