using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Compiled schemas in the words of OpenAPI 3.1 (JSON Schema 2020-12). A shared one is a reference; what is referred to is written once.
/// What the checks accept is what stands here: the fields, values and lengths that were added to the contract are in it.
/// </summary>
internal sealed class OpenApiSchemas
{
    public const string Place = "#/components/schemas/";

    private readonly SortedDictionary<string, JsonObject> _shared = new(StringComparer.Ordinal);

    /// <summary>Those that were referred to, by name.</summary>
    public JsonObject Shared() => new(_shared.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));

    public JsonObject Write(Schema schema)
    {
        if (schema.Name is not { } name) return Whole(schema);
        if (!_shared.ContainsKey(name))
        {
            _shared.Add(name, []);      // first its place: it may refer to itself
            _shared[name] = Whole(schema);
        }
        return new() { ["$ref"] = Place + name };
    }

    private JsonObject Whole(Schema schema)
    {
        bool hasParts = schema.AllOf.Count > 0 || schema.AnyOf.Count > 0;
        var said = new JsonObject();
        WriteTypes(said, schema, schema.IsNullable && !hasParts);
        WriteText(said, schema);
        WriteRange(said, schema);
        WriteItems(said, schema);
        WriteFields(said, schema);
        if (schema.AllOf.Count > 0) said["allOf"] = All(schema.AllOf);
        if (schema.AnyOf.Count > 0) said["anyOf"] = All(schema.AnyOf);
        if (schema is { Discriminator: { } forms, AnyOf.Count: > 0 }) said["discriminator"] = FormsOf(forms);
        // Parts say nothing of null, and each of them must fit.
        if (schema.IsNullable && hasParts) said = new() { ["anyOf"] = new JsonArray(said, new JsonObject { ["type"] = "null" }) };
        if (schema.Default is { } usual) said["default"] = usual.DeepClone();
        if (schema.IsReadOnly) said["readOnly"] = true;
        if (schema.IsWriteOnly) said["writeOnly"] = true;
        return said;
    }

    private static void WriteTypes(JsonObject said, Schema schema, bool isNullable)
    {
        var types = new List<string>();
        if (schema.Types.HasFlag(JsonTypes.String)) types.Add("string");
        if (schema.Types.HasFlag(JsonTypes.Number)) types.Add("number");
        else if (schema.Types.HasFlag(JsonTypes.Integer)) types.Add("integer");
        if (schema.Types.HasFlag(JsonTypes.Boolean)) types.Add("boolean");
        if (schema.Types.HasFlag(JsonTypes.Object)) types.Add("object");
        if (schema.Types.HasFlag(JsonTypes.Array)) types.Add("array");
        if (types.Count > 0 && isNullable) types.Add("null");
        if (types.Count == 1) said["type"] = types[0];
        else if (types.Count > 1) said["type"] = new JsonArray([.. types.Select(type => (JsonNode)type)]);
        if (schema.Texts is null && schema.Literals is null) return;
        var values = new JsonArray();
        foreach (string text in (schema.Texts ?? []).Order(StringComparer.Ordinal)) values.Add((JsonNode)text);
        foreach (string literal in (schema.Literals ?? []).Order(StringComparer.Ordinal)) values.Add(JsonNode.Parse(literal));
        if (isNullable) values.Add((JsonNode?)null);
        said["enum"] = values;
    }

    private static void WriteText(JsonObject said, Schema schema)
    {
        if (schema.Format is StringFormat.Base64) said["contentEncoding"] = "base64";
        else if (FormatOf(schema.Format) is { } format) said["format"] = format;
        if (schema.Pattern is { } pattern) said["pattern"] = pattern.ToString();
        if (schema.MinLength is { } least) said["minLength"] = least;
        if (schema.MaxLength is { } most) said["maxLength"] = most;
    }

    private static void WriteRange(JsonObject said, Schema schema)
    {
        JsonObject range = schema.AlsoNumbers is null ? said : [];
        if (schema.Minimum is { } least) range[schema.IsMinimumExclusive ? "exclusiveMinimum" : "minimum"] = least;
        if (schema.Maximum is { } most) range[schema.IsMaximumExclusive ? "exclusiveMaximum" : "maximum"] = most;
        if (schema.AlsoNumbers is { } also)
            said["anyOf"] = new JsonArray(range, new JsonObject { ["enum"] = new JsonArray([.. also.Order().Select(n => (JsonNode)n)]) });
    }

    private void WriteItems(JsonObject said, Schema schema)
    {
        if (schema.Items is { } items) said["items"] = Write(items);
        if (schema.MinItems is { } least) said["minItems"] = least;
        if (schema.MaxItems is { } most) said["maxItems"] = most;
        if (schema.HasUniqueItems) said["uniqueItems"] = true;
    }

    private void WriteFields(JsonObject said, Schema schema)
    {
        if (schema.Properties.Count > 0)
        {
            var fields = new JsonObject();
            foreach (var (name, field) in schema.Properties.OrderBy(p => p.Key, StringComparer.Ordinal)) fields[name] = Write(field);
            said["properties"] = fields;
        }
        if (schema.Required.Count > 0)
            said["required"] = new JsonArray([.. schema.Required.Distinct(StringComparer.Ordinal).Select(name => (JsonNode)name)]);
        if (schema.Additional is { } values) said["additionalProperties"] = Write(values);
        else if (schema.IsClosed) said["additionalProperties"] = false;
    }

    private JsonArray All(IReadOnlyList<Schema> parts) => new([.. parts.Select(part => (JsonNode)Write(part))]);

    /// <summary>Only shared schemas can be named.</summary>
    private JsonObject FormsOf(Discriminator forms)
    {
        var named = new JsonObject();
        foreach (var (value, form) in forms.Mapping.OrderBy(m => m.Key, StringComparer.Ordinal))
            if (form.Name is not null) named[value] = Write(form)["$ref"]!.DeepClone();
        var said = new JsonObject { ["propertyName"] = forms.Property };
        if (named.Count > 0) said["mapping"] = named;
        return said;
    }

    private static string? FormatOf(StringFormat format) => format switch
    {
        StringFormat.Uuid => "uuid",
        StringFormat.DateTime => "date-time",
        StringFormat.Date => "date",
        StringFormat.Uri => "uri",
        StringFormat.Email => "email",
        StringFormat.E164 => "e164",
        StringFormat.Currency => "iso4217",
        StringFormat.Decimal => "decimal",
        StringFormat.Int32 => "int32",
        StringFormat.Int64 => "int64",
        _ => null,
    };
}
