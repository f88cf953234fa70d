using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>How a network was listed: as one address or as a range. The same network may be listed both ways.</summary>
public enum AccessKind { Address, Range }

/// <summary>A listed network as the operator sees it.</summary>
public sealed record AccessEntry(long Id, AccessKind Kind, IPNetwork Network, DateTimeOffset CreatedAt);

/// <summary>Where the keys of accounts may be used from. The routing snapshot has them as <see cref="Tenant.Access"/>.</summary>
public sealed class AccessNetworkTable
{
    internal const string Source = "rw_access_network where tenant_id = @tenant and kind = @kind";
    internal const string Insert = """
        insert into rw_access_network (tenant_id, id, kind, network, doc, revision, created_at, updated_at)
        values (@tenant, @id, @kind, @network, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_access_network set network = @network, doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and kind = @kind and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_access_network where tenant_id = @tenant and kind = @kind and id = @id";
    internal const string SelectMany =
        "select id, kind, network, created_at from rw_access_network where tenant_id = @tenant order by created_at, id";
    internal const string DeleteOne = "delete from rw_access_network where tenant_id = @tenant and id = @id";
    internal const string SelectAllTenants = "select tenant_id, network from rw_access_network";

    private static readonly ResourceSql Statements = new()
    {
        Source = Source,
        Insert = Insert,
        Update = Update,
        Delete = Delete,
        Columns = new Dictionary<string, string> { ["network"] = "network" },
    };

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly RowWriter _writer;

    internal AccessNetworkTable(Sql sql, Routing routing, SecretBox box, RowWriter writer) =>
        (_sql, _routing, _box, _writer) = (sql, routing, box, writer);

    /// <summary>Column for the view: network.</summary>
    public IResourceRows Rows(AccessKind kind, ResourceView<IPNetwork> view) =>
        new TypedRows<IPNetwork>(_writer, _box, Statements, view, Names<AccessKind>.Of(kind), Bind);

    /// <summary>Oldest first.</summary>
    public ValueTask<IReadOnlyList<AccessEntry>> ListAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<AccessEntry>>(
            db => [.. db.Query<EntryRow>(SelectMany, new { tenant }).Select(r => r.ToEntry())], stop);

    /// <summary>For the operator, who lets an account in again that has shut itself out. Asks for no revision.</summary>
    /// <param name="note">What the account's trail is to say of an entry that goes.</param>
    /// <returns>How many were there.</returns>
    public async ValueTask<int> RemoveAsync(TenantId tenant, IReadOnlyList<long> ids, Func<long, AuditNote> note, CancellationToken stop)
    {
        int removed = await _sql.WriteAsync(db =>
        {
            int gone = 0;
            foreach (long id in ids)
            {
                if (db.Execute(DeleteOne, new { tenant, id }) == 0) continue;
                AuditTable.Write(db, note(id));
                gone++;
            }
            return gone;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return removed;
    }

    private static DynamicParameters Bind(IPNetwork network)
    {
        var parameters = new DynamicParameters();
        parameters.Add("network", network.ToString());
        return parameters;
    }

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Network { get; init; } = "";

        public IPNetwork ToNetwork() => IPNetwork.Parse(Network);
    }

    private sealed record EntryRow
    {
        public long Id { get; init; }
        public string Kind { get; init; } = "";
        public string Network { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }

        public AccessEntry ToEntry() => new(Id, Names<AccessKind>.Parse(Kind), IPNetwork.Parse(Network), CreatedAt);
    }
}
