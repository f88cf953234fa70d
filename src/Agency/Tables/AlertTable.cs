using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>Something that somebody is to look at.</summary>
internal sealed record AlertRow
{
    /// <summary>Nobody can be asked to judge calls, for the key of the model is not good.</summary>
    public const string LlmCredentials = "llm_credentials";

    /// <summary>Nobody is called for a batch, for its calling windows say nothing that can be read.</summary>
    public const string Unreadable = "calling_windows";

    public Guid Id { get; init; }
    public string Kind { get; init; } = "";
    /// <summary>The id of what it tells; empty where it is of the whole agency.</summary>
    public string Subject { get; init; } = "";
    public string Detail { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The rows of <c>agency_alerts</c>: of one cause one an hour. They are added, and go when they are old.</summary>
internal sealed class AlertTable(Database store)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private const string Columns = "id, kind, subject, detail, created_at";
    internal const string Insert = """
        insert into agency_alerts (id, tenant_id, kind, subject, detail, created_at)
        select @id, @tenant, @kind, @subject, @detail, @at
        where not exists (select 1 from agency_alerts where tenant_id = @tenant and kind = @kind and subject = @subject
            and created_at > @since)
        """;
    internal const string SelectTold = """
        select 1 from agency_alerts where tenant_id = @tenant and kind = @kind and subject = @subject and created_at > @since limit 1
        """;
    internal const string SelectPage = $"""
        select {Columns} from agency_alerts where tenant_id = @tenant order by created_at desc, id desc limit @limit offset @offset
        """;
    internal const string Count = "select count(*) from agency_alerts where tenant_id = @tenant";
    internal const string SelectSince =
        $"select {Columns} from agency_alerts where tenant_id = @tenant and created_at >= @since order by created_at, id";
    internal const string DeleteOld = """
        delete from agency_alerts where tenant_id = @tenant and id in (
            select id from agency_alerts where tenant_id = @tenant and created_at < @before order by created_at limit @step)
        """;

    /// <summary>Whoever finds the same at each look writes nothing.</summary>
    /// <returns>True where the same was told within the last hour.</returns>
    public async ValueTask<bool> IsToldAsync(TenantId agency, AlertRow alert, CancellationToken stop) =>
        await store.Sql.ReadAsync(db => db.ExecuteScalar<long?>(SelectTold, Of(agency, alert)), stop) is not null;

    /// <param name="messages">What tells somebody of it.</param>
    /// <returns>False where the same was told within the last hour: then nobody is told.</returns>
    public async ValueTask<bool> RaiseAsync(TenantId agency, AlertRow alert, IReadOnlyList<OutboxMessage> messages,
        CancellationToken stop)
    {
        bool isRaised = false;
        await store.Sql.WriteAsync(db =>
        {
            isRaised = db.Execute(Insert, Of(agency, alert)) > 0;
            return store.Outbox.WriteAll(db, isRaised ? messages : []);
        }, stop, committed: store.Outbox.Added);
        return isRaised;
    }

    public ValueTask<(IReadOnlyList<AlertRow> Rows, long Total)> ListAsync(TenantId agency, int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant = agency, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<AlertRow>, long)>(
            db => (db.Query<AlertRow>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    private static object Of(TenantId agency, AlertRow alert) => new
    {
        tenant = agency, id = alert.Id, kind = alert.Kind, subject = alert.Subject, detail = alert.Detail,
        at = Times.Cut(alert.CreatedAt), since = Times.Cut(alert.CreatedAt - Quiet),
    };

    /// <param name="since">Inclusive.</param>
    public ValueTask<List<AlertRow>> ListSinceAsync(TenantId agency, DateTimeOffset since, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<AlertRow>(SelectSince, new { tenant = agency, since }).AsList(), stop);
}
