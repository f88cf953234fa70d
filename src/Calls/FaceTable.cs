using System.Collections.Frozen;
using System.Diagnostics;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>How a call that is over ended: what every face's word for it follows from.</summary>
public readonly record struct CallEnd(HangupCause Cause, Direction Direction, bool IsAnswered)
{
    public CallEnd(CallEvent.LegEnded ended) : this(ended.Cause, ended.Leg.Direction, ended.Leg.AnsweredAt is not null) { }
}

/// <summary>
/// What each face says of a call that is over: <c>contracts/faces.tsv</c>, a row for each <see cref="CallEnd"/>, a column for each
/// face. A face asks for its own.
/// </summary>
public static class FaceTable
{
    private const int Keys = 3;

    private static readonly Lazy<FrozenDictionary<string, FrozenDictionary<CallEnd, string>>> Columns = new(Read);

    public static IReadOnlyList<string> Names => Columns.Value.Keys;

    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public static FaceWords Of(string column) => new(Columns.Value[column]);

    private static FrozenDictionary<string, FrozenDictionary<CallEnd, string>> Read()
    {
        using var stream = typeof(FaceTable).Assembly.GetManifestResourceStream("faces.tsv")
            ?? throw new InvalidOperationException("The program lacks contracts/faces.tsv.");
        using var reader = new StreamReader(stream);
        string[][] lines =
        [
            .. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t')),
        ];
        var causes = Enum.GetValues<HangupCause>()
            .ToFrozenDictionary(cause => SnakeName.Of(cause));
        return Enumerable.Range(Keys, lines[0].Length - Keys).ToFrozenDictionary(column => lines[0][column], column => lines[1..]
            .ToFrozenDictionary(row => new CallEnd(causes[row[0]], DirectionOf(row[1]), row[2] == "yes"), row => row[column]));
    }

    private static Direction DirectionOf(string word) => word switch
    {
        "inbound" => Direction.Inbound,
        "outbound" => Direction.Outbound,
        _ => throw new UnreachableException($"faces.tsv has the direction '{word}'"),
    };
}

/// <summary>One face's words for the ends of calls.</summary>
public readonly struct FaceWords(FrozenDictionary<CallEnd, string> words)
{
    public string this[CallEnd end] => words[end];

    public IReadOnlyDictionary<CallEnd, string> All => words;

    /// <summary>The causes of which some call's end is told by this word, answered or not.</summary>
    public IReadOnlyList<HangupCause> CausesOf(string word, Direction direction, bool isAnswered) =>
    [
        .. words.Where(row => row.Value == word && row.Key.Direction == direction && row.Key.IsAnswered == isAnswered)
            .Select(row => row.Key.Cause).Order(),
    ];
}
