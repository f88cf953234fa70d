using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Compiles schema nodes; a reference is the bare name of a shared schema and becomes the shared object, so cycles are no problem.
/// </summary>
internal sealed class SchemaCompiler
{
    private readonly Dictionary<string, JsonElement> _sources;
    private readonly Dictionary<string, Schema> _shared = new(StringComparer.Ordinal);
    private readonly Quirks _quirks;

    public SchemaCompiler(JsonElement schemas, Quirks quirks)
    {
        _sources = schemas.EnumerateObject().ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        _quirks = quirks;
    }

    public IEnumerable<KeyValuePair<string, Schema>> CompileAll()
    {
        foreach (var name in _sources.Keys) Shared(name);
        return _shared;
    }

    public Schema Compile(JsonElement source)
    {
        if (source.ValueKind is not JsonValueKind.Object) return Schema.Anything;
        if (source.TryGetProperty("$ref", out var reference)) return Referred(source, Shared(reference.GetString()!));
        var schema = new Schema();
        Fill(schema, source);
        return schema;
    }

    private Schema Shared(string name)
    {
        if (_shared.TryGetValue(name, out var known)) return known;
        if (!_sources.TryGetValue(name, out var source)) throw new FormatException($"The schema '{name}' does not exist.");
        if (source.TryGetProperty("$ref", out var other)) return _shared[name] = Shared(other.GetString()!);
        var schema = new Schema { Name = name };
        _shared.Add(name, schema);
        Fill(schema, source);
        return schema;
    }

    /// <summary>
    /// A reference with words of its own beside it (nullable, readOnly, default) is a node that includes what it refers to.
    /// </summary>
    private Schema Referred(JsonElement source, Schema target)
    {
        if (source.EnumerateObject().All(p => p.Name is "$ref" or "type" or "deprecated")) return target;
        var schema = new Schema();
        Fill(schema, source);
        schema.AllOf = [target];
        return schema;
    }

    private void Fill(Schema schema, JsonElement source)
    {
        foreach (var word in source.EnumerateObject())
        {
            var value = word.Value;
            switch (word.Name)
            {
                case "type": schema.Types = TypesOf(value, schema); break;
                case "nullable": schema.IsNullable = schema.SaysNullable = value.ValueKind is JsonValueKind.True; break;
                case "readOnly": schema.IsReadOnly = value.ValueKind is JsonValueKind.True; break;
                case "writeOnly": schema.IsWriteOnly = value.ValueKind is JsonValueKind.True; break;
                case "enum": FillEnum(schema, value); break;
                case "format" when schema.Name is { } named && _quirks.IsFormatOpen(named): break;
                case "format": schema.Format = FormatOf(value.GetString()!); break;
                case "pattern": schema.Pattern = new(value.GetString()!); break;
                case "minLength": schema.MinLength = value.GetInt32(); break;
                case "maxLength": schema.MaxLength = value.GetInt32(); break;
                case "minimum": schema.Minimum = value.GetDecimal(); break;
                case "maximum": schema.Maximum = value.GetDecimal(); break;
                // The contract mixes both spellings: a flag beside the bound, and a bound of its own.
                case "exclusiveMinimum" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    schema.IsMinimumExclusive = value.GetBoolean(); break;
                case "exclusiveMinimum": (schema.Minimum, schema.IsMinimumExclusive) = (value.GetDecimal(), true); break;
                case "exclusiveMaximum" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    schema.IsMaximumExclusive = value.GetBoolean(); break;
                case "exclusiveMaximum": (schema.Maximum, schema.IsMaximumExclusive) = (value.GetDecimal(), true); break;
                case "items": schema.Items = Compile(value); break;
                case "minItems": schema.MinItems = value.GetInt32(); break;
                case "maxItems": schema.MaxItems = value.GetInt32(); break;
                case "uniqueItems": schema.HasUniqueItems = value.GetBoolean(); break;
                case "properties": schema.Properties = PropertiesOf(schema, value); break;
                case "required" when value.ValueKind is JsonValueKind.Array:
                    schema.Required =
                    [
                        .. value.EnumerateArray().Select(r => r.GetString()!)
                            .Where(field => schema.Name is not { } name || !_quirks.IsOptional(name, field))
                    ];
                    break;
                case "additionalProperties" when value.ValueKind is JsonValueKind.Object: schema.Additional = Compile(value); break;
                case "additionalProperties": schema.IsClosed = value.ValueKind is JsonValueKind.False; break;
                case "allOf": schema.AllOf = [.. value.EnumerateArray().Select(Compile)]; break;
                case "oneOf" or "anyOf": schema.AnyOf = [.. value.EnumerateArray().Select(Compile)]; break;
                case "discriminator": schema.Discriminator = DiscriminatorOf(value); break;
                // Who names null as the default lets null be written; no reply says it for that.
                case "default" when value.ValueKind is JsonValueKind.Null: schema.IsNullable = true; break;
                case "default":
                    schema.Default = value.ValueKind is JsonValueKind.String && value.ValueEquals("null"u8) ? null
                        : JsonNode.Parse(value.GetRawText()); break;
            }
        }

        if (schema is { Name: { } list, Items: { AnyOf.Count: > 0 } items } && _quirks.FormsOf(list) is { Count: > 0 } forms)
            items.AnyOf = [.. items.AnyOf, .. forms.Select(Compile)];

        // Three schemas demand a field that they do not have.
        if (schema is { Properties.Count: > 0, AllOf.Count: 0, AnyOf.Count: 0, Additional: null })
            schema.Required = [.. schema.Required.Where(schema.Properties.ContainsKey)];
    }

    private FrozenDictionary<string, Schema> PropertiesOf(Schema owner, JsonElement value)
    {
        var properties = new Dictionary<string, Schema>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            var compiled = Compile(property.Value);
            if (owner.Name is { } name)
            {
                // A shared schema is never changed for the sake of one field that uses it: the field gets a copy.
                bool hasOther = _quirks.TryGetDefault(name, property.Name, out var other);
                var also = _quirks.AlsoFor(name, property.Name);
                if ((hasOther || also.Count > 0) && compiled.Name is { } shared) Fill(compiled = new Schema(), _sources[shared]);
                if (compiled.Name is null)
                {
                    if (hasOther) compiled.Default = other;
                    compiled.MaxLength = _quirks.LengthOf(name, property.Name) ?? compiled.MaxLength;
                    Widen(compiled, also);
                    if (compiled.Discriminator is { } forms)
                        compiled.Discriminator = forms with { Mapping = Extended(forms, _quirks.AlsoFor(name, forms.Property)) };
                    if (_quirks.IsOpen(name, property.Name)) (compiled.Texts, compiled.Literals) = (null, null);
                }
            }

            properties[property.Name] = compiled;
        }

        if (owner.Name is { } named)
            foreach (var (field, schema) in _quirks.FieldsOf(named)) properties[field] = Compile(schema);
        return properties.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>A parameter of one operation, with the values that current clients know beside the contract's.</summary>
    public static Schema Widened(Schema parameter, IReadOnlyList<AlsoLegal> also)
    {
        if (also.Count == 0) return parameter;
        if (parameter.Name is { } shared) throw new FormatException($"{shared} is shared: its values cannot be widened for one parameter.");
        Widen(parameter, also);
        return parameter;
    }

    private static void Widen(Schema schema, IReadOnlyList<AlsoLegal> also)
    {
        if (also.Count > 0 && schema.Texts is { } texts)
            schema.Texts = texts.Concat(also.Select(a => a.Value.GetString()!)).ToFrozenSet(StringComparer.Ordinal);
        else if (also.Count > 0) schema.AlsoNumbers = also.Select(a => a.Value.GetDecimal()).ToFrozenSet();
    }

    /// <summary>A name that stands for one of the contract's has its form; the form of others is not known.</summary>
    private static FrozenDictionary<string, Schema> Extended(Discriminator forms, IReadOnlyList<AlsoLegal> names) =>
        names.Count == 0 ? forms.Mapping
            : forms.Mapping.Concat(names.Select(n =>
                KeyValuePair.Create(n.Value.GetString()!, n.StandsFor is { } known ? forms.Mapping[known] : Schema.Anything)))
                .ToFrozenDictionary(StringComparer.Ordinal);

    private Discriminator DiscriminatorOf(JsonElement value) => new(
        value.GetProperty("propertyName").GetString()!,
        value.TryGetProperty("mapping", out var mapping)
            ? mapping.EnumerateObject().ToFrozenDictionary(m => m.Name, m => Shared(m.Value.GetString()!), StringComparer.Ordinal)
            : FrozenDictionary<string, Schema>.Empty);

    private static void FillEnum(Schema schema, JsonElement values)
    {
        var texts = values.EnumerateArray().Where(v => v.ValueKind is JsonValueKind.String).Select(v => v.GetString()!)
            .ToFrozenSet(StringComparer.Ordinal);
        var literals = values.EnumerateArray().Where(v => v.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            .Select(v => v.GetRawText()).ToFrozenSet(StringComparer.Ordinal);
        if (values.EnumerateArray().Any(v => v.ValueKind is JsonValueKind.Null)) schema.IsNullable = schema.SaysNullable = true;
        if (texts.Count > 0) schema.Texts = texts;
        if (literals.Count > 0) schema.Literals = literals;
    }

    private static JsonTypes TypesOf(JsonElement value, Schema schema)
    {
        if (value.ValueKind is JsonValueKind.String) return TypeOf(value.GetString()!, schema);
        var types = JsonTypes.Any;
        foreach (var type in value.EnumerateArray()) types |= TypeOf(type.GetString()!, schema);
        return types;
    }

    private static JsonTypes TypeOf(string name, Schema schema)
    {
        if (name is "null") schema.IsNullable = schema.SaysNullable = true;
        return name switch
        {
            "string" => JsonTypes.String,
            "integer" => JsonTypes.Integer,
            "number" => JsonTypes.Number | JsonTypes.Integer,
            "boolean" => JsonTypes.Boolean,
            "object" => JsonTypes.Object,
            "array" => JsonTypes.Array,
            _ => JsonTypes.Any,
        };
    }

    private static StringFormat FormatOf(string name) => name switch
    {
        "uuid" => StringFormat.Uuid,
        "date-time" => StringFormat.DateTime,
        "date" => StringFormat.Date,
        "uri" or "url" => StringFormat.Uri,
        "email" => StringFormat.Email,
        "+E.164" or "E.164" or "e164" => StringFormat.E164,
        "iso4217" => StringFormat.Currency,
        "byte" => StringFormat.Base64,
        "decimal" => StringFormat.Decimal,
        "int32" => StringFormat.Int32,
        "int64" => StringFormat.Int64,
        _ => StringFormat.None,
    };
}
