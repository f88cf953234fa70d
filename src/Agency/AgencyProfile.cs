using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency;

/// <summary>The agency itself, and whoever asks.</summary>
internal static class AgencyProfile
{
    private const string RecordType = "agency";

    /// <summary>With the images of its brand; to a client's users with what the client has of its own.</summary>
    public static async ValueTask<Reply> Get(OperationContext op, AgencyParts parts)
    {
        var agency = await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop);
        var shown = Show(agency, parts, isWhole: op.Caller.Child is null);
        var client = await parts.Tenancy.ClientAsync(op.Caller.Root, op.Caller.Child?.ToString(), op.Stop);
        shown["branding"] = ClientBrand.Over(agency.Branding, client?.Branding);
        return op.Ok(shown);
    }

    public static async ValueTask<Reply> Update(OperationContext op, AgencyParts parts)
    {
        // There is a row afterwards.
        await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop);
        var body = op.ReadObject();
        if (AgencyText.Text(body, "timezone") is { } zone && !AgencyText.IsZone(zone))
            return op.Fail(AgencyText.Bad("timezone", $"'{zone}' is no IANA time zone."));
        var settings = body[AgencySettings.Field] as JsonObject ?? [];
        var wrong = AgencySettings.FaultsOf(settings).Select(one => AgencyText.Bad(one.Path, one.Sentence)).ToList();
        if (wrong.Count > 0) return op.Fail(wrong);
        // A name is looked up now, and once more when something is sent.
        if (AlertSetting.WebhookOf(settings) is { } url && await parts.WebhookFault(url, op.Stop) is { } fault)
            return op.Fail(AgencyText.Bad($"{AgencySettings.Field}/{AlertSetting.Setting}/{AlertSetting.Webhook}", fault));
        var now = await parts.Tenancy.ChangeAgencyAsync(op.Caller.Root, before => before with
        {
            Name = AgencyText.Text(body, "name") ?? before.Name,
            Timezone = AgencyText.Text(body, "timezone") ?? before.Timezone,
            Settings = AgencySettings.Changed(before.Settings, settings),
            UpdatedAt = op.Now,
        }, (before, after) => op.Note("updated", RecordType, before.Id.ToString(), Show(before, parts, true), Show(after, parts, true)),
            op.Stop);
        // Who stops everything does not wait for the next look.
        if (AgencySettings.IsKilled(now.Settings)) await parts.Follower.FollowAsync(op.Caller.Root, op.Stop);
        return op.Ok(Show(now, parts, isWhole: true));
    }

    public static async ValueTask<Reply> GetMe(OperationContext op, AgencyParts parts)
    {
        if (await MeAsync(op, parts) is not { } user) return op.Fail(Fault.UnknownResource, "A key of the account is no user.");
        var settings = (await parts.Tenancy.AgencyAsync(user.TenantId, op.Stop)).Settings;
        var granted = (await parts.Tenancy.ClientAsync(user.TenantId, user.ClientId, op.Stop))?.Permissions;
        var reply = new JsonObject
        {
            ["user"] = AgencyUsers.Show(user),
            ["permissions"] = new JsonArray([.. ClientGrants.Of(user.Role, settings, granted).Select(permission => (JsonNode)permission)]),
        };
        await AddTenancyAsync(reply, parts, user.TenantId, user.ClientId, op.Stop);
        return op.Ok(reply);
    }

    public static async ValueTask<Reply> UpdateMe(OperationContext op, AgencyParts parts)
    {
        if (await MeAsync(op, parts) is not { } user) return op.Fail(Fault.UnknownResource, "A key of the account is no user.");
        var body = op.ReadObject();
        string? name = body.ContainsKey("full_name") ? AgencyText.Text(body, "full_name") : user.FullName;
        var after = user with { UpdatedAt = op.Now, FullName = name };
        await parts.Users.ChangeAsync(user, after, op.Note("updated", AgencyUsers.RecordType, user.Id.ToString(), AgencyUsers.Show(user),
            AgencyUsers.Show(after)), op.Stop);
        return op.Ok(AgencyUsers.Show(after));
    }

    /// <summary>Tokens of the old password are good for nothing afterwards.</summary>
    public static async ValueTask<Reply> ChangePassword(OperationContext op, AgencyParts parts, SecondFactor second)
    {
        if (await MeAsync(op, parts) is not { } user) return op.Fail(Fault.UnknownResource, "A key of the account is no user.");
        if (await second.PasswordRefusalAsync(op, user.Id, user.PasswordHash) is { } refused) return refused;
        var after = user with
        {
            PasswordHash = Passwords.HashOf((string)op.ReadObject()["new_password"]!),      // required
            SessionEpoch = user.SessionEpoch + 1,
            UpdatedAt = op.Now,
        };
        await parts.Users.ChangeAsync(user, after, op.Note("password_changed", AgencyUsers.RecordType, user.Id.ToString()), op.Stop);
        parts.UsersChanged();
        return op.NoContent();
    }

    /// <summary>Whose user somebody is.</summary>
    public static async ValueTask AddTenancyAsync(JsonObject reply, AgencyParts parts, TenantId agency, string? client,
        CancellationToken stop)
    {
        var (row, of) = (await parts.Tenancy.AgencyAsync(agency, stop), await parts.Tenancy.ClientAsync(agency, client, stop));
        var shown = Show(row, parts, isWhole: client is null);
        shown["branding"] = AgencyBranding.Plain(ClientBrand.Over(row.Branding, of?.Branding));
        (reply["agency"], reply["client"]) = (shown, of is null ? null : AgencyClients.Show(of, agency));
    }

    private static async ValueTask<UserRow?> MeAsync(OperationContext op, AgencyParts parts) =>
        AgencyKeys.UserOf(op.Caller) is { } id ? await parts.Users.FindAsync(id, op.Stop) : null;

    /// <summary>Users of a client are told the name and the brand alone.</summary>
    private static JsonObject Show(AgencyRow row, AgencyParts parts, bool isWhole)
    {
        var shown = new JsonObject
        {
            ["id"] = row.Id.ToString(), ["name"] = row.Name, ["branding"] = AgencyBranding.Plain(row.Branding),
        };
        if (!isWhole) return shown;
        shown["slug"] = row.Slug;
        shown["timezone"] = row.Timezone;
        shown["settings"] = row.Settings.DeepClone();
        shown["max_concurrent_calls"] = parts.Store.Routing.Current.FindTenant(new(row.Id))?.Limits.Channels;
        shown["created_at"] = AgencyText.Time(row.CreatedAt);
        shown["updated_at"] = AgencyText.Time(row.UpdatedAt);
        return shown;
    }
}
