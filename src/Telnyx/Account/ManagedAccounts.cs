using System.Diagnostics;
using System.Net.Mail;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Account.Billing;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// The accounts below the caller's: children of the tenant tree with keys of their own. Whoever owns the account above reads their keys
/// here and switches them on and off; their rows it does not see.
/// </summary>
internal static class ManagedAccounts
{
    private const string RecordType = "managed_account", AccountLimit = "10039";
    private const int LongestName = 200;

    public static async ValueTask<Reply> Create(OperationContext op, AccountParts parts)
    {
        var body = op.ReadObject();
        string name = (body.Text("business_name") ?? "").Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
            return op.Invalid("/business_name", VoiceErrors.BadLength,
                $"business_name must have 1 to {LongestName} characters, none of them a control character.");
        string? email = body.Filled("email");
        if (email is not null && !(MailAddress.TryCreate(email, out var parsed) && parsed.Address == email))
            return op.Invalid("/email", "10019", "email must be an address such as name@example.com.");

        var wanted = new NewChildTenant(name, email, body.Flag("managed_account_allow_custom_pricing", fallback: false),
            body.Flag("rollup_billing", fallback: false));
        return await parts.Store.ChildTenants.CreateAsync(op.Tenant, wanted, Notes(op, "created"), op.Stop) switch
        {
            ChildMade.Done made => await AnswerAsync(op, made.Child, parts),
            ChildMade.EmailTaken => op.Invalid("/email", VoiceErrors.BadRequest, "email has already been taken."),
            ChildMade.TooDeep => op.Fail(new Problem("10038",
                "A managed account cannot have managed accounts of its own: ask with a key of the account above it.")),
            ChildMade.TooMany full => op.Fail(new Problem(AccountLimit, full.Text)),
            _ => throw new UnreachableException(),
        };
    }

    public static async ValueTask<Reply> List(OperationContext op, AccountParts parts)
    {
        var page = await parts.Store.ChildTenants.ListAsync(op.Tenant, new()
        {
            Email = op.List.Filter("email"),
            EmailContains = op.List.Filter("email", "contains"),
            Organization = op.List.Filter("organization_name"),
            OrganizationContains = op.List.Filter("organization_name", "contains"),
            IsByEmail = op.List.Sort is "email",
            IsDescending = op.List.IsDescending,
            Offset = op.List.Offset,
            Limit = op.List.Size,
        }, op.Stop);
        return op.Page([.. page.Rows.Select(Show)], page.Total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AccountParts parts) =>
        IdOf(op) is { } id ? await AnswerAsync(op, await parts.Store.ChildTenants.FindAsync(op.Tenant, id, op.Stop), parts) : Missing(op);

    public static async ValueTask<Reply> Update(OperationContext op, AccountParts parts)
    {
        if (IdOf(op) is not { } id) return Missing(op);
        if (op.ReadObject() is var body && body["managed_account_allow_custom_pricing"] is null) return await Get(op, parts);
        bool isAllowed = body.Flag("managed_account_allow_custom_pricing", fallback: false);
        return await AnswerAsync(op,
            await parts.Store.ChildTenants.AllowPricesAsync(op.Tenant, id, isAllowed, Notes(op, "updated"), op.Stop), parts);
    }

    /// <summary>Its connections go off with it: enabling it does not switch them on unless asked to. Live calls go on.</summary>
    public static async ValueTask<Reply> Disable(OperationContext op, AccountParts parts) => IdOf(op) is { } id
        ? await AnswerAsync(op, await parts.Store.ChildTenants.DisableAsync(op.Tenant, id, Notes(op, "disabled"), op.Stop), parts)
        : Missing(op);

    public static async ValueTask<Reply> Enable(OperationContext op, AccountParts parts)
    {
        if (IdOf(op) is not { } id) return Missing(op);
        bool reenable = op.ReadObject().Flag("reenable_all_connections", fallback: false);
        return await AnswerAsync(op,
            await parts.Store.ChildTenants.EnableAsync(op.Tenant, id, reenable, Notes(op, "enabled"), op.Stop), parts);
    }

    /// <summary>The account that the path names; null when the text is no id.</summary>
    public static TenantId? IdOf(OperationContext op) => Guid.TryParseExact(op.Path("id"), "D", out var id) ? new TenantId(id) : null;

    public static Reply Missing(OperationContext op) => op.Unknown("id", "The resource was not found.");

    /// <summary>
    /// A change of an account below is told to both: to the one above as its own doing, to the one below as its manager's.
    /// </summary>
    public static Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> Notes(OperationContext op, string change) => (before, after) =>
    {
        var note = op.Note(change, RecordType, after.Id.ToString(), before is null ? null : Fields(before), Fields(after));
        return [note, note with { Tenant = after.Id, By = AuditActor.Manager }];
    };

    private static async ValueTask<Reply> AnswerAsync(OperationContext op, ChildTenant? child, AccountParts parts)
    {
        if (child is null) return Missing(op);
        var shown = Show(child);
        // Of an account that the operator made no key was kept, and the contract has no null here.
        shown["api_key"] = child.Keys?.Key ?? "";
        shown["api_token"] = child.Keys?.Token ?? "";
        // Who is paid for by the account above spends what that has.
        var balance = await Balance.OfAsync(op, child.IsPaidAbove ? child.Parent : child.Id, parts.Store, parts.Holds);
        balance.Remove("pending");
        shown["balance"] = balance;
        return op.Ok(shown);
    }

    private static JsonObject Show(ChildTenant child) => new()
    {
        ["id"] = child.Id.ToString(),
        ["record_type"] = RecordType,
        ["email"] = child.Email,
        ["organization_name"] = child.Organization,
        ["manager_account_id"] = child.Parent.ToString(),
        ["api_user"] = ChildTenant.NobodysEmail(child.Parent),
        ["managed_account_allow_custom_pricing"] = child.HasOwnPrices,
        ["rollup_billing"] = child.IsPaidAbove,
        ["created_at"] = TelnyxTime.Millis(child.CreatedAt),
        ["updated_at"] = TelnyxTime.Millis(child.UpdatedAt),
    };

    private static JsonObject Fields(ChildTenant child) => new()
    {
        ["organization_name"] = child.Organization,
        ["email"] = child.Email,
        ["managed_account_allow_custom_pricing"] = child.HasOwnPrices,
        ["rollup_billing"] = child.IsPaidAbove,
        ["channel_limit"] = child.Channels,
        ["disabled_at"] = child.DisabledAt is { } at ? TelnyxTime.Millis(at) : null,
    };
}
