using Ringwright.Store.Tables;

namespace Ringwright.Http;

/// <summary>
/// The installation's keys for access tokens. A new one is made when the newest is old; it is shown at once and signs only when everybody
/// had time to hear of it. The one before stays until the last token that it signed is over.
/// </summary>
internal sealed class TokenKeys(OAuthKeyTable table, TimeProvider time)
{
    public static readonly TimeSpan Age = TimeSpan.FromDays(90);
    /// <summary>Those who keep a copy of the keys ask again within this time.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromHours(24);
    /// <summary>Another node may have made one.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private Known? _known;

    /// <summary>All that may have signed a token that is still good, oldest first; at least one.</summary>
    public async ValueTask<IReadOnlyList<TokenKey>> ListAsync(CancellationToken stop)
    {
        if (Volatile.Read(ref _known) is { } known && time.GetElapsedTime(known.ReadAt) < Fresh) return known.Keys;
        var now = time.GetUtcNow();
        var stored = await table.ListAsync(stop);
        if (stored.Count == 0 || now - stored[^1].CreatedAt >= Age)
        {
            await table.AddAsync(TokenKey.Fresh(stored.Count == 0 ? 1 : stored[^1].Number + 1, now), stop);
            stored = await table.ListAsync(stop);
        }
        int last = 0;
        while (last + 1 < stored.Count && now - stored[last + 1].CreatedAt > Notice + AccessTokens.Life) last++;
        if (last > 0) await table.RemoveBeforeAsync(stored[last].Number, stop);
        IReadOnlyList<TokenKey> keys = [.. stored.Skip(last).Select(TokenKey.Open)];
        Volatile.Write(ref _known, new(keys, time.GetTimestamp()));
        return keys;
    }

    /// <summary>The one that signs: the newest that had its notice, or the first of all.</summary>
    public async ValueTask<TokenKey> SignerAsync(CancellationToken stop)
    {
        var keys = await ListAsync(stop);
        var now = time.GetUtcNow();
        return keys.LastOrDefault(k => now - k.CreatedAt >= Notice) ?? keys[0];
    }

    private sealed record Known(IReadOnlyList<TokenKey> Keys, long ReadAt);
}
