using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Short codes that the operator has of carriers, each given to one account: that puts it on a messaging profile and sends from it.
/// </summary>
internal static class OperatorShortCodes
{
    private const string RecordType = "short_code";

    public static async ValueTask<Reply> List(OperationContext op, ShortCodeTable codes)
    {
        var (rows, total) = await codes.ListAllAsync(op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(code => (JsonNode)Show(op, code))], total);
    }

    public static async ValueTask<Reply> Add(OperationContext op, ShortCodeTable codes)
    {
        var body = op.ReadObject();
        string code = (string)body["short_code"]!, name = (string)body["account"]!;    // required
        string country = (string?)body["country_code"] ?? "US";
        if (!ShortCode.IsOne(code))
            return op.Invalid("/short_code", "invalid",
                $"short_code must be {ShortCode.Shortest} to {ShortCode.Longest} digits, such as 12345.");
        if (country.Length != 2 || !country.All(char.IsAsciiLetterUpper))
            return op.Invalid("/country_code", "invalid", "country_code must be two capital letters (ISO 3166), such as US.");
        if (op.Routing.Tenants.FirstOrDefault(t => t.Name == name) is not { } tenant)
            return op.Invalid("/account", "unknown_reference", $"There is no account '{name}'.");
        return await codes.AddAsync(tenant.Id, code, country, added => Note(op, added, isAdded: true), op.Stop) is { } added
            ? op.Created(Show(op, added))
            : op.Fail(new Problem("in_use", "An account has this short code; take it from that one first.") { Pointer = "/short_code" });
    }

    /// <summary>Messages of it that have not left go no further.</summary>
    public static async ValueTask<Reply> Remove(OperationContext op, ShortCodeTable codes) =>
        await codes.RemoveAsync(op.Path("short_code"), removed => Note(op, removed, isAdded: false), op.Stop) is { } gone
            ? op.Ok(Show(op, gone)) : op.Unknown("short_code");

    /// <summary>In the trail of the account.</summary>
    private static AuditNote Note(OperationContext op, ShortCode code, bool isAdded)
    {
        var shown = Show(op, code);
        return op.Note(isAdded ? "created" : "deleted", RecordType, code.Id.ToString(), before: isAdded ? null : shown,
            after: isAdded ? shown : null) with
        {
            Tenant = code.Tenant
        };
    }

    private static JsonObject Show(OperationContext op, ShortCode code) => new()
    {
        ["record_type"] = RecordType,
        ["id"] = code.Id.ToString(),
        ["short_code"] = code.Code,
        ["country_code"] = code.Country,
        ["account"] = op.Routing.FindTenant(code.Tenant)?.Name ?? "",
        ["account_id"] = code.Tenant.ToString(),
        ["messaging_profile_id"] = code.Profile?.ToString(),
        ["created_at"] = OperatorTime.Write(code.CreatedAt),
        ["updated_at"] = OperatorTime.Write(code.UpdatedAt),
    };
}
