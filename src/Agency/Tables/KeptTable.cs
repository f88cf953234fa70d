using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What of calls is kept for how long, and which of them are held.</summary>
internal sealed class KeptTable(Database store)
{
    /// <summary>Rows of one write: calls write between two.</summary>
    private const int Step = 500;

    private const string EmptyObject = "{}";

    internal const string SelectSettings = "select settings from agencies where tenant_id = @tenant";
    internal const string Hold = """
        insert into calls (id, tenant_id, client_id, direction, legal_hold, created_at, updated_at)
        values (@id, @tenant, @client, @direction, @held, @at, @at)
        on conflict (id) do update set legal_hold = excluded.legal_hold, updated_at = excluded.updated_at where calls.tenant_id = @tenant
        """;
    internal const string Unrecord = """
        insert into calls (id, tenant_id, client_id, direction, recording_deleted_at, created_at, updated_at)
        values (@id, @tenant, @client, @direction, @at, @at, @at)
        on conflict (id) do update set recording_deleted_at = excluded.recording_deleted_at, updated_at = excluded.updated_at
        where calls.tenant_id = @tenant
        """;
    internal const string DeleteTurns = """
        delete from call_turns where tenant_id = @tenant and id in (
            select t.id from call_turns t where t.tenant_id = @tenant and t.said_at < @before and not exists (
                select 1 from calls c where c.tenant_id = @tenant and c.id = t.call_id and c.legal_hold) limit @step)
        """;
    internal const string ClearAnalyses = """
        update calls set analysis = null where tenant_id = @tenant and id in (
            select id from calls where tenant_id = @tenant and analyzed_at < @before and analysis is not null and not legal_hold
            limit @step)
        """;
    /// <summary>What providers have told of calls in words; and as it came, unless it waits.</summary>
    internal const string ClearSummaries = """
        update provider_calls set short_summary = null, summary = null where tenant_id = @tenant and id in (
            select p.id from provider_calls p where p.tenant_id = @tenant and p.started_at < @before
                and (p.short_summary is not null or p.summary is not null) and not exists (
                select 1 from calls c where c.tenant_id = @tenant and c.id = p.id and c.legal_hold) limit @step)
        """;
    private const string IsHeld = """
        select 1 from (select id, provider_call_id from provider_calls where tenant_id = @tenant) p
            join calls c on c.tenant_id = @tenant and c.id = p.id and c.legal_hold where p.provider_call_id
        """;
    internal const string EmptyQueued = $"""
        update webhook_queue set payload = '{EmptyObject}' where tenant_id = @tenant and id in (
            select q.id from webhook_queue q where q.tenant_id = @tenant and q.created_at < @before and q.status <> 'pending'
                and cast(q.payload as text) <> '{EmptyObject}' and not exists ({IsHeld} = q.provider_call_id) limit @step)
        """;
    internal const string EmptyLogged = $"""
        update webhook_logs set request_body = '' where tenant_id = @tenant and id in (
            select l.id from webhook_logs l where l.tenant_id = @tenant and l.received_at < @before and l.request_body <> ''
                and not exists ({IsHeld} = l.provider_call_id) limit @step)
        """;
    internal const string DeleteLogged = $"""
        delete from webhook_logs where tenant_id = @tenant and id in (
            select l.id from webhook_logs l where l.tenant_id = @tenant and l.received_at < @before
                and not exists ({IsHeld} = l.provider_call_id) limit @step)
        """;
    internal const string SelectContacts = $"""
        select {ContactTable.Columns} from campaign_contacts where tenant_id = @tenant and phone_number in @numbers order by created_at
        """;

    /// <returns>Null for an account of which this API has never heard.</returns>
    public ValueTask<JsonObject?> SettingsAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<JsonObject>(SelectSettings, new { tenant = agency }), stop);

    public async ValueTask HoldAsync(TenantId agency, string? client, string direction, string call, bool isHeld, DateTimeOffset at,
        AuditNote note, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        db.Execute(Hold, new { tenant = agency, id = call, client, direction, held = isHeld, at });
        AuditTable.Write(db, note);
        return true;
    }, stop);

    public async ValueTask UnrecordAsync(TenantId agency, string? client, string direction, string call, DateTimeOffset at,
        CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Unrecord, new { tenant = agency, id = call, client, direction, at }), stop);

    public Task DeleteTurnsAsync(TenantId agency, DateTimeOffset before, CancellationToken stop) =>
        RepeatAsync(DeleteTurns, agency, before, stop);

    /// <summary>What providers have told of calls, where it says what was said.</summary>
    public async Task ClearToldAsync(TenantId agency, DateTimeOffset before, CancellationToken stop)
    {
        foreach (string sql in new[] { ClearSummaries, EmptyQueued, EmptyLogged }) await RepeatAsync(sql, agency, before, stop);
    }

    /// <summary>What was counted of them stays.</summary>
    public Task ClearAnalysesAsync(TenantId agency, DateTimeOffset before, CancellationToken stop) =>
        RepeatAsync(ClearAnalyses, agency, before, stop);

    /// <summary>Lines of the log of webhooks, whole.</summary>
    public Task DeleteLogsAsync(TenantId agency, DateTimeOffset before, CancellationToken stop) =>
        RepeatAsync(DeleteLogged, agency, before, stop);

    public ValueTask<List<ContactRow>> ListContactsAsync(TenantId agency, IReadOnlyList<string> numbers, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ContactRow>(SelectContacts,
            new { tenant = agency, numbers = new InList<string>(numbers) }).AsList(), stop);

    private async Task RepeatAsync(string sql, TenantId agency, DateTimeOffset before, CancellationToken stop)
    {
        var which = new { tenant = agency, before, step = Step };
        while (await store.Sql.WriteAsync(db => db.Execute(sql, which), stop) > 0) { }
    }
}
