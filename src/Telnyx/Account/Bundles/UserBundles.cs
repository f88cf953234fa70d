using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account.Bundles;

/// <summary>
/// Bundles that the account took. A month is charged when it begins; nothing can be put into a bundle yet, so none of them has resources.
/// </summary>
internal static class UserBundles
{
    private const string NoCredit = "20100";
    private const int MostAtOnce = 100;

    public static async ValueTask<Reply> List(OperationContext op, BundleParts parts)
    {
        if (HasResourceFilter(op)) return op.Page([], 0);
        var catalogue = await parts.Store.Bundles.ListAsync(op.Stop);
        var wanted = BillingBundles.InCountries(catalogue, op.List);
        var page = await parts.Store.UserBundles.ListAsync(op.Tenant,
            ReferenceEquals(wanted, catalogue) ? null : [.. wanted.Select(b => b.Id)], op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Bundles.Select(b => (JsonNode)Show(b, catalogue))], page.Total);
    }

    /// <summary>Bundles that have no resources, by what they are.</summary>
    public static async ValueTask<Reply> Unused(OperationContext op, BundleParts parts)
    {
        if (HasResourceFilter(op)) return op.Ok(new JsonArray());
        var catalogue = BillingBundles.InCountries(await parts.Store.Bundles.ListAsync(op.Stop), op.List);
        var groups = (await parts.Store.UserBundles.ActiveAsync(op.Tenant, op.Stop)).ToLookup(b => b.Bundle);
        return op.Ok(new JsonArray([.. catalogue.Where(b => groups.Contains(b.Id)).Select(b => (JsonNode)new JsonObject
        {
            ["billing_bundle"] = BillingBundles.Summary(b),
            ["user_bundle_ids"] = new JsonArray([.. groups[b.Id].Select(taken => (JsonNode)taken.Id.ToString())]),
        })]));
    }

    public static async ValueTask<Reply> Create(OperationContext op, BundleParts parts)
    {
        var body = op.ReadObject();
        if (body["items"] is not JsonArray { Count: > 0 } items)
            return op.Invalid("/items", VoiceErrors.MissingParameter,
                "items is required: the bundles that are wanted, and how many of each.");
        var offered = await parts.Store.Bundles.OfferedAsync(op.Tenant, op.Stop);
        var orders = new List<BundleOrder>();
        for (int i = 0; i < items.Count; i++)
        {
            var item = items[i]!.AsObject();            // the schema demands it
            if (item.Whole("quantity") is not (>= 1 and <= MostAtOnce and var quantity))
                return op.Invalid($"/items/{i}/quantity", VoiceErrors.BadRange, $"quantity must be from 1 to {MostAtOnce}.");
            if (offered.FirstOrDefault(b => b.Id == Guid.Parse(item.Text("billing_bundle_id")!)) is not { } bundle) // the same
                return op.Fail(op.Dialect.Errors
                    .Problem(Fault.UnknownResource, "billing_bundle_id names no bundle that is offered to this account.") with
                {
                    Pointer = $"/items/{i}/billing_bundle_id"
                });
            orders.Add(new(bundle, quantity));
        }
        if (orders.Sum(o => o.Quantity) > MostAtOnce)
            return op.Invalid("/items", VoiceErrors.BadRange, $"At most {MostAtOnce} bundles can be taken at once.");

        Guid? key = body.Filled("idempotency_key") is { } text ? Guid.Parse(text) : null;       // the same
        var taken = await parts.Store.UserBundles.TakeAsync(op.Tenant, orders, key, op.Note("created", "user_bundle", ""), op.Stop);
        if (taken is null)
            return op.Fail(new Problem(NoCredit, "The account's credit does not suffice for the first month of these bundles."));
        var catalogue = await parts.Store.Bundles.ListAsync(op.Stop);
        return op.Created(new JsonArray([.. taken.Select(b => (JsonNode)Show(b, catalogue))]));
    }

    public static async ValueTask<Reply> Get(OperationContext op, BundleParts parts) =>
        await FindAsync(op, parts) is { } taken ? op.Ok(await ShowAsync(taken, op, parts)) : Missing(op);

    public static async ValueTask<Reply> Resources(OperationContext op, BundleParts parts) =>
        await FindAsync(op, parts) is null ? Missing(op) : op.Ok(new JsonArray());

    public static async ValueTask<Reply> Deactivate(OperationContext op, BundleParts parts)
    {
        if (await FindAsync(op, parts) is not { } taken) return Missing(op);
        var note = op.Note("deleted", "user_bundle", taken.Id.ToString(), new() { ["active"] = true }, new() { ["active"] = false });
        return await parts.Store.UserBundles.EndAsync(op.Tenant, taken.Id, note, op.Stop) is { } ended
            ? op.Ok(await ShowAsync(ended, op, parts))
            : Missing(op);
    }

    private static async ValueTask<UserBundle?> FindAsync(OperationContext op, BundleParts parts) =>
        Guid.TryParse(op.Path("user_bundle_id"), out var id) ? await parts.Store.UserBundles.FindAsync(op.Tenant, id, op.Stop) : null;

    private static Reply Missing(OperationContext op) => op.Unknown("user_bundle_id");

    private static bool HasResourceFilter(OperationContext op) => op.List.Filters.Any(f => f.Path == "resource");

    private static async ValueTask<JsonObject> ShowAsync(UserBundle taken, OperationContext op, BundleParts parts) =>
        Show(taken, await parts.Store.Bundles.ListAsync(op.Stop));

    private static JsonObject Show(UserBundle taken, IReadOnlyList<Bundle> catalogue) => new()
    {
        ["id"] = taken.Id.ToString(),
        ["user_id"] = taken.Tenant.ToString(),
        ["active"] = taken.IsActive,
        ["created_at"] = BillingBundles.Day(taken.CreatedAt),
        ["updated_at"] = taken.UpdatedAt is { } at ? BillingBundles.Day(at) : null,
        ["billing_bundle"] = BillingBundles.Summary(catalogue.First(b => b.Id == taken.Bundle)),       // nothing removes a bundle
        ["resources"] = new JsonArray(),
    };
}
