using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>A number to be added with the body of its resource.</summary>
public sealed record NewNumber(ResourceRow Row, Number Number);

/// <summary>The tenants' numbers. A number belongs to one tenant of the node.</summary>
public sealed class NumberTable
{
    internal const string Source = "rw_number where tenant_id = @tenant";
    internal const string Insert = """
        insert into rw_number (tenant_id, id, text, connection_id, tags, voice, billing_group, doc, revision, created_at, updated_at)
        values (@tenant, @id, @text, @connectionId, @tags, @voice, @billingGroup, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_number set text = @text, connection_id = @connectionId, tags = @tags, voice = @voice, billing_group = @billingGroup, doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_number where tenant_id = @tenant and id = @id";
    // A number has one owner on the node, so whether it is taken is asked over all tenants.
    internal const string CountTextAllTenants = "select count(*) from rw_number where text = @text";
    internal const string SelectAllTenants = "select tenant_id, text, connection_id, tags, voice, billing_group, doc ->> 'status' as status from rw_number";
    internal const string SelectTextAllTenants = "select tenant_id, id, cast(doc as text) as doc from rw_number where text = @text";
    internal const string UpdateDoc = "update rw_number set doc = @doc, revision = revision + 1, updated_at = @at where tenant_id = @tenant and id = @id";

    /// <summary>What the resource of a number says whose calls leave the node.</summary>
    public const string PortedOut = "ported-out";
    private const string Active = "active";

    private static readonly ResourceSql Statements = new()
    {
        Source = Source,
        Insert = Insert,
        Update = Update,
        Delete = Delete,
        Columns = new Dictionary<string, string>
        {
            ["text"] = "text",
            ["connection_id"] = "cast(connection_id as text)",
            ["connection_name"] = """
                (select c.name from rw_connection c where c.tenant_id = rw_number.tenant_id and c.id = rw_number.connection_id)
                """,
        },
    };

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;

    internal NumberTable(Sql sql, Routing routing, SecretBox box) => (_sql, _routing, _box) = (sql, routing, box);

    /// <summary>Columns for the view: text, connection_id, connection_name.</summary>
    public IResourceRows Rows(ResourceView<Number> view) => new TypedRows<Number>(_sql, _routing, _box, Statements, view, "", Bind);

    /// <summary>Adds many in one transaction and one reload of the routing. Numbers that somebody owns already are passed over.</summary>
    /// <returns>How many were added.</returns>
    public async ValueTask<int> ImportAsync(IReadOnlyList<NewNumber> numbers, CancellationToken stop)
    {
        int added = await _sql.WriteAsync(db =>
        {
            int count = 0;
            foreach (var (row, number) in numbers)
            {
                if (db.ExecuteScalar<long>(CountTextAllTenants, new { text = number.Text }) > 0) continue;
                count += db.Execute(Insert, new
                {
                    tenant = row.Tenant,
                    id = long.Parse(row.Id, CultureInfo.InvariantCulture),
                    text = number.Text,
                    connectionId = number.Connection?.Value,
                    tags = JsonLists.Write(number.Tags),
                    voice = JsonColumns.Write(number.Voice, ColumnJson.Default.NumberVoice),
                    billingGroup = number.BillingGroup,
                    doc = row.Body.ToJsonString(),
                    revision = row.Revision,
                    createdAt = row.CreatedAt,
                    updatedAt = row.UpdatedAt,
                });
            }
            if (count > 0) db.Execute(VerifiedNumberTable.DeleteOwnedAllTenants);
            return count;
        }, stop, isLong: true).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return added;
    }

    /// <summary>Another network has taken the number, or has given it back. Its account keeps the row.</summary>
    /// <returns>False when no account has such a number.</returns>
    public async ValueTask<bool> PortAsync(string text, bool isOut, DateTimeOffset at, CancellationToken stop)
    {
        bool isThere = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<DocRow>(SelectTextAllTenants, new { text }) is not { } row) return false;
            var doc = JsonNode.Parse(row.Doc)!.AsObject(); // never null in the table
            doc["status"] = isOut ? PortedOut : Active;
            return db.Execute(UpdateDoc, new { tenant = row.TenantId, id = row.Id, doc = doc.ToJsonString(), at }) == 1;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return isThere;
    }

    private static DynamicParameters Bind(Number number)
    {
        var parameters = new DynamicParameters();
        parameters.Add("text", number.Text);
        parameters.Add("connectionId", number.Connection?.Value);
        parameters.Add("tags", JsonLists.Write(number.Tags));
        parameters.Add("billingGroup", number.BillingGroup);
        parameters.Add("voice", JsonColumns.Write(number.Voice, ColumnJson.Default.NumberVoice));
        return parameters;
    }

    private sealed record DocRow
    {
        public TenantId TenantId { get; init; }
        public long Id { get; init; }
        public string Doc { get; init; } = "";
    }

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Text { get; init; } = "";
        public ConnectionId? ConnectionId { get; init; }
        public string Tags { get; init; } = "[]";
        public string? Voice { get; init; }
        public string? BillingGroup { get; init; }
        public string? Status { get; init; }

        public Number ToNumber() => new(Text, TenantId, ConnectionId)
        {
            IsPortedOut = Status is PortedOut,
            Tags = JsonLists.Read(Tags),
            BillingGroup = BillingGroup,
            Voice = JsonColumns.Read(Voice, ColumnJson.Default.NumberVoice) ?? new(),
        };
    }
}
