using Ringwright.Calls;
using Ringwright.Store.Migrations;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Records that belong to no dialect, and the documents of dialects beside them.</summary>
public abstract class RecordsTests(Product product)
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestDatabase.Stop;

    private static Connection Application(Ringwright.Core.TenantId tenant, long id, string name) =>
        new() { Id = new(id), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = name };

    [Fact]
    public async Task A_dialect_that_comes_later_finds_documents_of_all_that_was_there()
    {
        await using var test = await TestDatabase.ReserveAsync(product);
        test.Dialects = [TelnyxFaces.All];
        Ringwright.Core.TenantId tenant;
        await using (var before = await test.OpenAgainAsync())
        {
            tenant = (await before.Tenants.CreateAsync("acme", TenantLimits.None, null, Stop))!.Tenant.Id;
            await before.Connections.Records.AddAsync("1", Application(tenant, 1, "Desk"), At, null, Stop);
            await before.Numbers.ImportAsync([new(new("+15550100001", tenant, new(1)), 2, At)], Stop);
        }
        test.Dialects = [TelnyxFaces.All, Shop.Faces];
        for (int i = 0; i < 2; i++)
        {
            await using var after = await test.OpenAgainAsync();
            var shop = after.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
            var row = (await shop.FindAsync(tenant, "1", Stop))!;
            Assert.Equal(("Desk", 1L), ((string)row.Body["title"]!, row.Revision));
            Assert.Single((await after.Numbers.Rows(Shop.Numbers)
                .ListAsync(tenant, new() { Filters = [new("number", "eq", ["+15550100001"])] }, Stop)).Rows);
        }
    }

    [Theory]
    [InlineData("POST", null), InlineData("GET", null), InlineData("GET", "POST"), InlineData("POST", "POST")]
    public async Task How_documents_are_asked_for_is_kept(string method, string? failover)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var written = Application(tenant, 1, "Desk") with { WebhookMethod = method, WebhookFailoverMethod = failover };
        await test.Database.Connections.Records.AddAsync("1", written, At, work: null, Stop);
        var read = (await test.Database.Connections.Records.FindAsync(tenant, "1", Stop))!.Record;
        Assert.Equal((method, failover), (read.WebhookMethod, read.WebhookFailoverMethod));
    }

    /// <summary>It is a part of the number's row: whichever API gives that back, no later owner finds it.</summary>
    [Fact]
    public async Task Which_documents_answer_texts_goes_with_the_number_and_with_its_profile()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, numbers) = (await test.TenantAsync(), test.Database.Numbers);
        var texts = new NumberTexts { Url = "https://a.example/sms", Method = "GET", FallbackUrl = "https://b.example/sms" };
        await numbers.ImportAsync([new(new("+15550100001", tenant, null), 7, At)], Stop);
        Assert.Null(test.Database.Routing.Current.FindOwnNumber("+15550100001")!.Texts);
        await numbers.Records.ChangeAsync(tenant, "7", number => number with { Texts = texts }, At, static (_, _) => null, Stop);
        Assert.Equal(texts, (await numbers.Records.FindAsync(tenant, "7", Stop))!.Record.Texts);
        Assert.Equal(texts, test.Database.Routing.Current.FindOwnNumber("+15550100001")!.Texts);

        // Another API changes what it has words for, and leaves this; the profile is whose texts are.
        var rows = numbers.Rows(Ringwright.Telnyx.Numbers.PhoneNumbers.View);
        await ChangeAsync("customer_reference", "front desk");
        Assert.Equal(texts, test.Database.Routing.Current.FindOwnNumber("+15550100001")!.Texts);
        await ChangeAsync("messaging_profile_id", Guid.NewGuid().ToString());
        Assert.Null(test.Database.Routing.Current.FindOwnNumber("+15550100001")!.Texts);

        await numbers.Records.ChangeAsync(tenant, "7", number => number with { Texts = texts }, At, static (_, _) => null, Stop);
        Assert.Equal(WriteOutcome.Done, await rows.DeleteAsync(tenant, "7", work: null, Stop));
        await numbers.ImportAsync([new(new("+15550100001", await test.TenantAsync("other"), null), 8, At)], Stop);
        Assert.Null(test.Database.Routing.Current.FindOwnNumber("+15550100001")!.Texts);

        async Task ChangeAsync(string field, string value)
        {
            var row = (await rows.FindAsync(tenant, "7", Stop))!;
            row.Body[field] = value;
            Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(row, work: null, Stop));
        }
    }

    [Fact]
    public async Task What_was_written_before_dialects_had_names_is_telnyxs()
    {
        const string Written = """
            insert into rw_tenant (id, name, created_at) values ('11111111-1111-1111-1111-111111111111', 'before', '2026-01-06T15:00:00.000000Z');
            insert into rw_connection (tenant_id, id, kind, unique_name, name, is_active, webhook_version, codecs, is_dtmf_redacted, doc, revision, created_at, updated_at) values
                ('11111111-1111-1111-1111-111111111111', 1, 'call_control', '1', 'Desk', true, '2', '[]', false, '{"application_name":"Desk","dtmf_type":"RFC 2833","odd":1.50}', 3, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z');
            insert into rw_outbound_profile (tenant_id, id, unique_name, name, is_enabled, destinations, doc, revision, created_at, updated_at) values
                ('11111111-1111-1111-1111-111111111111', 5, '5', 'Out', true, '["US"]', '{"name":"Out","tags":["a","b"]}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z');
            insert into rw_number (tenant_id, id, text, connection_id, tags, doc, revision, created_at, updated_at) values
                ('11111111-1111-1111-1111-111111111111', 7, '+15550100001', 1, '[]', '{"phone_number":"+15550100001","status":"ported-out","country_iso_alpha2":"US"}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z'),
                ('11111111-1111-1111-1111-111111111111', 8, '+15550100002', 1, '[]', '{"phone_number":"+15550100002","status":"active"}', 1, '2026-01-06T15:00:00.000000Z', '2026-01-06T15:00:00.000000Z');
            """;
        await using var test = await TestDatabase.ReserveAsync(product);
        var all = Migration.Embedded().SelectMany(m =>
            m.Name == "faces-of-dialects" ? [(Name: "written", Text: Written), (m.Name, m.Text)] : new[] { (m.Name, m.Text) });
        await using var database = await test.OpenAgainAsync([.. all.Select((m, i) => new Migration(i + 1, m.Name, m.Text))]);
        var tenant = database.Routing.Current.Tenants.Single().Id;

        var row = (await database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications with { Dialect = "telnyx" })
            .FindAsync(tenant, "1", Stop))!;
        Assert.Equal(("""{"application_name":"Desk","dtmf_type":"RFC 2833","odd":1.50}""", 3L), (row.Body.ToJsonString(), row.Revision));
        Assert.Equal("Desk", (string)(await database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications)
            .FindAsync(tenant, "1", Stop))!.Body["title"]!);
        Assert.Null(database.Routing.Current.FindNumber("+15550100001"));       // another network has it
        Assert.NotNull(database.Routing.Current.FindNumber("+15550100002"));
        Assert.Equal("US", (await database.Numbers.Records.FindAsync(tenant, "7", Stop))!.Record.Country);
        Assert.Equal(["a", "b"], await database.Tags.OfProfilesAsync(tenant, Stop));
    }

    [Fact]
    public async Task A_change_tells_the_trail_and_meets_what_others_left()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var records = test.Database.Connections.Records;
        Assert.Equal(WriteOutcome.Done, await records.AddAsync("1", Application(tenant, 1, "Desk"), At, null, Stop));
        Assert.Equal(WriteOutcome.Duplicate, await records.AddAsync("1", Application(tenant, 1, "Other"), At, null, Stop));
        Assert.Equal(WriteOutcome.Missing,
            await records.AddAsync("2", Application(tenant, 2, "Lost") with { OutboundProfile = 77 }, At, null, Stop));

        // Twenty at once, each of which counts one up: none is lost.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            Assert.Equal(WriteOutcome.Done, (await records.ChangeAsync(tenant, "1",
                c => c with { InboundChannelLimit = (c.InboundChannelLimit ?? 0) + 1 }, At, (_, _) => null, Stop)).Outcome)));
        Assert.Equal(20, (await records.FindAsync(tenant, "1", Stop))!.Record.InboundChannelLimit);
        Assert.Equal(20, test.Database.Routing.Current.FindConnection(tenant, new(1))!.InboundChannelLimit);

        foreach (string id in new[] { "3", "x", "" })
            Assert.Equal(WriteOutcome.Missing, (await records.ChangeAsync(tenant, id, c => c, At, (_, _) => null, Stop)).Outcome);
        var stranger = await test.TenantAsync("other");
        Assert.Null(await records.FindAsync(stranger, "1", Stop));
        Assert.Equal(WriteOutcome.Missing, await records.RemoveAsync(stranger, "1", null, Stop));
        Assert.Equal(WriteOutcome.Done, await records.RemoveAsync(tenant, "1", null, Stop));
        Assert.Equal(0, (await records.ListAsync(tenant, 0, 10, Stop)).Total);
    }

    [Fact]
    public async Task A_snapshot_has_what_a_body_does_not_say()
    {
        await using var first = await TestDatabase.OpenAsync(product);
        await using var second = await TestDatabase.OpenAsync();
        var tenant = await first.TenantAsync();
        var echo = Application(tenant, 1, "Echo") with
        {
            Application = new(ApplicationKind.Script, "menu"),
            Codecs = ["PCMA"],
            IsDtmfRedacted = true
        };
        await first.Database.Connections.Records.AddAsync("1", echo, At, null, Stop);
        string file = Path.Combine(first.Folder, "saved.jsonl");
        Func<Ringwright.Store.Database, IReadOnlyList<Ringwright.Store.Snapshots.SnapshotKind>> kinds =
            database => [new("outbound_voice_profile", database.OutboundProfiles.Rows(Shop.Profiles)),
                new("call_control_application", database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications))];
        await first.Database.Snapshots.SaveAsync(file, null, kinds(first.Database), withFiles: false, overwrites: false, Stop);
        await second.Database.Snapshots.LoadAsync(file, kinds(second.Database), (_, _) => null, replaces: false, () => 1, Stop);
        var (was, now) = ((await first.Database.Connections.Records.FindAsync(tenant, "1", Stop))!,
            (await second.Database.Connections.Records.FindAsync(tenant, "1", Stop))!);
        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(was.Record), System.Text.Json.JsonSerializer.Serialize(now.Record));
        Assert.Equal("Echo", (string)(await second.Database.Connections.Rows(ConnectionKind.CallControl,
            Shop.Applications with { Dialect = "telnyx" }).FindAsync(tenant, "1", Stop))!.Body["application_name"]!);

        string text = await File.ReadAllTextAsync(file, Stop);
        Assert.Contains("\"isDtmfRedacted\":true", text, StringComparison.Ordinal);
        foreach (var (wrong, says) in new[]
        {
            ("\"tenant\":\"x\"", "it has no column 'tenant'"), ("\"isDtmfRedacted\":[]", "a column is a text"),
            ("\"doc\":\"{}\"", "it has no column 'doc'")
        })
        {
            await using var third = await TestDatabase.OpenAsync();
            string bad = Path.Combine(third.Folder, "bad.jsonl");
            await File.WriteAllTextAsync(bad, text.Replace("\"isDtmfRedacted\":true", wrong, StringComparison.Ordinal), Stop);
            var refused = await Assert.ThrowsAsync<Ringwright.Store.Snapshots.SnapshotException>(() =>
                third.Database.Snapshots.LoadAsync(bad, kinds(third.Database), (_, _) => null, replaces: false, () => 1, Stop));
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        }
    }
}

public sealed class RecordsOnSqlite() : RecordsTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class RecordsOnPostgres() : RecordsTests(Product.Postgres);
