using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ringwright.Testing;

/// <summary>
/// Holds a document against what OpenAPI 3.1.0 demands of its structure (the specification's sections 4.8.1 to 4.8.30), as far as ours use
/// it, and against what linters call errors by their own rules: names that URLs take, a summary, no slash at the end of a path.
/// </summary>
public static partial class OpenApiCheck
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    private static readonly string[] Types = ["string", "number", "integer", "boolean", "object", "array", "null"];

    /// <summary>Words of schemas by what they hold: a schema, a list of schemas, schemas by name, or a plain value.</summary>
    private static readonly string[] Single = ["items", "additionalProperties"], Lists = ["allOf", "anyOf"], Named = ["properties"],
        Plain = ["$ref", "type", "enum", "format", "pattern", "contentEncoding", "minLength", "maxLength", "minimum", "maximum",
            "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "required", "default", "readOnly", "writeOnly",
            "discriminator"];

    /// <returns>A sentence for each fault, with where it is.</returns>
    public static IReadOnlyList<string> FaultsOf(JsonObject document)
    {
        var faults = new List<string>();
        if ((string?)document["openapi"] != "3.1.0") faults.Add("openapi is not 3.1.0");
        if (document["info"] is not JsonObject info || info["title"] is null || info["version"] is null)
            faults.Add("info lacks title or version");
        var schemes = document["components"]?["securitySchemes"]?.AsObject() ?? [];
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var shapes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            if (!path.StartsWith('/')) faults.Add($"{path} does not begin with a slash");
            if (path is [_, .., '/']) faults.Add($"{path} ends with a slash");
            if (!shapes.Add(Braces().Replace(path, "{}"))) faults.Add($"{path} is another path with other names");
            foreach (var (method, operation) in item!.AsObject())
            {
                string at = $"{method} {path}";
                if (!Methods.Contains(method)) faults.Add($"{at}: no method");
                if ((string?)operation!["operationId"] is not { } id || !ids.Add(id))
                    faults.Add($"{at}: its operationId is none of its own");
                else if (!ComponentName().IsMatch(id)) faults.Add($"{at}: '{id}' is no name for programs");
                if ((string?)operation["summary"] is not { Length: > 0 }) faults.Add($"{at}: it has no summary");
                var needs = operation["security"] as JsonArray ?? document["security"]!.AsArray();
                foreach (var need in needs.SelectMany(n => n!.AsObject()))
                    if (!schemes.ContainsKey(need.Key)) faults.Add($"{at}: there is no security scheme {need.Key}");
                faults.AddRange(OfParameters(path, operation["parameters"] as JsonArray ?? []).Select(fault => $"{at}: {fault}"));
                if (operation["requestBody"] is { } body) faults.AddRange(OfContent(body).Select(fault => $"{at}: its body {fault}"));
                faults.AddRange(OfResponses(operation["responses"] as JsonObject ?? []).Select(fault => $"{at}: {fault}"));
            }
        }
        foreach (var (name, schema) in document["components"]?["schemas"]?.AsObject() ?? [])
        {
            if (!ComponentName().IsMatch(name)) faults.Add($"{name} is no name of a component");
            faults.AddRange(OfSchema(schema, name));
        }
        faults.AddRange(StrayReferences(document));
        return faults;
    }

    private static IEnumerable<string> OfParameters(string path, JsonArray parameters)
    {
        var names = Braces().Matches(path).Select(found => found.Value.Trim('{', '}')).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<(string?, string?)>();
        foreach (var parameter in parameters)
        {
            string? name = (string?)parameter!["name"], place = (string?)parameter["in"];
            if (!seen.Add((name, place))) yield return $"{name} stands twice in {place}";
            if (place is not ("path" or "query" or "header" or "cookie")) yield return $"{name} is in no place";
            if (place is "path" && !(name is not null && names.Remove(name))) yield return $"{name} is not in the path";
            if (place is "path" && !((bool?)parameter["required"] ?? false)) yield return $"{name} must be required";
            if (parameter["schema"] is null) yield return $"{name} has no schema";
            foreach (string fault in OfSchema(parameter["schema"], name ?? "")) yield return fault;
        }
        foreach (string name in names) yield return $"{name} of the path is not declared";
    }

    private static IEnumerable<string> OfResponses(JsonObject responses)
    {
        if (responses.Count == 0) yield return "it has no response";
        foreach (var (status, response) in responses)
        {
            if (!Status().IsMatch(status)) yield return $"{status} is no status";
            if ((string?)response!["description"] is not { Length: > 0 }) yield return $"{status} is not described";
            if (response["content"] is not null)
                foreach (string fault in OfContent(response)) yield return $"{status} {fault}";
        }
    }

    private static IEnumerable<string> OfContent(JsonNode holder)
    {
        if (holder["content"] is not JsonObject { Count: > 0 } content) return ["has no content"];
        return content.SelectMany(one => OfSchema(one.Value!["schema"], one.Key));
    }

    private static IEnumerable<string> OfSchema(JsonNode? schema, string at)
    {
        if (schema is null) return [$"{at} has no schema"];
        if (schema is not JsonObject words) return [];      // true and false
        var faults = new List<string>();
        foreach (var (word, value) in words)
        {
            if (Single.Contains(word)) faults.AddRange(OfSchema(value, $"{at}/{word}"));
            else if (Lists.Contains(word) && value is JsonArray { Count: > 0 } parts)
                faults.AddRange(parts.SelectMany(part => OfSchema(part, $"{at}/{word}")));
            else if (Named.Contains(word)) faults.AddRange(value!.AsObject().SelectMany(one => OfSchema(one.Value, $"{at}/{one.Key}")));
            else if (!Plain.Contains(word)) faults.Add($"{at}: '{word}' is no word of a schema, or has nothing");
        }
        var types = words["type"] is JsonArray several ? [.. several.Select(type => (string?)type)] : words["type"] is { } one
            ? [(string?)one] : new List<string?>();
        if (types.Any(type => !Types.Contains(type)) || types.Distinct().Count() < types.Count) faults.Add($"{at}: its type is none");
        if (words["enum"] is JsonArray { Count: 0 }) faults.Add($"{at}: its enum allows nothing");
        foreach (string bound in new[] { "exclusiveMinimum", "exclusiveMaximum" })
            if (words[bound] is { } number && number.GetValueKind() is not System.Text.Json.JsonValueKind.Number)
                faults.Add($"{at}: {bound} is a number");
        if (words["discriminator"] is { } forms && (forms["propertyName"] is null || words["anyOf"] is null))
            faults.Add($"{at}: a discriminator names a property and stands beside alternatives");
        return faults;
    }

    private static IEnumerable<string> StrayReferences(JsonObject document)
    {
        var schemas = document["components"]?["schemas"]?.AsObject() ?? [];
        const string place = "#/components/schemas/";
        return References(document).Where(reference => !reference.StartsWith(place, StringComparison.Ordinal)
            || !schemas.ContainsKey(reference[place.Length..])).Distinct().Select(reference => $"{reference} leads nowhere");
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonArray items => items.SelectMany(References),
        JsonObject fields => fields.SelectMany(field => field is { Key: "$ref", Value: JsonValue said } ? [(string)said!]
            : field is { Key: "mapping", Value: JsonObject forms } && fields.ContainsKey("propertyName")
                ? forms.Select(form => (string)form.Value!) : References(field.Value)),
        _ => [],
    };

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"^[a-zA-Z0-9._-]+$")]
    private static partial Regex ComponentName();

    [GeneratedRegex(@"^([1-5][0-9]{2}|default)$")]
    private static partial Regex Status();
}
