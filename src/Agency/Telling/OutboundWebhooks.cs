using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;

namespace Ringwright.Agency.Telling;

/// <summary>The webhooks of an agency: made, listed, changed, ended. Each has a secret, which is said once, when it is made.</summary>
internal sealed class OutboundWebhooks(AgencyParts parts)
{
    private const int SecretBytes = 32;

    private IResourceRows Rows => OutboundHooks.RowsOf(parts.Store);

    public async ValueTask<Reply> List(OperationContext op)
    {
        var page = await Rows.ListAsync(op.Caller.Root, new() { Offset = op.List.Offset, Limit = op.List.Size }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row))], page.Total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } row ? op.Ok(Show(row)) : op.Unknown("id");

    public async ValueTask<Reply> Create(OperationContext op)
    {
        var agency = op.Caller.Root;
        var given = op.ReadObject();
        if (await FaultOfAsync(op, given) is { } fault) return op.Fail(fault);
        string? client = AgencyText.Text(given, "client_id")?.ToLowerInvariant();
        if (client is not null && await parts.Tenancy.ClientAsync(agency, client, op.Stop) is null) return op.Unknown("client_id");
        var now = Times.Cut(op.Now);
        string secret = (string?)given[OutboundHooks.Secret] ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        var row = new ResourceRow
        {
            Id = Guid.CreateVersion7(now).ToString(), Tenant = agency, CreatedAt = now, UpdatedAt = now,
            Body = new()
            {
                ["url"] = (string)given["url"]!, ["events"] = EventsOf(given), ["client_id"] = client,       // required
                ["is_active"] = (bool?)given["is_active"] ?? true, [OutboundHooks.Since] = Moment(now), [OutboundHooks.Secret] = secret,
            },
        };
        var note = op.Note("created", OutboundHooks.RecordType, row.Id, null, Show(row)) with { Tenant = agency };
        do
        {
            if (FreeAmong((await Rows.ListAsync(agency, new() { Limit = OutboundHooks.Most }, op.Stop)).Rows) is not { } place)
                return op.Fail(new Problem("plan_limit", $"An agency has at most {OutboundHooks.Most} webhooks."));
            row.Body[OutboundHooks.Place] = place;
        }
        // Somebody who came at the same time has that place: of two for the last one the second finds none.
        while (await Rows.InsertAsync(row, note, op.Stop) is WriteOutcome.Duplicate);
        await parts.Outbound.ReadAsync(parts.Store, agency, op.Stop);
        var shown = Show(row);
        shown[OutboundHooks.Secret] = secret;
        return op.Created(shown);
    }

    public async ValueTask<Reply> Update(OperationContext op)
    {
        var given = op.ReadObject();
        if (await FindAsync(op) is null) return op.Unknown("id");
        if (await FaultOfAsync(op, given) is { } fault) return op.Fail(fault);
        while (await FindAsync(op) is { } before)
        {
            var after = Changed(before, given, Times.Cut(op.Now));
            var note = op.Note("updated", OutboundHooks.RecordType, before.Id, Show(before), Show(after)) with { Tenant = before.Tenant };
            // Whoever changes it meanwhile has done so, and this is laid over that.
            if (await Rows.UpdateAsync(after, note, op.Stop) is WriteOutcome.Stale) continue;
            await parts.Outbound.ReadAsync(parts.Store, before.Tenant, op.Stop);
            return op.Ok(Show(after));
        }
        return op.Unknown("id");
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { } row) return op.Unknown("id");
        var note = op.Note("deleted", OutboundHooks.RecordType, row.Id, Show(row)) with { Tenant = row.Tenant };
        if (await Rows.DeleteAsync(row.Tenant, row.Id, note, op.Stop) is WriteOutcome.Missing) return op.Unknown("id");
        await parts.Outbound.ReadAsync(parts.Store, row.Tenant, op.Stop);
        return op.NoContent();
    }

    /// <summary>The first place that none of them has; null where there is none. One that says no place has one all the same.</summary>
    private static string? FreeAmong(IReadOnlyCollection<ResourceRow> rows)
    {
        var taken = rows.Select(row => (string?)row.Body[OutboundHooks.Place]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, OutboundHooks.Most - (rows.Count - taken.Count))
            .Select(place => place.ToString(CultureInfo.InvariantCulture)).FirstOrDefault(place => !taken.Contains(place));
    }

    public ValueTask<ResourceRow?> FindAsync(OperationContext op) =>
        Guid.TryParse(op.Path("id"), out var id) ? Rows.FindAsync(op.Caller.Root, id.ToString(), op.Stop) : new((ResourceRow?)null);

    /// <summary>A name is looked up now, and once more when something is sent.</summary>
    private async ValueTask<Problem?> FaultOfAsync(OperationContext op, JsonObject given)
    {
        if ((string?)given["url"] is { } url && await parts.WebhookFault(url, op.Stop) is { } fault) return AgencyText.Bad("url", fault);
        return given["events"] is JsonArray { Count: 0 } ? AgencyText.Bad("events", "A webhook is told of one thing at least.") : null;
    }

    private static ResourceRow Changed(ResourceRow before, JsonObject given, DateTimeOffset now)
    {
        var body = before.Body.DeepClone().AsObject();
        if ((string?)given["url"] is { } url) body["url"] = url;
        if (given["events"] is JsonArray) body["events"] = EventsOf(given);
        if ((string?)given[OutboundHooks.Secret] is { } secret) body[OutboundHooks.Secret] = secret;
        if ((bool?)given["is_active"] is { } isActive)
        {
            // What happened while it did not listen is not told.
            if (isActive && !(bool)body["is_active"]!) body[OutboundHooks.Since] = Moment(now);     // always there
            body["is_active"] = isActive;
        }
        return before with { Body = body, UpdatedAt = now };
    }

    /// <summary>An array of texts, each once.</summary>
    private static JsonArray EventsOf(JsonObject given) =>
        new([.. given["events"]!.AsArray().Select(name => (string)name!).Distinct().Select(name => (JsonNode)name)]);

    private static string Moment(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);

    private static JsonObject Show(ResourceRow row) => new()
    {
        ["id"] = row.Id, ["agency_id"] = row.Tenant.ToString(), ["client_id"] = row.Body["client_id"]?.DeepClone(),
        ["url"] = row.Body["url"]!.DeepClone(), ["events"] = row.Body["events"]!.DeepClone(),        // always there
        ["is_active"] = row.Body["is_active"]!.DeepClone(), ["created_at"] = AgencyText.Time(row.CreatedAt),
        ["updated_at"] = AgencyText.Time(row.UpdatedAt),
    };
}
