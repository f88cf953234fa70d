using System.Data;
using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Snapshots;

/// <summary>Takes away everything that the tenants of a snapshot have here, so that the snapshot can stand in its place.</summary>
internal static class TenantRemoval
{
    /// <exception cref="SnapshotException">One of them has calls that are up.</exception>
    public static void Run(IDbConnection db, IEnumerable<SnapshotLine> lines)
    {
        var named = lines.Where(l => l.Kind == "tenant").ToList();
        string[] ids = [.. named.Select(l => l.Text("id")).OfType<string>()], names = [.. named.Select(l => l.Text("name")).OfType<string>()];
        string[] tenants = [.. db.Query<string>("select id from rw_tenant where id in @ids or name in @names", new { ids = new InList<string>(ids), names = new InList<string>(names) })];
        tenants = [.. tenants.Union(db.Query<string>("select id from rw_tenant where parent_id in @tenants", new { tenants = new InList<string>(tenants) }))];
        if (tenants.Length == 0) return;
        var theirs = new { tenants = new InList<string>(tenants) };
        if (db.ExecuteScalar<long>("select count(*) from rw_leg where tenant_id in @tenants and ended_at is null", theirs) > 0)
            throw new SnapshotException("a tenant of the snapshot has calls that are up; load it when they are over");

        // A table refers only to tables that are older than it.
        foreach (var (table, columns) in TableColumns.All.Reverse())
            if (columns.Any(c => c.Name is "tenant_id")) db.Execute($"delete from {table} where tenant_id in @tenants", theirs);
        db.Execute("delete from rw_tenant where id in @tenants and parent_id is not null", theirs);
        db.Execute("delete from rw_tenant where id in @tenants", theirs);
    }
}
