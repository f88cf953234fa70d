using Ringwright.Testing;

namespace Ringwright.Edge.Dialects;

/// <summary>A row of <c>tests/values.tsv</c>: a value of a customer's enumeration.</summary>
/// <param name="Test">Class and method of the test that reaches it by the API with a real cause; empty where none does.</param>
/// <param name="Reason">Why none does yet; empty where one does.</param>
internal sealed record ListedValue(string Face, string Enumeration, string Value, string Test, string Reason)
{
    public static IReadOnlyList<ListedValue> All { get; } =
    [
        .. File.ReadLines(Repository.PathOf("tests", "values.tsv")).Where(line => !line.StartsWith('#')).Skip(1)
            .Select(line => line.Split('\t'))
            .Select(row => new ListedValue(row[0], row[1], row[2] is "\"\"" ? "" : row[2], row[3], row[4])),
    ];

    public bool IsReached => Test.Length > 0;

    public override string ToString() => $"{Enumeration} {Value}";
}
