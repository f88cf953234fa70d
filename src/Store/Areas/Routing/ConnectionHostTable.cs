using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>The host names of connections' equipment.</summary>
public sealed class ConnectionHostTable
{
    internal const string Source = "rw_connection_host where tenant_id = @tenant";
    internal const string Insert = """
        insert into rw_connection_host (tenant_id, id, connection_id, host, is_srv, port, doc, revision, created_at, updated_at)
        values (@tenant, @id, @connectionId, @host, @isSrv, @port, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_connection_host set connection_id = @connectionId, host = @host, is_srv = @isSrv, port = @port, doc = @doc, revision = revision + 1,
            updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_connection_host where tenant_id = @tenant and id = @id";
    internal const string SelectAllTenants = "select tenant_id, id, connection_id, host, is_srv, port from rw_connection_host";
    internal const string SelectOf = $"{SelectAllTenants} where tenant_id = @tenant and connection_id = @connection";

    private static readonly ResourceSql Statements = new()
    {
        Source = Source,
        Insert = Insert,
        Update = Update,
        Delete = Delete,
        Columns =
            new Dictionary<string, string> { ["host"] = "host", ["port"] = "port", ["connection_id"] = "cast(connection_id as text)" },
    };

    private readonly RowWriter _writer;
    private readonly SecretBox _box;

    internal ConnectionHostTable(RowWriter writer, SecretBox box) => (_writer, _box) = (writer, box);

    /// <summary>Columns for the view: host, port, connection_id.</summary>
    public IResourceRows Rows(ResourceView<ConnectionHost> view) =>
        new TypedRows<ConnectionHost>(_writer, _box, Statements, view, "", Bind);

    private static DynamicParameters Bind(ConnectionHost host)
    {
        var parameters = new DynamicParameters();
        parameters.Add("connectionId", host.Connection.Value);
        parameters.Add("host", host.Host);
        parameters.Add("isSrv", host.IsSrv);
        parameters.Add("port", host.Port);
        return parameters;
    }

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public long Id { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string Host { get; init; } = "";
        public bool IsSrv { get; init; }
        public int Port { get; init; }

        public ConnectionHost ToHost() => new(Id, TenantId, ConnectionId, Host, IsSrv, Port);
    }
}
