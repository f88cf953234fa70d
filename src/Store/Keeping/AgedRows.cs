using Dapper;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Keeping;

/// <summary>Removes rows by their age, account by account and in steps, so that no call waits long behind one.</summary>
internal sealed class AgedRows(Sql sql)
{
    /// <summary>Rows (of events: legs) that one transaction removes; a rule's <c>@step</c>.</summary>
    private const int Step = 500;

    private const string SelectTenants = "select id from rw_tenant";

    public async Task<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken stop) =>
        await sql.ReadAsync(db => db.Query<TenantId>(SelectTenants).AsList(), stop).ConfigureAwait(false);

    /// <returns>How many rows were removed.</returns>
    public async Task<long> RunAsync(AgeRule rule, TenantId tenant, DateTimeOffset before, CancellationToken stop)
    {
        long removed = 0;
        while (await sql.WriteAsync(db => db.Execute(rule.Statement, new { tenant, before, step = Step }), stop,
                CommitPriority.Later).ConfigureAwait(false) is > 0 and int step)
            removed += step;
        return removed;
    }
}
