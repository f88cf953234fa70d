using System.Collections.Frozen;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>The contract and its tables, as they lie in <c>contracts/voipbin</c> and are built into the program.</summary>
public static class VoipbinContract
{
    public static Contract Read()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, new Envelope(null) { List = "result" }, roles: Text("roles.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"));

    /// <summary>Family of operations → the reason of a resource that is not there.</summary>
    internal static FrozenDictionary<string, string> ReadMissing() => Pairs("missing.tsv");

    /// <summary>Operation or family → why it is absent.</summary>
    internal static FrozenDictionary<string, string> ReadAbsent() => Pairs("absent.tsv");

    /// <summary>Type of an action → where it may run, and what the program lacks for it, or <c>-</c>.</summary>
    internal static FrozenDictionary<string, (string Media, string Lacks)> ReadActions() =>
        Rows("actions.tsv").ToFrozenDictionary(row => row[0], row => (row[1], row[2]), StringComparer.Ordinal);

    /// <summary>What the engine refuses for, in snake case → the reason that is given.</summary>
    internal static FrozenDictionary<string, string> ReadRefusals() => Pairs("refusals.tsv");

    private static FrozenDictionary<string, string> Pairs(string name) =>
        Rows(name).ToFrozenDictionary(row => row[0], row => row[1], StringComparer.Ordinal);

    private static IEnumerable<string[]> Rows(string name) =>
        Text(name).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Skip(1).Select(line => line.Split('\t'));

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(VoipbinContract).Assembly.GetManifestResourceStream("voipbin/" + name)
        ?? throw new InvalidOperationException($"The program lacks contracts/voipbin/{name}.");
}
