using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// What the users of each account and of all accounts below it hold together of something that the node has so many of. An account makes
/// users and accounts as it likes: counted one by one they would take all of it from everybody else.
/// </summary>
internal sealed class FamilyHoldings(int most)
{
    /// <summary>Accounts one below the other.</summary>
    private const int Depth = 8;

    private readonly Dictionary<string, (TenantId Head, int Count)> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<TenantId, int> _families = [];

    /// <summary>The account that nobody is above.</summary>
    public static TenantId HeadOf(RoutingSnapshot routing, TenantId account)
    {
        for (int i = 0; i < Depth && routing.FindTenant(account)?.Parent is { } above; i++) account = above;
        return account;
    }

    /// <summary>Whoever has the node for himself takes nothing from anybody.</summary>
    public bool HasRoom(RoutingSnapshot routing, TenantId head) => _families.GetValueOrDefault(head) < most
        || !routing.Tenants.Any(other => other.Parent is null && other.Id != head);

    /// <summary>So many are that user's from now on.</summary>
    /// <param name="head">Null for one who exists no more: he stays of whose he was.</param>
    public void Set(string user, TenantId? head, int count)
    {
        if (_users.Remove(user, out var before)) Add(before.Head, -before.Count);
        if (head is null && before.Count > 0) head = before.Head;
        if (count == 0 || head is not { } whose) return;
        _users[user] = (whose, count);
        Add(whose, count);
    }

    private void Add(TenantId head, int more)
    {
        int count = _families.GetValueOrDefault(head) + more;
        if (count > 0) _families[head] = count;
        else _families.Remove(head);
    }
}
