using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Agency.Platform;

/// <summary>All agencies, for administrators of the platform: accounts at the top of the tree, whoever has made them.</summary>
internal sealed class Agencies(AgencyParts parts)
{
    private const int MostLetters = 200;

    /// <summary>The oldest first.</summary>
    public async ValueTask<Reply> List(OperationContext op)
    {
        var all = op.Routing.Tenants.Where(tenant => tenant.Parent is null).OrderBy(tenant => tenant.Id.Value.ToString(),
            StringComparer.Ordinal).ToList();
        var clients = op.Routing.Tenants.Where(tenant => tenant.Parent is not null).ToLookup(tenant => tenant.Parent!.Value);
        var shown = new List<JsonNode>();
        foreach (var tenant in all.Skip(op.List.Offset).Take(op.List.Size))
            shown.Add(Show(await parts.Tenancy.AgencyAsync(tenant.Id, op.Stop), tenant, clients[tenant.Id].Count()));
        return op.Page(shown, all.Count);
    }

    /// <summary>An account with careful limits, and its first owner. Keys of its other APIs are the operator's to make.</summary>
    public async ValueTask<Reply> Create(OperationContext op)
    {
        var body = op.ReadObject();
        string name = ((string)body["name"]!).Trim();       // required
        if (name.Length is 0 or > MostLetters || name.Any(char.IsControl))
            return op.Fail(AgencyText.Bad("name", $"An agency needs a name of 1 to {MostLetters} characters."));
        string? slug = (string?)body["slug"];
        if (slug is not null && !AgencyText.IsSlug(slug))
            return op.Fail(AgencyText.Bad("slug", "A slug is of small letters, digits and dashes."));
        if (slug is not null && await parts.Tenancy.IsAgencySlugTakenAsync(slug, op.Stop))
            return op.Fail(Fault.Duplicate, "There is an agency with this slug.");
        if (await parts.Store.Tenants.CreateAsync(name, TenantLimits.Careful, parent: null, op.Stop) is not { Tenant: var account })
            return op.Fail(Fault.Duplicate, "There is an account of this name.");
        var owner = await AgencyOwner.MakeAsync(parts.Store, account, op.Stop);
        var row = await parts.Tenancy.AddAgencyAsync(account, slug, op.Note("created", "agency", account.Id.ToString()) with
        {
            Tenant = account.Id,
        }, op.Stop);
        var shown = Show(row, account, clients: 0);
        shown["owner"] = owner;
        return op.Created(shown).With("Cache-Control", "no-store");
    }

    private static JsonObject Show(AgencyRow row, Tenant account, int clients) => new()
    {
        ["id"] = row.Id.ToString(), ["name"] = row.Name, ["slug"] = row.Slug, ["status"] = account.IsDisabled ? "suspended" : "active",
        ["clients"] = clients, ["timezone"] = row.Timezone, ["max_concurrent_calls"] = account.Limits.Channels,
        ["created_at"] = AgencyText.Time(row.CreatedAt), ["updated_at"] = AgencyText.Time(row.UpdatedAt),
    };
}
