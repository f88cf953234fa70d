using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>The contract and its tables, as they lie in <c>contracts/telnyx</c> and are built into the program.</summary>
public static class TelnyxContract
{
    private static readonly ContractFiles Files = new(typeof(TelnyxContract).Assembly, "telnyx");

    private const string DocumentationUrl = "https://developers.telnyx.com/docs/overview/errors/{code}";

    public static Contract Read()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, Envelope.Data, Files.Text("quirks.tsv"), Files.Text("fields.tsv"), Files.Text("extensions.tsv"),
            Files.Text("roles.tsv"), Files.Text("parameters.tsv"), Files.Text("defaults.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv"), DocumentationUrl);

    /// <summary>Ids of the operations that the contract's tests walk from end to end.</summary>
    public static IReadOnlySet<string> ReadProven() =>
        Files.Text("proven.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToHashSet(StringComparer.Ordinal);
}
