using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>Between a stored row and what the contract shows and takes.</summary>
internal static class ResourceShape
{
    private const int FillDepth = 4;

    /// <summary>The request's fields that are stored: those that its schema names and that are not read-only.</summary>
    public static JsonObject Accept(OperationContext op, ResourceKind kind)
    {
        var body = op.ReadObject();
        var schema = op.BodySchema;
        foreach (var (name, _) in body.ToArray())
        {
            var property = schema?.FindProperty(name);
            bool isKnown = property is not null || schema is null || !schema.HasProperties || schema.Additional is not null;
            if (!isKnown || property is { IsReadOnly: true } || kind.ReadOnly.Contains(name)) body.Remove(name);
        }

        return body;
    }

    /// <summary>The defaults of the kind, then those of the schema, for what the request does not say.</summary>
    public static void FillDefaults(OperationContext op, ResourceKind kind, JsonObject body)
    {
        foreach (var (name, value) in kind.Defaults)
            if (!body.ContainsKey(name)) body[name] = value?.DeepClone();
        if (op.BodySchema is { } schema) Fill(body, schema, FillDepth, withNulls: false);
    }

    /// <summary>The resource as a reply shows it: id, record_type, the fields that the contract names, times.</summary>
    public static JsonObject Show(OperationContext op, ResourceKind kind, ResourceRow row)
    {
        var schema = ItemSchema(op.Operation);
        var shown = new JsonObject();
        var form = op.Dialect.Form.Resources;
        if (Has(schema, form.Id)) shown[form.Id] = Id(row.Id, schema?.FindProperty(form.Id));
        if (form.RecordType is { } type && Has(schema, type)) shown[type] = kind.RecordType;
        foreach (var (name, value) in row.Body)
            if (Has(schema, name) && !kind.Secrets.Contains(name) && schema?.FindProperty(name) is not { IsWriteOnly: true })
                shown[name] = value?.DeepClone();
        if (form.CreatedAt is { } created && Has(schema, created)) shown[created] = form.Time(row.CreatedAt);
        if (form.UpdatedAt is { } updated && Has(schema, updated)) shown[updated] = form.Time(row.UpdatedAt);
        if (row.DeletedAt is { } at && form.DeletedAt is { } deleted && Has(schema, deleted)) shown[deleted] = form.Time(at);
        if (schema is not null) Fill(shown, schema, FillDepth, withNulls: true);
        kind.Show?.Invoke(op, row, shown);
        return shown;
    }

    public static JsonNode ShowPart(OperationContext op, ResourceKind kind, ResourceRow row, string field)
    {
        if (field.Length == 0) return Show(op, kind, row);
        var schema = ItemSchema(op.Operation);
        var part = row.Body[field]?.DeepClone() ?? new JsonObject();
        if (part is JsonObject shown && schema is not null)
        {
            Fill(shown, schema, FillDepth, withNulls: true);
            if (op.Dialect.Form.Resources.RecordType is { } type && schema.FindProperty(type) is not null && !shown.ContainsKey(type))
                shown[type] = field;
        }

        return part;
    }

    /// <summary>UTC with milliseconds and Z, as rows compare moments.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Schema of the one resource in the operation's reply, in or out of the envelope and the list; null when the contract describes none.
    /// </summary>
    public static Schema? ItemSchema(Operation operation)
    {
        var reply = operation.FindReply(operation.SuccessStatus)?.Json;
        var schema = operation.Envelope.Inside(reply);
        // Some lists call their array otherwise.
        if (schema == reply && operation is { Method: "GET", IsOfOne: false })
            schema = schema?.AllProperties().FirstOrDefault(p => p.Value.Items is not null).Value ?? schema;
        if (schema?.FindItems() is { } items) schema = items;
        return schema is { HasProperties: true } ? schema : null;
    }

    private static bool Has(Schema? schema, string name) => schema is null || schema.FindProperty(name) is not null;

    private static JsonNode Id(string id, Schema? schema) =>
        schema is { Types: JsonTypes.Integer } && long.TryParse(id, CultureInfo.InvariantCulture, out long number) ? number : id;

    private static void Fill(JsonObject target, Schema schema, int depth, bool withNulls)
    {
        foreach (var (name, property) in schema.AllProperties())
        {
            if (target.TryGetPropertyValue(name, out var present))
            {
                if (present is JsonObject inner && depth > 0) Fill(inner, property, depth - 1, withNulls);
                continue;
            }

            if (!withNulls && property.IsReadOnly) continue;
            if (Default(property) is { } standard) target[name] = standard.DeepClone();
            else if (property.IsNullable && withNulls) target[name] = null;
            else if (depth > 0 && property.HasProperties)
            {
                var inner = new JsonObject();
                Fill(inner, property, depth - 1, withNulls);
                if (inner.Count > 0) target[name] = inner;
            }
        }
    }

    private static JsonNode? Default(Schema schema) =>
        schema.Default ?? schema.AllOf.Select(a => a.Default).FirstOrDefault(d => d is not null);
}
