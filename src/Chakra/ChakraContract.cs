using System.Collections.Frozen;
using Ringwright.Http;

namespace Ringwright.Chakra;

/// <summary>The contract and its tables, as they lie in <c>contracts/chakra</c> and are built into the program.</summary>
public static class ChakraContract
{
    public static Contract Read()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, new Envelope("_data") { Beside = [new("_meta", "{}"), new("_errors", "[]")] }, roles: Text("roles.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"));

    /// <summary>Family of operations → why they are absent.</summary>
    internal static FrozenDictionary<string, string> ReadAbsent() => Text("absent.tsv").Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#').Skip(1).Select(line => line.Split('\t'))
        .ToFrozenDictionary(row => row[0], row => row[1], StringComparer.Ordinal);

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(ChakraContract).Assembly.GetManifestResourceStream("chakra/" + name)
        ?? throw new InvalidOperationException($"The program lacks contracts/chakra/{name}.");
}
