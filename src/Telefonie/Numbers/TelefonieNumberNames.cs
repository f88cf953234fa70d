using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Telefonie.Numbers;

/// <summary>What an account calls its numbers: nothing but this API shows it, so it is a document of this API.</summary>
internal static class TelefonieNumberNames
{
    public const string Field = "friendly_name";

    private static readonly DocumentKind Kind = new("telefonie_number");

    public static async ValueTask<string?> FindAsync(OperationContext op, TelefonieParts parts, string number) =>
        (string?)(await Rows(parts).FindAsync(op.Tenant, number, op.Stop))?.Body[Field];

    /// <param name="name">Null for none any more.</param>
    public static async ValueTask SetAsync(OperationContext op, TelefonieParts parts, string number, string? name, string recordType)
    {
        var before = await Rows(parts).FindAsync(op.Tenant, number, op.Stop);
        if ((string?)before?.Body[Field] == name) return;
        var note = op.Note("updated", recordType, number, before?.Body);
        if (name is null)
        {
            await Rows(parts).DeleteAsync(op.Tenant, number, note, op.Stop);
            return;
        }
        var body = new JsonObject { [Field] = name };
        // Whoever else names it in this moment names it as well as we do.
        if (before is null)
        {
            await Rows(parts).InsertAsync(new() { Id = number, Tenant = op.Tenant, Body = body, CreatedAt = op.Now, UpdatedAt = op.Now },
                note, op.Stop);
        }
        else await Rows(parts).UpdateAsync(before with { Body = body, UpdatedAt = op.Now }, note, op.Stop);
    }

    private static IResourceRows Rows(TelefonieParts parts) => parts.Store.Documents.Rows(Kind);
}
