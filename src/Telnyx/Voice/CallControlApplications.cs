using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Faces;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Voice;

/// <summary>Five operations, crud. An application is a connection of kind "call_control": what it says here is what calls meet.</summary>
internal static class CallControlApplications
{
    private const string IsTimed = "first_command_timeout";
    private const int UsualCommandSeconds = 30, MostCommandSeconds = 3_600;

    public static ResourceKind Kind(VoiceParts parts) => new("call_control_application")
    {
        Ids = IdStyle.Snowflake19,
        Merged = ["inbound", "outbound"],
        Paths = new Dictionary<string, string> { ["connection_name"] = "application_name", ["name"] = "application_name" },
        Defaults = new() { ["webhook_api_version"] = VersionOf(parts), ["tags"] = new JsonArray() },
        Validate = (op, body, before) => CheckAsync(op, body, before, parts),
        BeforeDelete = (op, row) => ConnectionRules.CheckNoCallsAsync(op, row, parts.Store),
    };

    public static readonly ResourceView<Connection> View = new()
    {
        Dialect = TelnyxFaces.Dialect,
        Read = Read,
        // The contract's applications are commanded by webhooks, and have no words for the rest.
        Keep = static (before, read) => read with { Application = before.Application, Codecs = before.Codecs, Sip = before.Sip },
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
        return ConnectionBody.Read(row, ConnectionKind.CallControl, "application_name") with
        {
            FirstCommandTimeout = body.Flag(IsTimed, fallback: false)
                ? TimeSpan.FromSeconds(body.Whole("first_command_timeout_secs") ?? UsualCommandSeconds) : null,
            IsDtmfRedacted = body.Flag("redact_dtmf_debug_logging", fallback: false),
            TellsCost = body.Flag("call_cost_in_webhooks", fallback: false),
        };
    }

    /// <param name="parts">Null where rows are only read.</param>
    private static string VersionOf(VoiceParts? parts) => parts?.NewWebhookVersion ?? "2";

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, VoiceParts parts) =>
        CheckName(body, "application_name")
        ?? await CheckUrlsAsync(op, body, parts.Egress, needsUrl: true)
        ?? await CheckHoldMusicAsync(op, body, parts.Store)
        ?? CheckCommandTimeout(op, body, before)
        ?? CheckChannels(body)
        ?? CheckProfile(op, body)
        ?? CheckSubdomain(op, body, before);

    /// <summary>Where there is no timeout, 0 seconds are those of a client that has a number without a null.</summary>
    /// <param name="before">What is kept already; null of a new one, which says that there is none.</param>
    public static Problem? CheckCommandTimeout(OperationContext op, JsonObject body, ResourceRow? before)
    {
        const string seconds = "first_command_timeout_secs";
        if (body[seconds] is null || body.Whole(seconds) is >= 1 and <= MostCommandSeconds) return null;
        bool hasNone = before is null ? SaysNoTimeout(op) : !body.Flag(IsTimed, fallback: false);
        if (body.Whole(seconds) is not 0 || !hasNone)
            return At($"/{seconds}", VoiceErrors.BadRange, $"{seconds} must be from 1 to {MostCommandSeconds}.");
        body[seconds] = UsualCommandSeconds;
        return null;
    }

    private static bool SaysNoTimeout(OperationContext op) => op.Body is { ValueKind: JsonValueKind.Object } said
        && said.TryGetProperty(IsTimed, out var flag) && flag.ValueKind is JsonValueKind.False;
}
