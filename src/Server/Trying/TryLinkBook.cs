using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;
using Ringwright.Operator;

namespace Ringwright.Server.Trying;

/// <summary>
/// Which pages there are on which a browser calls a number, and who is on the phone. In memory: what was opened is over with the process.
/// Of a token only a hash is kept, and finding it takes as long whatever of it is right.
/// </summary>
internal sealed class TryLinkBook(TimeProvider time)
{
    /// <summary>That have not expired.</summary>
    public const int MostLinks = 100;

    /// <summary>The same of one account, which leaves the others to others.</summary>
    public const int MostOfAccount = 10;

    /// <summary>At once, of all links; one link has one.</summary>
    public const int MostCalls = 4;

    /// <summary>The same of one account's links.</summary>
    public const int MostCallsOfAccount = 2;

    /// <summary>Of one link, one after the other.</summary>
    public const int CallsOfLink = 50;

    private const int TokenBytes = 32, MostCharacters = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _links = new(StringComparer.Ordinal);
    private int _calls;

    /// <returns>Null when there are as many as there may be.</returns>
    public TryLink? Create(string to, TimeSpan lasts) => Add(null, to, lasts);

    /// <summary>The same of an account that makes them itself.</summary>
    public TryLink? CreateFor(TenantId account, string to, TimeSpan lasts) => Add(account, to, lasts);

    /// <param name="account">Null for the operator's.</param>
    private TryLink? Add(TenantId? account, string to, TimeSpan lasts)
    {
        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var entry = new Entry(account, to, time.GetUtcNow() + lasts);
        lock (_lock)
        {
            foreach (var (key, old) in _links.ToArray())
                if (old.ExpiresAt <= time.GetUtcNow() && !old.IsCalling) _links.Remove(key);
            if (_links.Count >= MostLinks) return null;
            if (account is not null && _links.Values.Count(one => one.Account == account) >= MostOfAccount) return null;
            _links[HashOf(token)] = entry;
        }
        return new(TryPages.Root + token, entry.ExpiresAt);
    }

    /// <returns>The number that it calls, and until when it may; null for a token that is none, or none any more.</returns>
    public (string To, DateTimeOffset ExpiresAt)? Find(string token)
    {
        lock (_lock) return Live(token) is { } entry ? (entry.To, entry.ExpiresAt) : null;
    }

    /// <summary>A call begins.</summary>
    /// <param name="call">Ends it, and is null when it may not be.</param>
    public TryEntry Enter(string token, out TryCall? call)
    {
        call = null;
        lock (_lock)
        {
            if (Live(token) is not { } entry) return TryEntry.Unknown;
            if (entry.IsCalling || entry.CallsLeft == 0 || _calls >= MostCalls || HasItsCalls(entry.Account)) return TryEntry.Busy;
            (entry.IsCalling, entry.CallsLeft) = (true, entry.CallsLeft - 1);
            _calls++;
            call = new(entry.To, () => Leave(entry));
            return TryEntry.Open;
        }
    }

    private bool HasItsCalls(TenantId? account) => account is not null
        && _links.Values.Count(one => one.IsCalling && one.Account == account) >= MostCallsOfAccount;

    private void Leave(Entry entry)
    {
        lock (_lock)
        {
            entry.IsCalling = false;
            _calls--;
        }
    }

    private Entry? Live(string token) => token.Length <= MostCharacters && _links.TryGetValue(HashOf(token), out var entry)
        && entry.ExpiresAt > time.GetUtcNow() ? entry : null;

    private static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private sealed class Entry(TenantId? account, string to, DateTimeOffset expiresAt)
    {
        public TenantId? Account => account;
        public string To => to;
        public DateTimeOffset ExpiresAt => expiresAt;
        public int CallsLeft { get; set; } = CallsOfLink;
        public bool IsCalling { get; set; }
    }
}

/// <summary>Whether a call may begin.</summary>
internal enum TryEntry
{
    Open,
    /// <summary>There is no such link, or no more.</summary>
    Unknown,
    /// <summary>Somebody calls by the link, it has had its calls, or its account or the node has as many as it may.</summary>
    Busy,
}

/// <summary>One call of a link, until it is disposed.</summary>
internal sealed class TryCall(string to, Action leave) : IDisposable
{
    public string To => to;

    public void Dispose() => leave();
}
