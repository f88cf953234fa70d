using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// What the operator offers accounts for a price a month. A bundle is never removed: what was taken of it goes on being charged.
/// </summary>
internal static class Bundles
{
    private const int LongestText = 255, MostItems = 50;

    public static async ValueTask<Reply> List(OperationContext op, BundleTable bundles)
    {
        var all = await bundles.ListAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(b => (JsonNode)Show(b))], all.Count);
    }

    public static async ValueTask<Reply> Create(OperationContext op, BundleTable bundles)
    {
        var body = op.ReadObject();
        var problems = new List<Problem>();
        string name = Text(body, "name", problems), costCode = Text(body, "cost_code", problems);
        var id = Guid.CreateVersion7(op.Now);
        string slug = (string?)body["slug"] is { } said ? said : $"{Slug(name)}-{id.ToString("N")[^4..]}";
        if (slug.Length is 0 or > LongestText || slug != Slug(slug))
            problems.Add(new("invalid", "slug must be of lower-case letters, digits and single hyphens.") { Pointer = "/slug" });
        if (!Money.TryParse((string?)body["price"], out long price) || price < 0)
            problems.Add(
                new("invalid", "price must be a decimal number of at least 0, such as 2.50: what a month costs.") { Pointer = "/price" });
        string currency = (string?)body["currency"] ?? Money.UsualCurrency;
        if (!Money.IsCurrency(currency))
            problems.Add(new("invalid", "currency must be three capital letters, such as USD.") { Pointer = "/currency" });
        var limits = Limits(body["limits"] as JsonArray, op.Now, problems);
        var accounts = Accounts(op, body["accounts"] as JsonArray, problems);
        var specs = Texts(body["specs"] as JsonArray, problems);
        if (problems.Count > 0) return op.Fail(problems);

        var bundle = new Bundle
        {
            Id = id, Name = name, Slug = slug, CostCode = costCode, IsPublic = accounts.Count == 0, Price = new(price, currency),
            Specs = specs, Limits = limits, CreatedAt = op.Now,
        };
        return await bundles.AddAsync(bundle, accounts, op.Stop)
            ? op.Created(Show((await bundles.FindAsync(id, op.Stop))!))        // just written, and never removed
            : op.Fail(new Problem("duplicate", $"There is a bundle with the slug {slug} already.") { Pointer = "/slug" });
    }

    /// <summary>Offers it, or not any more.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, BundleTable bundles)
    {
        if (!Guid.TryParse(op.Path("id"), out var id)) return op.Unknown("id");
        if (op.ReadObject()["active"] is { } active && !await bundles.SwitchAsync(id, active.GetValue<bool>(), op.Stop))
            return op.Unknown("id");
        return await bundles.FindAsync(id, op.Stop) is { } bundle ? op.Ok(Show(bundle)) : op.Unknown("id");
    }

    private static string Text(JsonObject body, string field, List<Problem> problems)
    {
        string text = ((string?)body[field] ?? "").Trim();
        if (text.Length is 0 or > LongestText)
            problems.Add(new("invalid", $"{field} must have 1 to {LongestText} characters.") { Pointer = Pointers.Of(field) });
        return text;
    }

    private static List<string> Texts(JsonArray? items, List<Problem> problems)
    {
        var texts = (items ?? []).Select(item => (string?)item ?? "").ToList();
        if (texts.Count > MostItems || texts.Exists(t => t.Length is 0 or > LongestText))
            problems.Add(new("invalid", $"specs may be {MostItems} texts of 1 to {LongestText} characters.") { Pointer = "/specs" });
        return texts;
    }

    private static List<TenantId> Accounts(OperationContext op, JsonArray? ids, List<Problem> problems)
    {
        var accounts = new List<TenantId>();
        foreach (var (i, item) in (ids ?? []).Index())
        {
            if (Guid.TryParse((string?)item, out var id) && op.Routing.FindTenant(new(id)) is { } tenant) accounts.Add(tenant.Id);
            else problems.Add(new("unknown_reference", "accounts names no account.") { Pointer = $"/accounts/{i}" });
        }
        return accounts;
    }

    /// <summary>What is included: a service, what is counted, how much of it, and where. Each gets an id.</summary>
    private static JsonArray Limits(JsonArray? items, DateTimeOffset now, List<Problem> problems)
    {
        if (items is { Count: > MostItems })
            problems.Add(new("invalid", $"A bundle has at most {MostItems} limits.") { Pointer = "/limits" });
        var limits = new JsonArray();
        foreach (var item in items ?? [])
        {
            var limit = item!.DeepClone().AsObject();          // the schema demands it
            limit["id"] = Guid.CreateVersion7(now).ToString();
            limits.Add((JsonNode)limit);
        }
        return limits;
    }

    /// <summary>Lower-case letters and digits, with a hyphen for whatever is between them.</summary>
    private static string Slug(string name)
    {
        var kept = name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-').ToArray();
        return string.Join('-', new string(kept).Split('-', StringSplitOptions.RemoveEmptyEntries));
    }

    private static JsonObject Show(Bundle bundle) => new()
    {
        ["id"] = bundle.Id.ToString(),
        ["record_type"] = "bundle",
        ["name"] = bundle.Name,
        ["slug"] = bundle.Slug,
        ["cost_code"] = bundle.CostCode,
        ["price"] = Money.Format(bundle.Price.Micros),
        ["currency"] = bundle.Price.Currency,
        ["active"] = bundle.IsActive,
        ["public"] = bundle.IsPublic,
        ["specs"] = new JsonArray([.. bundle.Specs.Select(spec => (JsonNode)spec)]),
        ["limits"] = bundle.Limits.DeepClone(),
        ["created_at"] = OperatorTime.Write(bundle.CreatedAt),
    };
}
