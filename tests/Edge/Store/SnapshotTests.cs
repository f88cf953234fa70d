using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Resources;
using Ringwright.Store.Snapshots;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public sealed class SnapshotTests
{
    private static CancellationToken Stop => TestDatabase.Stop;

    /// <summary>Of which the gate sees on PostgreSQL that a wrong file changes nothing, and in which order a tenant's tables go.</summary>
    public static TheoryData<Product> DeepOnPostgres => Depth.Rows([Product.Sqlite], [Product.Postgres]);

    /// <summary>In the gate from PostgreSQL; EveryTableSnapshotTests have the other way there.</summary>
    public static TheoryData<Product, Product> Ways() => Depth.IsAll
        ? new() { { Product.Postgres, Product.Sqlite }, { Product.Sqlite, Product.Sqlite }, { Product.Sqlite, Product.Postgres } }
        : new() { { Product.Postgres, Product.Sqlite } };

    [Theory, MemberData(nameof(Ways))]
    public async Task What_one_installation_saves_another_one_has_after_loading_it(Product from, Product to)
    {
        await using var first = await TestDatabase.OpenAsync(from);
        await using var second = await TestDatabase.OpenAsync(to);
        var acme = await FillAsync(first);
        string file = await SaveAsync(first);
        var summary = await LoadAsync(second, file);
        Assert.Equal((2, 1, 1, 1, 1), ((int)summary.Counts["tenant"], (int)summary.Counts["phone_number"], (int)summary.Counts["leg"],
            (int)summary.Counts["media"], (int)summary.Counts["trunk"]));

        // Secrets are sealed with the key of the other folder, and open.
        var database = second.Database;
        Assert.Equal("tr-secret", (await database.Trunks.FindByNameAsync("carrier", Stop))!.Value.AuthPassword);
        Assert.Equal((await first.Database.SigningKeys.FindAsync(acme, Stop))!.WebhookSecret,
            (await database.SigningKeys.FindAsync(acme, Stop))!.WebhookSecret);
        Assert.Equal(acme, (await database.ApiKeys.FindAsync("KEY-of-acme", Stop))!.Tenant);
        Assert.Equal("+15550100001", database.Routing.Current.FindNumber("+15550100001")!.Text);
        var media = (await database.Media.FindAsync(acme, "hello", Stop))!;
        Assert.Equal("RIFF of ours", Encoding.ASCII.GetString((await media.Read(Stop))!));
        Assert.Equal("audio", Assert.Single(
            Directory.GetFiles(second.Folder, "*.wav", SearchOption.AllDirectories).Select(File.ReadAllText)));
        Assert.Equal(["leg_initiated", "leg_answered", "recording_started", "recording_saved", "leg_ended"],
            (await database.Events.ListLegAsync(acme, new Script(acme).Facts.Id, Stop)).Select(e => e.Type));
        Assert.Equal(await first.QueryAsync("select id from rw_outbox order by seq"),
            await second.QueryAsync("select id from rw_outbox order by seq"));

        // Nothing was lost or changed on the way.
        Assert.Equal(await LinesAsync(file), await LinesAsync(await SaveAsync(second)));
    }

    [Fact]
    public async Task One_tenant_is_saved_with_those_below_it_and_nothing_of_others_or_of_the_node()
    {
        await using var test = await TestDatabase.OpenAsync();
        var acme = await FillAsync(test);
        var other = await test.TenantAsync("other");
        await test.Database.ApiKeys.CreateAsync(other, "KEY-of-other", KeyRole.Owner, "x", Stop);
        string file = Path.Combine(test.Folder, "one.jsonl");
        await test.Database.Snapshots.SaveAsync(file, acme, Kinds(test.Database), withFiles: false, overwrites: true, Stop);
        string text = await File.ReadAllTextAsync(file, Stop);
        Assert.DoesNotContain(other.ToString(), text, StringComparison.Ordinal);
        Assert.DoesNotContain("carrier", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"file\":{", text, StringComparison.Ordinal);
        Assert.Contains("acme's child", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_for_it_holds_secrets()
    {
        await using var test = await TestDatabase.OpenAsync();
        await FillAsync(test);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(await SaveAsync(test)));
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task A_file_that_is_wrong_anywhere_changes_nothing(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var refused = await Assert.ThrowsAsync<SnapshotException>(() => LoadTextAsync(test, """
            {"ringwright": {"snapshot": 1}}
            {"tenant": {"name": "acme"}}
            {"api_key": {"tenant": "acme", "key": "KEY-1"}}
            {"api_key": {"tenant": "acme", "key": "KEY-1"}}
            """));
        Assert.StartsWith("line 4: this api_key, or one with the same name or number, is there already", refused.Message,
            StringComparison.Ordinal);
        Assert.Empty(await test.Database.Tenants.ListAsync(Stop));
        Assert.Empty(Directory.GetFileSystemEntries(test.Folder, "snapshot.part"));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Files_of_a_snapshot_whose_rows_are_refused_do_not_stay(Product product)
    {
        await using var first = await TestDatabase.OpenAsync();
        await using var second = await TestDatabase.OpenAsync(product);
        await FillAsync(first);
        string whole = await SaveAsync(first), torn = Path.Combine(first.Folder, "torn.jsonl");
        var lines = (await File.ReadAllLinesAsync(whole, Stop)).ToList();
        string key = lines.First(line => line.StartsWith("""{"api_key":""", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(torn, [.. lines[..^1], key, $$$"""{"end":{"lines":{{{lines.Count}}}}}"""], Stop);

        string[] before = FilesOf(second);
        var refused = await Assert.ThrowsAsync<SnapshotException>(() => LoadAsync(second, torn));
        Assert.Contains("is there already", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, FilesOf(second));
        await LoadAsync(second, whole);
        Assert.Equal(["audio", "RIFF of ours"], FilesOf(second).Except(before).OrderByDescending(file => file).Select(File.ReadAllText));

        static string[] FilesOf(TestDatabase test) =>
        [
            .. Directory.GetFiles(test.Folder, "*", SearchOption.AllDirectories)
                .Where(file => !Path.GetFileName(file).StartsWith("ringwright.db", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
    }

    [Fact]
    public async Task A_disk_that_would_be_full_gets_no_snapshot_and_loads_none()
    {
        await using var test = await TestDatabase.OpenAsync();
        await FillAsync(test);
        string file = await SaveAsync(test), other = Path.Combine(test.Folder, "other.jsonl");
        test.Database.Snapshots.Free = static _ => RoomyStream.Least - 1;
        foreach (bool withFiles in (bool[])[false, true])
        {
            var refused = await Assert.ThrowsAsync<SnapshotException>(() => test.Database.Snapshots.SaveAsync(other, tenant: null,
                Kinds(test.Database), withFiles, overwrites: false, Stop));
            Assert.Contains(" MB free", refused.Message, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(test.Folder, "other*"));
        Assert.Contains("too little", (await Assert.ThrowsAsync<SnapshotException>(() => LoadAsync(test, file))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_load_that_was_killed_has_left_goes_and_what_a_row_names_stays()
    {
        await using var test = await TestDatabase.OpenAsync();
        var acme = await FillAsync(test);
        var recording = Assert.Single(Directory.GetFiles(Path.Combine(test.Folder, "recordings"), "*.wav", SearchOption.AllDirectories));
        var named = BlobKey.OfRecording(acme, Guid.Parse(Path.GetFileNameWithoutExtension(recording)), RecordFormat.Wav);
        var stray = BlobKey.OfRecording(acme, Guid.NewGuid(), RecordFormat.Wav);
        await test.Database.Blobs.PutAsync(stray, "audio"u8.ToArray(), Stop);
        string part = Path.Combine(test.Folder, "snapshot.part"), journal = Path.Combine(test.Folder, "snapshot.files");
        Directory.CreateDirectory(part);
        await File.WriteAllTextAsync(Path.Combine(part, "0"), "audio", Stop);
        // Its last line was not written to the end.
        await File.WriteAllTextAsync(journal, $"{named}\n{stray}\nrecordings/{acme}/0", Stop);

        await test.Database.Snapshots.SettleAsync(Stop);
        Assert.NotNull(await test.Database.Blobs.FindAsync(named, Stop));
        Assert.Null(await test.Database.Blobs.FindAsync(stray, Stop));
        Assert.False(Directory.Exists(part) || File.Exists(journal));
    }

    [Fact]
    public async Task A_half_file_of_a_process_that_was_killed_goes_with_the_next_save_and_no_other_file_does()
    {
        await using var test = await TestDatabase.OpenAsync();
        string half = Path.Combine(test.Folder, $"all.jsonl.{Guid.NewGuid():N}.part"), young = Path.Combine(test.Folder,
            $"all.jsonl.{Guid.NewGuid():N}.part"), other = Path.Combine(test.Folder, "all.jsonl.mine.part");
        foreach (string file in (string[])[half, young, other]) await File.WriteAllTextAsync(file, "x", Stop);
        foreach (string file in (string[])[half, other]) File.SetLastWriteTimeUtc(file, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await SaveAsync(test);
        Assert.Equal((false, true, true), (File.Exists(half), File.Exists(young), File.Exists(other)));
    }

    [Fact]
    public async Task A_person_can_write_one_and_leave_out_what_has_one_right_answer()
    {
        await using var test = await TestDatabase.OpenAsync();
        await LoadTextAsync(test, """
            # an account for a test
            {"ringwright": {"snapshot": 1}}
            {"tenant": {"name": "acme", "channel_limit": 5}}
            {"tenant": {"name": "shop", "parent": "acme"}}
            {"api_key": {"tenant": "shop", "key": "KEY-by-hand", "role": "member"}}
            {"phone_number": {"tenant": "shop", "id": "1234567890123456789", "body": {"number": "+15550100002", "tags": ["a"]}}}
            """);
        var key = (await test.Database.ApiKeys.FindAsync("KEY-by-hand", Stop))!;
        Assert.Equal(KeyRole.Member, key.Role);
        var shop = test.Database.Routing.Current.FindTenant(key.Tenant)!;
        Assert.Equal(("shop", "acme"), (shop.Name, test.Database.Routing.Current.FindTenant(shop.Parent!.Value)!.Name));
        Assert.Equal(key.Tenant, test.Database.Routing.Current.FindNumber("+15550100002")!.Tenant);
        Assert.StartsWith("whsec_", (await test.Database.SigningKeys.FindAsync(key.Tenant, Stop))!.WebhookSecret, StringComparison.Ordinal);
    }

    /// <summary>Each table that has a revision, and each that has an id: neither needs to be written.</summary>
    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Rows_without_an_id_times_and_a_revision_load(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        await LoadTextAsync(test, """
            {"ringwright": {"snapshot": 1}}
            {"rate_deck": {"id": "33333333-3333-3333-3333-333333333333", "name": "standard", "is_default": true, "first_revision": 1}}
            {"rate": {"deck_id": "33333333-3333-3333-3333-333333333333", "direction": "outbound", "prefix": "+1", "effective_from": "2020-01-01T00:00:00Z", "currency": "USD", "price_micros": 10000, "initial_seconds": 60, "increment_seconds": 60, "fee_micros": 0}}
            {"tenant": {"name": "acme"}}
            {"access_network": {"tenant": "acme", "kind": "range", "network": "192.0.2.0/24", "doc": {"cidr_block": "192.0.2.0/24"}}}
            {"resource": {"tenant": "acme", "kind": "billing_group", "doc": {"name": "sales"}}}
            {"oauth_client": {"tenant": "acme", "scopes": "read", "doc": {"name": "app"}}}
            """);
        Assert.Equal(1, Assert.Single(test.Database.Routing.Current.Rates.Decks).Count);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("""{"tenant": {"name": "a"}}""", "line 1: the first line must be")]
    [InlineData("""{"ringwright": {"snapshot": 2}}""", "line 1: the snapshot has format 2")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a"}""", "line 2: this is not JSON")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a"}, "b": 1}""", "line 2: a line is an object with one member")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tennant": {"name": "a"}}""", "line 2: 'tennant' is no kind of line")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a", "colour": "red"}}""",
        "line 2: tenant has no colour; it has id, name,")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"id": "a"}}""", "line 2: tenant needs name")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a", "channel_limit": "many"}}""",
        "line 2: tenant.channel_limit must be a whole number")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a", "created_at": "soon"}}""",
        "line 2: tenant.created_at must be a time")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"trunk": {"name": "t", "is_enabled": true, "host": "192.0.2.1", "port": 5060, "sources": {}, "codecs": []}}""",
        "line 2: trunk.sources must be a list")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"trunk": {"name": "t", "is_enabled": true, "host": "192.0.2.1", "port": 5060, "sources": ["nowhere"], "codecs": []}}""",
        "a row of the file cannot be used: ")]
    [InlineData(
        """{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a"}}|{"resource": {"tenant": "a", "kind": "billing_group", "doc": []}}""",
        "line 3: resource.doc must be an object")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a"}}|{"phone_number": {"tenant": "a", "revision": "one", "body": {"number": "+15550100002"}}}""",
        "line 3: phone_number.revision must be a whole number")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"api_key": {"tenant": "nobody", "key": "k"}}""",
        "line 2: there is no tenant 'nobody' above this line")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"api_key": {"tenant_id": "11111111-1111-1111-1111-111111111111", "key": "k"}}""",
        "line 2: this api_key refers to something that is not there")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "a"}}|{"phone_number": {"tenant": "a", "number": "+1"}}""",
        "line 3: phone_number has no number beside its body")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"file": {"path": "../x", "content": "", "sha256": ""}}""",
        "line 2: file.path must be a path below media/")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"file": {"path": "media/a/../../x", "content": "", "sha256": ""}}""",
        "line 2: file.path must be a path below media/")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"file": {"path": "media/x", "content": "QUJD", "sha256": "00"}}""",
        "line 2: the content of media/x is not what its sha256 says")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"file": {"path": "media/x", "content": "QUJD"}}""",
        "the file media/x has no last part")]
    [InlineData("""{"ringwright": {"snapshot": 1, "ends": true}}|{"tenant": {"name": "a"}}""", "the file has no end: it was cut off")]
    [InlineData("""{"ringwright": {"snapshot": 1, "ends": true}}|{"end": {"lines": 2}}""",
        "line 2: 1 lines are above this one, and there were 2")]
    [InlineData("""{"ringwright": {"snapshot": "2"}}""", "line 1: the snapshot has format 2; this program reads 1")]
    [InlineData("""{"ringwright": {"snapshot": "\ud800"}}""",
        "line 1: the snapshot has format something that is no text; this program reads 1")]
    [InlineData("""{"ringwright": {"snapshot": {}}}""", "line 1: the snapshot has format {}; this program reads 1")]
    [InlineData("""{"ringwright": {"snapshot": 1, "ends": "yes"}}""", "line 1: ringwright.ends must be true or false")]
    [InlineData("""{"ringwright": {"snapshot": 1, "ends": true}}|{"end": {"lines": "many"}}""",
        "line 2: 1 lines are above this one, and there were many")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"id": "\ud800", "name": "a"}}""", "line 2: tenant.id must be a text")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"tenant": {"name": "\ud83d"}}""", "line 2: tenant.name must be a text")]
    [InlineData("""{"ringwright": {"snapshot": 1}}|{"media": {"tenant": "a", "file": 5}}""", "line 2: this media cannot be read: ")]
    public async Task What_is_wrong_is_said_with_its_line(string text, string message)
    {
        await using var test = await TestDatabase.OpenAsync();
        var refused = await Assert.ThrowsAsync<SnapshotException>(() => LoadTextAsync(test, text.Replace('|', '\n')));
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.Empty(await test.Database.Tenants.ListAsync(Stop));
        Assert.Empty(Directory.GetFiles(Path.Combine(test.Folder, "media")));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Replacing_takes_away_what_the_tenants_of_the_file_had_and_nothing_of_others(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await FillAsync(test, withLiveCall: false);
        string before = await SaveAsync(test);
        var other = await test.TenantAsync("other");
        await test.Database.ApiKeys.CreateAsync(acme, "KEY-made-later", KeyRole.Owner, "x", Stop);
        var one = Path.Combine(test.Folder, "acme.jsonl");
        await File.WriteAllLinesAsync(one, (await File.ReadAllLinesAsync(before, Stop))
            .Where(l => !l.StartsWith("{\"trunk\"", StringComparison.Ordinal) && !l.StartsWith("{\"end\"", StringComparison.Ordinal))
            .Select(l => l.Replace("\"ends\":true", "\"ends\":false")), Stop);

        var taken = await Assert.ThrowsAsync<SnapshotException>(() => LoadAsync(test, one));
        Assert.Contains("is there already", taken.Message, StringComparison.Ordinal);
        await test.Database.Snapshots.LoadAsync(one, Kinds(test.Database), NoFault, replaces: true, () => 1, Stop);
        Assert.Null(await test.Database.ApiKeys.FindAsync("KEY-made-later", Stop));
        Assert.NotNull(await test.Database.ApiKeys.FindAsync("KEY-of-acme", Stop));
        Assert.NotNull(test.Database.Routing.Current.FindTenant(other));
    }

    [Fact]
    public async Task Replacing_takes_the_files_of_recordings_that_are_not_in_the_file()
    {
        await using var test = await TestDatabase.OpenAsync();
        await FillAsync(test, withLiveCall: false);
        string one = Path.Combine(test.Folder, "acme.jsonl"), folder = Path.Combine(test.Folder, "recordings");
        string[] without = ["{\"trunk\"", "{\"end\"", "{\"recording\"", "{\"file\":{\"path\":\"recordings/"];
        await File.WriteAllLinesAsync(one, (await File.ReadAllLinesAsync(await SaveAsync(test), Stop))
            .Where(line => !without.Any(begin => line.StartsWith(begin, StringComparison.Ordinal)))
            .Select(line => line.Replace("\"ends\":true", "\"ends\":false")), Stop);
        Assert.Single(Directory.GetFiles(folder, "*.wav", SearchOption.AllDirectories));
        await test.Database.Snapshots.LoadAsync(one, Kinds(test.Database), NoFault, replaces: true, () => 1, Stop);
        Assert.Empty(Directory.GetFiles(folder, "*.wav", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_tenant_with_calls_that_are_up_is_not_replaced()
    {
        await using var test = await TestDatabase.OpenAsync();
        await FillAsync(test);
        var refused = await Assert.ThrowsAsync<SnapshotException>(async () =>
            await test.Database.Snapshots.LoadAsync(await SaveAsync(test), Kinds(test.Database), NoFault, replaces: true, () => 1, Stop));
        Assert.Contains("has calls that are up", refused.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Payments_are_in_it_also_while_calls_are_up(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await FillAsync(test);
        await test.Database.Money.AddAsync(acme, MoneyKind.Payment, new(5_000_000, "USD"), "by bank", Stop);
        string file = await SaveAsync(test);
        Assert.Single(await LinesAsync(file), line => line.StartsWith("{\"money_entry\"", StringComparison.Ordinal));
        await using var second = await TestDatabase.OpenAsync(product);
        await LoadAsync(second, file);
        Assert.Equal("by bank", Assert.Single(await second.Database.Money.ListAsync(acme, new(), Stop)).Note);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Charges_of_older_snapshots_are_of_their_legs_and_in_seconds(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        await LoadTextAsync(test, """
            {"ringwright": {"snapshot": 1}}
            {"tenant": {"id": "11111111-1111-1111-1111-111111111111", "name": "acme"}}
            {"money_entry": {"tenant": "acme", "kind": "charge", "amount_micros": -660, "currency": "USD", "balance_micros": -660, "product": "voice", "leg_id": "0107000000070000000100000000beef", "direction": "outbound", "billed_seconds": 66, "note": "a call", "at": "2026-01-06T15:00:00Z"}}
            {"money_entry": {"tenant": "acme", "kind": "payment", "amount_micros": 1000, "currency": "USD", "balance_micros": 340, "note": "by bank", "at": "2026-01-06T15:00:01Z"}}
            {"ledger": {"tenant": "acme", "leg_id": "0107000000070000000100000000beef", "type": "leg_ringing", "at": "2026-01-06T15:00:02Z", "body": {}}}
            """);
        var told = Assert.Single(await test.Database.Events.ListAsync(new(Guid.Parse("11111111-1111-1111-1111-111111111111")),
            after: 0, limit: 10, Stop));
        Assert.Equal((SubjectKind.Leg, "0107000000070000000100000000beef"), (told.Subject.Kind, told.Subject.Id));
        var entries = await test.Database.Money.ListAsync(new(Guid.Parse("11111111-1111-1111-1111-111111111111")), new(), Stop);
        Assert.Equal(("0107000000070000000100000000beef", 66, MoneyEntry.Second),
            (entries[0].Subject?.ToString(), entries[0].Quantity, entries[0].Unit));
        Assert.Equal((null, null, null), (entries[1].Subject, entries[1].Quantity, entries[1].Unit));
    }

    /// <summary>Whoever adds a table decides whether backups have it.</summary>
    [Fact]
    public async Task Every_table_is_in_a_snapshot_or_left_out_with_a_reason()
    {
        await using var test = await TestDatabase.OpenAsync(configure: WithNotes);
        string[] tables = [.. (await test.ColumnsAsync()).Select(c => c.Split('.')[0]).Distinct()
            .Where(t => t.StartsWith("rw_", StringComparison.Ordinal))];
        string[] resources = ["rw_outbound_profile", "rw_connection", "rw_connection_address", "rw_connection_host",
            "rw_sip_credential", "rw_number"];
        var decided = test.Database.Areas.Tables.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        Assert.True(decided.SetEquals(tables),
            $"Put into the tables of an area: {string.Join(", ", tables.Except(decided))}; gone are "
            + $"{string.Join(", ", decided.Except(tables))}");
        Assert.Equal(resources, test.Database.Areas.Tables.Where(t => t.IsResource).Select(t => t.Name));
    }

    /// <summary>Whoever adds a column decides the same: it travels, as what it is, or is omitted.</summary>
    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task The_columns_that_are_declared_are_those_of_the_database(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product, configure: WithNotes);
        foreach (var table in test.Database.Areas.Tables.Where(t => t.IsInSnapshot))
        {
            var real = await DescribeAsync(test, product, table.Name);
            Assert.Equal(real.Keys.Order(StringComparer.Ordinal), table.Columns.Select(c => c.Name).Concat(table.Omitted)
                .Order(StringComparer.Ordinal));
            foreach (var column in table.Columns)
                Assert.Equal(($"{table.Name}.{column.Name}", TypeOf(column.Kind, product), column.IsRequired),
                    ($"{table.Name}.{column.Name}", real[column.Name].Type, real[column.Name].IsRequired));
        }
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task A_tenant_is_removed_from_every_table_before_those_that_it_refers_to(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product, configure: WithNotes);
        var columns = await test.ColumnsAsync();
        string[] removed = [.. test.Database.Areas.OfTenants.Select(t => t.Name)];
        Assert.Equal(columns.Where(c => c.StartsWith("rw_", StringComparison.Ordinal) && c.EndsWith(".tenant_id", StringComparison.Ordinal))
            .Select(c => c.Split('.')[0]).Order(StringComparer.Ordinal),
            removed.Order(StringComparer.Ordinal));
        string references = product is Product.Sqlite
            ? "select t.name || ' ' || f.\"table\" from sqlite_master t, pragma_foreign_key_list(t.name) f where t.type = 'table'"
            : "select conrelid::regclass || ' ' || confrelid::regclass from pg_constraint where contype = 'f'";
        var places = removed.Select((table, place) => (table, place)).ToDictionary(t => t.table, t => t.place);
        int seen = 0;
        foreach (string[] pair in (await test.QueryAsync(references)).Select(r => r.Split(' ')))
        {
            if (pair[0] == pair[1] || !places.TryGetValue(pair[0], out int from) || !places.TryGetValue(pair[1], out int to)) continue;
            Assert.True(from < to, $"{pair[0]} refers to {pair[1]}");
            seen++;
        }
        Assert.NotEqual(0, seen);
    }

    private static DatabaseOptions WithNotes(DatabaseOptions options) => options with { Areas = [NotesArea.Second] };

    private static async Task<Dictionary<string, (string Type, bool IsRequired)>> DescribeAsync(TestDatabase test, Product product,
        string table) => (await test.QueryAsync(product is Product.Sqlite
            ? $"""select name || '|' || type || '|' || ("notnull" = 1 and dflt_value is null) from pragma_table_info('{table}')"""
            : $"select column_name || '|' || data_type || '|' || case when is_nullable = 'NO' and column_default is null then 1 else 0 end "
                + $"from information_schema.columns where table_schema = 'public' and table_name = '{table}'"))
            .Select(row => row.Split('|')).ToDictionary(c => c[0],
                c => (c[1].ToLowerInvariant() switch { "integer" or "bigint" => "whole", var type => type }, c[2] == "1"));

    /// <summary>SQLite has times and JSON as text; whole numbers are of two sizes.</summary>
    private static string TypeOf(TableColumnKind kind, Product product) => (kind, product) switch
    {
        (TableColumnKind.Truth, _) => "boolean",
        (TableColumnKind.Time, Product.Postgres) => "timestamp with time zone",
        (TableColumnKind.Json, Product.Postgres) => "json",
        (TableColumnKind.Whole, _) => "whole",
        _ => "text",
    };

    private static string? NoFault(string kind, JsonObject document) => null;

    private static IReadOnlyList<SnapshotKind> Kinds(Database database) =>
    [
        new("outbound_voice_profile", database.OutboundProfiles.Rows(Shop.Profiles)),
        new("call_control_application", database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications)),
        new("phone_number", database.Numbers.Rows(Shop.Numbers)),
    ];

    private static async Task<TenantId> FillAsync(TestDatabase test, bool withLiveCall = true)
    {
        var database = test.Database;
        var acme = await test.TenantAsync();
        await database.Tenants.CreateAsync("acme's child", TenantLimits.None, acme, Stop);
        await database.ApiKeys.CreateAsync(acme, "KEY-of-acme", KeyRole.Owner, "first", Stop);
        await database.Trunks.InsertAsync(new()
        {
            Id = new(Guid.NewGuid()), Name = "carrier", Host = "192.0.2.1", AuthUser = "us",
            AuthPassword = "tr-secret", Sources = [IPNetwork.Parse("192.0.2.0/24")]
        }, Stop);
        await database.OutboundProfiles.Rows(Shop.Profiles).InsertAsync(Shop.Row(acme, 5, new() { ["name"] = "out" }), Stop);
        await database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications)
            .InsertAsync(Shop.Row(acme, 77, new() { ["title"] = "App", ["outbound"] = new JsonObject { ["profile"] = 5L } }), Stop);
        await database.Numbers.Rows(Shop.Numbers).InsertAsync(
            Shop.Row(acme, 9, new() { ["number"] = "+15550100001", ["connection"] = "77", ["tags"] = new JsonArray("vip") }), Stop);
        await database.Media.AddAsync(acme, "hello", "audio/wav", DateTimeOffset.MaxValue.AddDays(-1),
            Encoding.ASCII.GetBytes("RIFF of ours"), null, null, Stop);

        var ledger = new Ledger(database, Script.Anchor, [new Projector()], NullLogger.Instance);
        var ended = new Script(acme);
        await ledger.AppendAsync(ended.Initiated());
        await ledger.AppendAsync(ended.Answered());
        await RecordAsync(test, ledger, ended);
        await ledger.AppendAsync(ended.Ended());
        if (withLiveCall) await ledger.AppendAsync(new Script(acme, counter: 2).Initiated());
        return acme;
    }

    /// <summary>With a part that is missing.</summary>
    private static async Task RecordAsync(TestDatabase test, Ledger ledger, Script script)
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        string name = $"recordings/{plan.Id.ToString("N")[..2]}/{plan.Id:D}.wav", file = Path.Combine(test.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "audio", Stop);
        await ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = script.Facts, At = Script.At(4) });
        await ledger.AppendAsync(new CallEvent.RecordingSaved
        {
            Leg = script.Facts, At = Script.At(4.5), Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = Script.At(4),
            EndedAt = Script.At(4.4), Length = TimeSpan.FromSeconds(0.4), Bytes = 5,
            Blob = name, Gaps = [new(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.2))],
        });
    }

    private static async Task<string> SaveAsync(TestDatabase test)
    {
        string file = Path.Combine(test.Folder, "all.jsonl");
        await test.Database.Snapshots.SaveAsync(file, tenant: null, Kinds(test.Database), withFiles: true, overwrites: true, Stop);
        return file;
    }

    private static Task<SnapshotSummary> LoadAsync(TestDatabase test, string file) =>
        test.Database.Snapshots.LoadAsync(file, Kinds(test.Database), NoFault, replaces: false, () => 1, Stop);

    private static async Task<SnapshotSummary> LoadTextAsync(TestDatabase test, string text)
    {
        string file = Path.Combine(test.Folder, "by-hand.jsonl");
        await File.WriteAllTextAsync(file, text, Stop);
        return await LoadAsync(test, file);
    }

    /// <summary>Without the head, which says when.</summary>
    private static async Task<IReadOnlyList<string>> LinesAsync(string file) => [.. (await File.ReadAllLinesAsync(file, Stop)).Skip(1)];
}
