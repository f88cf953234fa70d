using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>Parts of requests that are read off a contract.</summary>
internal static class Requests
{
    private const string Json = "application/json", Form = "application/x-www-form-urlencoded";

    /// <summary>Of a body in JSON, which the fields of a form may come in too; null where it can be no JSON.</summary>
    public static Schema? SchemaOf(Operation operation) => (operation.Body?.Find(Json) ?? operation.Body?.Find(Form))?.Schema;

    public static JsonNode? BodyOf(Operation operation, SampleSize size) =>
        SchemaOf(operation) is { } schema ? new SampleBodies(new Rng(7)) { Size = size }.Make(schema) : null;

    /// <summary>A body that the schema takes; null where what is made of it does not fit.</summary>
    public static JsonObject? FittingBodyOf(Operation operation)
    {
        if (SchemaOf(operation) is not { } schema || BodyOf(operation, SampleSize.All) is not JsonObject body) return null;
        using var document = JsonDocument.Parse(body.ToJsonString());
        return SchemaCheck.Run(schema, document.RootElement).Violations.Count == 0 ? body : null;
    }

    public static HttpContent ContentOf(JsonNode body) => ContentOf(Encoding.UTF8.GetBytes(body.ToJsonString()));

    public static HttpContent ContentOf(byte[] body, string type = Json) =>
        new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    /// <summary>What must be in the query, each with a value of its type.</summary>
    public static string QueryOf(Operation operation, string? beside = null) =>
        string.Join('&', operation.Parameters
            .Where(p => p is { In: ParameterPlace.Query, IsRequired: true, IsDeep: false } && p.Name != beside)
            .Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(EveryOperation.ValueFor(p.Schema))}"));

    /// <summary>Its answer goes on for as long as somebody listens.</summary>
    public static bool IsStream(Operation operation) =>
        operation.Replies.Any(reply => reply.Content.Any(content => content.MediaType == "text/event-stream"));

    /// <summary>Parameters of the query whose type is said and asked for, and that do something.</summary>
    public static IEnumerable<Parameter> TypedOf(Operation operation) => operation.Parameters.Where(p =>
        p is { In: ParameterPlace.Query, IsDeep: false, IsOpen: false } && !p.Name.Contains('[')
        && (p.Schema.Types is JsonTypes.Integer or JsonTypes.Boolean || (p.Schema.Types is JsonTypes.String && p.Schema.Texts is not null))
        && !operation.Refused.Any(rule => rule.In is ParameterPlace.Query && rule.Name == p.Name));
}
