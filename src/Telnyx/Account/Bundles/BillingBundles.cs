using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account.Bundles;

/// <summary>What the operator offers this account for a price a month.</summary>
internal static class BillingBundles
{
    private const decimal MicrosPerUnit = 1_000_000;

    public static async ValueTask<Reply> List(OperationContext op, BundleParts parts)
    {
        // What is offered belongs to no number yet.
        if (op.List.Filters.Any(f => f.Path == "resource")) return op.Page([], 0);
        var offered = InCountries(await parts.Store.Bundles.OfferedAsync(op.Tenant, op.Stop), op.List);
        return op.Page([.. offered.Skip(op.List.Offset).Take(op.List.Size).Select(b => (JsonNode)Summary(b))], offered.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, BundleParts parts)
    {
        if (!Guid.TryParse(op.Path("bundle_id"), out var id)) return op.Unknown("bundle_id");
        return (await parts.Store.Bundles.OfferedAsync(op.Tenant, op.Stop)).FirstOrDefault(b => b.Id == id) is { } bundle
            ? op.Ok(Show(bundle))
            : op.Unknown("bundle_id");
    }

    /// <summary>Those with something for one of the countries of filter[country_iso]; all without the filter.</summary>
    public static IReadOnlyList<Bundle> InCountries(IReadOnlyList<Bundle> bundles, ListRequest list)
    {
        var countries = list.Filters.Where(f => f.Path == "country_iso").SelectMany(f => f.Values)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return countries.Count == 0 ? bundles
            : [.. bundles.Where(b => b.Limits.Any(limit => (string?)limit?["country_iso"] is { } country && countries.Contains(country)))];
    }

    public static JsonObject Summary(Bundle bundle) => new()
    {
        ["id"] = bundle.Id.ToString(),
        ["name"] = bundle.Name,
        ["slug"] = bundle.Slug,
        ["cost_code"] = bundle.CostCode,
        ["is_public"] = bundle.IsPublic,
        ["mrc_price"] = bundle.Price.Micros / MicrosPerUnit,
        ["currency"] = bundle.Price.Currency,
        ["specs"] = new JsonArray([.. bundle.Specs.Select(spec => (JsonNode)spec)]),
        ["created_at"] = Day(bundle.CreatedAt),
    };

    /// <summary>This API tells days here, not moments.</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static JsonObject Show(Bundle bundle) => new()
    {
        ["id"] = bundle.Id.ToString(),
        ["name"] = bundle.Name,
        ["slug"] = bundle.Slug,
        ["cost_code"] = bundle.CostCode,
        ["active"] = bundle.IsActive,
        ["is_public"] = bundle.IsPublic,
        ["created_at"] = Day(bundle.CreatedAt),
        ["bundle_limits"] = new JsonArray([.. bundle.Limits.Select(limit => (JsonNode)Limit(limit!.AsObject(), bundle))]),
    };

    private static JsonObject Limit(JsonObject limit, Bundle bundle)
    {
        var shown = limit.DeepClone().AsObject();
        shown["created_at"] = Day(bundle.CreatedAt);
        shown["updated_at"] = Day(bundle.CreatedAt);
        return shown;
    }
}
