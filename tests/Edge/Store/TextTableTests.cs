using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Keeping;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Texts as rows, on both databases.</summary>
public sealed class TextTableTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
    private static readonly Guid Profile = new("22222222-2222-2222-2222-222222222222");

    private static CancellationToken Stop => TestDatabase.Stop;

    public static TheoryData<Product> Products => [Product.Sqlite, Product.Postgres];

    /// <summary>Of which the gate sees on PostgreSQL what two programs or two accounts do at once.</summary>
    public static TheoryData<Product> DeepOnPostgres => Depth.Rows([Product.Sqlite], [Product.Postgres]);

    private static TextMessage Text(TenantId tenant, string words = "Hello", string to = "+15550100002",
        TextState state = TextState.Queued) => new()
        {
            Id = Guid.NewGuid(), Tenant = tenant, Direction = Direction.Outbound, State = state, From = "+15550100001", To = to,
            Profile = Profile, Words = words, Encoding = TextEncoding.Ucs2, Parts = 2, Price = new Money(4_000, "USD"), FeeMicros = 500,
            Facts = new() { ["tags"] = new System.Text.Json.Nodes.JsonArray("one") }, DueAt = At, ReceivedAt = At,
            ValidUntil = At + TimeSpan.FromHours(1),
        };

    private static TextMessage Come(TenantId tenant, string words, TextKeyword keyword = TextKeyword.None) => Text(tenant, words) with
    {
        Direction = Direction.Inbound,
        State = TextState.Received,
        From = "+15550100002",
        To = "+15550100001",
        Keyword = keyword,
        Price = null,
        FeeMicros = 0,
        DueAt = null,
        ValidUntil = null,
        CompletedAt = At,
    };

    private static TextMessage Over(TextMessage text) =>
        text with { State = TextState.Delivered, DueAt = null, SentAt = At, CompletedAt = At };

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_is_written_is_read(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        var text = Text(tenant, "Привет \U0001F600") with
        {
            Fault = TextFault.NoRoute,
            Keyword = TextKeyword.Help,
            IsAutomatic = true,
            Subject = "Приветы",
        };
        Assert.Equal(TextRefusal.None, await texts.AddAsync(text, default, null, Stop));
        var read = (await texts.FindAsync(tenant, text.Id, Stop))!;
        Assert.Equal(text.Facts.ToJsonString(), read.Facts.ToJsonString());
        Assert.Equal(text, read with { Facts = text.Facts });
        Assert.Equal(9_000, read.Cost!.Value.Micros);
        Assert.Null(await texts.FindAsync(new(Guid.NewGuid()), text.Id, Stop));
        var bare = Come(tenant, "bare");
        await texts.AddAsync(bare, default, null, Stop);
        Assert.Equal(bare, (await texts.FindAsync(tenant, bare.Id, Stop))! with { Facts = bare.Facts });
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_is_deleted_takes_its_files_along_and_no_others(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        TextFile deleted = new(new(Guid.NewGuid(), "image/png", 1, "00"), [1]), kept = new(new(Guid.NewGuid(), "image/png", 1, "00"), [2]);
        var over = Over(Text(tenant)).With([deleted.Media]);
        await texts.AddAsync(over, [deleted], default, null, Stop);
        await texts.AddAsync(Over(Text(tenant)).With([kept.Media]), [kept], default, null, Stop);
        Assert.NotNull(await test.Database.TextMedia.FindAsync(tenant, deleted.Media.Id, Stop));
        Assert.True(await texts.HideAsync(tenant, over.Id, null, Stop));
        Assert.Null(await test.Database.TextMedia.FindAsync(tenant, deleted.Media.Id, Stop));
        Assert.NotNull(await test.Database.TextMedia.FindAsync(tenant, kept.Media.Id, Stop));
        Assert.True((await texts.FindAsync(tenant, over.Id, Stop))!.IsMultimedia);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_subject_is_kept_as_long_as_the_words(Product product)
    {
        var time = new FakeTimeProvider(At);
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        TextMessage over = Over(Text(tenant, words: "")) with { Subject = "Over" }, waits = Text(tenant) with { Subject = "Waits" },
            deleted = Over(Text(tenant)) with { Subject = "Deleted" };
        foreach (var text in (TextMessage[])[over, waits, deleted]) await texts.AddAsync(text, default, null, Stop);
        Assert.True(await texts.HideAsync(tenant, deleted.Id, null, Stop));
        Assert.Equal(("Over", "Waits", ""), await SubjectsAsync());
        time.Advance(TimeSpan.FromDays(11));
        await new Housekeeping(test.Database, new(), test.Folder, NullLogger.Instance).RunAsync(Stop);
        Assert.Equal(("", "Waits", ""), await SubjectsAsync());

        async Task<(string, string, string)> SubjectsAsync() => ((await texts.FindAsync(tenant, over.Id, Stop))!.Subject,
            (await texts.FindAsync(tenant, waits.Id, Stop))!.Subject, (await texts.FindAsync(tenant, deleted.Id, Stop))!.Subject);
    }

    [Theory, MemberData(nameof(Products))]
    public async Task Those_that_are_due_come_in_their_order_and_leave_their_state_once(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        var later = Text(tenant, "later", state: TextState.Scheduled) with { DueAt = At + TimeSpan.FromMinutes(10) };
        TextMessage first = Text(tenant, "first") with { ReceivedAt = At - TimeSpan.FromSeconds(1) }, second = Text(tenant, "second");
        var waits = texts.Changed;
        foreach (var text in new[] { later, second, first }) await texts.AddAsync(text, default, null, Stop);
        Assert.True(waits.IsCompleted);
        Assert.Equal(["first", "second"], (await texts.DueAsync(At, 10, Stop)).Select(text => text.Words));
        Assert.Equal(later.DueAt, await texts.NextDueAsync(At, Stop));
        Assert.Equal(3, await texts.CountWaitingAsync(tenant, Profile, Stop));

        Assert.True(await texts.MoveAsync(Over(first), TextState.Queued, null, Stop));
        Assert.False(await texts.MoveAsync(Over(first), TextState.Queued, null, Stop));
        Assert.Equal(TextState.Delivered, (await texts.FindAsync(tenant, first.Id, Stop))!.State);
        Assert.False(await texts.CancelAsync(tenant, second.Id, At, At, null, Stop));
        Assert.False(await texts.CancelAsync(tenant, later.Id, At, later.DueAt!.Value, null, Stop));
        Assert.False(await texts.CancelAsync(new(Guid.NewGuid()), later.Id, At, At, null, Stop));
        Assert.True(await texts.CancelAsync(tenant, later.Id, At, At, null, Stop));
        var gone = (await texts.FindAsync(tenant, later.Id, Stop))!;
        Assert.Equal((TextState.Cancelled, (DateTimeOffset?)At), (gone.State, gone.CompletedAt));
        Assert.Null(await texts.NextDueAsync(At, Stop));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_text_must_fit_under_the_balance_the_day_and_the_rules(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        await test.Database.Money.AddAsync(tenant, MoneyKind.Payment, new(20_000, "USD"), "test", Stop);
        var balance = TextAllowance.Of([new([tenant], LimitMicros: 0)], dayMicros: null, At);
        // 9,000 each; what waits is promised.
        Assert.Equal(TextRefusal.None, await texts.AddAsync(Text(tenant), balance, null, Stop));
        Assert.Equal(TextRefusal.None, await texts.AddAsync(Text(tenant), balance, null, Stop));
        Assert.Equal(TextRefusal.NoMoney, await texts.AddAsync(Text(tenant), balance, null, Stop));
        Assert.Equal(TextRefusal.None, await texts.AddAsync(Text(tenant) with { Price = null, FeeMicros = 0 }, balance, null, Stop));
        Assert.Equal(TextRefusal.NoMoney,
            await texts.AddAsync(Text(tenant) with { Price = new Money(1, "EUR"), FeeMicros = 0 }, balance, null, Stop));
        var day = TextAllowance.Of([], dayMicros: 27_000, At);
        Assert.Equal(TextRefusal.None, await texts.AddAsync(Text(tenant), day, null, Stop));
        Assert.Equal(TextRefusal.DailyLimit, await texts.AddAsync(Text(tenant), day, null, Stop));
        Assert.Equal(TextRefusal.None, await texts.AddAsync(Text(tenant) with { Profile = Guid.NewGuid() }, day, null, Stop));
        Assert.Equal(5, (await texts.DueAsync(At, 100, Stop)).Count);       // what was refused left nothing
    }

    [Theory, MemberData(nameof(Products))]
    public async Task Between_two_accounts_both_rows_are_there_or_none(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var texts = test.Database.Texts;
        var ours = await test.TenantAsync();
        var theirs = (await test.Database.Tenants.CreateAsync("theirs", TenantLimits.None, null, Stop))!.Tenant.Id;
        var sent = Text(ours);
        await texts.AddAsync(sent, default, null, Stop);
        var come = Come(theirs, "Hello");
        Assert.True(await texts.DeliverHereAsync(Over(sent), come, new() { Work = UnitOfWorkTests.Work(ours, "told") }, Stop));
        var twice = Come(theirs, "Hello");
        Assert.False(await texts.DeliverHereAsync(Over(sent), twice, new() { Work = UnitOfWorkTests.Work(ours, "twice") }, Stop));
        Assert.NotNull(await texts.FindAsync(theirs, come.Id, Stop));
        Assert.Null(await texts.FindAsync(theirs, twice.Id, Stop));
        Assert.Equal(["-5000"], await test.QueryAsync("select cast(sum(micros) as text) from rw_money_balance"));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task An_answer_that_money_does_not_allow_is_told_in_the_trail(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        var carried = Text(tenant) with { From = "+15550100002", To = "+15550100001" };
        await texts.AddAsync(carried, default, null, Stop);
        var come = Come(tenant, "help", TextKeyword.Help);
        Assert.True(await texts.DeliverHereAsync(Over(carried), come, new()
        {
            Answer = Text(tenant, "answer", come.From) with { IsAutomatic = true, Keyword = TextKeyword.Help },
            Allowance = TextAllowance.Of([new([tenant], LimitMicros: 8_999)], dayMicros: null, At),
        }, Stop));
        Assert.Empty(await texts.DueAsync(At, 10, Stop));
        Assert.Equal([$"message {come.Id}"],
            await test.QueryAsync("select record_type || ' ' || resource_id from rw_audit_event where change_type = 'not_answered'"));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Stop_makes_one_rule_with_one_answer_and_start_lifts_it(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts, blocks) = (await test.TenantAsync(), test.Database.Texts, test.Database.TextBlocks);
        async Task<int> ReceiveAsync(string words, TextKeyword keyword, TimeSpan after, bool isAutomatic = false)
        {
            var carried = Text(tenant) with { From = "+15550100002", To = "+15550100001" };
            await texts.AddAsync(carried, default, null, Stop);
            var come = Come(tenant, words, keyword) with { ReceivedAt = At + after, IsAutomatic = isAutomatic };
            Assert.True(await texts.DeliverHereAsync(Over(carried), come, new()
            {
                Block = keyword is TextKeyword.Stop ? new(Profile, come.From, come.To, "STOP", At + after) : null,
                Lifts = keyword is TextKeyword.Start,
                Answer = Text(tenant, "answer", come.From) with { IsAutomatic = true, Keyword = keyword, ReceivedAt = At + after },
            }, Stop));
            return (await texts.DueAsync(At, 1_000, Stop)).Count(text => text.IsAutomatic);
        }

        Assert.Equal(1, await ReceiveAsync("stop", TextKeyword.Stop, TimeSpan.Zero));
        Assert.Equal(1, await ReceiveAsync("Stop", TextKeyword.Stop, TimeSpan.FromHours(2)));
        Assert.True(await blocks.HasAsync(tenant, Profile, "+15550100002", Stop));
        Assert.Equal(TextRefusal.Blocked, await texts.AddAsync(Text(tenant), default, null, Stop));
        var (rows, total) = await blocks.ListAsync(tenant, new() { Sender = "+15550100001", Profile = Profile.ToString() }, Stop);
        Assert.Equal((new TextBlock(Profile, "+15550100002", "+15550100001", "STOP", At), 1L), (Assert.Single(rows), total));
        Assert.Empty((await blocks.ListAsync(tenant, new() { From = At + TimeSpan.FromSeconds(1) }, Stop)).Rows);
        Assert.Empty((await blocks.ListAsync(new(Guid.NewGuid()), new(), Stop)).Rows);

        Assert.Equal(2, await ReceiveAsync("start", TextKeyword.Start, TimeSpan.FromHours(3)));
        Assert.False(await blocks.HasAsync(tenant, Profile, "+15550100002", Stop));
        // An answer a minute, none to what is automatic, none to who says the same three times in an hour, five a day.
        Assert.Equal(3, await ReceiveAsync("help", TextKeyword.Help, TimeSpan.FromHours(4)));
        Assert.Equal(3, await ReceiveAsync("help", TextKeyword.Help, TimeSpan.FromHours(4) + TimeSpan.FromSeconds(59)));
        Assert.Equal(3, await ReceiveAsync("help", TextKeyword.Help, TimeSpan.FromHours(4) + TimeSpan.FromMinutes(30)));
        Assert.Equal(3, await ReceiveAsync("HELP", TextKeyword.Help, TimeSpan.FromHours(6), isAutomatic: true));
        for (int i = 0; i < 4; i++)
            Assert.Equal(4 + i, await ReceiveAsync($"help{new string('!', i)}", TextKeyword.Help, TimeSpan.FromHours(7 + i)));
        Assert.Equal(7, await ReceiveAsync("help.", TextKeyword.Help, TimeSpan.FromHours(12)));
        Assert.Equal(8, await ReceiveAsync("help.", TextKeyword.Help, TimeSpan.FromHours(29)));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_pool_knows_what_its_numbers_have_sent(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        await texts.AddAsync(Over(Text(tenant)) with { ReceivedAt = At - TimeSpan.FromHours(1) }, default, null, Stop);
        await texts.AddAsync(Over(Text(tenant)) with { State = TextState.SendingFailed, SentAt = null }, default, null, Stop);
        var other = Text(tenant, to: "+15550100003") with { From = "+15550100009" };
        await texts.AddAsync(other, default, null, Stop);
        var loads = await texts.LoadsAsync(tenant, Profile, At - TimeSpan.FromMinutes(1), At - TimeSpan.FromDays(7), Stop);
        Assert.Equal([("+15550100001", 1L, 2L, 1L), ("+15550100009", 1L, 0L, 0L)],
            loads.OrderBy(load => load.Sender, StringComparer.Ordinal)
                .Select(load => (load.Sender, load.Recent, load.Judged, load.Delivered)));
        Assert.Equal("+15550100009", await texts.LastSenderAsync(tenant, Profile, "+15550100003", At - TimeSpan.FromDays(8), Stop));
        Assert.Null(await texts.LastSenderAsync(tenant, Profile, "+15550100004", At - TimeSpan.FromDays(8), Stop));
        Assert.Equal(1, await texts.CountOfPairAsync(Text(tenant), At - TimeSpan.FromMinutes(1), Stop));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task How_a_number_does_is_what_it_has_sent_and_what_came(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        TextMessage[] all =
        [
            Over(Text(tenant)), Over(Text(tenant, to: "+15550100003")), Text(tenant), Text(tenant, state: TextState.Scheduled),
            Over(Text(tenant)) with { State = TextState.SendingFailed, SentAt = null },
            Over(Text(tenant)) with { State = TextState.Cancelled, SentAt = null },
            Over(Text(tenant)) with { ReceivedAt = At - TimeSpan.FromDays(31) },
            Come(tenant, "Yes"), Come(tenant, "No") with { ReceivedAt = At - TimeSpan.FromDays(31) },
        ];
        foreach (var text in all) await texts.AddAsync(text, default, null, Stop);
        var since = At - TimeSpan.FromDays(30);
        var known = await texts.HealthAsync(tenant, ["+15550100001", "+15550100009"], since, Stop);
        Assert.Equal(2, known.Count);
        Assert.Equal(new TextHealth { Sent = 4, Judged = 3, Delivered = 2, Received = 1 }, known[0]);
        Assert.Equal(new TextHealth(), known[1]);
        Assert.Equal(new TextHealth(), Assert.Single(await texts.HealthAsync(new(Guid.NewGuid()), ["+15550100001"], since, Stop)));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Of_very_many_texts_that_came_the_newest_are_looked_at_and_what_was_sent_meanwhile(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts) = (await test.TenantAsync(), test.Database.Texts);
        IReadOnlyList<TextFile> none = [];
        (TextMessage, IReadOnlyList<TextFile>)[] come =
        [
            .. Enumerable.Range(0, TextHealth.Most + 20)
                .Select(i => (Come(tenant, "Yes") with { ReceivedAt = At - TimeSpan.FromMinutes(i) }, none)),
        ];
        await texts.AddAllAsync(come, default, null, Stop);
        foreach (int minutes in (int[])[1, 500, TextHealth.Most + 10])
            await texts.AddAsync(Over(Text(tenant)) with { ReceivedAt = At - TimeSpan.FromMinutes(minutes) }, default, null, Stop);
        var since = At - TimeSpan.FromDays(30);
        TextHealth nothing = new(), much = new() { Sent = 2, Judged = 2, Delivered = 2, Received = TextHealth.Most };
        TextHealth[] expected = [nothing, much, nothing];
        Assert.Equal(expected, await texts.HealthAsync(tenant, ["+15550100002", "+15550100001", "+15550100002"], since, Stop));
        Assert.Empty(await texts.HealthAsync(tenant, [], since, Stop));
    }

    [Theory]
    [InlineData(TextTable.SelectSentOf, "rw_text_sent"), InlineData(TextTable.SelectCome, "rw_text_come")]
    [InlineData(TextTable.SelectTraffic, "rw_text_sent"), InlineData(TextTable.SelectTraffic, "rw_text_come")]
    public async Task How_a_number_does_comes_from_indexes_of_its_own(string query, string index)
    {
        await using var test = await TestDatabase.OpenAsync(Product.Sqlite);
        var numbers = new ValueRows(["+15550100001", "+15550100002"]);
        var plan = await test.Database.Sql.ReadAsync(db => db.Query<(long Id, long Parent, long Unused, string Detail)>(
            "explain query plan " + query, new { tenant = "a", number = "+15550100001", numbers, since = At, most = 5 })
            .Select(step => step.Detail).ToList(), Stop);
        Assert.Contains(plan, step => step.Contains(index, StringComparison.Ordinal));
    }
}
