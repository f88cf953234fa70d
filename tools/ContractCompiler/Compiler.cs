using System.Text.Json.Nodes;

namespace Ringwright.ContractCompiler;

/// <summary>The facts of one description: shared schemas, operations in the order of their paths, webhook events by name.</summary>
internal sealed record CompiledContract(
    IReadOnlyList<KeyValuePair<string, JsonNode>> Schemas,
    IReadOnlyList<KeyValuePair<string, JsonNode>> Parameters,
    IReadOnlyList<JsonObject> Operations,
    IReadOnlyList<JsonObject> Events);

/// <summary>Reads the description and keeps facts only: no titles, descriptions or examples, references shortened to their names.</summary>
internal sealed class Compiler(JsonObject components)
{
    private const string SchemaPrefix = "#/components/schemas/";
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head"];
    private static readonly string[] Prose = ["description", "title", "example", "examples", "summary", "externalDocs"];

    public static CompiledContract Compile(byte[] description)
    {
        var root = JsonNode.Parse(description)!.AsObject();
        return new Compiler(root["components"]!.AsObject()).Compile(root);
    }

    private CompiledContract Compile(JsonObject root)
    {
        var operations = new List<JsonObject>();
        foreach (var (path, item) in root["paths"]!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal))
            foreach (var method in Methods)
                if (item![method] is JsonObject operation)
                    operations.Add(Operation(path, method, item.AsObject(), operation));

        var events = root["webhooks"]!.AsObject().OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => Event(w.Key, w.Value!["post"]!.AsObject())).ToList();
        var schemas = components["schemas"]!.AsObject().OrderBy(s => s.Key, StringComparer.Ordinal)
            .Select(s => KeyValuePair.Create(s.Key, Schema(s.Value!))).ToList();
        var parameters = components["parameters"]!.AsObject().OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => KeyValuePair.Create(p.Key, (JsonNode)Parameter(p.Value!.AsObject()))).ToList();
        return new(schemas, parameters, operations, events);
    }

    private JsonObject Operation(string path, string method, JsonObject item, JsonObject source)
    {
        var made = new JsonObject
        {
            ["id"] = source["operationId"]?.GetValue<string>() ?? $"{method} {path}",
            ["method"] = method.ToUpperInvariant(),
            ["path"] = path,
            ["family"] = source["tags"] is JsonArray { Count: > 0 } tags ? tags[0]!.GetValue<string>() : "(none)",
        };
        // A server of its own means: not under the API's prefix.
        if (item["servers"] is not null) made["root"] = "host";
        if (source["security"] is JsonArray security)
        {
            if (security.Count == 0 || security.Any(s => s!.AsObject().Count == 0)) made["public"] = true;
            var schemes = security.SelectMany(s => s!.AsObject().Select(p => p.Key)).Where(s => s != "bearerAuth").ToArray();
            if (schemes.Length > 0) made["schemes"] = new JsonArray([.. schemes.Select(s => JsonValue.Create(s))]);
        }

        if (source["parameters"] is JsonArray parameters && parameters.Count > 0)
            made["parameters"] = new JsonArray([.. parameters.Select(p => p!["$ref"] is JsonNode reference
                ? JsonValue.Create(Name(reference)) as JsonNode
                : Parameter(p.AsObject()))]);
        if (source["requestBody"] is JsonObject body)
        {
            body = Follow(body, "requestBodies");
            var wanted = new JsonObject();
            if (body["required"]?.GetValue<bool>() is true) wanted["required"] = true;
            wanted["content"] = Content(body["content"]!.AsObject());
            made["body"] = wanted;
        }

        var success = new JsonObject();
        var errors = new JsonArray();
        foreach (var (status, response) in source["responses"]!.AsObject())
        {
            if (status[0] is not ('2' or '3')) { errors.Add(status); continue; }
            var followed = Follow(response!.AsObject(), "responses");
            success[status] = followed["content"] is JsonObject content ? Content(content) : new JsonObject();
        }

        made["success"] = success;
        if (errors.Count > 0) made["errors"] = errors;
        return made;
    }

    private JsonObject Event(string name, JsonObject source)
    {
        var body = Follow(source["requestBody"]!.AsObject(), "requestBodies");
        var schema = body["content"]!["application/json"]!["schema"]!;
        return new JsonObject
        {
            ["name"] = name,
            ["family"] = source["tags"] is JsonArray { Count: > 0 } tags ? tags[0]!.GetValue<string>() : "(none)",
            ["types"] = new JsonArray([.. EventTypes(schema, 0).Distinct().Select(t => JsonValue.Create(t))]),
            ["schema"] = Schema(schema),
        };
    }

    /// <summary>The values of event_type that a webhook's schema allows, wherever its envelope puts the field.</summary>
    private IEnumerable<string> EventTypes(JsonNode schema, int depth)
    {
        if (depth > 6) yield break;
        if (schema["$ref"] is JsonNode reference)
        {
            foreach (var type in EventTypes(components["schemas"]![Name(reference)]!, depth + 1)) yield return type;
            yield break;
        }

        foreach (var part in (schema["allOf"] as JsonArray ?? []).Concat(schema["oneOf"] as JsonArray ?? []))
            foreach (var type in EventTypes(part!, depth + 1)) yield return type;
        if (schema["properties"] is not JsonObject properties) yield break;
        if (properties["event_type"]?["enum"] is JsonArray types)
            foreach (var type in types) yield return type!.GetValue<string>();
        if (properties["data"] is JsonNode data)
            foreach (var type in EventTypes(data, depth + 1)) yield return type;
    }

    private JsonObject Parameter(JsonObject source)
    {
        var made = new JsonObject { ["name"] = source["name"]!.DeepClone(), ["in"] = source["in"]!.DeepClone() };
        if (source["required"]?.GetValue<bool>() is true) made["required"] = true;
        if (source["style"]?.GetValue<string>() is "deepObject") made["deep"] = true;
        if (source["schema"] is JsonNode schema) made["schema"] = Schema(schema);
        return made;
    }

    private JsonObject Content(JsonObject source)
    {
        var made = new JsonObject();
        foreach (var (type, media) in source)
            made[type] = media!["schema"] is JsonNode schema ? Schema(schema) : new JsonObject();
        return made;
    }

    private JsonObject Follow(JsonObject node, string kind) =>
        node["$ref"] is JsonNode reference ? components[kind]![Name(reference)]!.AsObject() : node;

    private static string Name(JsonNode reference) => reference.GetValue<string>().Split('/')[^1];

    /// <summary>A copy with short references and without prose. Property names are kept whatever they are called.</summary>
    private JsonNode Schema(JsonNode source)
    {
        if (source is not JsonObject fields) return source.DeepClone();
        // Some schemas refer to a whole response; its own schema is meant.
        if (fields["$ref"]?.GetValue<string>() is { } reference && reference.StartsWith("#/components/responses/", StringComparison.Ordinal))
            return Schema(components["responses"]![Name(fields["$ref"]!)]!["content"]!["application/json"]!["schema"]!);
        var made = new JsonObject();
        foreach (var (key, value) in fields)
        {
            if (Prose.Contains(key)) continue;
            made[key] = (key, value) switch
            {
                ("$ref", _) => Name(value!),
                ("properties", JsonObject properties) => new JsonObject(properties.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Schema(p.Value!)))),
                ("items" or "additionalProperties" or "not", JsonObject child) => Schema(child),
                ("allOf" or "oneOf" or "anyOf", JsonArray children) => new JsonArray([.. children.Select(c => Schema(c!))]),
                ("discriminator", JsonObject discriminator) => Discriminator(discriminator),
                _ => value?.DeepClone(),
            };
        }

        return made;
    }

    private static JsonObject Discriminator(JsonObject source)
    {
        var made = new JsonObject { ["propertyName"] = source["propertyName"]!.DeepClone() };
        if (source["mapping"] is JsonObject mapping)
            made["mapping"] = new JsonObject(mapping.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value!.GetValue<string>().Replace(SchemaPrefix, "", StringComparison.Ordinal))));
        return made;
    }
}
