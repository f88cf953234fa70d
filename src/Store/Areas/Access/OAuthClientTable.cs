using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.OAuth;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>Programs that may ask for tokens. One that is deleted takes its grants and tokens with it.</summary>
public sealed class OAuthClientTable
{
    private const string Columns = "id, tenant_id, scopes, secret, doc, revision, created_at, updated_at";
    internal const string Source = "rw_oauth_client where tenant_id = @tenant";
    internal const string Insert =
        $"insert into rw_oauth_client ({Columns}) values (@id, @tenant, @scopes, @secret, @doc, @revision, @createdAt, @updatedAt)";
    internal const string Update = """
        update rw_oauth_client set scopes = @scopes, doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_oauth_client where tenant_id = @tenant and id = @id";
    // Any account may have allowed the program something; whose it is says who may take it away.
    internal const string OfOwn = "client_id in (select id from rw_oauth_client where tenant_id = @tenant and id = @id)";
    internal const string DeleteRefresh =
        $"delete from rw_oauth_refresh where family_id in (select f.id from rw_oauth_family f where f.{OfOwn})";
    internal const string DeleteFamilies = $"delete from rw_oauth_family where {OfOwn}";
    internal const string DeleteCodes = $"delete from rw_oauth_code where {OfOwn}";
    internal const string DeleteGrants = $"delete from rw_oauth_grant where {OfOwn}";
    // Whoever asks for a token says only which program it is.
    internal const string SelectAllTenants = $"select {Columns} from rw_oauth_client where id = @id";
    internal const string CountAllTenants = "select count(*) from rw_oauth_client where id = @id";
    // Those that registered themselves and that nobody ever allowed anything.
    internal const string UnusedAllTenants =
        "tenant_id is null and not exists (select 1 from rw_oauth_grant g where g.client_id = rw_oauth_client.id)";
    internal const string CountUnusedAllTenants = $"select count(*) from rw_oauth_client where {UnusedAllTenants}";
    internal const string DeleteUnusedAllTenants = $"delete from rw_oauth_client where {UnusedAllTenants} and created_at < @before";

    private const string Noun = "oauth client";

    private static readonly ResourceSql Statements = new()
    {
        Noun = Noun,
        Source = Source,
        Insert = Insert,
        Update = Update,
        Detach = [DeleteRefresh, DeleteFamilies, DeleteCodes, DeleteGrants],
        Delete = Delete,
        HasUuids = true,
        Columns = new Dictionary<string, string>(),
    };

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly RowWriter _writer;

    internal OAuthClientTable(Sql sql, SecretBox box, RowWriter writer) => (_sql, _box, _writer) = (sql, box, writer.Unrouted);

    /// <summary>The accounts' own programs. A view names the field of the secret.</summary>
    public IResourceRows Rows(ResourceView<OAuthClientFacts> view) =>
        new TypedRows<OAuthClientFacts>(_writer, _box, Statements, view, "", Bind);

    /// <summary>A program, whosesoever it is.</summary>
    public async ValueTask<OAuthClient?> FindAsync(Guid id, CancellationToken stop)
    {
        if (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectAllTenants, new { id }), stop).ConfigureAwait(false)
            is not { } row) return null;
        return new()
        {
            Id = row.Id,
            Tenant = row.TenantId,
            Scopes = OAuthText.Split(row.Scopes),
            Secret = row.Secret is { } hidden ? _box.UnsealText(hidden, PurposeOf(row.TenantId, row.Id)) : null,
            Body = JsonNode.Parse(row.Doc)!.AsObject(), // written from a JsonObject
            CreatedAt = row.CreatedAt,
        };
    }

    /// <summary>Adds a program that registered itself.</summary>
    /// <param name="unusedBefore">Those that registered earlier and that nobody allowed anything are taken away first.</param>
    /// <param name="most">How many may wait for somebody who allows them something.</param>
    /// <returns>False when that many wait.</returns>
    public ValueTask<bool> RegisterAsync(OAuthClient client, DateTimeOffset unusedBefore, int most, CancellationToken stop)
    {
        string? secret = client.Secret is { } text ? _box.SealText(text, PurposeOf(null, client.Id)) : null;
        return _sql.WriteAsync(db =>
        {
            db.Execute(DeleteUnusedAllTenants, new { before = unusedBefore });
            if (db.ExecuteScalar<long>(CountUnusedAllTenants) >= most) return false;
            db.Execute(Insert, new
            {
                id = client.Id, tenant = (string?)null, scopes = OAuthText.Join(client.Scopes), secret, doc = client.Body.ToJsonString(),
                revision = 1L, createdAt = Times.Text(client.CreatedAt), updatedAt = Times.Text(client.CreatedAt),
            });
            return true;
        }, stop);
    }

    internal static string PurposeOf(TenantId? tenant, Guid id) => ResourceSql.PurposeOf(Noun, tenant ?? default, id.ToString());

    private static DynamicParameters Bind(OAuthClientFacts facts)
    {
        var parameters = new DynamicParameters();
        parameters.Add("scopes", OAuthText.Join(facts.Scopes));
        return parameters;
    }

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId? TenantId { get; init; }
        public string Scopes { get; init; } = "";
        public string? Secret { get; init; }
        public string Doc { get; init; } = "{}";
        public DateTimeOffset CreatedAt { get; init; }
    }
}
