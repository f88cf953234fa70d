using System.Collections.Concurrent;
using System.Globalization;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Delivery;

/// <summary>
/// Signs requests that are no webhooks of the outbox as these are signed, by the keys of the tenant in whose name they are sent: whoever
/// gets both checks both alike.
/// </summary>
/// <param name="format">Names the headers.</param>
/// <param name="clock">Receivers judge by theirs.</param>
public sealed class RequestSignatures(Database database, IWebhookFormat format, TimeProvider clock)
{
    private readonly ConcurrentDictionary<TenantId, Signer> _signers = new();

    /// <returns>Headers; none for a tenant that is gone.</returns>
    public async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> OfAsync(TenantId tenant, ReadOnlyMemory<byte> body,
        CancellationToken stop)
    {
        if (!_signers.TryGetValue(tenant, out var signer))
        {
            if (await database.SigningKeys.FindAsync(tenant, stop).ConfigureAwait(false) is not { } key) return [];
            signer = _signers.GetOrAdd(tenant, new Signer(key.Seed.Span, key.WebhookSecret));
        }
        string timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), id = Guid.NewGuid().ToString();
        return
        [
            new(format.TimestampHeader, timestamp),
            new(format.SignatureHeader, signer.Sign(timestamp, body.Span)),
            // Standard Webhooks 1.0.
            new("webhook-id", id),
            new("webhook-timestamp", timestamp),
            new("webhook-signature", signer.SignStandard(id, timestamp, body.Span)),
        ];
    }
}
