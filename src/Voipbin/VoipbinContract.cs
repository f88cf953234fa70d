using System.Collections.Frozen;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>The contract and its tables, as they lie in <c>contracts/voipbin</c> and are built into the program.</summary>
public static class VoipbinContract
{
    private static readonly ContractFiles Files = new(typeof(VoipbinContract).Assembly, "voipbin");

    public static Contract Read()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, new Envelope(null) { List = "result" }, roles: Files.Text("roles.tsv"),
            parameters: Files.Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv"));

    /// <summary>Family of operations → the reason of a resource that is not there.</summary>
    internal static FrozenDictionary<string, string> ReadMissing() => Files.Pairs("missing.tsv");

    /// <summary>Operation or family → why it is absent.</summary>
    internal static FrozenDictionary<string, string> ReadAbsent() => Files.Pairs("absent.tsv");

    /// <summary>Type of an action → where it may run, and what the program lacks for it, or <c>-</c>.</summary>
    internal static FrozenDictionary<string, (string Media, string Lacks)> ReadActions() =>
        Files.Rows("actions.tsv").Skip(1).ToFrozenDictionary(row => row[0], row => (row[1], row[2]), StringComparer.Ordinal);

    /// <summary>What the engine refuses for, in snake case → the reason that is given.</summary>
    internal static FrozenDictionary<string, string> ReadRefusals() => Files.Pairs("refusals.tsv");
}
