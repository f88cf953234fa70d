using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Server.Modules;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>
/// Databases that programs of before wrote, each row as the schema of its time had it, opened with all that a node of today joins.
/// </summary>
public abstract class UpgradeTests(Product product)
{
    private const string Key = "KEYof-the-first-day";
    private const string At = "'2025-01-06T15:00:00.000000Z'", Later = "'2025-01-06T15:01:00.000000Z'";

    private static readonly TenantId Tenant = new(new("11111111-1111-1111-1111-111111111111"));
    private static readonly Guid Trunk = new("22222222-2222-2222-2222-222222222222");
    private static readonly LegId Ended = new(1u), Live = new(2u);

    /// <summary>By the version that they are of.</summary>
    private static readonly (int Version, string Rows)[] Written =
    [
        (1, $$"""
            insert into rw_tenant (id, name, created_at) values ('{{Tenant}}', 'before', {{At}});
            insert into rw_api_key (id, tenant_id, hash, role, label, created_at) values
                ('44444444-4444-4444-4444-444444444444', '{{Tenant}}', '{{ApiKeyTable.Hash(Key)}}', 'owner', 'first', {{At}});
            insert into rw_outbound_profile (tenant_id, id, name, is_enabled, destinations, doc, revision, created_at, updated_at) values
                ('{{Tenant}}', 5, 'Out', true, '["DE"]', '{"name":"Out"}', 1, {{At}}, {{At}});
            insert into rw_connection (tenant_id, id, kind, name, is_active, webhook_url, webhook_version, outbound_profile_id, codecs,
                is_dtmf_redacted, doc, revision, created_at, updated_at) values
                ('{{Tenant}}', 1, 'call_control', 'Desk', true, 'https://example.com/hook', '2', 5, '["PCMA"]', false,
                    '{"application_name":"Desk"}', 3, {{At}}, {{At}});
            insert into rw_number (tenant_id, id, text, connection_id, tags, doc, revision, created_at, updated_at) values
                ('{{Tenant}}', 7, '+15550100001', 1, '["shop"]', '{"phone_number":"+15550100001"}', 1, {{At}}, {{At}});
            insert into rw_trunk (id, name, is_enabled, host, port, sources, codecs, created_at, updated_at) values
                ('{{Trunk}}', 'carrier', true, 'sip.example.com', 5060, '["192.0.2.9/32"]', '["PCMA"]', {{At}}, {{At}});
            insert into rw_route (id, trunk_id, prefix, priority, weight, is_enabled, created_at, updated_at) values
                ('33333333-3333-3333-3333-333333333333', '{{Trunk}}', '+49', 100, 1, true, {{At}}, {{At}});
            insert into rw_leg (id, uuid, session_id, tenant_id, connection_id, direction, from_party, to_party, state, is_held,
                started_at, answered_at, ended_at, cause, ended_by, labels, headers) values
                ('{{Ended}}', '55555555-5555-5555-5555-555555555555', '66666666-6666-6666-6666-666666666666', '{{Tenant}}', 1, 'inbound',
                    '+4930123456', '+15550100001', 'ended', false, {{At}}, {{At}}, {{Later}}, 'remote_hangup', 'remote', '{}', '[]'),
                ('{{Live}}', '77777777-7777-7777-7777-777777777777', '88888888-8888-8888-8888-888888888888', '{{Tenant}}', 1,
                    'outbound', '+15550100001', '+4930123456', 'answered', false, {{Later}}, {{Later}}, null, null, null, '{}', '[]');
            insert into rw_ledger (leg_id, tenant_id, type, at, body) values ('{{Ended}}', '{{Tenant}}', 'leg_ended', {{Later}}, '{}');
            insert into rw_call_record (leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, started_at,
                answered_at, ended_at, total_seconds, talk_seconds, cause, ended_by) values
                ('{{Ended}}', '{{Tenant}}', '66666666-6666-6666-6666-666666666666', 1, 'inbound', '+4930123456', '+15550100001',
                    {{At}}, {{At}}, {{Later}}, 60, 60, 'remote_hangup', 'remote');
            insert into rw_outbox (id, tenant_id, order_key, format, event_type, url, method, timeout_ms, version, occurred_at, body,
                attempts, is_on_failover, attempts_on_url, next_at) values
                ('m1', '{{Tenant}}', '{{Ended}}', 'telnyx', 'call.hangup', 'https://example.com/hook', 'POST', 2000, '2', {{Later}}, '{}',
                    0, false, 0, {{Later}});
            """),
        (14, $$"""
            insert into rw_resource (tenant_id, kind, id, doc, revision, created_at, updated_at) values
                ('{{Tenant}}', 'thing', 'a', '{"name":"A"}', 3, {{At}}, {{At}});
            """),
        (18, $$"""
            insert into rw_money_account (tenant_id, currency, credit_limit_micros, is_unlimited, rolls_up, recharge_id,
                is_recharge_enabled, is_recharge_invoiced, recharge_preference, recharge_threshold_micros, recharge_amount_micros,
                updated_at) values
                ('{{Tenant}}', 'EUR', 5000000, false, false, '99999999-9999-9999-9999-999999999999', false, false, 'ach', 0, 0, {{At}});
            insert into rw_money_entry (tenant_id, kind, amount_micros, currency, balance_micros, product, leg_id, direction,
                billed_seconds, note, at) values
                ('{{Tenant}}', 'charge', -20000, 'EUR', 980000, 'call', '{{Ended}}', 'inbound', 60, '', {{Later}});
            insert into rw_money_balance (tenant_id, currency, micros) values ('{{Tenant}}', 'EUR', 980000);
            """),
    ];

    private static CancellationToken Stop => TestDatabase.Stop;

    /// <summary>In the gate the first and the last.</summary>
    public static TheoryData<int> Versions => Depth.Rows(gate: [1, 42], deep: [12, 24, 36]);

    /// <summary>Its program stopped at that version; this one goes on from there.</summary>
    [Theory, MemberData(nameof(Versions))]
    public async Task What_an_earlier_program_wrote_is_there_and_works(int version)
    {
        await using var test = await TestDatabase.ReserveAsync(product);
        WriteAsOf(test, version);
        (test.Areas, test.Dialects) = (NodeModules.Areas, NodeModules.Faces);
        await test.ReopenAsync();

        var routing = test.Database.Routing.Current;
        Assert.Equal("before", routing.FindTenant(Tenant)?.Name);
        var number = routing.FindNumber("+15550100001")!;
        Assert.Equal(Tenant, number.Tenant);
        Assert.Equal(new ConnectionId(1), number.Connection);
        var desk = routing.FindConnection(Tenant, new(1))!;
        Assert.Equal(("Desk", "https://example.com/hook"), (desk.Name, desk.WebhookUrl));
        Assert.Equal(5L, desk.OutboundProfile);
        Assert.Equal(["DE"], routing.FindProfile(Tenant, 5)!.Destinations);
        Assert.NotNull(routing.ProfileOf(Tenant, default));      // by which calls of no connection go out: made by the way
        Assert.Equal("sip.example.com", routing.FindTrunk(new(Trunk))?.Host);
        Assert.Equal(("+49", new TrunkId(Trunk)), (Assert.Single(routing.Routes).Prefix, routing.Routes[0].Trunk));

        var key = (await test.Database.ApiKeys.FindAsync(Key, Stop))!;
        Assert.Equal((Tenant, KeyRole.Owner), (key.Tenant, key.Role));
        Assert.Equal(60, (await test.Database.CallRecords.FindAsync(Tenant, Ended, Stop))?.TalkSeconds);
        Assert.Equal(HangupCause.RemoteHangup, (await test.Database.Legs.FindAsync(Tenant, Ended, Stop))?.Cause);
        Assert.True((await test.Database.Legs.FindAsync(Tenant, Live, Stop))?.IsAlive);
        Assert.Equal([$"leg|{Ended}|leg_ended"],
            await test.QueryAsync("select subject_kind || '|' || subject_id || '|' || type from rw_ledger"));
        Assert.Equal(["m1|short|0"], await test.QueryAsync("select id || '|' || retries || '|' || attempts from rw_outbox"));
        if (version >= 14)
        {
            Assert.Equal("""{"name":"A"}""",
                (await test.Database.Documents.Rows(new("thing")).FindAsync(Tenant, "a", Stop))?.Body.ToJsonString());
        }
        if (version >= 18)
        {
            Assert.Equal(5_000_000L, routing.Rates.AccountOf(Tenant).CreditLimitMicros);
            Assert.Equal([new Money(980_000, "EUR")], await test.Database.Money.BalancesAsync(Tenant, Stop));
            Assert.Equal([$"leg|{Ended}|60|second"],
                await test.QueryAsync("select subject_kind || '|' || subject_id || '|' || quantity || '|' || unit from rw_money_entry"));
        }

        await using var made = await TestDatabase.OpenAsync(product, configure: options => options with { Areas = NodeModules.Areas });
        Assert.Equal(await made.ColumnsAsync(), await test.ColumnsAsync());
    }

    private static void WriteAsOf(TestDatabase test, int version)
    {
        var engine = Database.EngineOf(new() { DataFolder = test.Folder, Connection = test.Connection });
        using var session = engine.OpenWriter();
        foreach (var (point, rows) in Written.Where(written => written.Version <= version))
        {
            Migrator.RunHistory(engine, session.Connection, Until(point), test.Time);
            session.Connection.Run(rows);
        }
        Migrator.RunHistory(engine, session.Connection, Until(version), test.Time);
    }

    private static Migration[] Until(int version) => [.. Migration.Embedded().Where(migration => migration.Version <= version)];
}

public sealed class UpgradesOnSqlite() : UpgradeTests(Product.Sqlite);

[Depth("the gate opens the databases of before on SQLite")]
public sealed class UpgradesOnPostgres() : UpgradeTests(Product.Postgres);
