using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// Five operations, crud. Numbers and outbound voice profiles are put into groups, so that what they cost can be told apart.
/// A group that is deleted keeps its row for that.
/// </summary>
internal static class BillingGroups
{
    private const string RecordType = "billing_group", Field = "billing_group_id";
    private const int LongestName = 255;

    public static ResourceKind Kind(AccountParts parts) => new(RecordType)
    {
        Deletes = DeleteStyle.Stamp,
        Validate = (_, body, before) => new(Check(body, before)),
        BeforeDelete = (op, row) => CheckUnusedAsync(op, row, parts),
        Show = (op, _, shown) => shown["organization_id"] = op.Tenant.ToString(),
    };

    /// <summary>Whether <c>billing_group_id</c> names a group of the account. Nothing and the empty text take the group away.</summary>
    public static async ValueTask<Problem?> CheckReferenceAsync(OperationContext op, JsonObject body, ResourceRow? before, Database store)
    {
        UuidFields.Lay(body, Field);
        if (body.Filled(Field) is not { } id || id == before?.Body.Text(Field)) return null;
        return await store.Documents.Rows(new DocumentKind(RecordType)).FindAsync(op.Tenant, id, op.Stop) is null
            ? new(VoiceErrors.BadRequest, $"{Field} names no billing group of this account.") { Pointer = "/" + Field } : null;
    }

    private static Problem? Check(JsonObject body, ResourceRow? before)
    {
        // The contract lets a new one be nameless, and a name is what people tell groups apart by.
        if (before is null && body["name"] is null)
            body["name"] = $"billing-group-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        return body.Text("name") is { } name && name.Trim().Length is > 0 and <= LongestName ? null
            : new(VoiceErrors.BadLength, $"name must have 1 to {LongestName} characters.") { Pointer = "/name" };
    }

    /// <summary>Who takes a group away while something is billed under it would find the costs of later months under none.</summary>
    private static async ValueTask<Problem?> CheckUnusedAsync(OperationContext op, ResourceRow row, AccountParts parts)
    {
        var members = new ResourceQuery { Filters = [new(Field, "eq", [row.Id])], Limit = 1 };
        long numbers = (await parts.Store.Numbers.Rows(PhoneNumbers.View).ListAsync(op.Tenant, members, op.Stop)).Total;
        long profiles = (await parts.Store.OutboundProfiles.Rows(OutboundVoiceProfiles.View).ListAsync(op.Tenant, members, op.Stop)).Total;
        return numbers + profiles == 0 ? null : op.Dialect.Errors.Problem(Fault.InUse,
            $"Phone numbers ({numbers}) and outbound voice profiles ({profiles}) are in this billing group: take them out of it first.");
    }
}
