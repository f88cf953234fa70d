using Ringwright.Http;

namespace Ringwright.Texml.Twiml;

/// <summary>The contract and its tables, as they lie in <c>contracts/twiml</c> and are built into the program.</summary>
public static class TwimlContract
{
    public static Contract Read()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, new Envelope(null), fields: Text("fields.tsv"), roles: Text("roles.tsv"),
            parameters: Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() =>
        ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"), "https://www.twilio.com/docs/errors/{code}");

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(TwimlContract).Assembly.GetManifestResourceStream("twiml/" + name)
        ?? throw new InvalidOperationException($"The program lacks contracts/twiml/{name}.");
}
