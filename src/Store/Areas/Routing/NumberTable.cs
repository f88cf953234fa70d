using System.Data;
using System.Globalization;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>A number to be added.</summary>
/// <param name="Id">19 decimal digits that are new.</param>
public sealed record NewNumber(Number Number, long Id, DateTimeOffset At);

/// <summary>The tenants' numbers. A number belongs to one tenant of the node.</summary>
public sealed class NumberTable
{
    private const string Columns =
        "tenant_id, id, text, connection_id, tags, voice, billing_group, messaging_profile, texts, is_ported_out, country";
    internal const string Source = "rw_number where tenant_id = @tenant";
    internal const string Insert = """
        insert into rw_number (tenant_id, id, text, connection_id, tags, voice, billing_group, messaging_profile, texts, is_ported_out,
            country, doc, revision, created_at, updated_at)
        values (@tenant, @id, @text, @connectionId, @tags, @voice, @billingGroup, @messagingProfile, @texts, @isPortedOut, @country, @doc,
            @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_number set text = @text, connection_id = @connectionId, tags = @tags, voice = @voice, billing_group = @billingGroup,
            messaging_profile = @messagingProfile, texts = @texts, is_ported_out = @isPortedOut, country = @country,
            doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_number where tenant_id = @tenant and id = @id";
    // A number has one owner on the node, so whether it is taken is asked over all tenants.
    internal const string CountTextAllTenants = "select count(*) from rw_number where text = @text";
    internal const string SelectIds = "select text, id from rw_number where tenant_id = @tenant and text in @texts";
    internal const string SelectId = "select id from rw_number where tenant_id = @tenant and text = @text";
    internal const string SelectAllTenants = $"select {Columns} from rw_number";
    internal const string SelectByTextAllTenants = $"{SelectAllTenants} where text = @text";

    // What matches is read again: another setting behind it may be the one that is true.
    internal const string SelectPaidByChannel = $"""
        {SelectAllTenants} where tenant_id = @tenant and cast(voice as text) like '%"is_paid_by_channel":%true%' order by text
        """;

    private static readonly ResourceSql Statements = new()
    {
        Source = Source,
        Insert = Insert,
        Update = Update,
        Detach = [MailboxTable.DeleteOfNumber],
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

    private readonly Routing _routing;
    private readonly RowWriter _writer;
    private readonly SecretBox _box;
    private readonly ResourceSql _statements;
    private readonly RecordSql<Number> _table;

    /// <param name="leaving">Hears of a number that is about to go, in its transaction; gets the id of its row.</param>
    internal NumberTable(RowWriter writer, Routing routing, SecretBox box, IReadOnlyList<DialectFaces> dialects,
        Action<IDbConnection, TenantId, object> leaving)
    {
        (_writer, _routing, _box) = (writer, routing, box);
        _statements = Statements with
        {
            Leaving = leaving,
            Detach = [.. Statements.Detach, .. dialects.SelectMany(dialect => dialect.OfNumbers).Select(DeleteSaid)],
        };
        _table = new("rw_number", _statements, FaceSet<Number>.Of(dialects, d => d.Numbers))
        {
            Bind = Bind,
            TenantOf = number => number.Tenant,
            Added = (db, _) => db.Execute(VerifiedNumberTable.DeleteOwnedAllTenants),
            Read = (db, rest, which) => db.Query<Row>($"select {Columns}, doc, revision, created_at, updated_at from rw_number {rest}",
                which).Select(row => row.ToKept()),
        };
        Records = new(writer, box, _table);
    }

    /// <summary>As nobody's dialect has them.</summary>
    public Records<Number> Records { get; }

    /// <summary>As a dialect has them. Columns for the view: text, connection_id, connection_name.</summary>
    public IResourceRows Rows(ResourceView<Number> view) => new TypedRows<Number>(_writer, _box, _statements, view, "", Bind, _table);

    /// <summary>The id of the tenant's number of that text; null when it has none.</summary>
    public async ValueTask<string?> FindIdAsync(TenantId tenant, string text, CancellationToken stop) =>
        (await _writer.Sql.ReadAsync(db => db.QuerySingleOrDefault<long?>(SelectId, new { tenant, text }), stop).ConfigureAwait(false))
            ?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same of many, by their texts; what the tenant has not is not among them.</summary>
    public ValueTask<IReadOnlyDictionary<string, string>> FindIdsAsync(TenantId tenant, IReadOnlyList<string> texts,
        CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyDictionary<string, string>>(db => db
            .Query<Named>(SelectIds, new { tenant, texts = new InList<string>(texts) })
            .ToDictionary(row => row.Text, row => row.Id.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal), stop);

    /// <summary>Adds many in one transaction and one reload of the routing. Numbers that somebody owns already are passed over.</summary>
    /// <returns>How many were added.</returns>
    public async ValueTask<int> ImportAsync(IReadOnlyList<NewNumber> numbers, CancellationToken stop)
    {
        int added = await _writer.Sql.WriteAsync(db =>
        {
            int count = 0;
            foreach (var (number, id, at) in numbers)
            {
                _writer.Sql.NoteAnswer();
                if (db.ExecuteScalar<long>(CountTextAllTenants, new { text = number.Text }) > 0) continue;
                Records.Insert(db, id.ToString(CultureInfo.InvariantCulture), number, at);
                count++;
            }
            if (count > 0) db.Execute(VerifiedNumberTable.DeleteOwnedAllTenants);
            return count;
        }, stop, isLong: true).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return added;
    }

    /// <summary>Calls to those of the tenant's numbers that lead nowhere come to the connection, by one write for all.</summary>
    public async ValueTask LeadAsync(TenantId tenant, IReadOnlyList<string> texts, ConnectionId connection, DateTimeOffset at,
        CancellationToken stop)
    {
        await _writer.Sql.WriteAsync(db => Records.ChangeAll(db,
            "where tenant_id = @tenant and text in @texts and connection_id is null", new { tenant, texts = new InList<string>(texts) },
            number => number with { Connection = connection }, at), stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
    }

    /// <summary>The tenant's numbers that calls take a channel for, in their order.</summary>
    public async ValueTask<IReadOnlyList<Number>> ListPaidByChannelAsync(TenantId tenant, CancellationToken stop) =>
        [.. (await _writer.Sql.ReadAsync(db => db.Query<Row>(SelectPaidByChannel, new { tenant }), stop).ConfigureAwait(false))
            .Select(row => row.ToNumber()).Where(number => number is { Voice.IsPaidByChannel: true, IsPortedOut: false })];

    /// <summary>Another network has taken the number, or has given it back. Its account keeps the row.</summary>
    /// <returns>False when no account has such a number.</returns>
    public async ValueTask<bool> PortAsync(string text, bool isOut, DateTimeOffset at, CancellationToken stop)
    {
        bool isThere = await _writer.Sql.WriteAsync(
            db => Records.ChangeAll(db, "where text = @text", new { text }, number => number with { IsPortedOut = isOut }, at) == 1,
            stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return isThere;
    }

    /// <summary>What a dialect has said of a number that goes.</summary>
    private static string DeleteSaid(string kind) => $"""
        delete from rw_resource where tenant_id = @tenant and kind = '{kind}'
            and id = (select text from rw_number where tenant_id = @tenant and id = @id)
        """;

    private static DynamicParameters Bind(Number number)
    {
        var parameters = new DynamicParameters();
        parameters.Add("text", number.Text);
        parameters.Add("connectionId", number.Connection?.Value);
        parameters.Add("tags", JsonLists.Write(number.Tags));
        parameters.Add("billingGroup", number.BillingGroup);
        parameters.Add("messagingProfile", number.MessagingProfile?.ToString());
        parameters.Add("texts", JsonColumns.Write(number.Texts, ColumnJson.Default.NumberTexts));
        parameters.Add("voice", JsonColumns.Write(number.Voice, ColumnJson.Default.NumberVoice));
        parameters.Add("isPortedOut", number.IsPortedOut);
        parameters.Add("country", number.Country);
        return parameters;
    }

    private sealed record Named
    {
        public string Text { get; init; } = "";
        public long Id { get; init; }
    }

    internal sealed record Row : RecordRow
    {
        public long Id { get; init; }
        public string Text { get; init; } = "";
        public ConnectionId? ConnectionId { get; init; }
        public string Tags { get; init; } = "[]";
        public string? Voice { get; init; }
        public string? BillingGroup { get; init; }
        public string? MessagingProfile { get; init; }
        public string? Texts { get; init; }
        public bool IsPortedOut { get; init; }
        public string? Country { get; init; }

        public Number ToNumber() => new(Text, TenantId, ConnectionId)
        {
            IsPortedOut = IsPortedOut,
            Country = Country,
            Tags = JsonLists.Read(Tags),
            BillingGroup = BillingGroup,
            MessagingProfile = Guid.TryParse(MessagingProfile, out var profile) ? profile : null,
            Texts = JsonColumns.Read(Texts, ColumnJson.Default.NumberTexts),
            Voice = JsonColumns.Read(Voice, ColumnJson.Default.NumberVoice) ?? new(),
        };

        public Kept<Number> ToKept() =>
            new(Id.ToString(CultureInfo.InvariantCulture), ToNumber(), Doc ?? [], Revision, CreatedAt, UpdatedAt);
    }
}
