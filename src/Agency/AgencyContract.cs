using System.Collections.Frozen;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The contract and its tables, as they lie in <c>contracts/agency</c> and are built into the program.</summary>
public static class AgencyContract
{
    private static readonly ContractFiles Files = new(typeof(AgencyContract).Assembly, "agency");

    public static Contract Read()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, new Envelope(null), roles: Files.Text("roles.tsv"),
            parameters: Files.Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv"));

    /// <summary>Operation or family → why it is absent.</summary>
    internal static FrozenDictionary<string, string> ReadAbsent() => Files.Pairs("absent.tsv");

    /// <summary>Operation → the permission that it asks for.</summary>
    internal static FrozenDictionary<string, string> ReadGuards() => Files.Pairs("guards.tsv");

    /// <summary>State → the area codes of its numbers, where all who talk must agree to a recording.</summary>
    internal static FrozenDictionary<string, string> ReadAllPartyStates() => Files.Pairs("all-party-states.tsv");

    /// <summary>Functions of the documents, without the heading.</summary>
    internal static IEnumerable<string[]> ReadFunctions() => Files.Rows("functions.tsv").Skip(1);

    /// <summary>The heading first.</summary>
    internal static IReadOnlyList<string[]> ReadPermissions() => [.. Files.Rows("permissions.tsv")];
}
