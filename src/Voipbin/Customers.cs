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
        if (await WrongUrlAsync(op, parts, given) is { } wrong) return op.Fail(wrong);
        for (int attempt = 0; attempt < 5; attempt++)
        {
            var before = await FindAsync(parts, op.Tenant, op.Stop);
            var body = Said(given, (string?)given["name"] ?? "");
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
    /// <param name="given">What was asked for; its URL is one that <see cref="WrongUrlAsync"/> has nothing against.</param>
    public static async ValueTask BeginAsync(OperationContext op, VoipbinParts parts, TenantId tenant, string name, JsonObject given,
        DateTimeOffset at)
    {
        var body = Said(given, name);
        if ((string?)given[Secret] is { Length: > 0 } secret) body[Secret] = secret;
        var row = new ResourceRow { Id = tenant.ToString(), Tenant = tenant, CreatedAt = at, UpdatedAt = at, Body = body };
        await parts.Store.Documents.Rows(Kind).InsertAsync(row, op.Stop);
        parts.CustomerChanged(row);
    }

    /// <summary>Why a customer's events may not go where a request says; null where they may, and where it says nothing.</summary>
    public static async ValueTask<Problem?> WrongUrlAsync(OperationContext op, VoipbinParts parts, JsonObject given) =>
        (string?)given["webhook_uri"] is { Length: > 0 } url
        && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict
            ? VoipbinShape.Bad("webhook_uri", verdict.Detail ?? "webhook_uri is no URL that may be used.") : null;

    /// <summary>All that a request says but the secret; what it does not say is empty.</summary>
    private static JsonObject Said(JsonObject given, string name) => new()
    {
        ["name"] = name, ["detail"] = (string?)given["detail"] ?? "", ["webhook_uri"] = (string?)given["webhook_uri"] ?? "",
        ["webhook_method"] = (string?)given["webhook_method"] is "GET" ? "GET" : "POST",
    };

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
