using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>
/// The customers of whoever administers an account: accounts below it, with keys of their own. What else is a customer's own is read and
/// changed with its accesskey alone.
/// </summary>
internal static class CustomerAccounts
{
    private const int MostName = 200, Page = 200;

    /// <summary>The newest first.</summary>
    public static async ValueTask<Reply> List(OperationContext op, VoipbinParts parts)
    {
        var before = MomentPages.Before(op.List);
        var below = new List<ChildTenant>();
        for (int offset = 0; below.Count < op.List.Size; offset += Page)
        {
            var page = await parts.Store.ChildTenants.ListAsync(op.Tenant,
                new() { IsDescending = true, Offset = offset, Limit = Page }, op.Stop);
            below.AddRange(page.Rows.Where(child => before is null || child.CreatedAt < before));
            if (page.Rows.Count < Page) break;
        }
        var shown = new List<JsonNode>();
        foreach (var child in below.Take(op.List.Size))
            shown.Add(await ShowAsync(parts, child, op.Stop));
        return op.Page(shown, shown.Count);
    }

    /// <summary>With its first accesskey, which is shown here and nowhere else.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, VoipbinParts parts)
    {
        var body = op.ReadObject();
        string name = ((string?)body["name"] ?? "").Trim();
        if (name.Length is 0 or > MostName || name.Any(char.IsControl))
            return op.Fail(VoipbinShape.Bad("name", $"name must have 1 to {MostName} characters, none of them a control character."));
        if (await Customers.WrongUrlAsync(op, parts, body) is { } wrong) return op.Fail(wrong);
        var made = await parts.Store.ChildTenants.CreateAsync(op.Tenant,
            new(name, Email: null, HasOwnPrices: false, IsPaidAbove: false), Notes(op), op.Stop);
        if (made is ChildMade.TooMany full) return op.Fail(Fault.Forbidden, full.Text);
        // One without an address of its own takes nobody's.
        if (made is not ChildMade.Done { Child: var child })
            return op.Fail(Fault.Forbidden, "A customer of another one has no customers: ask with an accesskey of the account above it.");
        await Customers.BeginAsync(op, parts, child.Id, name, body, child.CreatedAt);
        string text = ApiKeyTable.NewText(ApiKeyTable.AccesskeyStart);
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(op.Now), Tenant = child.Id, Role = KeyRole.Owner, Label = "made with the account",
            Prefix = ApiKeyTable.PrefixOf(text), CreatedAt = op.Now,
        };
        var note = op.Note("created", "api_key", key.Id.ToString()) with { Tenant = child.Id, By = AuditActor.Manager };
        await parts.Store.ApiKeys.AddAsync(key, text, note, op.Stop);
        parts.KeysChanged();
        var shown = await ShowAsync(parts, child, op.Stop);
        shown["accesskey"] = text;
        return op.Ok(shown).With("Cache-Control", "no-store");
    }

    private static async ValueTask<JsonObject> ShowAsync(VoipbinParts parts, ChildTenant child, CancellationToken stop)
    {
        var row = await Customers.FindAsync(parts, child.Id, stop);
        return Customers.Written(child.Id, child.Organization, row, child.CreatedAt,
            row is { UpdatedAt: var updated } && updated > child.CreatedAt ? updated : null);
    }

    /// <summary>It is told to both: to the one above as its own doing, to the one below as its manager's.</summary>
    private static Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> Notes(OperationContext op) => (_, child) =>
    {
        var note = op.Note("created", Customers.RecordType, child.Id.ToString(), after: new() { ["name"] = child.Organization });
        return [note, note with { Tenant = child.Id, By = AuditActor.Manager }];
    };
}
