using System.Collections.Frozen;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The contract and its tables, as they lie in <c>contracts/agency</c> and are built into the program.</summary>
public static class AgencyContract
{
    public static Contract Read()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, new Envelope(null), roles: Text("roles.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"));

    /// <summary>Operation or family → why it is absent.</summary>
    internal static FrozenDictionary<string, string> ReadAbsent() => Pairs("absent.tsv");

    /// <summary>Operation → the permission that it asks for.</summary>
    internal static FrozenDictionary<string, string> ReadGuards() => Pairs("guards.tsv");

    /// <summary>The heading first.</summary>
    internal static IReadOnlyList<string[]> ReadPermissions() => [.. Rows("permissions.tsv")];

    private static FrozenDictionary<string, string> Pairs(string name) =>
        Rows(name).Skip(1).ToFrozenDictionary(row => row[0], row => row[1], StringComparer.Ordinal);

    private static IEnumerable<string[]> Rows(string name) =>
        Text(name).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('\t'));

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(AgencyContract).Assembly.GetManifestResourceStream("agency/" + name)
        ?? throw new InvalidOperationException($"The program lacks contracts/agency/{name}.");
}
