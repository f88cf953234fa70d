using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// Five operations, crud. SAML identity providers of an account. An update that names the address of the provider's metadata and no
/// settings takes the settings from there; settings that are given win, as the contract says.
/// </summary>
internal static class AuthenticationProviders
{
    private const int LongestName = 255, LongestShortName = 63, MetadataBytes = 1024 * 1024, MetadataRedirects = 3;

    /// <summary>What names people to us, and must be so at the identity provider too.</summary>
    private const string NameIdentifierFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

    /// <summary>Bytes of SHA-1, SHA-256, SHA-384 and SHA-512.</summary>
    private static readonly int[] FingerprintBytes = [20, 32, 48, 64];

    public static ResourceKind Kind(AccountParts parts) => new("authentication_provider")
    {
        Unique = ["short_name"],
        Validate = (op, body, _) => CheckAsync(op, body, parts.Egress),
        Show = Show,
    };

    private static void Show(OperationContext op, ResourceRow row, JsonObject shown)
    {
        shown["organization_id"] = op.Tenant.ToString();
        if (shown.Child("settings") is not { } settings) return;
        // Two accounts may choose the same short name, so that it stands behind the account's id.
        string place = $"{op.Tenant}/{row.Body.Text("short_name")}";
        settings["assertion_consumer_service_url"] = op.Links.To($"/sso/saml/auth/{place}");
        settings["service_provider_entity_id"] = op.Links.To($"/sso/saml/metadata/{place}");
        settings["name_identifier_format"] = NameIdentifierFormat;
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, EgressClient egress)
    {
        if (body.Text("name") is not { } name || name.Trim().Length is 0 or > LongestName)
            return At("/name", VoiceErrors.BadLength, $"name must have 1 to {LongestName} characters.");
        if (body.Text("short_name") is not { } shortName || shortName.Length is 0 or > LongestShortName
                || !shortName.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return At("/short_name", VoiceErrors.BadRequest,
                $"short_name becomes part of an address: 1 to {LongestShortName} letters, digits, hyphens and underscores.");
        if (IsGiven(op, "settings_url") && body.Filled("settings_url") is { } url)
        {
            if (await egress.CheckUrlAsync(url, TargetUse.Document, op.Stop) is { IsAllowed: false } verdict)
                return At("/settings_url", VoiceErrors.InvalidUrl, verdict.Detail ?? "settings_url is no URL that may be used.");
            if (!IsGiven(op, "settings") && await FetchAsync(op, url, body, egress) is { } problem) return problem;
        }
        return CheckSettings(body.Child("settings") ?? []);
    }

    private static bool IsGiven(OperationContext op, string field) => op.Body.TryGetProperty(field, out _);

    private static async ValueTask<Problem?> FetchAsync(OperationContext op, string url, JsonObject body, EgressClient egress)
    {
        var fetched = await egress.SendAsync(
            new()
            {
                Url = url, Use = TargetUse.Document, MaxBytes = MetadataBytes, MaxRedirects = MetadataRedirects, Account = op.Tenant
            }, op.Stop);
        if (!fetched.IsSuccess)
            return At("/settings_url", VoiceErrors.BadRequest, $"The metadata at settings_url could not be fetched: {fetched.Detail}");
        var (settings, problem) = SamlMetadata.Read(fetched.Body);
        if (settings is null)
            return At("/settings_url", VoiceErrors.BadRequest,
                $"What settings_url names is no metadata of an identity provider: {problem}");
        body["settings"] = settings;
        return null;
    }

    private static Problem? CheckSettings(JsonObject settings)
    {
        foreach (string field in (string[])["idp_entity_id", "idp_sso_target_url"])
            if (settings.Filled(field) is null) return At($"/settings/{field}", VoiceErrors.MissingParameter, $"{field} may not be empty.");
        if (!Uri.TryCreate(settings.Text("idp_sso_target_url"), UriKind.Absolute, out var target)
                || target.Scheme is not ("https" or "http"))
            return At("/settings/idp_sso_target_url", VoiceErrors.InvalidUrl,
                "idp_sso_target_url must be a web address: browsers are sent there.");
        // The length is not held against the algorithm: the contract's own example has a SHA-1 fingerprint beside sha256.
        return FingerprintBytes.Contains(BytesOf(settings.Text("idp_cert_fingerprint") ?? "")) ? null
            : At("/settings/idp_cert_fingerprint", VoiceErrors.BadRequest,
                "idp_cert_fingerprint must be the SHA-1, SHA-256, SHA-384 or SHA-512 of the certificate "
                    + "as hexadecimal digits, with or without colons.");
    }

    /// <summary>How many bytes the text says in hexadecimal; 0 when it is something else.</summary>
    private static int BytesOf(string text)
    {
        string digits = text.Contains(':') ? string.Concat(text.Split(':').Select(pair => pair.Length == 2 ? pair : "?")) : text;
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit) ? digits.Length / 2 : 0;
    }

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
