using System.Globalization;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance;

/// <summary>The rows of <c>unknown.tsv</c>: what an id that an account does not have gets.</summary>
internal static class UnknownIds
{
    private static readonly Dictionary<(string Scope, string Name), (int Status, string Code)> Table =
        Http.Rows.Of(TelnyxFiles.Text("unknown.tsv"), "scope", "name", "status", "code", "note")
            .ToDictionary(row => (row[0], row[1]), row => (int.Parse(row[2], CultureInfo.InvariantCulture), row[3]));

    public static (int Status, string Code) Of(Operation operation) =>
        Table.TryGetValue(("operation", operation.Id), out var own) ? own
            : Table.TryGetValue(("family", operation.Family), out var family) ? family : Table[("any", "-")];

    public static IEnumerable<(string Scope, string Name)> Named => Table.Keys.Where(k => k.Scope != "any");

    /// <summary>Another id of the same form, which nobody has.</summary>
    public static string Unlike(string id)
    {
        if (Guid.TryParse(id, out _)) return Guid.NewGuid().ToString();
        if (id.StartsWith("v3:", StringComparison.Ordinal)) return id[..20] + (id[20] == 'A' ? 'B' : 'A') + id[21..];
        // The first digits say what kind it is.
        return id.Length > 8 && id.All(char.IsAsciiDigit) ? id[..4] + string.Concat(id[4..].Select(c => (char)('0' + (c - '0' + 7) % 10)))
            : id + "-not";
    }
}
