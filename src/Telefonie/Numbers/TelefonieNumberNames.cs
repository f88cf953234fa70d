using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Telefonie.Numbers;

/// <summary>What an account says of its numbers to this API alone, in a document: their names, and who is told of messages.</summary>
internal static class TelefonieNumberNames
{
    public const string Field = "friendly_name", SmsField = "sms_url";

    private static readonly DocumentKind Kind = new("telefonie_number");

    public static async ValueTask<(string? Name, string? SmsUrl)> FindAsync(Database store, TenantId tenant, string number,
        CancellationToken stop)
    {
        var body = (await store.Documents.Rows(Kind).FindAsync(tenant, number, stop))?.Body;
        return ((string?)body?[Field], (string?)body?[SmsField]);
    }

    /// <param name="value">Null for none any more.</param>
    public static async ValueTask SetAsync(OperationContext op, TelefonieParts parts, string number, string field, string? value,
        string recordType)
    {
        var before = await Rows(parts).FindAsync(op.Tenant, number, op.Stop);
        if ((string?)before?.Body[field] == value) return;
        var note = op.Note("updated", recordType, number, before?.Body);
        var body = before?.Body.DeepClone().AsObject() ?? [];
        if (value is null) body.Remove(field);
        else body[field] = value;
        // Whoever else says something of it in this moment says it as well as we do.
        if (before is null)
        {
            await Rows(parts).InsertAsync(new() { Id = number, Tenant = op.Tenant, Body = body, CreatedAt = op.Now, UpdatedAt = op.Now },
                note, op.Stop);
        }
        else if (body.Count == 0) await Rows(parts).DeleteAsync(op.Tenant, number, note, op.Stop);
        else await Rows(parts).UpdateAsync(before with { Body = body, UpdatedAt = op.Now }, note, op.Stop);
    }

    /// <summary>Of a number that goes.</summary>
    public static async ValueTask ForgetAsync(OperationContext op, TelefonieParts parts, string number, string recordType)
    {
        if (await Rows(parts).FindAsync(op.Tenant, number, op.Stop) is { } row)
            await Rows(parts).DeleteAsync(op.Tenant, number, op.Note("updated", recordType, number, row.Body), op.Stop);
    }

    private static IResourceRows Rows(TelefonieParts parts) => parts.Store.Documents.Rows(Kind);
}
