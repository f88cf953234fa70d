using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Delivery;

/// <summary>Writes and signs webhooks: what is signed is what is sent, byte for byte.</summary>
public sealed class WebhookWriter(Database database, IReadOnlyList<IWebhookFormat> formats, TimeProvider signatureClock)
{
    private readonly FrozenDictionary<string, IWebhookFormat> _formats = formats.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TenantId, Signer> _signers = new();

    /// <summary>As in <see cref="IWebhookFormat.Waits"/>.</summary>
    internal IReadOnlyList<TimeSpan>? WaitsOf(string format) => _formats.GetValueOrDefault(format)?.Waits;

    /// <summary>As in <see cref="IWebhookFormat.RetriesServerErrorsOnly"/>.</summary>
    internal bool RetriesServerErrorsOnly(string format) => _formats.GetValueOrDefault(format) is { RetriesServerErrorsOnly: true };

    /// <param name="attempt">From 1, over all URLs.</param>
    /// <param name="url">Where this attempt goes.</param>
    /// <returns>The webhook, or why there is none.</returns>
    internal async ValueTask<(SignedWebhook? Webhook, string? Missing)> WriteAsync(OutboxMessage message, int attempt,
        string url, CancellationToken stop)
    {
        if (!_formats.TryGetValue(message.Format, out var format)) return (null, $"Nothing writes the format '{message.Format}'.");
        if (await SignerOfAsync(message.Tenant, stop).ConfigureAwait(false) is not { } signer) return (null, "The tenant is gone.");
        string? token = format.SignsWithToken ? await database.AuthTokens.FindAsync(message.Tenant, stop).ConfigureAwait(false) : null;
        return (Compose(format, message, attempt, url, signer, token), null);
    }

    private SignedWebhook Compose(IWebhookFormat format, OutboxMessage message, int attempt, string url, Signer signer, string? token)
    {
        bool isGet = message.Method.Equals("GET", StringComparison.OrdinalIgnoreCase);
        byte[] body = isGet ? [] : format.Write(message, attempt, url);
        string timestamp = signatureClock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string id = message.Id.ToString();
        string target = isGet ? WithQuery(url, format.WriteQuery(message, attempt, url)) : url;
        return new()
        {
            Url = target,
            IsGet = isGet,
            Body = body,
            ContentType = format.ContentType,
            Headers =
            [
                new("user-agent", format.UserAgent),
                new(format.TimestampHeader, timestamp),
                new(format.SignatureHeader, signer.Sign(timestamp, body)),
                // Standard Webhooks 1.0.
                new("webhook-id", id),
                new("webhook-timestamp", timestamp),
                new("webhook-signature", signer.SignStandard(id, timestamp, body)),
                .. format.Headers(message, !isGet),
                .. token is null ? [] : (KeyValuePair<string, string>[])[format.Sign(message, target, !isGet, token)],
            ],
        };
    }

    private async ValueTask<Signer?> SignerOfAsync(TenantId tenant, CancellationToken stop)
    {
        if (_signers.TryGetValue(tenant, out var known)) return known;
        if (await database.SigningKeys.FindAsync(tenant, stop).ConfigureAwait(false) is not { } key) return null;
        return _signers.GetOrAdd(tenant, new Signer(key.Seed.Span, key.WebhookSecret));
    }

    private static string WithQuery(string url, string query)
    {
        string bare = url.Split('#')[0];
        return $"{bare}{(bare.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
    }
}

/// <summary>A webhook as it goes out.</summary>
internal sealed record SignedWebhook
{
    /// <summary>With the event as its query, for GET.</summary>
    public required string Url { get; init; }
    public required bool IsGet { get; init; }
    /// <summary>Empty for GET.</summary>
    public required byte[] Body { get; init; }
    public required string ContentType { get; init; }
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }
}
