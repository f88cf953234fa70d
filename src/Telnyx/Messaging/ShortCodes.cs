using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Short codes of the account, which the operator gives it: it sees them, and says which messaging profile one is on.</summary>
internal static class ShortCodes
{
    public const string RecordType = "short_code";

    private const string Profile = MessagingSettings.Profile;

    public static ValueTask<Reply> List(OperationContext op, MessagingParts parts) => PageAsync(op, parts, op.List.Filter(Profile));

    public static async ValueTask<Reply> ListOfProfile(OperationContext op, MessagingParts parts) =>
        await MessagingSettings.CheckProfileAsync(op.Tenant, op.Path("id"), parts.Store, op.Stop) is null
            ? await PageAsync(op, parts, FoldedIds.Of(op.Path("id"))) : op.Unknown("id");

    public static async ValueTask<Reply> Get(OperationContext op, MessagingParts parts) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.ShortCodes.FindAsync(op.Tenant, id, op.Stop) is { } code
            ? op.Ok(Show(code)) : op.Unknown("id");

    /// <summary>The empty text takes it off, as it does a number.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, MessagingParts parts)
    {
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Store.ShortCodes.FindAsync(op.Tenant, id, op.Stop) is null)
            return op.Unknown("id");
        var body = op.ReadObject();
        UuidFields.Lay(body, Profile);
        string? profile = body.Filled(Profile);
        if (await MessagingSettings.CheckProfileAsync(op.Tenant, profile, parts.Store, op.Stop) is { } what)
            return op.Invalid("/" + Profile, VoiceErrors.BadRequest, what);
        return await parts.Store.ShortCodes.PutAsync(op.Tenant, id, profile is null ? null : Guid.Parse(profile),
            (before, after) => op.Note("updated", RecordType, after.Id.ToString(), before: Show(before), after: Show(after)), op.Stop)
            is { } put ? op.Ok(Show(put)) : op.Unknown("id");
    }

    private static async ValueTask<Reply> PageAsync(OperationContext op, MessagingParts parts, string? profile)
    {
        var (rows, total) = await parts.Store.ShortCodes.ListAsync(op.Tenant, profile, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(code => (JsonNode)Show(code))], total);
    }

    private static JsonObject Show(ShortCode code) => new()
    {
        ["record_type"] = RecordType,
        ["id"] = code.Id.ToString(),
        ["short_code"] = code.Code,
        ["country_code"] = code.Country,
        [Profile] = code.Profile?.ToString(),
        ["created_at"] = TelnyxTime.Millis(code.CreatedAt),
        ["updated_at"] = TelnyxTime.Millis(code.UpdatedAt),
    };
}
