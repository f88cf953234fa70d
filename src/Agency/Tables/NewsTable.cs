using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A call that is up, or has ended of late.</summary>
internal sealed record CallMoments
{
    public TenantId TenantId { get; init; }
    public string Uuid { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>When something became so.</summary>
internal sealed record RowMoment
{
    public string Id { get; init; } = "";
    public string Word { get; init; } = "";
    public DateTimeOffset At { get; init; }
}

/// <summary>What has happened in an agency since a moment: each list is short where that is a moment ago, however much there is.</summary>
internal sealed class NewsTable(Database store)
{
    internal const string SelectCallsAllTenants = $"""
        select tenant_id, uuid, started_at, ended_at from rw_leg where tenant_id in @tenants and {UpLegs.Only}
        union all
        select tenant_id, uuid, started_at, ended_at from rw_leg where tenant_id in @tenants and ended_at >= @since
        """;
    /// <summary>Those of providers that are told while they are; what is read of their history is not.</summary>
    internal const string SelectRemote = """
        select p.tenant_id, p.id as uuid, p.started_at, p.ended_at
        from (select id, tenant_id, started_at, ended_at from provider_calls where tenant_id = @tenant and updated_at >= @since) p
        join calls c on c.tenant_id = @tenant and c.id = p.id where c.source = 'webhook'
        """;
    internal const string SelectAnalysed = """
        select id, '' as word, analyzed_at as at from calls
        where tenant_id = @tenant and analyzed_at >= @since and analysis is not null and source = 'webhook'
        """;
    /// <summary>One that has not got all of its contacts yet is paused for nobody to hear of.</summary>
    internal const string SelectBatches = """
        select id, 'paused' as word, paused_at as at from call_batches
        where tenant_id = @tenant and status = 'paused' and paused_at >= @since
            and (failure_code is null or failure_code <> 'incomplete')
        union all
        select id, 'completed' as word, completed_at as at from call_batches
        where tenant_id = @tenant and status = 'completed' and completed_at >= @since
        """;
    internal const string SelectContacts = """
        select id, '' as word, completed_at as at from campaign_contacts
        where tenant_id = @tenant and completed_at >= @since and (completed_at, id) > (@since, @after)
        order by completed_at, id limit @limit
        """;
    internal const string SelectNumbers = """
        select id, 'active' as word, purchased_at as at from agency_phone_numbers
        where tenant_id = @tenant and status <> 'released' and purchased_at >= @since
        union all
        select id, 'released' as word, released_at as at from agency_phone_numbers
        where tenant_id = @tenant and status = 'released' and released_at >= @since
        union all
        select id, case when is_disabled then 'inactive' else 'enabled' end as word, status_at as at from agency_phone_numbers
        where tenant_id = @tenant and status <> 'released' and status_at >= @since
        """;
    internal const string SelectContactRows =
        $"select {ContactTable.Columns} from campaign_contacts where tenant_id = @tenant and id in @ids";

    private const int Page = 500;

    /// <param name="accounts">The agency's, and those of its clients.</param>
    public ValueTask<List<CallMoments>> ListCallsAsync(IReadOnlyList<TenantId> accounts, DateTimeOffset since, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CallMoments>(SelectCallsAllTenants, new
        {
            tenants = new InList<string>([.. accounts.Select(account => account.ToString())]), since,
        }).AsList(), stop);

    public ValueTask<List<CallMoments>> ListRemoteAsync(TenantId agency, DateTimeOffset since, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CallMoments>(SelectRemote, new { tenant = agency, since }).AsList(), stop);

    /// <param name="sql">One of this table's, of one agency.</param>
    public ValueTask<List<RowMoment>> ListAsync(string sql, TenantId agency, DateTimeOffset since, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<RowMoment>(sql, new { tenant = agency, since }).AsList(), stop);

    /// <summary>Page by page: many may be over at one moment.</summary>
    public async ValueTask<List<RowMoment>> ListContactsAsync(TenantId agency, DateTimeOffset since, CancellationToken stop)
    {
        var all = new List<RowMoment>();
        string after = "";
        while (true)
        {
            var (from, behind) = (since, after);
            var page = await store.Sql.ReadAsync(db => db.Query<RowMoment>(SelectContacts,
                new { tenant = agency, since = from, after = behind, limit = Page }).AsList(), stop);
            all.AddRange(page);
            if (page.Count < Page) return all;
            (since, after) = (page[^1].At, page[^1].Id);
        }
    }

    public ValueTask<List<ContactRow>> ReadContactsAsync(TenantId agency, IReadOnlyList<string> ids, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ContactRow>(SelectContactRows, new
        {
            tenant = agency, ids = new InList<string>([.. ids]),
        }).AsList(), stop);
}
