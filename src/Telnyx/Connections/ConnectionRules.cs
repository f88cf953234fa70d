using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// What the contract's prose and the account's other resources ask of a connection of any kind; each rule answers null when all is well.
/// </summary>
internal static class ConnectionRules
{
    private const int MostChannels = 1_000_000;

    private static readonly string[] Urls = ["webhook_event_url", "webhook_event_failover_url"];
    private static readonly string[] Sides = ["inbound", "outbound"];
    private static readonly string[] TakenAway = ["webhook_event_url", "outbound/ani_override", "outbound/outbound_voice_profile_id"];

    /// <summary>Whether the request takes this away by null, where the contract has the empty text for that.</summary>
    /// <param name="field">With slashes between the names.</param>
    public static bool IsTakenAway(OperationContext op, string field) => SoleNulls.Of(op, TakenAway).Contains(field);

    /// <param name="needsUrl">False lets the webhook URL be empty.</param>
    public static async ValueTask<Problem?> CheckUrlsAsync(OperationContext op, JsonObject body, EgressClient egress, bool needsUrl)
    {
        foreach (string name in Urls)
        {
            if (body.Text(name) is not { } url || (url.Length == 0 && !(needsUrl && name is "webhook_event_url"))) continue;
            if (await egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
                return At("/" + name, VoiceErrors.InvalidUrl, verdict.Detail ?? $"{name} is no URL that may be used.");
        }
        return null;
    }

    public static Problem? CheckName(JsonObject body, string field) =>
        string.IsNullOrWhiteSpace(body.Text(field)) ? At("/" + field, VoiceErrors.BadLength, $"{field} may not be empty.") : null;

    public static Problem? CheckChannels(JsonObject body)
    {
        foreach (string side in Sides)
            if (body.Child(side) is { } limits && limits["channel_limit"] is not null
                    && limits.Whole("channel_limit") is not (>= 0 and <= MostChannels))
                return At($"/{side}/channel_limit", VoiceErrors.BadRange, "channel_limit must be a whole number that is not negative.");
        return null;
    }

    /// <summary>The empty text takes the profile away.</summary>
    public static Problem? CheckProfile(OperationContext op, JsonObject body)
    {
        if (body.Child("outbound") is not { } outbound || outbound["outbound_voice_profile_id"] is null) return null;
        if (outbound.Text("outbound_voice_profile_id") is "" || IsTakenAway(op, "outbound/outbound_voice_profile_id"))
        {
            outbound.Remove("outbound_voice_profile_id");
            return null;
        }
        if (outbound.Id("outbound_voice_profile_id") is { } profile && op.Routing.FindProfile(op.Tenant, profile) is not null) return null;
        return At("/outbound/outbound_voice_profile_id", VoiceErrors.BadRequest,
            "outbound_voice_profile_id names no outbound voice profile of this account.");
    }

    /// <summary>One label of a host name, taken once on the node.</summary>
    public static Problem? CheckSubdomain(OperationContext op, JsonObject body, ResourceRow? before)
    {
        const string Pointer = "/inbound/sip_subdomain";
        if (body.Child("inbound")?.Filled("sip_subdomain") is not { } label) return null;
        if (!IsLabel(label))
            return At(Pointer, VoiceErrors.BadRequest,
                "sip_subdomain must be one label of a host name: letters, digits and inner hyphens, at most 63.");
        return op.Routing.Sip.FindSubdomain(label) is { } owner && !(owner.Tenant == op.Tenant && owner.Id.ToString() == before?.Id)
            ? At(Pointer, VoiceErrors.BadRequest, "sip_subdomain has already been taken.") : null;
    }

    /// <summary>What is to be played on hold must be there.</summary>
    public static async ValueTask<Problem?> CheckHoldMusicAsync(OperationContext op, JsonObject body, Database store) =>
        body.Filled("hold_media_name") is not { } name || await store.Media.FindAsync(op.Tenant, name, op.Stop) is not null ? null
            : At("/hold_media_name", VoiceErrors.BadRequest, "hold_media_name names no file of this account's media.");

    /// <summary>A connection whose calls live stays: they would lose their webhooks.</summary>
    public static async ValueTask<Problem?> CheckNoCallsAsync(OperationContext op, ResourceRow row, Database store) =>
        long.TryParse(row.Id, out long id)
        && await store.Legs.ListLiveAsync(op.Tenant, new(id), new() { Limit = 1 }, op.Stop) is { Total: > 0 and var live }
            ? op.Dialect.Errors.Problem(Fault.InUse,
                $"{live} {(live == 1 ? "call is" : "calls are")} live on this connection: hang up first.") : null;

    public static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };

    private static bool IsLabel(string text) =>
        text.Length <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
