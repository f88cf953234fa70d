using System.Net.Http;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>
/// What each account has under way for each use. So many of its requests are sent at once, and twice as many connections that they opened
/// may be open, at rest or still on their way to somebody; more wait. So no account takes the way out from the others, however slow its
/// servers are, however many, and however often it gives up. Nor by making accounts below it: those have four times one's requests, and
/// three times its connections, together, so that some of them that hang leave as much to their neighbours.
/// </summary>
/// <param name="above">Which account has made one: null for one that none has. Without it none has made any.</param>
internal sealed class AccountShares(int most, Func<TenantId, TenantId?>? above = null)
{
    private static readonly HttpRequestOptionsKey<Share> Key = new("ringwright.share");

    private readonly Dictionary<(TenantId Account, TargetUse Use, bool IsOfThoseBelow), Share> _all = [];

    /// <summary>Requests of one account that are sent at once.</summary>
    public int Most => most;

    /// <summary>Accounts and uses that have something under way.</summary>
    public int Count
    {
        get
        {
            lock (_all) return _all.Count;
        }
    }

    /// <summary>For one request, until it is disposed of.</summary>
    public Turn Join(TenantId account, TargetUse use)
    {
        var maker = above?.Invoke(account);
        lock (_all)
        {
            var together = maker is { } root ? ShareOf((root, use, true), 4 * most, 6 * most, null) : null;
            var share = ShareOf((account, use, false), most, 2 * most, together);
            share.Keep();
            return new(share);
        }
    }

    private Share ShareOf((TenantId, TargetUse, bool) key, int requests, int connections, Share? together)
    {
        if (!_all.TryGetValue(key, out var share)) _all.Add(key, share = new(this, key, requests, connections) { Together = together });
        return share;
    }

    /// <summary>A place for the connection that this request opens; null where nobody counts.</summary>
    public static async ValueTask<Share?> ConnectAsync(HttpRequestMessage opener, CancellationToken stop)
    {
        if (!opener.Options.TryGetValue(Key, out var share)) return null;
        share.Keep();
        try
        {
            await share.TakeAsync(static one => one.Connections, stop).ConfigureAwait(false);
            return share;
        }
        catch
        {
            share.Leave();
            throw;
        }
    }

    /// <summary>One account's, for one use. Its semaphores have no wait handle, so nothing of it must be disposed.</summary>
    internal sealed class Share(AccountShares shares, (TenantId, TargetUse, bool) key, int requests, int connections)
    {
        /// <summary>Requests and connections; under the lock.</summary>
        private int _users;

        public SemaphoreSlim Requests { get; } = new(requests);
        public SemaphoreSlim Connections { get; } = new(connections);
        /// <summary>Of all accounts below the one above this one; null for one that has none above it.</summary>
        public Share? Together { get; init; }

        /// <summary>A place of each, or none.</summary>
        public async ValueTask TakeAsync(Func<Share, SemaphoreSlim> places, CancellationToken stop)
        {
            await places(this).WaitAsync(stop).ConfigureAwait(false);
            if (Together is null) return;
            try
            {
                await places(Together).WaitAsync(stop).ConfigureAwait(false);
            }
            catch
            {
                places(this).Release();
                throw;
            }
        }

        public void Give(Func<Share, SemaphoreSlim> places)
        {
            places(this).Release();
            if (Together is not null) places(Together).Release();
        }

        public void Keep()
        {
            lock (shares._all)
            {
                _users++;
                Together?.Keep();
            }
        }

        /// <summary>A connection is closed.</summary>
        public void Disconnect()
        {
            Give(static one => one.Connections);
            Leave();
        }

        public void Leave()
        {
            lock (shares._all)
            {
                // One whose request was given up may come back for its connection, when another has taken its place.
                if (--_users == 0 && shares._all.GetValueOrDefault(key) == this) shares._all.Remove(key);
                Together?.Leave();
            }
        }
    }

    /// <summary>One request's.</summary>
    internal sealed class Turn(Share share) : IDisposable
    {
        /// <summary>False while it waits for others of its account.</summary>
        public bool HasCome { get; private set; }

        public async ValueTask AwaitAsync(CancellationToken stop)
        {
            await share.TakeAsync(static one => one.Requests, stop).ConfigureAwait(false);
            HasCome = true;
        }

        /// <summary>Connections that this message opens are its account's.</summary>
        public void Mark(HttpRequestMessage message) => message.Options.Set(Key, share);

        public void Dispose()
        {
            if (HasCome) share.Give(static one => one.Requests);
            share.Leave();
        }
    }
}
