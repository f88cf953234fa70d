using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Voice;

/// <summary>Five operations, crud. An application is a connection of kind "call_control": what it says here is what calls meet.</summary>
internal static class CallControlApplications
{
    /// <summary>The connection's kind in the store.</summary>
    public const string ConnectionKind = "call_control";

    private const int MostCommandSeconds = 3_600, MostChannels = 1_000_000;

    private static readonly string[] Urls = ["webhook_event_url", "webhook_event_failover_url"];
    private static readonly string[] Sides = ["inbound", "outbound"];

    public static ResourceKind Kind(TelnyxParts parts) => new("call_control_application")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["application_name"],
        Merged = ["inbound", "outbound"],
        Paths = new Dictionary<string, string> { ["connection_name"] = "application_name", ["name"] = "application_name" },
        Defaults = new() { ["webhook_api_version"] = "2", ["tags"] = new JsonArray() },
        Validate = (op, body, _) => CheckAsync(op, body, parts),
    };

    public static readonly ResourceView<Connection> View = new()
    {
        Read = Read,
        Columns = new Dictionary<string, string>
        {
            ["application_name"] = "name",
            ["active"] = "is_active",
            ["outbound.outbound_voice_profile_id"] = "outbound_profile_id",
        },
    };

    private static Connection Read(ResourceRow row)
    {
        var body = row.Body;
        var outbound = body.Child("outbound");
        return new()
        {
            Id = new(long.Parse(row.Id, System.Globalization.CultureInfo.InvariantCulture)),
            Tenant = row.Tenant,
            Kind = ConnectionKind,
            Name = body.Text("application_name") ?? "",
            IsActive = body.Flag("active", fallback: true),
            WebhookUrl = body.Filled("webhook_event_url"),
            WebhookFailoverUrl = body.Filled("webhook_event_failover_url"),
            WebhookTimeout = body.Whole("webhook_timeout_secs") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            WebhookVersion = body.Text("webhook_api_version") ?? "2",
            FirstCommandTimeout = body.Flag("first_command_timeout", fallback: false)
                ? TimeSpan.FromSeconds(body.Whole("first_command_timeout_secs") ?? 30) : null,
            InboundChannelLimit = body.Child("inbound")?.Whole("channel_limit"),
            OutboundChannelLimit = outbound?.Whole("channel_limit"),
            OutboundProfile = outbound?.Id("outbound_voice_profile_id"),
            IsDtmfRedacted = body.Flag("redact_dtmf_debug_logging", fallback: false),
        };
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, TelnyxParts parts)
    {
        if (string.IsNullOrWhiteSpace(body.Text("application_name"))) return At("/application_name", VoiceErrors.BadLength, "application_name may not be empty.");
        foreach (string name in Urls)
        {
            if (body.Text(name) is not { } url || (url.Length == 0 && name is "webhook_event_failover_url")) continue;
            if (await parts.Egress.CheckUrlAsync(url, TargetUse.Webhook, op.Stop) is { IsAllowed: false } verdict)
                return At("/" + name, VoiceErrors.InvalidUrl, verdict.Detail ?? $"{name} is no URL that may be used.");
        }
        if (body["first_command_timeout_secs"] is not null && body.Whole("first_command_timeout_secs") is not (>= 1 and <= MostCommandSeconds))
            return At("/first_command_timeout_secs", VoiceErrors.BadRange, $"first_command_timeout_secs must be from 1 to {MostCommandSeconds}.");

        foreach (string side in Sides)
            if (body.Child(side)?["channel_limit"] is not null && body.Child(side)!.Whole("channel_limit") is not (>= 0 and <= MostChannels))
                return At($"/{side}/channel_limit", VoiceErrors.BadRange, "channel_limit must be a whole number that is not negative.");

        if (body.Child("outbound") is not { } outbound || outbound["outbound_voice_profile_id"] is null) return null;
        if (outbound.Text("outbound_voice_profile_id") is "")
        {
            outbound.Remove("outbound_voice_profile_id");       // the empty text detaches the profile
            return null;
        }
        if (outbound.Id("outbound_voice_profile_id") is { } profile && op.Routing.FindProfile(op.Tenant, profile) is not null) return null;
        return At("/outbound/outbound_voice_profile_id", VoiceErrors.BadRequest, "outbound_voice_profile_id names no outbound voice profile of this account.");
    }

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
