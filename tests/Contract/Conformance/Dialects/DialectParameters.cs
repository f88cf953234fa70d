using System.Text;
using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>
/// <c>contracts/NAME/parameters.tsv</c> beside the contract that it is about: rows of what nobody has thought about yet are written
/// here, and refuse it by name. A dialect that has none begins with all of them.
/// </summary>
internal static class DialectParameters
{
    /// <summary>Of a parameter that nobody has thought about yet.</summary>
    public const string Unbuilt = "the contract has it, and it is not built yet";

    private const string Head = "# What becomes of each parameter of each operation that is there: it acts, it is stored (shown with its "
        + "resource, and of no effect), or whoever asks for something by it is refused.\n"
        + "operation\tparameter\twhere\teffect\treason\tknown_to\n";

    public static string FileOf(WalkedDialect dialect) => Repository.PathOf("contracts", dialect.Name, "parameters.tsv");

    /// <param name="text">The rows that are there; empty for a dialect that has none.</param>
    /// <param name="contract">Read without them.</param>
    /// <returns>The rows in the contract's order of operations: one for each parameter, and none of what the contract has no more.
    /// </returns>
    public static string Completed(string text, Http.Contract contract)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        int head = lines.FindIndex(line => line[0] != '#') + 1;
        var rows = lines.Skip(head).Select(line => line.Split('\t')).ToLookup(row => row[0], StringComparer.Ordinal);
        var whole = new StringBuilder(head == 0 ? Head : string.Concat(lines.Take(head).Select(line => line + "\n")));
        foreach (var operation in contract.Operations)
        {
            var known = ParameterNames.Of(operation).ToList();
            // What clients alone know (sdk) is no matter of the contract's.
            var stays = rows[operation.Id].Where(row => row[5] is "sdk" || known.Contains((PlaceOf(row), row[1]))).ToList();
            foreach (var (place, name) in known)
            {
                if (stays.Any(row => (PlaceOf(row), row[1]) == (place, name) || IsInside(name, place, row))) continue;
                stays.Add([operation.Id, name, place.ToString().ToLowerInvariant(), "refused", Unbuilt, "contract"]);
            }
            foreach (var row in stays) whole.Append(string.Join('\t', row)).Append('\n');
        }
        return whole.ToString();
    }

    private static ParameterPlace PlaceOf(string[] row) => Enum.Parse<ParameterPlace>(row[2], ignoreCase: true);

    /// <summary>What is inside of one that is refused has no row of its own.</summary>
    private static bool IsInside(string name, ParameterPlace place, string[] row) => row[3] is "refused"
        && place is ParameterPlace.Body && row[2] is "body" && name.StartsWith(row[1] + "/", StringComparison.Ordinal);
}
