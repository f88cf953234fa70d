using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Agency.Providers;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>
/// Calls of providers. What a provider says is laid over what is known, each fact once: whatever comes first, late or twice, the same
/// call comes of it.
/// </summary>
internal sealed class ProviderCallTable(Database store)
{
    public const string Provider = "ultravox";

    private const string Columns = """
        id, tenant_id, provider_call_id, client_id, agent_mapping_id, campaign_id, batch_id, contact_id, direction, from_number, to_number,
            started_at, joined_at, ended_at, end_reason, short_summary, summary, billed_seconds, billing_status, has_recording, sip_reason
        """;
    internal const string SelectMany = $"select {Columns} from provider_calls where tenant_id = @tenant and id in @ids";
    internal const string SelectOne = $"select {Columns} from provider_calls where tenant_id = @tenant and id = @id";
    internal const string Any = "select count(*) from (select 1 from provider_calls where tenant_id = @tenant limit 1) found";
    /// <summary>They have begun so long ago that they are over, and nobody has said so; those that were asked for last come last.</summary>
    internal const string SelectSilentAllTenants = $"""
        select {Columns} from provider_calls where ended_at is null and started_at <= @before and (asked_at is null or asked_at <= @asked)
        order by coalesce(asked_at, started_at), id limit @most
        """;
    internal const string Ask = "update provider_calls set asked_at = @at where tenant_id = @tenant and id = @id";
    internal const string InsertCall = """
        insert into calls (id, tenant_id, client_id, direction, source, created_at, updated_at)
        values (@id, @tenant, @client, @direction, @source, @at, @at) on conflict (id) do nothing
        """;
    internal const string Upsert = """
        insert into provider_calls (id, tenant_id, provider, provider_call_id, client_id, agent_mapping_id, campaign_id, batch_id,
            contact_id, direction, from_number, to_number, started_at, joined_at, ended_at, end_reason, short_summary, summary,
            billed_seconds, billing_status, sip_reason, created_at, updated_at)
        values (@id, @tenant, 'ultravox', @call, @client, @agent, @campaign, @batch, @contact, @direction, @from, @to, @started, @joined,
            @ended, @reason, @shortly, @summary, @billed, @billing, @sip, @at, @at)
        on conflict (id) do update set
            client_id = coalesce(provider_calls.client_id, excluded.client_id),
            agent_mapping_id = coalesce(provider_calls.agent_mapping_id, excluded.agent_mapping_id),
            campaign_id = coalesce(provider_calls.campaign_id, excluded.campaign_id),
            batch_id = coalesce(provider_calls.batch_id, excluded.batch_id),
            contact_id = coalesce(provider_calls.contact_id, excluded.contact_id),
            direction = case when excluded.from_number <> '' then excluded.direction else provider_calls.direction end,
            from_number = case when provider_calls.from_number = '' then excluded.from_number else provider_calls.from_number end,
            to_number = case when provider_calls.to_number = '' then excluded.to_number else provider_calls.to_number end,
            started_at = case when excluded.started_at < provider_calls.started_at then excluded.started_at
                else provider_calls.started_at end,
            joined_at = coalesce(provider_calls.joined_at, excluded.joined_at),
            ended_at = coalesce(provider_calls.ended_at, excluded.ended_at),
            end_reason = coalesce(provider_calls.end_reason, excluded.end_reason),
            short_summary = coalesce(provider_calls.short_summary, excluded.short_summary),
            summary = coalesce(provider_calls.summary, excluded.summary),
            billed_seconds = coalesce(provider_calls.billed_seconds, excluded.billed_seconds),
            billing_status = coalesce(provider_calls.billing_status, excluded.billing_status),
            sip_reason = coalesce(provider_calls.sip_reason, excluded.sip_reason),
            updated_at = excluded.updated_at
        where provider_calls.tenant_id = @tenant
        """;
    internal const string Stamp = """
        update calls set client_id = @client where tenant_id = @tenant and id = @id and client_id is null
        """;
    /// <summary>Of a call that was redacted nothing more is kept, whatever comes late.</summary>
    internal const string Forget = """
        update provider_calls set short_summary = null, summary = null where tenant_id = @tenant and id = @id and id in (
            select id from calls where tenant_id = @tenant and id = @id and redacted_at is not null)
        """;
    internal const string SkipTranscript = """
        update calls set transcript_status = 'completed', disposition = coalesce(disposition, @unheard), updated_at = @at
        where tenant_id = @tenant and id = @id and transcript_status = 'pending'
        """;
    /// <summary>Why nobody was there was told behind the end.</summary>
    internal const string Reword = """
        update calls set disposition = @unheard, updated_at = @at
        where tenant_id = @tenant and id = @id and analysis_model = 'none' and disposition = 'no_answer'
        """;
    internal const string InsertJob = """
        insert into enrichment_queue (id, tenant_id, call_id, type, max_attempts, priority, created_at)
        select @job, @tenant, @id, 'transcript', @most, @priority, @at
        where not exists (select 1 from enrichment_queue where tenant_id = @tenant and call_id = @id and type = 'transcript')
        """;
    /// <summary>It had ended before it was known that somebody was there.</summary>
    internal const string Await = """
        update calls set transcript_status = 'pending', analysis_status = 'pending', analysis_model = null, analyzed_at = null,
            disposition = case when disposition in ('no_answer', 'busy', 'declined', 'failed') then null else disposition end,
            updated_at = @at
        where tenant_id = @tenant and id = @id and analysis_model = 'none'
        """;

    /// <summary>The call's own id: the same whenever the provider's is met.</summary>
    public static Guid IdOf(TenantId agency, string providerCall)
    {
        byte[] id = SHA256.HashData(Encoding.UTF8.GetBytes($"{Provider} {agency} {providerCall}"))[..16];
        // RFC 9562: version 8, of our own making.
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new(id, bigEndian: true);
    }

    public ValueTask<List<ProviderCall>> ListAsync(TenantId agency, IReadOnlyList<string> ids, CancellationToken stop) =>
        store.Sql.ReadAsync(
            db => db.Query<ProviderCall>(SelectMany, new { tenant = agency, ids = new InList<string>(ids) }).AsList(), stop);

    public ValueTask<ProviderCall?> FindAsync(TenantId agency, string id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Find(db, agency, id), stop);

    /// <summary>Within a write.</summary>
    internal static ProviderCall? Find(IDbConnection db, TenantId agency, string id) =>
        db.QueryFirstOrDefault<ProviderCall>(SelectOne, new { tenant = agency, id });

    public ValueTask<List<ProviderCall>> ListSilentAsync(DateTimeOffset before, DateTimeOffset asked, int most, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ProviderCall>(SelectSilentAllTenants, new { before, asked, most }).AsList(), stop);

    /// <param name="facts">What was learned by asking; null when nothing was.</param>
    public async ValueTask HearAsync(ProviderCall call, ProviderCallFacts? facts, DateTimeOffset at, CancellationToken stop) =>
        await store.Sql.WriteAsync(db =>
        {
            db.Execute(Ask, new { tenant = call.TenantId, id = call.Id, at });
            if (facts is not null) Merge(db, call.TenantId, facts, CallNote.Live, at);
            return true;
        }, stop);

    /// <summary>Within a write that redacts a call: what was told of it is kept no longer, neither here nor as it came.</summary>
    internal static void Redact(IDbConnection db, TenantId agency, string id, string call)
    {
        var which = new { tenant = agency, id, call };
        foreach (string statement in new[] { Forget, WebhookQueueTable.Empty, WebhookLogTable.Empty }) db.Execute(statement, which);
    }

    /// <summary>Within a write: what an event says of a call is known afterwards, and what follows from its end waits, once.</summary>
    /// <param name="source">How the call came to be known, if it is new.</param>
    /// <param name="priority">Of fetching what was said; null where it is not to be.</param>
    /// <param name="isKnown">The provider has said it: whoever else says so brings no agent into being.</param>
    internal static void Merge(IDbConnection db, TenantId agency, ProviderCallFacts facts, string source, DateTimeOffset at,
        int? priority = 0, bool isKnown = true)
    {
        string id = IdOf(agency, facts.CallId).ToString();
        var known = Find(db, agency, id);
        var whose = known is { AgentMappingId: not null } or { BatchId: not null } ? default
            : CallOwner.Of(db, agency, facts, at, isKnown);
        string direction = facts.IsOutbound ? "outbound" : facts.IsInbound ? "inbound" : whose.Direction ?? "inbound";
        var all = new
        {
            id, tenant = agency, client = whose.Client, agent = whose.Agent, campaign = whose.Campaign, batch = whose.Batch,
            contact = whose.Contact, call = facts.CallId, direction, from = facts.From, to = facts.To, source, at,
            started = facts.StartedAt ?? facts.JoinedAt ?? facts.EndedAt ?? at, joined = facts.JoinedAt, ended = facts.EndedAt,
            reason = facts.EndReason, shortly = facts.ShortSummary, summary = facts.Summary, billed = facts.BilledSeconds,
            billing = facts.BillingStatus, sip = facts.SipReason, job = Guid.CreateVersion7(at),
            most = EnrichmentTable.TranscriptAttempts, priority,
        };
        db.Execute(InsertCall, all);
        db.Execute(Upsert, all);
        if (whose.Client is not null) db.Execute(Stamp, all);
        // Nor as it came.
        if (db.Execute(Forget, all) > 0) Redact(db, agency, id, facts.CallId);
        if (Find(db, agency, id) is not { EndedAt: not null } ended) return;
        if (ended.JoinedAt is not null)
        {
            if (priority is not null && db.Execute(InsertJob, all) > 0) db.Execute(Await, all);
        }
        // Nobody was there: nothing was said, and nobody is asked for it.
        else
        {
            var skipped = new { tenant = agency, id, unheard = ended.Unheard, at };
            if (db.Execute(SkipTranscript, skipped) > 0) db.Execute(AnalysisTable.Skip, new { tenant = agency, call = id, now = at });
            else if (facts.SipReason is not null && ended.Unheard is not ProviderCall.NoAnswer) db.Execute(Reword, skipped);
        }
    }
}
