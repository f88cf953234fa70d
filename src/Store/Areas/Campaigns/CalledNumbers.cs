using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Whom campaigns are not to call at this moment. A person has one telephone, whosever clients want him: all accounts below one root keep
/// off a number that one of them calls, or is on the line with. A SIP address may be many telephones, and says busy for itself.
/// </summary>
internal sealed class CalledNumbers(Sql sql)
{
    internal const string FamilyAllTenants =
        "coalesce(t.parent_id, t.id) = (select coalesce(o.parent_id, o.id) from rw_tenant o where o.id = @tenant)";
    /// <summary>Account by account, by the index of the same condition.</summary>
    internal const string SelectAllTenants = $"""
        select distinct a.number from rw_tenant t cross join rw_attempt a
        where {FamilyAllTenants} and a.tenant_id = t.id and a.number in @numbers
            and a.state in ('claimed', 'dialled', 'answered') and substr(a.number, 1, 1) = '+'
        """;
    /// <summary>Whoever called in, or was called by any API.</summary>
    internal const string SelectOnLineAllTenants = $"""
        select l.from_party as number from rw_tenant t cross join rw_leg l
        where {FamilyAllTenants} and l.tenant_id = t.id and {UpLegs.Only}
            and l.direction = 'inbound' and l.from_party in @numbers
        union
        select l.to_party as number from rw_tenant t cross join rw_leg l
        where {FamilyAllTenants} and l.tenant_id = t.id and {UpLegs.Only}
            and l.direction = 'outbound' and l.to_party in @numbers
        """;

    private readonly string _lock = LockOn(sql.Engine);

    /// <summary>Of two nodes that want one telephone for accounts below the same root one has it until its claims are written.</summary>
    internal static string LockOn(IEngine engine)
    {
        const string root = "(select coalesce(o.parent_id, o.id) from rw_tenant o where o.id = cast(@tenant as text))";
        return $"select {engine.TryLockText($"{root} || ' calls ' || cast(@number as text)")}";
    }

    /// <summary>
    /// Of these attempts the numbers that somebody is on the line with. It is asked before the transaction that claims, which has enough to
    /// do: nobody can keep a person from calling in a moment later.
    /// </summary>
    public async ValueTask<HashSet<(TenantId Account, string Number)>> OnLineAsync(IReadOnlyList<DialAttempt> wanted,
        CancellationToken stop)
    {
        if (ByAccount(wanted) is not { Count: > 0 } accounts) return [];
        return await sql.ReadAsync(db => accounts.SelectMany(account => FindOnLine(db, account.Tenant, account.Numbers)
            .Select(number => (account.Tenant, number))).ToHashSet(), stop).ConfigureAwait(false);
    }

    /// <summary>Of these attempts the numbers that campaigns are calling, or that another node is just claiming.</summary>
    public HashSet<(TenantId Account, string Number)> Among(IDbConnection db, IReadOnlyList<DialAttempt> wanted)
    {
        var called = new HashSet<(TenantId, string)>();
        foreach (var (tenant, numbers) in ByAccount(wanted))
        {
            // First the lock, then the look: what another node has written meanwhile is seen.
            if (sql.Engine.IsShared)
                called.UnionWith(numbers
                    .Where(number => !db.ExecuteScalar<bool>(_lock, new { tenant, number = OneTelephone.NameOf(number) }))
                    .Select(number => (tenant, number)));
            called.UnionWith(FindCalled(db, tenant, numbers).Select(number => (tenant, number)));
        }
        return called;
    }

    /// <summary>Whether an account below the same root calls the number, or is on the line with it.</summary>
    public ValueTask<bool> IsLiveAsync(TenantId tenant, string number, CancellationToken stop) => sql.ReadAsync(
        db => FindCalled(db, tenant, [number]).Any() || number.StartsWith('+') && FindOnLine(db, tenant, [number]).Any(), stop);

    private static List<(TenantId Tenant, List<string> Numbers)> ByAccount(IReadOnlyList<DialAttempt> wanted) =>
        [.. wanted.Where(one => one.Number.StartsWith('+')).GroupBy(one => one.Tenant, one => one.Number)
            .Select(account => (account.Key, account.Distinct().ToList()))];

    private static IEnumerable<string> FindCalled(IDbConnection db, TenantId tenant, IReadOnlyList<string> numbers) =>
        Find(db, SelectAllTenants, tenant, numbers);

    private static IEnumerable<string> FindOnLine(IDbConnection db, TenantId tenant, IReadOnlyList<string> numbers) =>
        Find(db, SelectOnLineAllTenants, tenant, numbers);

    /// <summary>Those whose telephone it is, by whichever of its numbers it is called.</summary>
    private static IEnumerable<string> Find(IDbConnection db, string statement, TenantId tenant, IReadOnlyList<string> numbers)
    {
        var found = db.Query<string>(statement, new { tenant, numbers = new InList<string>(OneTelephone.AllOf(numbers)) })
            .ToHashSet(StringComparer.Ordinal);
        return found.Count == 0 ? [] : numbers.Where(number => OneTelephone.IsAmong(found, number));
    }
}
