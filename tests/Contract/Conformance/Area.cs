namespace Ringwright.Contract.Conformance;

/// <summary>The rows of some families, and the words that only they need.</summary>
internal sealed record Area(IReadOnlyList<Row> Rows)
{
    public IReadOnlyDictionary<string, Func<Words, Task<string>>> Words { get; init; } =
        new Dictionary<string, Func<Words, Task<string>>>();
}
