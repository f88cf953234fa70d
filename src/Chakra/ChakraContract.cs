using Ringwright.Http;

namespace Ringwright.Chakra;

/// <summary>The contract and its tables, as they lie in <c>contracts/chakra</c> and are built into the program.</summary>
public static class ChakraContract
{
    private static readonly ContractFiles Files = new(typeof(ChakraContract).Assembly, "chakra");

    public static Contract Read()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, new Envelope("_data") { Beside = [new("_meta", "{}"), new("_errors", "[]")] },
            roles: Files.Text("roles.tsv"), parameters: Files.Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv"));

    /// <summary>The rows of a table without its heading.</summary>
    internal static IEnumerable<string[]> ReadTable(string name) => Files.Rows(name).Skip(1);
}
