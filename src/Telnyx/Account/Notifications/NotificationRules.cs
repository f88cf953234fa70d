using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>What profiles, channels and settings ask of one another.</summary>
internal static class NotificationRules
{
    public const string InvalidUrl = "10003", Missing = "10004", BadRequest = "10015", NotE164 = "10016", NotEmail = "10019",
        BadLength = "10025", BadKey = "90100", BadContext = "90101";
    public const int MostCharacters = 255;

    public static IResourceRows Rows(NotificationParts parts, string kind) => parts.Store.Documents.Rows(new DocumentKind(kind));

    public static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer, Status = 422 };

    /// <summary>Refuses what still holds rows of <paramref name="kind"/> that name it.</summary>
    public static async ValueTask<Problem?> HoldsAsync(OperationContext op, NotificationParts parts, string kind,
        string field, ResourceRow row)
    {
        long held = await CountAsync(op, parts, kind, field, row.Id);
        string what = kind.Replace('_', ' ');
        return held == 0 ? null : op.Dialect.Errors.Problem(Fault.InUse,
            $"{held} {(held == 1 ? $"{what} names" : $"{what}s name")} this one: delete {(held == 1 ? "it" : "them")} first.");
    }

    public static async ValueTask<long> CountAsync(OperationContext op, NotificationParts parts, string kind, string field, string id) =>
        (await Rows(parts, kind).ListAsync(op.Tenant, new() { Filters = [new(field, "eq", [id]), NotDeleted], Limit = 1 }, op.Stop)).Total;

    /// <summary>The row that a field of the body names; a problem that points at the field when there is none.</summary>
    public static async ValueTask<(ResourceRow? Row, Problem? Problem)> FindAsync(OperationContext op, NotificationParts parts, string kind,
        string field, string? id)
    {
        if (string.IsNullOrEmpty(id)) return (null, At("/" + field, Missing, $"{field} is needed."));
        var row = Guid.TryParse(id, out _) ? await Rows(parts, kind).FindAsync(op.Tenant, id, op.Stop) : null;
        return row is null ? (null, op.UnknownProblem(field, $"{field} names no {kind.Replace('_', ' ')} of this account.")) : (row, null);
    }

    private static ResourceFilter NotDeleted => new("status", "ne", ["deleted"]);
}
