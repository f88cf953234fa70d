using Dapper;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyViewsOnSqliteTests() : AgencyViewTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyViewsOnPostgresTests() : AgencyViewTests(Product.Postgres);

/// <summary>What the dialler keeps for all APIs has the names of the agency's documents, too.</summary>
public abstract class AgencyViewTests(Product product)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task How_far_campaigns_have_come_and_what_waits_is_read_by_the_names_of_the_documents()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        string agency = (string)lab.Host.AccountA["id"]!, campaign = await lab.CampaignAsync();
        await lab.BatchAsync(campaign, Enumerable.Range(100, 4).Select(n => $"+15550300{n}"), """{"hold":true}""");
        await lab.Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute("""
            update campaign_contacts set status = 'completed', outcome = 'answered', attempts = 1 where phone_number = '+15550300100'
            """), Stop);
        await lab.Host.Node.Node.Database.Sql.WriteAsync(db => db.Execute("""
            insert into webhook_queue (id, tenant_id, source, event_type, provider_call_id, dedupe_key, payload, status, attempts,
                max_attempts, created_at)
            values ('w-1', @agency, 'ultravox', 'call.ended', 'c-1', 'd-1', '{}', 'failed', 5, 5, @at)
            """, new { agency, at = DateTimeOffset.UtcNow }), Stop);

        Assert.Equal([$"{agency} {lab.Client} 4 3 1 1 1"], await ReadAsync(lab, $"""
            select agency_id || ' ' || client_id || ' ' || contacts || ' ' || pending_count || ' ' || completed_count || ' '
                || answered_count || ' ' || attempts
            from v_campaign_progress where campaign_id = '{campaign}'
            """));
        Assert.Equal(["webhook 0 0 0 1 -1"], await ReadAsync(lab, $"""
            select queue || ' ' || pending || ' ' || processing || ' ' || retryable || ' ' || dead || ' '
                || coalesce(oldest_pending_age_seconds, -1)
            from v_queue_health where agency_id = '{agency}'
            """));
        var live = await lab.Host.DoneAsync(200, lab.Host.OwnerA, "GET", "/dashboard/live");
        Assert.Equal("""{"pending":0,"processing":0,"retryable":0,"dead":1,"oldest_pending_age_seconds":null}""",
            live["queues"]!["webhook"]!.ToJsonString());
    }

    [Fact]
    public async Task Voices_words_on_calls_webhooks_and_the_trail_are_read_by_the_names_of_the_documents()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        var host = lab.Host;
        string agency = (string)host.AccountA["id"]!;
        string hook = (string)(await host.DoneAsync(201, host.OwnerA, "POST", "/outbound-webhooks",
            $$"""{"url":"http://127.0.0.1:9/told","events":["call.ended"],"client_id":"{{lab.Client}}","is_active":false}"""))["id"]!;
        var owner = (await host.DoneAsync(200, host.OwnerA, "GET", "/me"))["user"]!;
        await host.Node.Node.Database.Sql.WriteAsync(db =>
        {
            var values = new { agency, client = lab.Client, at = DateTimeOffset.UtcNow };
            db.Execute("""
                insert into agency_voices (tenant_id, id, name, primary_language, is_public, synced_at)
                values (@agency, 'v-1', 'Mark', 'en-US', true, @at)
                """, values);
            return db.Execute("""
                insert into calls (id, tenant_id, client_id, direction, tags, created_at, updated_at)
                values ('c-1', @agency, @client, 'inbound', '["vip","late"]', @at, @at)
                """, values);
        }, Stop);

        Assert.Equal([$"v-1 {agency} Mark en-US ultravox yes -"], await ReadAsync(lab, """
            select id || ' ' || agency_id || ' ' || name || ' ' || primary_language || ' ' || provider || ' '
                || case when is_public then 'yes' else 'no' end || ' ' || coalesce(preview_url, '-')
            from ultravox_voices
            """));
        Assert.Equal([$"c-1 {agency} {lab.Client} late", $"c-1 {agency} {lab.Client} vip"], await ReadAsync(lab,
            "select call_id || ' ' || agency_id || ' ' || client_id || ' ' || tag from call_tags order by tag"));
        Assert.Equal([$$"""{{hook}} {{agency}} {{lab.Client}} http://127.0.0.1:9/told ["call.ended"] no"""], await ReadAsync(lab, """
            select id || ' ' || agency_id || ' ' || client_id || ' ' || url || ' ' || cast(events as text) || ' '
                || case when is_active then 'yes' else 'no' end
            from outbound_webhooks
            """));
        Assert.Equal([$"{agency} - user {owner["id"]} created {hook}"], await ReadAsync(lab, """
            select agency_id || ' ' || coalesce(client_id, '-') || ' ' || actor_kind || ' ' || actor_user_id || ' ' || action || ' '
                || resource_id
            from audit_log where resource = 'agency_outbound_webhook' and at is not null and changes is not null
            """));
    }

    [Fact, Depth("the gate has a batch of five to its end, consents and their end, and who must not be called")]
    public async Task Lists_consents_and_attempts_of_the_dialler_are_read_by_the_names_of_the_documents()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        var host = lab.Host;
        string agency = (string)host.AccountA["id"]!;
        await host.DoneAsync(201, host.OwnerA, "POST", "/dnc", """{"phone_number":"+15550400020","evidence":"a letter"}""");
        await host.DoneAsync(201, host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"+15550400021","client_id":"{{lab.Client}}"}""");
        await host.DoneAsync(201, host.OwnerA, "POST", "/consent",
            $$"""{"client_id":"{{lab.Client}}","phone_number":"+15550400022","kind":"written","source":"web form"}""");
        var batch = await lab.BatchAsync(await lab.CampaignAsync(), [AgencyLab.Number("busy")]);
        string id = (string)batch["id"]!;
        await lab.BecomesAsync(id, "completed");

        Assert.Equal([$"agency {agency} - +15550400020", $"client {agency} {lab.Client} +15550400021"], await ReadAsync(lab,
            "select scope || ' ' || agency_id || ' ' || coalesce(client_id, '-') || ' ' || phone_number from dnc_entries order by 1"));
        Assert.Equal([$"{agency} {lab.Client} +15550400022 written"], await ReadAsync(lab,
            "select agency_id || ' ' || client_id || ' ' || phone_number || ' ' || kind from consent_records"));
        string contact = (string)(await lab.ContactsAsync(id))[0]["id"]!;
        Assert.Equal([$"{agency} {lab.Client} {id} {contact} {AgencyLab.From} {AgencyLab.Number("busy")}"], await ReadAsync(lab, """
            select agency_id || ' ' || client_id || ' ' || batch_id || ' ' || contact_id || ' ' || from_number || ' ' || to_number
            from dial_attempts
            """));
    }

    [Fact]
    public async Task How_far_batches_have_come_is_read_by_the_name_of_the_documents()
    {
        await using var lab = await AgencyLab.StartAsync(product);
        string campaign = await lab.CampaignAsync();
        string none = (string)(await lab.BatchAsync(campaign, [], """{"contacts":null,"hold":true}"""))["id"]!;
        string some = (string)(await lab.BatchAsync(campaign, Enumerable.Range(100, 8).Select(n => $"+15550300{n}"),
            """{"hold":true}"""))["id"]!;
        foreach (var (status, numbers) in new[]
            {
                ("completed", "'+15550300100', '+15550300101'"), ("failed", "'+15550300102'"), ("calling", "'+15550300103'"),
                ("scheduled", "'+15550300104'"),
            })
            await lab.Host.Node.Node.Database.Sql.WriteAsync(
                db => db.Execute($"update campaign_contacts set status = '{status}' where phone_number in ({numbers})"), Stop);
        const string summary = """
            select cast(status as text) || ' ' || total_calls || ' ' || completed_count || ' ' || failed_count || ' ' || pending_count
                || ' ' || in_progress_count || ' ' || progress_pct
            from v_call_batch_summary where agency_id =
            """;
        string agency = (string)lab.Host.AccountA["id"]!;
        Assert.Equal(["paused 8 2 1 4 1 38"], await ReadAsync(lab, $"{summary} '{agency}' and id = '{some}'"));
        Assert.Equal(["paused 0 0 0 0 0 0"], await ReadAsync(lab,
            $"{summary} '{agency}' and id = '{none}' and campaign_id = '{campaign}' and completed_at is null"));
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(AgencyLab lab, string sql) =>
        await lab.Host.Node.Node.Database.Sql.ReadAsync(db => db.Query<string>(sql).AsList(), Stop);
}
