using System.Data;
using System.Net;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>
/// The addresses of connections' equipment. A connection has each address and port once; one that belongs to none is kept and means
/// nothing. An address is one tenant's, unless the operator shares it.
/// </summary>
public sealed class ConnectionAddressTable
{
    internal const string Source = "rw_connection_address where tenant_id = @tenant";
    internal const string Insert = """
        insert into rw_connection_address (tenant_id, id, connection_id, address, port, listed_at, doc, revision, created_at, updated_at)
        values (@tenant, @id, @connectionId, @address, @port, @listedAt, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_connection_address set connection_id = @connectionId, address = @address, port = @port, listed_at = @listedAt, doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_connection_address where tenant_id = @tenant and id = @id";
    private const string Columns = "tenant_id, id, connection_id, address, port, listed_at";
    internal const string SelectAllTenants = $"select {Columns} from rw_connection_address where connection_id is not null";
    internal const string SelectOf =
        $"select {Columns} from rw_connection_address where tenant_id = @tenant and connection_id = @connection";
    internal const string TakeTurn = "update rw_address_turn set taken = taken + 1 where id = 1";
    internal const string CountOwn =
        "select count(*) from rw_connection_address where tenant_id = @tenant and id = @id and address = @address";
    internal const string SelectFirstAllTenants =
        "select tenant_id from rw_connection_address where address = @address order by listed_at, id limit 1";
    internal const string SelectSip = "select sip from rw_connection where tenant_id = @tenant and id = @connectionId";

    private static readonly ResourceSql Statements = new()
    {
        Source = Source,
        Insert = Insert,
        Update = Update,
        Delete = Delete,
        Before = Claim,
        Columns = new Dictionary<string, string>
        {
            ["address"] = "address", ["port"] = "port", ["connection_id"] = "cast(connection_id as text)"
        },
    };

    private readonly RowWriter _writer;
    private readonly SecretBox _box;

    internal ConnectionAddressTable(RowWriter writer, SecretBox box) => (_writer, _box) = (writer, box);

    /// <summary>Columns for the view: address, port, connection_id. A connection of zero is none.</summary>
    public IResourceRows Rows(ResourceView<ConnectionAddress> view) =>
        new TypedRows<ConnectionAddress>(_writer, _box, Statements, view, "", Bind);

    /// <summary>
    /// Taken when another tenant has listed the address before. Free of that are loopback addresses, where many programs are,
    /// and connections whose requests carry a password or a token: these claim no address.
    /// </summary>
    private static WriteOutcome Claim(IDbConnection db, DynamicParameters row)
    {
        if (IPAddress.IsLoopback(IPAddress.Parse(row.Get<string>("address")))) return WriteOutcome.Done;
        db.Execute(TakeTurn);
        bool isOwn = db.ExecuteScalar<string?>(SelectFirstAllTenants, row) is not { } first || first == row.Get<string>("tenant");
        if (isOwn || db.ExecuteScalar<long>(CountOwn, row) > 0 || db.ExecuteScalar<long>(SharedAddressTable.Count, row) > 0)
            return WriteOutcome.Done;
        bool isMarked =
            JsonColumns.Read(db.ExecuteScalar<string?>(SelectSip, row), ColumnJson.Default.SipConnection)?.Origination.HasOwnMark() is true;
        return isMarked ? WriteOutcome.Done : WriteOutcome.Taken;
    }

    private static DynamicParameters Bind(ConnectionAddress address)
    {
        var parameters = new DynamicParameters();
        parameters.Add("connectionId", address.Connection == default ? null : address.Connection.Value);
        parameters.Add("address", address.Address.ToString());
        parameters.Add("port", address.Port);
        parameters.Add("listedAt", Times.Text(address.ListedAt));
        return parameters;
    }

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public long Id { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string Address { get; init; } = "";
        public int Port { get; init; }
        public DateTimeOffset ListedAt { get; init; }

        public ConnectionAddress ToAddress() => new(Id, TenantId, ConnectionId, IPAddress.Parse(Address), Port) { ListedAt = ListedAt };
    }
}
