using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// Whom campaigns are calling. A person has one telephone, whosever clients want him: all accounts below one root keep off a number that
/// one of them calls. A SIP address may be many telephones, and says busy for itself.
/// </summary>
internal sealed class CalledNumbers(Sql sql)
{
    /// <summary>Account by account, by the index of the same condition.</summary>
    internal const string SelectAllTenants = """
        select distinct a.number from rw_tenant t cross join rw_attempt a
        where coalesce(t.parent_id, t.id) = (select coalesce(o.parent_id, o.id) from rw_tenant o where o.id = @tenant)
            and a.tenant_id = t.id and a.number in @numbers
            and a.state in ('claimed', 'dialled', 'answered') and substr(a.number, 1, 1) = '+'
        """;

    private readonly string _lock = LockOn(sql.Engine);

    /// <summary>Of two nodes that want one number for accounts below the same root one has it until its claims are written.</summary>
    internal static string LockOn(IEngine engine)
    {
        const string root = "(select coalesce(o.parent_id, o.id) from rw_tenant o where o.id = cast(@tenant as text))";
        return $"select {engine.TryLockText($"{root} || ' calls ' || cast(@number as text)")}";
    }

    /// <summary>Of these attempts the numbers that are being called, or that another node is just claiming.</summary>
    public HashSet<(TenantId Account, string Number)> Among(IDbConnection db, IReadOnlyList<DialAttempt> wanted)
    {
        var called = new HashSet<(TenantId, string)>();
        foreach (var account in wanted.Where(one => one.Number.StartsWith('+')).GroupBy(one => one.Tenant, one => one.Number))
        {
            var (tenant, numbers) = (account.Key, account.Distinct().ToList());
            // First the lock, then the look: what another node has written meanwhile is seen.
            if (sql.Engine.IsShared)
                called.UnionWith(numbers.Where(number => !db.ExecuteScalar<bool>(_lock, new { tenant, number }))
                    .Select(number => (tenant, number)));
            called.UnionWith(Find(db, tenant, numbers).Select(number => (tenant, number)));
        }
        return called;
    }

    /// <summary>Those of them that an account below the same root is calling.</summary>
    public static IEnumerable<string> Find(IDbConnection db, TenantId tenant, IReadOnlyList<string> numbers) =>
        db.Query<string>(SelectAllTenants, new { tenant, numbers = new InList<string>(numbers) });
}
