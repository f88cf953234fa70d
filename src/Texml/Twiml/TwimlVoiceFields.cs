using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Texml.Twiml;

/// <summary>How an application, or a number by itself, answers calls: fields of both.</summary>
internal static class TwimlVoiceFields
{
    private static readonly (string Field, TargetUse Use)[] Urls =
        [("VoiceUrl", TargetUse.Document), ("VoiceFallbackUrl", TargetUse.Document), ("StatusCallback", TargetUse.Webhook)];

    public static readonly string[] Names =
        ["VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "StatusCallback", "StatusCallbackMethod"];

    /// <summary>Null when they can be so.</summary>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, TwimlParts parts, JsonObject body)
    {
        foreach (var (name, use) in Urls)
        {
            if ((string?)body[name] is not { Length: > 0 } url) continue;
            if (await parts.Voice.Egress.CheckUrlAsync(url, use, op.Stop) is { IsAllowed: false } verdict)
                return TwimlErrors.Bad(name, verdict.Detail ?? $"{name} is no URL that may be used.");
        }
        return null;
    }

    /// <summary>What the body does not name stays; an empty URL is none.</summary>
    public static Connection Read(JsonObject body, Connection before) => before with
    {
        WebhookUrl = Url(body, "VoiceUrl", before.WebhookUrl),
        WebhookMethod = (string?)body["VoiceMethod"] ?? before.WebhookMethod,
        WebhookFailoverUrl = Url(body, "VoiceFallbackUrl", before.WebhookFailoverUrl),
        WebhookFailoverMethod = (string?)body["VoiceFallbackMethod"] ?? before.WebhookFailoverMethod,
        StatusUrl = Url(body, "StatusCallback", before.StatusUrl),
        StatusMethod = (string?)body["StatusCallbackMethod"] ?? before.StatusMethod,
    };

    public static void Show(JsonObject shown, Connection? connection)
    {
        shown["voice_url"] = connection?.WebhookUrl;
        shown["voice_method"] = connection?.WebhookMethod ?? "POST";
        shown["voice_fallback_url"] = connection?.WebhookFailoverUrl;
        shown["voice_fallback_method"] = connection?.WebhookFailoverMethod ?? connection?.WebhookMethod ?? "POST";
        shown["status_callback"] = connection?.StatusUrl;
        shown["status_callback_method"] = connection?.StatusMethod ?? "POST";
        shown["voice_caller_id_lookup"] = false;
        foreach (string name in (string[])["sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method"]) shown[name] = null;
    }

    private static string? Url(JsonObject body, string name, string? before) =>
        (string?)body[name] is { } said ? said.Length > 0 ? said : null : before;
}
