using Ringwright.Http;

namespace Ringwright.Telefonie;

/// <summary>The contract and its tables, as they lie in <c>contracts/telefonie</c> and are built into the program.</summary>
public static class TelefonieContract
{
    public static Contract Read()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, new Envelope(null), extensions: Text("extensions.tsv"), parameters: Text("parameters.tsv"));
    }

    public static ErrorCatalogue ReadErrors() => ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"));

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(TelefonieContract).Assembly.GetManifestResourceStream("telefonie/" + name)
        ?? throw new InvalidOperationException($"The program lacks contracts/telefonie/{name}.");
}
