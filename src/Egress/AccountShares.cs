using System.Net.Http;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>
/// What each account has under way for each use. So many of its requests are sent at once, and twice as many connections that they opened
/// may be open, at rest or still on their way to somebody; more wait. So no account takes the way out from the others, however slow its
/// servers are, however many, and however often it gives up.
/// </summary>
internal sealed class AccountShares(int most)
{
    private static readonly HttpRequestOptionsKey<Share> Key = new("ringwright.share");

    private readonly Dictionary<(TenantId Account, TargetUse Use), Share> _all = [];

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
        lock (_all)
        {
            if (!_all.TryGetValue((account, use), out var share)) _all.Add((account, use), share = new(this, (account, use), most));
            share.Users++;
            return new(share);
        }
    }

    /// <summary>A place for the connection that this request opens; null where nobody counts.</summary>
    public static async ValueTask<Share?> ConnectAsync(HttpRequestMessage opener, CancellationToken stop)
    {
        if (!opener.Options.TryGetValue(Key, out var share)) return null;
        share.Keep();
        try
        {
            await share.Connections.WaitAsync(stop).ConfigureAwait(false);
            return share;
        }
        catch
        {
            share.Leave();
            throw;
        }
    }

    /// <summary>One account's, for one use. Its semaphores have no wait handle, so nothing of it must be disposed.</summary>
    internal sealed class Share(AccountShares shares, (TenantId, TargetUse) key, int most)
    {
        public SemaphoreSlim Requests { get; } = new(most);
        public SemaphoreSlim Connections { get; } = new(2 * most);
        /// <summary>Requests and connections; under the lock.</summary>
        public int Users { get; set; }

        public void Keep()
        {
            lock (shares._all) Users++;
        }

        /// <summary>A connection is closed.</summary>
        public void Disconnect()
        {
            Connections.Release();
            Leave();
        }

        public void Leave()
        {
            lock (shares._all)
                if (--Users == 0) shares._all.Remove(key);
        }
    }

    /// <summary>One request's.</summary>
    internal sealed class Turn(Share share) : IDisposable
    {
        /// <summary>False while it waits for others of its account.</summary>
        public bool HasCome { get; private set; }

        public async ValueTask AwaitAsync(CancellationToken stop)
        {
            await share.Requests.WaitAsync(stop).ConfigureAwait(false);
            HasCome = true;
        }

        /// <summary>Connections that this message opens are its account's.</summary>
        public void Mark(HttpRequestMessage message) => message.Options.Set(Key, share);

        public void Dispose()
        {
            if (HasCome) share.Requests.Release();
            share.Leave();
        }
    }
}
