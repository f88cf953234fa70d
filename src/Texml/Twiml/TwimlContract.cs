using Ringwright.Http;

namespace Ringwright.Texml.Twiml;

/// <summary>The contract and its tables, as they lie in <c>contracts/twiml</c> and are built into the program.</summary>
public static class TwimlContract
{
    private static readonly ContractFiles Files = new(typeof(TwimlContract).Assembly, "twiml");

    public static Contract Read()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, new Envelope(null), fields: Files.Text("fields.tsv"), extensions: Files.Text("extensions.tsv"),
            roles: Files.Text("roles.tsv"), parameters: Files.Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() =>
        ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv"), "https://www.twilio.com/docs/errors/{code}");
}
