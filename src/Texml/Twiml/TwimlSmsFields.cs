using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Which documents answer texts to a number. A number that has one takes part in texts: it follows no messaging profile of another API any
/// more, and whoever puts it on one takes its documents away.
/// </summary>
internal static class TwimlSmsFields
{
    private const string Url = "SmsUrl", Method = "SmsMethod", FallbackUrl = "SmsFallbackUrl", FallbackMethod = "SmsFallbackMethod";
    private static readonly string[] Names = [Url, Method, FallbackUrl, FallbackMethod];

    public static bool AreIn(JsonObject body) => Names.Any(name => body[name] is not null);

    /// <summary>Null when they can be so.</summary>
    public static async ValueTask<Problem?> CheckAsync(OperationContext op, TwimlParts parts, JsonObject body)
    {
        foreach (string name in (string[])[Url, FallbackUrl])
        {
            if ((string?)body[name] is not { Length: > 0 } url) continue;
            if (await parts.Voice.Egress.CheckUrlAsync(url, TargetUse.Document, op.Stop) is { IsAllowed: false } verdict)
                return TwimlErrors.Bad(name, verdict.Detail ?? $"{name} is no URL that may be used.");
        }
        return null;
    }

    /// <summary>What the body does not name stays; an empty URL is none.</summary>
    public static Number Read(JsonObject body, Number number)
    {
        if (!AreIn(body)) return number;
        var before = TextsOf(number);
        var texts = new NumberTexts
        {
            Url = Named(body, Url, before.Url),
            Method = (string?)body[Method] ?? before.Method,
            FallbackUrl = Named(body, FallbackUrl, before.FallbackUrl),
            FallbackMethod = (string?)body[FallbackMethod] ?? before.FallbackMethod,
        };
        // A method may be said before its URL.
        return texts.Url is null ? number with { Texts = texts == new NumberTexts() ? null : texts }
            : number with { Texts = texts, MessagingProfile = PlainTexts.ProfileOf(number.Tenant) };
    }

    public static void Show(JsonObject shown, Number number)
    {
        var texts = TextsOf(number);
        shown["sms_url"] = texts.Url;
        shown["sms_method"] = texts.Method;
        shown["sms_fallback_url"] = texts.FallbackUrl;
        shown["sms_fallback_method"] = texts.FallbackMethod;
    }

    /// <summary>For the trail.</summary>
    public static JsonObject Fields(Number number)
    {
        var fields = new JsonObject { ["messaging_profile_id"] = number.MessagingProfile?.ToString() };
        Show(fields, number);
        return fields;
    }

    private static NumberTexts TextsOf(Number number) => number.Texts ?? new();

    private static string? Named(JsonObject body, string name, string? before) =>
        (string?)body[name] is { } said ? said.Length > 0 ? said : null : before;
}
