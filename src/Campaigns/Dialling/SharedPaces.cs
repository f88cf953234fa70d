using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// How many calls the campaigns of this node may begin together at this moment: all of them, those of one account with those below it,
/// those of one account below another, and those that show one number. A campaign's own pace is beside these. Not for several threads.
/// </summary>
internal sealed class SharedPaces(DiallerParts parts)
{
    private const int MostKept = 10_000;

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TenantId, Pace> _accounts = [], _children = [];
    private readonly Dictionary<string, Pace> _callers = new(StringComparer.Ordinal);
    private Pace? _node;

    public int RoomOf(TenantId account, DateTimeOffset now)
    {
        int room = int.MaxValue;
        foreach (var (pace, perSecond) in PacesOf(account, now)) room = Math.Min(room, pace.Room(now, perSecond, Slack));
        return room;
    }

    /// <summary>When the account's next call may begin.</summary>
    public DateTimeOffset NextOf(TenantId account, DateTimeOffset now)
    {
        var next = now;
        foreach (var (pace, _) in PacesOf(account, now))
            if (pace.Next > next) next = pace.Next;
        return next;
    }

    public int RoomOf(string caller, DateTimeOffset now) =>
        parts.CallerCallsPerSecond is { } most ? PaceOf(_callers, caller, now).Room(now, most, Slack) : int.MaxValue;

    /// <summary>When the next call that shows the number may begin.</summary>
    public DateTimeOffset NextOf(string caller, DateTimeOffset now) => PaceOf(_callers, caller, now).Next;

    public void Take(IReadOnlyCollection<DialAttempt> begun, DateTimeOffset now)
    {
        foreach (var of in begun.GroupBy(one => one.Tenant))
            foreach (var (pace, perSecond) in PacesOf(of.Key, now)) pace.Take(of.Count(), now, perSecond);
        if (parts.CallerCallsPerSecond is { } ofCaller)
            foreach (var of in begun.GroupBy(one => one.From)) PaceOf(_callers, of.Key, now).Take(of.Count(), now, ofCaller);
    }

    /// <summary>By which calls of the account are counted, and how many each lets begin a second.</summary>
    private IEnumerable<(Pace Pace, int PerSecond)> PacesOf(TenantId account, DateTimeOffset now)
    {
        var root = RootOf(account);
        if (parts.CallsPerSecond is { } all) yield return (_node ??= new(now), all);
        if (parts.AccountCallsPerSecond is { } most) yield return (PaceOf(_accounts, root, now), most);
        if (parts.ChildCallsPerSecond is { } own && root != account) yield return (PaceOf(_children, account, now), own);
    }

    /// <summary>
    /// The account above, else itself: were each child to count alone, an account would be as fast as it has children. No child is one's
    /// parent.
    /// </summary>
    private TenantId RootOf(TenantId account) => parts.Store.Routing.Current.FindTenant(account)?.Parent ?? account;

    private static Pace PaceOf<TKey>(Dictionary<TKey, Pace> paces, TKey key, DateTimeOffset now) where TKey : notnull
    {
        if (paces.TryGetValue(key, out var known)) return known;
        // Who may call at this moment needs none.
        if (paces.Count >= MostKept)
            foreach (var (idle, _) in paces.Where(one => one.Value.Next <= now).ToList()) paces.Remove(idle);
        return paces[key] = new(now);
    }
}
