using System.Collections.Concurrent;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// The tokens that requests for documents are signed with. A new one is used within a second, on whichever node it was made; while the
/// database is away the last one that was known is.
/// </summary>
internal sealed class AuthTokens(Database store)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TenantId, (string? Token, long At)> _known = new();

    /// <returns>Null when the account has none.</returns>
    public async ValueTask<string?> FindAsync(TenantId tenant, CancellationToken stop)
    {
        bool isKnown = _known.TryGetValue(tenant, out var known);
        if (isKnown && store.Time.GetElapsedTime(known.At) < Fresh) return known.Token;
        try
        {
            string? token = await store.AuthTokens.FindAsync(tenant, stop);
            _known[tenant] = (token, store.Time.GetTimestamp());
            return token;
        }
        catch (StoreUnavailableException) when (isKnown)
        {
            return known.Token;
        }
    }
}
