using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// How many calls the campaigns of this node may begin together at this moment: all of them, those of one account with those below it, and
/// those that show one number. A campaign's own pace is beside these. Not for several threads.
/// </summary>
internal sealed class SharedPaces(DiallerParts parts)
{
    private const int MostKept = 10_000;

    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TenantId, Pace> _accounts = [];
    private readonly Dictionary<string, Pace> _callers = new(StringComparer.Ordinal);
    private Pace? _node;

    public int RoomOf(TenantId account, DateTimeOffset now)
    {
        int ofNode = parts.CallsPerSecond is { } all ? NodePace(now).Room(now, all, Slack) : int.MaxValue;
        int own = parts.AccountCallsPerSecond is { } most ? PaceOf(_accounts, RootOf(account), now).Room(now, most, Slack) : int.MaxValue;
        return Math.Min(ofNode, own);
    }

    /// <summary>When the account's next call may begin.</summary>
    public DateTimeOffset NextOf(TenantId account, DateTimeOffset now)
    {
        var next = parts.CallsPerSecond is null ? now : NodePace(now).Next;
        if (parts.AccountCallsPerSecond is null) return next;
        var own = PaceOf(_accounts, RootOf(account), now).Next;
        return own > next ? own : next;
    }

    public int RoomOf(string caller, DateTimeOffset now) =>
        parts.CallerCallsPerSecond is { } most ? PaceOf(_callers, caller, now).Room(now, most, Slack) : int.MaxValue;

    /// <summary>When the next call that shows the number may begin.</summary>
    public DateTimeOffset NextOf(string caller, DateTimeOffset now) => PaceOf(_callers, caller, now).Next;

    public void Take(IReadOnlyCollection<DialAttempt> begun, DateTimeOffset now)
    {
        if (parts.CallsPerSecond is { } ofNode) NodePace(now).Take(begun.Count, now, ofNode);
        if (parts.AccountCallsPerSecond is { } ofAccount)
            foreach (var of in begun.GroupBy(one => RootOf(one.Tenant))) PaceOf(_accounts, of.Key, now).Take(of.Count(), now, ofAccount);
        if (parts.CallerCallsPerSecond is { } ofCaller)
            foreach (var of in begun.GroupBy(one => one.From)) PaceOf(_callers, of.Key, now).Take(of.Count(), now, ofCaller);
    }

    private Pace NodePace(DateTimeOffset now) => _node ??= new(now);

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
