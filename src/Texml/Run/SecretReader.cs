using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;

namespace Ringwright.Texml.Run;

/// <summary>
/// Fills documents with the parameters of their requests and with the secrets of their account, and hides these from whoever reads the
/// traces of calls.
/// </summary>
internal sealed class SecretReader(IDocumentRecords records, TenantId tenant)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>Fills nothing: TwiML has no templates, and braces are braces.</summary>
    public bool IsLiteral { get; init; }

    /// <exception cref="TexmlException">The template is broken, or what it makes is too large.</exception>
    public async ValueTask<string> RenderAsync(string text, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken stop)
    {
        if (IsLiteral || !text.Contains("{{", StringComparison.Ordinal)) return text;
        var secrets = await records.SecretsAsync(tenant, stop);
        foreach (var (name, value) in secrets)
            if (text.Contains(name, StringComparison.Ordinal)) _told.Add(value);
        // What the request says of a call is that, whatever secrets are called.
        return TexmlTemplate.Render(text, [.. secrets, .. parameters]);
    }

    /// <summary>A text for people, without the secrets that documents were filled with.</summary>
    public string Redact(string text)
    {
        // One may be part of another.
        foreach (string secret in _told.OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, TexmlSecrets.Redacted, StringComparison.Ordinal)
                .Replace(Uri.EscapeDataString(secret), TexmlSecrets.Redacted, StringComparison.Ordinal);
        return text;
    }
}
