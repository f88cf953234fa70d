using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>
/// The account as its customer knows it: what it is called here, where its events go, and what signs them. There is a row from the first
/// change on; the name is the account's until then.
/// </summary>
internal static class Customers
{
    public const string Secret = "signing_secret";

    /// <summary>Until when somebody has subscribed to the customer's events: they are told then, also where they go to no URL.</summary>
    private const string Heard = "heard_until";

    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    public const string RecordType = "voipbin_customer";

    private static readonly ResourceKind Kind = new(RecordType) { Secrets = [Secret] };

    /// <summary>As it is read within a transaction.</summary>
    public static readonly DocumentKind Stored = new(Kind.RecordType) { Secrets = Kind.Secrets };

    public static ValueTask<ResourceRow?> FindAsync(VoipbinParts parts, TenantId tenant, CancellationToken stop) =>
        parts.Store.Documents.Rows(Kind).FindAsync(tenant, tenant.ToString(), stop);

    public static async ValueTask<Reply> Get(OperationContext op, VoipbinParts parts) =>
        op.Ok(Show(op, await FindAsync(parts, op.Tenant, op.Stop)));

    public static async ValueTask<Reply> Update(OperationContext op, VoipbinParts parts)
    {
        var given = op.ReadObject();
        string url = (string?)given["webhook_uri"] ?? "";
        if (url.Length > 0 && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
            return op.Fail(VoipbinShape.Bad("webhook_uri", verdict.Detail ?? "webhook_uri is no URL that may be used."));
        for (int attempt = 0; attempt < 5; attempt++)
        {
            var before = await FindAsync(parts, op.Tenant, op.Stop);
            var body = new JsonObject
            {
                ["name"] = (string?)given["name"] ?? "", ["detail"] = (string?)given["detail"] ?? "", ["webhook_uri"] = url,
                ["webhook_method"] = (string?)given["webhook_method"] is "GET" ? "GET" : "POST",
            };
            // Nobody can read it, so nobody could say it again: what is not said stays, and the empty text takes it away.
            string secret = (string?)given[Secret] ?? (string?)before?.Body[Secret] ?? "";
            if (secret.Length > 0) body[Secret] = secret;
            if (before?.Body[Heard] is { } heard) body[Heard] = heard.DeepClone();
            var (id, now) = (op.Tenant.ToString(), op.Now);
            var row = before is null
                ? new ResourceRow { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now }
                : before with { Body = body, UpdatedAt = now };
            var note = op.Note(before is null ? "created" : "updated", Kind.RecordType, id, before?.Body);
            var rows = parts.Store.Documents.Rows(Kind);
            var outcome = before is null ? await rows.InsertAsync(row, note, op.Stop) : await rows.UpdateAsync(row, note, op.Stop);
            if (outcome is not WriteOutcome.Done) continue;
            parts.CustomerChanged(row);
            return op.Ok(Show(op, row));
        }
        return op.Fail(Fault.Conflict, "Others are changing this customer. Try again.");
    }

    /// <summary>Somebody has subscribed; to be repeated before the hour is over, which costs nothing in its first half.</summary>
    public static async ValueTask HearAsync(VoipbinParts parts, TenantId tenant, CancellationToken stop)
    {
        var (rows, now) = (parts.Store.Documents.Rows(Kind), parts.Store.Time.GetUtcNow());
        for (int attempt = 0; attempt < 5; attempt++)
        {
            var before = await FindAsync(parts, tenant, stop);
            if (IsHeardAt(before, now + Lease / 2)) return;
            var body = before?.Body.DeepClone().AsObject() ?? [];
            body[Heard] = (now + Lease).ToString("O", CultureInfo.InvariantCulture);
            // The customer has changed nothing, and is shown as it was.
            var row = before is null
                ? new ResourceRow { Id = tenant.ToString(), Tenant = tenant, Body = body, CreatedAt = now, UpdatedAt = now }
                : before with { Body = body };
            if (await (before is null ? rows.InsertAsync(row, stop) : rows.UpdateAsync(row, stop)) is not WriteOutcome.Done) continue;
            parts.CustomerChanged(row);
            return;
        }
    }

    public static bool IsHeardAt(ResourceRow? customer, DateTimeOffset at) => HeardOf(customer) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var until) && until > at;

    /// <summary>As it is stored; null where nobody has ever subscribed.</summary>
    public static string? HeardOf(ResourceRow? customer) => (string?)customer?.Body[Heard];

    /// <summary>The row of a customer that was made by another one; it is told as what made the account.</summary>
    public static async ValueTask BeginAsync(OperationContext op, VoipbinParts parts, TenantId tenant, string name, string detail,
        DateTimeOffset at)
    {
        var row = new ResourceRow
        {
            Id = tenant.ToString(), Tenant = tenant, CreatedAt = at, UpdatedAt = at,
            Body = new() { ["name"] = name, ["detail"] = detail, ["webhook_uri"] = "", ["webhook_method"] = "POST" },
        };
        await parts.Store.Documents.Rows(Kind).InsertAsync(row, op.Stop);
        parts.CustomerChanged(row);
    }

    private static JsonObject Show(OperationContext op, ResourceRow? row) =>
        Written(op.Tenant, op.Routing.FindTenant(op.Tenant)?.Name ?? "", row, row?.CreatedAt ?? DateTimeOffset.UnixEpoch,
            row?.UpdatedAt);

    /// <param name="name">Where the row says none.</param>
    /// <param name="row">Null where the customer has said nothing yet.</param>
    public static JsonObject Written(TenantId tenant, string name, ResourceRow? row, DateTimeOffset createdAt,
        DateTimeOffset? updatedAt) => new()
        {
            ["id"] = tenant.ToString(),
            ["name"] = (string?)row?.Body["name"] ?? name,
            ["detail"] = (string?)row?.Body["detail"] ?? "",
            ["webhook_uri"] = (string?)row?.Body["webhook_uri"] ?? "",
            ["webhook_method"] = (string?)row?.Body["webhook_method"] ?? "POST",
            ["tm_create"] = VoipbinTime.Text(createdAt),
            ["tm_update"] = VoipbinTime.Text(updatedAt),
            ["tm_delete"] = null,
        };
}
