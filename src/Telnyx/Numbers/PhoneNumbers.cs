using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Numbers;

/// <summary>
/// List, get, update and return of the numbers that an account owns. They come in by an order, by import, or from the operator.
/// </summary>
internal static class PhoneNumbers
{
    public static ResourceKind Kind(NumberParts parts) => new("phone_number")
    {
        Ids = IdStyle.Snowflake19,
        Paths = new Dictionary<string, string>
        {
            ["tag"] = "tags",
            ["number_type"] = "phone_number_type",
            ["source"] = "source_type",
        },
        Validate = async (op, body, before) => Check(op, body) ?? await TakeProfileAsync(op, body, parts)
            ?? await BillingGroups.CheckReferenceAsync(op, body, before, parts.Store),
        Show = (op, row, shown) =>
        {
            // A number without a connection shows the empty text, which is also how one is taken away.
            // The name is the present one: an update changes it.
            var connection = row.Body.Id("connection_id") is { } id ? op.Routing.FindConnection(op.Tenant, new(id)) : null;
            shown["connection_id"] = connection?.Id.ToString() ?? "";
            shown["connection_name"] = connection?.Name ?? "";
            VoiceSettings.ShowFlags(row.Body.Child(VoiceSettingsRows.Field) ?? [], shown);
            if (op.Operation.Method is "DELETE") shown["status"] = Deleted;
        },
        Work = change => new(change is { Before: { } before, After: null }
            ? new UnitOfWork { Documents = [ReturnedNumbers.Of(before, change.At)] } : new UnitOfWork()),
        // A number of the stock rests there, and another account may find it one day; calls do not reach it from now on.
        BeforeDelete = (op, row) => new(row.Body.Text("status") is not PortedOut ? null : Gone),
    };

    /// <summary>By null alone. The profile stays: its own settings say so of a null.</summary>
    private static readonly string[] TakenAway = ["connection_id", MessagingSettings.Profile];

    public const string Active = "active", PortedOut = "ported-out", Deleted = "deleted";

    public static readonly ResourceView<Number> View = new()
    {
        Dialect = TelnyxFaces.Dialect,
        Read = row => new(row.Body.Text("phone_number") ?? "", row.Tenant,
            row.Body.Id("connection_id") is { } id ? new ConnectionId(id) : null)
        {
            IsPortedOut = row.Body.Text("status") is PortedOut,
            Country = row.Body.Filled("country_iso_alpha2"),
            Tags = row.Body.Texts("tags"),
            BillingGroup = row.Body.Filled("billing_group_id"),
            MessagingProfile = Guid.TryParse(row.Body.Text(MessagingSettings.Profile), out var profile) ? profile : null,
            Voice = VoiceSettings.Read(row.Body.Child(VoiceSettingsRows.Field) ?? []),
        },
        // Who puts it on a profile of this API takes it from the documents of another.
        Keep = static (before, read) =>
            read with { Texts = read.MessagingProfile == before.MessagingProfile ? before.Texts : null },
        Columns = new Dictionary<string, string>
        {
            ["phone_number"] = "text",
            ["connection_id"] = "connection_id",
            ["connection_name"] = "connection_name",
            ["voice.connection_name"] = "connection_name",
        },
        Shown = new Dictionary<string, string> { ["connection_id"] = "connection_id", ["connection_name"] = "connection_name" },
    };

    /// <summary>Of one that nobody can give back.</summary>
    public static Problem Gone => new("10021", "The number was ported out: another network has it.");

    /// <summary>
    /// Many clients put a number on a messaging profile by the number itself, where the contract has no field for that: what they mean is
    /// done, by the rules of the number's messaging settings. Null changes nothing.
    /// </summary>
    private static async ValueTask<Problem?> TakeProfileAsync(OperationContext op, JsonObject body, NumberParts parts)
    {
        if (op.Operation.Method is not "PATCH" || op.ReadObject()[MessagingSettings.Profile] is not { } given) return null;
        string? fault = given is JsonValue value && value.TryGetValue(out string? profile)
            ? await MessagingSettings.CheckProfileAsync(op.Tenant, profile, parts.Store, op.Stop)
            : $"{MessagingSettings.Profile} must be the id of a messaging profile.";
        if (fault is not null) return new("10015", fault) { Pointer = "/" + MessagingSettings.Profile };
        if ((string)given! is { Length: > 0 } put) body[MessagingSettings.Profile] = FoldedIds.Of(put);
        else body.Remove(MessagingSettings.Profile);
        return null;
    }

    /// <summary>The connection must be the account's own; the empty text, or null and nothing else, takes it away.</summary>
    public static Problem? Check(OperationContext op, JsonObject body)
    {
        if (body.Text("connection_id") is not { } text) return null;
        if (text.Length == 0 || SoleNulls.Of(op, TakenAway).Contains("connection_id"))
        {
            body.Remove("connection_id");
            return null;
        }
        if (body.Id("connection_id") is { } id && op.Routing.FindConnection(op.Tenant, new(id)) is not null) return null;
        return new("10015", "connection_id names no connection of this account.") { Pointer = "/connection_id" };
    }
}
