using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Whose rules texts of some numbers follow: where they may go, what they may cost, and who is told of them.</summary>
internal static class MessagingProfiles
{
    public const string RecordType = MessagingSettings.ProfileKind;

    private const string Destinations = "whitelisted_destinations", Pool = "number_pool_settings", Limit = "daily_spend_limit",
        Sender = "alpha_sender";
    private const int LongestName = 255;
    private static readonly string[] Urls = ["webhook_url", "webhook_failover_url"], Weights = ["toll_free_weight", "long_code_weight"];

    public static ResourceKind Kind(MessagingParts parts) => new(RecordType)
    {
        Merged = [Pool],
        Defaults = new()
        {
            [Sender] = null,
            ["daily_spend_limit_enabled"] = false,
            [Pool] = null,          // its own defaults are those of a pool that is there
            ["url_shortener_settings"] = null,
        },
        Validate = (op, body, _) => CheckAsync(op, body, parts),
        BeforeDelete = (op, row) => CheckUnusedAsync(op, row, parts),
    };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, MessagingParts parts)
    {
        CountryFields.Lay(body, Destinations);
        // Builders of workflows send each field that they know: an empty one is none.
        if (body.Text(Sender) is "") body[Sender] = null;
        if (body.Text(Limit) is "") body.Remove(Limit);
        if (body.Text("name") is not { } name || name.Trim().Length is 0 or > LongestName)
            return At("/name", VoiceErrors.BadLength, $"name must have 1 to {LongestName} characters.");
        if (body.Texts(Destinations).Count == 0)
            return At("/" + Destinations, VoiceErrors.BadRequest, $"{Destinations} must name at least one country, or * for all.");
        if (body.Flag("daily_spend_limit_enabled", fallback: false) && body.Filled(Limit) is null)
            return At("/" + Limit, VoiceErrors.BadRequest, $"{Limit} is needed while daily_spend_limit_enabled is true.");
        if (body.Filled(Limit) is { } limit && TextTerms.Micros(limit) is null)
            return At("/" + Limit, VoiceErrors.BadRequest, $"{Limit} is more than anybody has.");
        if (body.Child(Pool) is { } pool)
        {
            // Guides to the API leave them out: both kinds are used alike then.
            foreach (string weight in Weights) pool[weight] ??= 1;
            pool["skip_unhealthy"] ??= false;
            foreach (string weight in Weights)
                if (pool[weight] is JsonValue number && !(decimal.TryParse(number.ToJsonString(), NumberStyles.Float,
                        CultureInfo.InvariantCulture, out decimal value) && value is >= 0 and <= 1_000))
                    return At($"/{Pool}/{weight}", VoiceErrors.BadRange, $"{weight} must be a number from 0 to 1000.");
        }
        foreach (string field in Urls)
            if (body.Filled(field) is { } url
                    && await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
                return At("/" + field, VoiceErrors.InvalidUrl, verdict.Detail ?? $"{field} is no URL that may be used.");
        return null;
    }

    /// <summary>Who takes it away while numbers are on it or texts of it wait would change what becomes of these.</summary>
    private static async ValueTask<Problem?> CheckUnusedAsync(OperationContext op, ResourceRow row, MessagingParts parts)
    {
        long numbers = (await MessagingSettings.Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = [new(MessagingSettings.Profile, "eq", [row.Id])], Limit = 1 }, op.Stop)).Total;
        long codes = (await parts.Store.ShortCodes.ListAsync(op.Tenant, row.Id, 0, 1, op.Stop)).Total;
        long waiting = await parts.Store.Texts.CountWaitingAsync(op.Tenant, Guid.Parse(row.Id), op.Stop);
        return numbers + codes + waiting == 0 ? null : op.Dialect.Errors.Problem(Fault.InUse,
            $"Phone numbers ({numbers}) and short codes ({codes}) are on this messaging profile, and messages of it ({waiting}) are not "
                + "sent yet.");
    }

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
