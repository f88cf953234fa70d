namespace Ringwright.Calls;

/// <summary>Which final responses are meant: single ones (<c>408</c>) and whole classes (<c>5xx</c>), of 400 to 699.</summary>
public sealed record AnswerSet
{
    /// <summary>The far end is broken or busy, and not the callee.</summary>
    public static readonly AnswerSet ServerFailures = new(["5xx"]);

    private AnswerSet(IReadOnlyList<string> texts) => Texts = texts;

    /// <summary>As they were written.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Null when one of them is neither.</summary>
    public static AnswerSet? TryParse(IReadOnlyList<string> texts) => texts.All(IsOne) ? new(texts) : null;

    public static bool IsOne(string text) => text.Length == 3 && text[0] is >= '4' and <= '6'
        && (text.EndsWith("xx", StringComparison.Ordinal) || char.IsAsciiDigit(text[1]) && char.IsAsciiDigit(text[2]));

    public bool Includes(int status)
    {
        foreach (string text in Texts)
            if (text[0] - '0' == status / 100 && (text[1] == 'x' || (text[1] - '0') * 10 + text[2] - '0' == status % 100)) return true;
        return false;
    }
}
