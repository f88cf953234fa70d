using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>What the node said to one request.</summary>
internal sealed record Answer(int Status, string? MediaType, string Text, IReadOnlyDictionary<string, string> Headers)
{
    private JsonNode? _json;

    public bool IsSuccess => Status is >= 200 and < 400;

    /// <summary>The body; null when it is no JSON.</summary>
    public JsonNode? Json => _json ??= MediaType == "application/json" && Text.Length > 0 ? JsonNode.Parse(Text) : null;

    /// <summary>What is in the envelope, or the body where there is none.</summary>
    public JsonNode? Data => Json is JsonObject whole && whole.ContainsKey("data") ? whole["data"] : Json;

    /// <summary>Of the first error.</summary>
    public string? Code => (string?)(Json?["errors"] as JsonArray)?.FirstOrDefault()?["code"];

    /// <summary>The sentence of the first error.</summary>
    public string? Detail => (string?)(Json?["errors"] as JsonArray)?.FirstOrDefault()?["detail"];

    public bool Points(string code, string pointer) =>
        Json?["errors"] is JsonArray errors && errors.Any(e => (string?)e!["code"] == code && (string?)e["source"]?["pointer"] == pointer);

    /// <summary>In an error's shape: a list of errors, each with a code, a title and a sentence. XML has a shape of its own.</summary>
    public bool IsProblem => MediaType == "application/xml" ? Text.Contains("<Code>", StringComparison.Ordinal)
        : Json?["errors"] is JsonArray { Count: > 0 } errors
            && errors.All(e => e is JsonObject && new[] { "code", "title", "detail" }.All(word => (string?)e[word] is { Length: > 0 }));

    public override string ToString() => $"{Status} {(Text.Length > 600 ? Text[..600] + "…" : Text)}";
}
