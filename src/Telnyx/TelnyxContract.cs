using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>The contract and its tables, as they lie in <c>contracts/telnyx</c> and are built into the program.</summary>
public static class TelnyxContract
{
    private const string DocumentationUrl = "https://developers.telnyx.com/docs/overview/errors/{code}";

    public static Contract Read()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, Envelope.Data, Text("quirks.tsv"), Text("fields.tsv"), Text("extensions.tsv"), Text("roles.tsv"),
            Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"), DocumentationUrl);

    /// <summary>Ids of the operations that the contract's tests walk from end to end.</summary>
    public static IReadOnlySet<string> ReadProven() =>
        Text("proven.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToHashSet(StringComparer.Ordinal);

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(TelnyxContract).Assembly.GetManifestResourceStream("telnyx/" + name)
        ?? throw new InvalidOperationException($"The program lacks contracts/telnyx/{name}.");
}
