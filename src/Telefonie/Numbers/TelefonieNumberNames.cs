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

    private const int Tries = 3;

    private static readonly DocumentKind Kind = new("telefonie_number");

    /// <summary>What is said of a number goes with it, whichever API gives it back.</summary>
    public static readonly DialectFaces Faces = new("telefonie") { OfNumbers = [Kind.Name] };

    public static async ValueTask<(string? Name, string? SmsUrl)> FindAsync(Database store, TenantId tenant, string number,
        CancellationToken stop)
    {
        var body = (await store.Documents.Rows(Kind).FindAsync(tenant, number, stop))?.Body;
        return ((string?)body?[Field], (string?)body?[SmsField]);
    }

    /// <param name="value">Null for none any more.</param>
    /// <returns>False when others were changing it each time.</returns>
    public static async ValueTask<bool> SetAsync(OperationContext op, TelefonieParts parts, string number, string field, string? value,
        string recordType)
    {
        for (int i = 0; i < Tries; i++)
        {
            var (before, now) = (await Rows(parts).FindAsync(op.Tenant, number, op.Stop), op.Now);
            if ((string?)before?.Body[field] == value) return true;
            var note = op.Note("updated", recordType, number, before?.Body);
            var body = before?.Body.DeepClone().AsObject() ?? [];
            if (value is null) body.Remove(field);
            else body[field] = value;
            // One that says nothing stays until the number goes: what another says meanwhile would be deleted with it.
            var outcome = before is null
                ? await Rows(parts).InsertAsync(
                    new() { Id = number, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now }, note, op.Stop)
                : await Rows(parts).UpdateAsync(before with { Body = body, UpdatedAt = now }, note, op.Stop);
            if (outcome is WriteOutcome.Done) return true;
        }
        return false;
    }

    private static IResourceRows Rows(TelefonieParts parts) => parts.Store.Documents.Rows(Kind);
}
