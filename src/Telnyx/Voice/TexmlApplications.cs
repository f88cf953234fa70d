using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Faces;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Voice;

/// <summary>Five operations, crud. An application is a connection of kind "document": calls to it are answered by documents.</summary>
internal static class TexmlApplications
{
    public const string RecordType = "texml_application";

    private static readonly (string Field, TargetUse Use)[] Urls =
        [("voice_url", TargetUse.Document), ("voice_fallback_url", TargetUse.Document), ("status_callback", TargetUse.Webhook)];

    public static ResourceKind Kind(VoiceParts parts) => new(RecordType)
    {
        Ids = IdStyle.Snowflake19,
        Merged = ["inbound", "outbound"],
        Paths = new Dictionary<string, string> { ["connection_name"] = "friendly_name", ["name"] = "friendly_name" },
        Defaults = new() { ["tags"] = new JsonArray() },
        Validate = (op, body, before) => CheckAsync(op, body, before, parts),
        BeforeDelete = (op, row) => CheckNoCallsAsync(op, row, parts.Store),
    };

    public static readonly ResourceView<Connection> View = new()
    {
        Dialect = TelnyxFaces.Dialect,
        Read = Read,
        // What the contract has no words for here stays as the operator, or another language, has set it.
        Keep = static (before, read) => read with
        {
            Application = before.Application,
            Codecs = before.Codecs,
            Sip = before.Sip,
            WebhookFailoverMethod = before.WebhookFailoverMethod,
            WebhookTimeout = before.WebhookTimeout,
            WebhookVersion = before.WebhookVersion,
            WebhookRetries = before.WebhookRetries,
            RtpTimeoutSeconds = before.RtpTimeoutSeconds,
            HeldRtpTimeoutSeconds = before.HeldRtpTimeoutSeconds,
            HoldMusic = before.HoldMusic,
            IsDtmfRedacted = before.IsDtmfRedacted,
            TellsCost = before.TellsCost,
        },
        Columns = new Dictionary<string, string>
        {
            ["friendly_name"] = "name",
            ["active"] = "is_active",
            ["outbound_voice_profile_id"] = "outbound_profile_id",
        },
    };

    /// <summary>One that is made in the unit of work of something else. It may call out at once, as its account may.</summary>
    /// <param name="url">Of its documents.</param>
    public static NewRecord New(OperationContext op, string id, string name, string url, Database store)
    {
        var said = DocumentWords.New();
        said["friendly_name"] = name;
        said["voice_url"] = url;
        if (op.Routing.FindTenant(op.Tenant)?.DefaultProfile is { } profile)
            said["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile.ToString(CultureInfo.InvariantCulture) };
        return store.Connections.Records.New(id, View.Read(said.AsRow(id, op.Tenant)), op.Now,
            op.Note("created", RecordType, id, after: said));
    }

    private static Connection Read(ResourceRow row)
    {
        var body = row.Body;
        return ConnectionBody.Read(row, ConnectionKind.Document, "friendly_name") with
        {
            Application = new(ApplicationKind.Document),
            WebhookUrl = body.Filled("voice_url"),
            WebhookFailoverUrl = body.Filled("voice_fallback_url"),
            WebhookMethod = MethodOf(body, "voice_method"),
            StatusUrl = body.Filled("status_callback"),
            StatusMethod = MethodOf(body, "status_callback_method"),
            FirstCommandTimeout = body.Flag("first_command_timeout", fallback: false)
                ? TimeSpan.FromSeconds(body.Whole("first_command_timeout_secs") ?? 30) : null,
        };
    }

    private static string MethodOf(JsonObject body, string field) => body.Text(field) is "get" ? "GET" : "POST";

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, VoiceParts parts) =>
        CheckName(body, "friendly_name")
        ?? await CheckUrlsAsync(op, body, parts)
        ?? CallControlApplications.CheckCommandTimeout(op, body, before)
        ?? CheckChannels(body)
        ?? CheckProfile(op, body)
        ?? CheckSubdomain(op, body, before);

    private static async ValueTask<Problem?> CheckUrlsAsync(OperationContext op, JsonObject body, VoiceParts parts)
    {
        foreach (var (name, use) in Urls)
        {
            if (body.Text(name) is not { } url || url.Length == 0 && name is not "voice_url") continue;
            // Nobody is asked for the document of an assistant.
            if (use is TargetUse.Document && AssistantTexml.DocumentAt(url) is not null) continue;
            if (await parts.Egress.CheckUrlAsync(url, use, op.Stop) is { IsAllowed: false } verdict)
                return At("/" + name, VoiceErrors.InvalidUrl, verdict.Detail ?? $"{name} is no URL that may be used.");
        }
        return null;
    }
}
