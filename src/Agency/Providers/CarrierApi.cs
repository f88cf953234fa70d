using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Agency.Providers;

/// <summary>A carrier as an agency asks it: by its key, and at its address. What it shows stands in <c>data</c>.</summary>
internal sealed class CarrierApi(IProviderWeb web, string baseUrl, string key)
{
    private static readonly JsonDocumentOptions Parsing = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// The one by its id, else the one by its name; it is made where there is neither. Whoever died between making and keeping it finds it
    /// by the name.
    /// </summary>
    /// <param name="body">Of a new one, with its name.</param>
    /// <returns>As the carrier shows it, with an <c>id</c>; or why there is none.</returns>
    public async ValueTask<(JsonObject? Row, string? Fault)> EnsureAsync(string path, string? id, string nameField, JsonObject body,
        CancellationToken stop)
    {
        if (id is not null)
        {
            var (known, unknown, status) = await SendAsync("GET", $"{path}/{Uri.EscapeDataString(id)}", null, stop);
            if (status is not 404) return RowOf(known, unknown);
        }
        string name = (string)body[nameField]!;
        string byName = $"{path}?filter%5B{nameField}%5D%5Bcontains%5D={Uri.EscapeDataString(name)}";
        var (list, fault, _) = await SendAsync("GET", byName, null, stop);
        if (fault is not null) return (null, fault);
        foreach (var row in (list as JsonArray ?? []).OfType<JsonObject>())
            if (TextOf(row[nameField]) == name) return RowOf(row, null);
        var (made, why, _) = await SendAsync("POST", path, body, stop);
        return RowOf(made, why);
    }

    /// <returns>Why it was not changed; null when it was.</returns>
    public async ValueTask<string?> ChangeAsync(string path, JsonObject body, CancellationToken stop) =>
        (await SendAsync("PATCH", path, body, stop)).Fault;

    /// <summary>A text, or a number by its digits; null for what is neither.</summary>
    public static string? TextOf(JsonNode? node) => node is JsonValue value ? value.ToString() : null;

    private static (JsonObject? Row, string? Fault) RowOf(JsonNode? data, string? fault) =>
        fault is not null ? (null, fault)
        : data is JsonObject row && TextOf(row["id"]) is { Length: > 0 } ? (row, null) : (null, "the carrier's answer has no id");

    private async ValueTask<(JsonNode? Data, string? Fault, int? Status)> SendAsync(string method, string path, JsonObject? body,
        CancellationToken stop)
    {
        var answer = await web.SendAsync(new(method, baseUrl + path, key) { IsBearer = true, Body = body }, stop);
        if (!answer.IsSuccess) return (null, answer.Why, answer.Status);
        try
        {
            return ((JsonNode.Parse(answer.Body.Span, documentOptions: Parsing) as JsonObject)?["data"], null, answer.Status);
        }
        catch (JsonException)
        {
            return (null, "the carrier's answer cannot be read", answer.Status);
        }
    }
}
