using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A conference, or the promise of one to which nobody has come.</summary>
/// <param name="Room">Null where nobody has come yet, or ever did.</param>
/// <param name="Name">The engine's; null as long as there is none.</param>
/// <param name="CreatedAt">When it was promised, or began unpromised.</param>
/// <param name="Promise">The document; null of a conference that nobody promised.</param>
/// <param name="Present">How many take part now.</param>
public sealed record PromisedConference(Guid Uuid, ConferenceId? Room, string? Name, ConferenceStatus Status, DateTimeOffset CreatedAt,
    JsonObject? Promise, int Present);

/// <summary>
/// The account's conferences with those that are only promised: documents, each under the UUID that its conference will have. A promise
/// that was withdrawn (its document is deleted), or to which nobody came in time, is over.
/// </summary>
public sealed class PromisedConferenceTable
{
    /// <summary>Of the documents.</summary>
    public const string Kind = "promised_conference";

    /// <summary>How long a promise stands.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private const string All = $"""
        (select c.uuid, c.id as room, c.name, c.status, coalesce(p.created_at, c.created_at) as created_at, p.doc
        from (select id, uuid, name, status, created_at from rw_conference where tenant_id = @tenant) c
        left join (select id, doc, created_at from rw_resource where tenant_id = @tenant and kind = '{Kind}') p on p.id = c.uuid
        union all
        select r.id, null, null, case when r.deleted_at is null and r.created_at >= @since then 'init' else 'completed' end,
            r.created_at, r.doc
        from (select id, doc, created_at, deleted_at from rw_resource where tenant_id = @tenant and kind = '{Kind}') r
        where not exists (select 1 from rw_conference c where c.tenant_id = @tenant and c.uuid = r.id)) a
        where (@status = '' or status = @status)
        """;
    private const string Shown = $"""
        select uuid, room, name, status, created_at, doc, (select count(*) from rw_participant p
            where p.tenant_id = @tenant and p.conference_id = a.room and p.status = 'joined') as present
        from {All}
        """;
    internal const string SelectPage = $"{Shown} order by created_at desc, uuid desc limit @limit offset @offset";
    internal const string Count = $"select count(*) from {All}";
    internal const string SelectOne = $"{Shown} and uuid = @uuid";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal PromisedConferenceTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <summary>Newest first.</summary>
    /// <param name="status">Null for all.</param>
    public ValueTask<(IReadOnlyList<PromisedConference> Rows, long Total)> ListAsync(TenantId tenant, ConferenceStatus? status,
        int offset, int limit, CancellationToken stop)
    {
        var parameters = new
        {
            tenant, since = Since, status = status is { } wanted ? Names<ConferenceStatus>.Of(wanted) : "", limit, offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<PromisedConference>, long)>(db => (
            [.. db.Query<Row>(SelectPage, parameters).Select(row => row.ToConference())], db.ExecuteScalar<long>(Count, parameters)), stop);
    }

    public async ValueTask<PromisedConference?> FindAsync(TenantId tenant, Guid uuid, CancellationToken stop)
    {
        var parameters = new { tenant, since = Since, status = "", uuid };
        return (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectOne, parameters), stop).ConfigureAwait(false))?
            .ToConference();
    }

    private string Since => Times.Text(_time.GetUtcNow() - Life);

    private sealed record Row
    {
        public Guid Uuid { get; init; }
        public string? Room { get; init; }
        public string? Name { get; init; }
        public string Status { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public string? Doc { get; init; }
        public long Present { get; init; }

        public PromisedConference ToConference() => new(Uuid,
            Room is null ? null : new ConferenceId(SubjectText.Read("conference", Room).Value), Name, Names<ConferenceStatus>.Parse(Status),
            CreatedAt, Doc is null ? null : JsonNode.Parse(Doc)!.AsObject(), (int)Present);     // a document is an object
    }
}
