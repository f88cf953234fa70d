using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>User names beside a connection's own, each with a password that may expire. Passwords are sealed.</summary>
public sealed class SipCredentialTable
{
    private const string Noun = "credential";
    private const string Columns = "tenant_id, id, connection_id, user_name, secret, expires_at";
    internal const string Source = "rw_sip_credential where tenant_id = @tenant";
    internal const string Insert = """
        insert into rw_sip_credential (tenant_id, id, connection_id, user_name, secret, expires_at, doc, revision, created_at, updated_at)
        values (@tenant, @id, @connectionId, @userName, @secret, @expiresAt, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_sip_credential set connection_id = @connectionId, user_name = @userName, secret = @secret, expires_at = @expiresAt, doc = @doc,
            revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_sip_credential where tenant_id = @tenant and id = @id";
    internal const string SelectAllTenants = $"select {Columns} from rw_sip_credential";
    internal const string SelectByNameAllTenants = $"{SelectAllTenants} where user_name = @name";

    private static readonly ResourceSql Statements = new()
    {
        Noun = Noun,
        HasUuids = true,
        Source = Source,
        Insert = Insert,
        Update = Update,
        Delete = Delete,
        Columns = new Dictionary<string, string>
        {
            ["user_name"] = "user_name",
            ["connection_id"] = "cast(connection_id as text)",
            ["expires_at"] = $"coalesce(expires_at, '{Never}')",
        },
        Times = ["expires_at"],
    };

    private readonly RowWriter _writer;
    private readonly SecretBox _box;
    private readonly RecordSql<SipUser> _table;

    internal SipCredentialTable(RowWriter writer, SecretBox box, IReadOnlyList<DialectFaces> dialects)
    {
        (_writer, _box) = (writer, box);
        _table = new("rw_sip_credential", Statements, FaceSet<SipUser>.Of(dialects, d => d.SipUsers))
        {
            Bind = Bind,
            TenantOf = user => user.Tenant,
            SecretOf = user => user.Password,
            Read = (db, rest, which) =>
                db.Query<Row>($"select {Columns}, doc, revision, created_at, updated_at from rw_sip_credential {rest}", which)
                    .Select(row => row.ToKept(box)),
        };
        Records = new(writer, box, _table);
    }

    /// <summary>As nobody's dialect has them.</summary>
    public Records<SipUser> Records { get; }

    /// <summary>
    /// As a dialect has them. Columns for the view: user_name, connection_id, expires_at (UTC with microseconds, <see cref="Never"/> for
    /// one that does not expire). Its secret is the password.
    /// </summary>
    public IResourceRows Rows(ResourceView<SipUser> view) => new TypedRows<SipUser>(_writer, _box, Statements, view, "", Bind, _table);

    /// <summary>The expiry of what does not expire.</summary>
    public const string Never = "9999-12-31T00:00:00.000000Z";

    private static DynamicParameters Bind(SipUser user)
    {
        var parameters = new DynamicParameters();
        parameters.Add("connectionId", user.Connection.Value);
        parameters.Add("userName", user.Name);
        parameters.Add("expiresAt", user.ExpiresAt);
        return parameters;
    }

    internal sealed record Row : RecordRow
    {
        public Guid Id { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string UserName { get; init; } = "";
        public string Secret { get; init; } = "";
        public DateTimeOffset? ExpiresAt { get; init; }

        public SipUser ToUser(SecretBox box) => new()
        {
            Name = UserName,
            Password = box.UnsealText(Secret, ResourceSql.PurposeOf(Noun, TenantId, Id.ToString())),
            Tenant = TenantId,
            Connection = ConnectionId,
            Credential = Id,
            ExpiresAt = ExpiresAt,
        };

        public Kept<SipUser> ToKept(SecretBox box) => new(Id.ToString(), ToUser(box), Doc ?? [], Revision, CreatedAt, UpdatedAt);
    }
}
