namespace Ringwright.Conversations;

/// <summary>Marks behind sentences and clauses, of those scripts that have their own.</summary>
internal static class SentenceMarks
{
    /// <summary>
    /// Chinese and Japanese, Hindi, Arabic and Urdu, Burmese, Khmer, Amharic, Armenian: no number and no short form has one.
    /// </summary>
    private const string Ends = "。？！｡।॥؟۔။។።፧։";

    /// <summary>Any that ends a sentence, where it ends one.</summary>
    public const string All = ".?!" + Ends;

    /// <summary>Chinese and Japanese ones, with no blank behind them.</summary>
    private const string Wide = "，、；：､";

    private const string Questions = "?？؟፧";

    /// <summary>A sentence ends behind it, whatever follows.</summary>
    public static bool IsEnd(char mark) => Ends.Contains(mark, StringComparison.Ordinal);

    /// <summary>A clause ends behind it, whatever follows.</summary>
    public static bool IsWideClause(char mark) => Wide.Contains(mark, StringComparison.Ordinal);

    /// <summary>A clause ends behind it where a blank follows.</summary>
    public static bool IsClause(char mark) => mark is ',' or ';' or ':' or '،' or '؛' or '፣';

    public static bool IsQuestion(char mark) => Questions.Contains(mark, StringComparison.Ordinal);

    /// <summary>The text ends with one of these, or with a mark of our own scripts.</summary>
    public static bool EndsSentence(ReadOnlySpan<char> text) =>
        text.TrimEnd() is [.., var last] && (last is '.' or '?' or '!' || IsEnd(last));

    public static bool EndsQuestion(ReadOnlySpan<char> text) => text.TrimEnd() is [.., var last] && IsQuestion(last);
}
