using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>A resource as replies and events show it alike: what its schema names, in the schema's words.</summary>
internal static class VoipbinShape
{
    public static readonly string Nobody = Guid.Empty.ToString();

    /// <summary>Of this product alone: shown where they are set, so that nobody meets them who does not know them.</summary>
    private static readonly string[] Extensions =
    [
        "max_calls_per_second", "max_concurrent_calls", "pacing", "abandoned_message", "start_at", "stop_at", "stop_reason", "windows",
        "retry_rules", "timezone", "wrap_up_timeout", "dedupe",
    ];

    public static JsonObject Of(Schema schema, ResourceRow row)
    {
        var shown = new JsonObject();
        Write(schema, row, shown);
        return shown;
    }

    public static void Write(Schema schema, ResourceRow row, JsonObject shown)
    {
        shown.Clear();
        foreach (var (name, property) in schema.AllProperties())
        {
            if (Extensions.Contains(name) && row.Body[name] is null) continue;
            shown[name] = name switch
            {
                "id" => row.Id,
                "customer_id" => row.Tenant.ToString(),
                "tm_create" => VoipbinTime.Text(row.CreatedAt),
                "tm_update" => row.UpdatedAt > row.CreatedAt ? VoipbinTime.Text(row.UpdatedAt) : null,
                "tm_delete" => VoipbinTime.Text(ResourceKind.DeletedAt(row)),
                _ => row.Body[name]?.DeepClone() ?? property.Default?.DeepClone(),
            };
        }
    }

    /// <summary>An id of a body; null for the zero id, which refers to nothing.</summary>
    public static Guid? IdOf(JsonNode? id) => Guid.TryParse((string?)id, out var read) && read != Guid.Empty ? read : null;

    /// <summary>A kind whose rows stay when they are deleted, and whose changes are told.</summary>
    /// <param name="schema">Of the contract.</param>
    /// <param name="noun">By which its events are called.</param>
    public static ResourceKind Kind(Contract contract, VoipbinEvents events, string schema, string noun)
    {
        var shape = contract.Schemas.Find(schema) ?? throw new InvalidOperationException($"The contract has no schema {schema}.");
        return new("voipbin_" + noun)
        {
            Deletes = DeleteStyle.Keep,
            Show = (_, row, shown) => Write(shape, row, shown),
            Work = change => events.TellAsync(noun, shape, change),
        };
    }

    public static Problem Bad(string field, string detail, string reason = "INVALID_ARGUMENT") =>
        new(reason, detail) { Pointer = "/" + field };

    /// <summary>
    /// What is wrong with ids that refer to resources of the account; null when nothing is. The zero id refers to nothing.
    /// </summary>
    public static async ValueTask<Problem?> CheckReferencesAsync(OperationContext op, ResourceKind kind, string field,
        IEnumerable<JsonNode?> ids)
    {
        foreach (var id in ids)
        {
            if ((string?)id is not { } text || text == Nobody) continue;
            if (await op.Dialect.Rows(kind).FindAsync(op.Tenant, FoldedIds.Of(text), op.Stop) is not { } row
                    || ResourceKind.DeletedAt(row) is not null)
                return Bad(field, $"{field} names nothing that this customer has: {text}.");
        }
        return null;
    }
}
