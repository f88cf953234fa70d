using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// Decides what may go out now. First attempts of one order key go one after another; retries run beside. A lane is an account's URL:
/// it, its account and the node each have a cap of attempts under way, and accounts take turns, so that a URL that hangs delays nobody
/// else, not even at the same host. All accounts below one have two thirds of the node's together: whoever makes many leaves the rest.
/// Not thread-safe: the dispatcher holds its lock.
/// </summary>
/// <param name="above">Which account has made one: null for one that none has. Without it none has made any.</param>
internal sealed class Lanes(int perLane, int perAccount, int perNode, Func<TenantId, TenantId?>? above = null)
{
    private readonly int _perFamily = Math.Max(1, perNode * 2 / 3);
    private readonly Dictionary<TenantId, Account> _accounts = [];
    /// <summary>Accounts below one, by the one above.</summary>
    private readonly Dictionary<TenantId, Family> _families = [];
    /// <summary>Order keys whose first attempt is queued, under way or to be made anew, and those that wait behind it.</summary>
    private readonly Dictionary<(TenantId Tenant, string Key), Chain> _chains = [];
    /// <summary>Accounts with something that may go, as far as they are concerned.</summary>
    private readonly Queue<Account> _ready = new();

    /// <summary>Entries that wait for their turn or are under way; retries that wait for their time are not counted.</summary>
    public int Count { get; private set; }

    /// <summary>Attempts under way.</summary>
    public int InFlight { get; private set; }

    /// <summary>One that kept its turn (see <see cref="AttemptEnded"/>) goes before the others of its key.</summary>
    public void Add(OutboxEntry entry)
    {
        Count++;
        if (entry.Attempts > 0)
        {
            Enqueue(entry, isFirst: false);
            return;
        }
        var key = (entry.Tenant, entry.OrderKey);
        if (!_chains.TryGetValue(key, out var chain)) _chains.Add(key, chain = new(entry.Id));
        if (chain.Head == entry.Id) Enqueue(entry, isFirst: true);
        else chain.Behind.Enqueue(entry);
    }

    /// <summary>The next entry that may go out; it holds a place until <see cref="AttemptEnded"/>.</summary>
    public bool TryTake(out OutboxEntry entry)
    {
        entry = null!; // read only when this returns true
        Account? account;
        do
        {
            if (InFlight >= perNode || !_ready.TryDequeue(out account)) return false;
            account.IsReady = false;
        }
        while (MustWait(account));
        var lane = account.Ready.Dequeue(); // a ready account has one
        lane.IsReady = false;
        // New events before retries: the customer wants the present first.
        if (!lane.Firsts.TryDequeue(out entry!)) entry = lane.Retries.Dequeue();
        lane.InFlight++;
        account.InFlight++;
        if (account.Family is { } family) family.InFlight++;
        InFlight++;
        LineUp(account, lane);
        return true;
    }

    /// <summary>The attempt is over: frees the place and lets the next of its order key go.</summary>
    /// <param name="keepsTurn">It was not made: the next of its key goes when the entry was added again and its attempt is over.</param>
    public void AttemptEnded(OutboxEntry entry, bool keepsTurn = false)
    {
        Count--;
        InFlight--;
        var account = _accounts[entry.Tenant];
        var lane = account.Lanes[UrlOf(entry)];
        account.InFlight--;
        lane.InFlight--;
        if (entry.Attempts == 0 && !keepsTurn) LetNext((entry.Tenant, entry.OrderKey));
        if (lane is { InFlight: 0, HasWork: false }) account.Lanes.Remove(UrlOf(entry));
        // Whoever waits comes before the one that had the place, or two whose servers hang would hand it to themselves for ever.
        if (account.Family is { } family) LetNext(family);
        if (account.Lanes.Count == 0)
        {
            _accounts.Remove(entry.Tenant);
            Leave(account.Family);
        }
        else
        {
            LineUp(account, lane);
        }
    }

    public static string UrlOf(OutboxEntry entry) => entry.IsOnFailover && entry.FailoverUrl is { } failover ? failover : entry.Url;

    /// <summary>Scheme, host and port, as operators are told: the rest of a URL may be a secret.</summary>
    public static string DestinationOf(OutboxEntry entry)
    {
        string url = UrlOf(entry);
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : url;
    }

    private void LetNext((TenantId, string) key)
    {
        var chain = _chains[key];
        if (chain.Behind.TryDequeue(out var next))
        {
            chain.Head = next.Id;
            Enqueue(next, isFirst: true);
        }
        else
        {
            _chains.Remove(key);
        }
    }

    private void LetNext(Family family)
    {
        family.InFlight--;
        if (!family.Waiting.TryDequeue(out var next)) return;
        next.IsWaiting = false;
        LineUp(next);
    }

    private void Enqueue(OutboxEntry entry, bool isFirst)
    {
        if (!_accounts.TryGetValue(entry.Tenant, out var account))
            _accounts.Add(entry.Tenant, account = new(Join(above?.Invoke(entry.Tenant))));
        string url = UrlOf(entry);
        if (!account.Lanes.TryGetValue(url, out var lane)) account.Lanes.Add(url, lane = new());
        (isFirst ? lane.Firsts : lane.Retries).Enqueue(entry);
        LineUp(account, lane);
    }

    /// <summary>At the end of the line of its account, and the account at the end of the node's, each where it has work and room.</summary>
    private void LineUp(Account account, Lane lane)
    {
        if (!lane.IsReady && lane.HasWork && lane.InFlight < perLane)
        {
            lane.IsReady = true;
            account.Ready.Enqueue(lane);
        }
        LineUp(account);
    }

    private void LineUp(Account account)
    {
        if (account.IsReady || account.IsWaiting || account.Ready.Count == 0 || account.InFlight >= perAccount) return;
        account.IsReady = true;
        _ready.Enqueue(account);
    }

    /// <summary>Until another account below the same one has an attempt less.</summary>
    private bool MustWait(Account account)
    {
        if (account.Family is not { } family || family.InFlight < _perFamily) return false;
        account.IsWaiting = true;
        family.Waiting.Enqueue(account);
        return true;
    }

    private Family? Join(TenantId? head)
    {
        if (head is not { } known) return null;
        if (!_families.TryGetValue(known, out var family)) _families.Add(known, family = new(known));
        family.Accounts++;
        return family;
    }

    private void Leave(Family? family)
    {
        if (family is not null && --family.Accounts == 0) _families.Remove(family.Head);
    }

    private sealed class Family(TenantId head)
    {
        /// <summary>Accounts that have something to send, and nothing of theirs may go now.</summary>
        public readonly Queue<Account> Waiting = new();
        public TenantId Head => head;
        public int Accounts, InFlight;
    }

    private sealed class Account(Family? family)
    {
        public Family? Family => family;
        public bool IsWaiting;
        public readonly Dictionary<string, Lane> Lanes = new(StringComparer.Ordinal);
        public readonly Queue<Lane> Ready = new();
        public bool IsReady;
        public int InFlight;
    }

    private sealed class Lane
    {
        public readonly Queue<OutboxEntry> Firsts = new(), Retries = new();
        public bool IsReady;
        public int InFlight;

        public bool HasWork => Firsts.Count > 0 || Retries.Count > 0;
    }

    private sealed class Chain(Guid head)
    {
        public Guid Head = head;
        public readonly Queue<OutboxEntry> Behind = new();
    }
}
