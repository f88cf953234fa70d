using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Blobs;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Snapshots;

/// <summary>Takes away everything that the tenants of a snapshot have here, so that the snapshot can stand in its place.</summary>
internal static class TenantRemoval
{
    /// <returns>The recordings whose rows went: their files are there still.</returns>
    /// <exception cref="SnapshotException">One of them has calls that are up.</exception>
    public static IReadOnlyList<BlobKey> Run(IDbConnection db, StoreAreas areas, SecretBox box, DateTimeOffset now,
        IEnumerable<SnapshotLine> lines)
    {
        var named = lines.Where(l => l.Kind == "tenant").ToList();
        string[] ids = [.. named.Select(l => l.Text("id")).OfType<string>()],
            names = [.. named.Select(l => l.Text("name")).OfType<string>()];
        string[] tenants = [.. db.Query<string>("select id from rw_tenant where id in @ids or name in @names",
            new { ids = new InList<string>(ids), names = new InList<string>(names) })];
        tenants = [.. tenants.Union(db.Query<string>("select id from rw_tenant where parent_id in @tenants",
            new { tenants = new InList<string>(tenants) }))];
        if (tenants.Length == 0) return [];
        var theirs = new { tenants = new InList<string>(tenants) };
        if (db.ExecuteScalar<long>(LegTable.CountUpAllTenants, theirs) > 0)
            throw new SnapshotException("a tenant of the snapshot has calls that are up; load it when they are over");

        BlobKey[] recordings = [.. db.Query<(string Tenant, string Blob)>(RecordingTable.SelectFilesAllTenants, theirs)
            .Select(row => BlobKey.Read(BlobArea.Recordings, new TenantId(Guid.Parse(row.Tenant)), row.Blob)).OfType<BlobKey>()];
        var leaving = new Leaving(box, tenants, now);
        foreach (var table in areas.OfTenants) table.Leaving?.Invoke(db, leaving);
        foreach (var table in areas.OfTenants) db.Execute($"delete from {table.Name} where tenant_id in @tenants", theirs);
        db.Execute("delete from rw_tenant where id in @tenants and parent_id is not null", theirs);
        db.Execute("delete from rw_tenant where id in @tenants", theirs);
        return recordings;
    }
}
