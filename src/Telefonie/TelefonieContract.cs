using Ringwright.Http;

namespace Ringwright.Telefonie;

/// <summary>The contract and its tables, as they lie in <c>contracts/telefonie</c> and are built into the program.</summary>
public static class TelefonieContract
{
    private static readonly ContractFiles Files = new(typeof(TelefonieContract).Assembly, "telefonie");

    public static Contract Read()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, new Envelope(null), quirks: Files.Text("quirks.tsv"), extensions: Files.Text("extensions.tsv"),
            parameters: Files.Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv"));
}
