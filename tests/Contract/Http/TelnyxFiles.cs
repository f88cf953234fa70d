using Ringwright.Testing;

namespace Ringwright.Http.Tests;

/// <summary>The contract under contracts/telnyx, read once.</summary>
internal static class TelnyxFiles
{
    private static readonly Lazy<Contract> Read = new(() =>
    {
        using var json = File.OpenRead(PathOf("contract.json"));
        return Contract.Read(json, Envelope.Data, Text("quirks.tsv"), Text("fields.tsv"), Text("extensions.tsv"), Text("roles.tsv"));
    });

    private static readonly Lazy<Contract> Ruled = new(() =>
    {
        using var json = File.OpenRead(PathOf("contract.json"));
        return Contract.Read(json, Envelope.Data, Text("quirks.tsv"), parameters: Text("parameters.tsv"));
    });

    public static Contract Contract => Read.Value;

    public static ErrorCatalogue Errors { get; } = ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv"),
        "https://developers.telnyx.com/docs/overview/errors/{code}");

    public static Operation Operation(string id) => Contract.Find(id) ?? throw new ArgumentException($"There is no operation '{id}'.");

    /// <summary>The same, with what becomes of its parameters and with those that newer clients know.</summary>
    public static Operation WithRules(string id) =>
        Ruled.Value.Find(id) ?? throw new ArgumentException($"There is no operation '{id}'.");

    public static string Text(string name) => File.ReadAllText(PathOf(name));

    private static string PathOf(string name) => Repository.PathOf("contracts", "telnyx", name);
}
