using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Codes that are sent, on both databases.</summary>
public sealed class SentCodeTableTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
    private static readonly Guid Profile = new("33333333-3333-3333-3333-333333333333");

    private static CancellationToken Stop => TestDatabase.Stop;

    public static TheoryData<Product> Products => [Product.Sqlite, Product.Postgres];

    /// <summary>Of which the gate sees on PostgreSQL who gets codes too often, and how often one may be guessed.</summary>
    public static TheoryData<Product> DeepOnPostgres => Depth.Rows([Product.Sqlite], [Product.Postgres]);

    private static SentCode Code(TenantId tenant, DateTimeOffset at, string number = "+15550170001", bool isCustom = false) => new()
    {
        Id = Guid.NewGuid(), Tenant = tenant, Profile = Profile, Number = number, Way = CodeWay.Sms, IsCustom = isCustom, TimeoutSecs = 300,
        CreatedAt = at, UpdatedAt = at,
    };

    private static ValueTask<TooManyCodes?> BeginAsync(TestDatabase test, SentCode sent, string code = "12345") =>
        test.Database.SentCodes.BeginAsync(sent, code, new()
        {
            Tenant = sent.Tenant, At = sent.CreatedAt, By = AuditActor.Owner, Change = "created", RecordType = "verification",
            ResourceId = sent.Id.ToString(),
        }, Stop);

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task How_a_code_goes_is_kept(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, at) = (await test.TenantAsync(), test.Time.GetUtcNow());
        foreach (var way in Enum.GetValues<CodeWay>())
        {
            var sent = Code(tenant, at, $"+1555017{(int)way}001") with { Way = way };
            Assert.Null(await BeginAsync(test, sent));
            Assert.Equal(way, (await test.Database.SentCodes.FindAsync(tenant, sent.Id, Stop))!.Way);
        }
    }

    [Theory, MemberData(nameof(Products))]
    public async Task A_code_is_right_once_and_guessed_five_times(Product product)
    {
        var time = new FakeTimeProvider(At);
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (tenant, codes) = (await test.TenantAsync(), test.Database.SentCodes);
        SentCode one = Code(tenant, At), two = Code(tenant, At, "+15550180001");
        Assert.Null(await BeginAsync(test, one));
        Assert.Null(await BeginAsync(test, two));
        Assert.Equal(one, await codes.FindAsync(tenant, one.Id, Stop));
        Assert.Null(await codes.FindAsync(new(Guid.NewGuid()), one.Id, Stop));
        Assert.DoesNotContain("12345", (await test.QueryAsync("select code from rw_sent_code"))[0], StringComparison.Ordinal);

        Assert.Null(await codes.JudgeAsync(new(Guid.NewGuid()), one.Id, "12345", null, Stop));
        Assert.False((await codes.JudgeAsync(tenant, one.Id, "12346", null, Stop))!.IsRight);
        var right = (await codes.JudgeNewestAsync(tenant, Profile, one.Number, "12345", Stop))!;
        Assert.Equal((true, CodeState.Accepted, 1), (right.IsRight, right.Code.State, right.Code.WrongCodes));
        Assert.False((await codes.JudgeAsync(tenant, one.Id, "12345", null, Stop))!.IsRight);

        for (int i = 1; i < CodeLimits.WrongCodes; i++)
            Assert.Equal(CodeState.Pending, (await codes.JudgeAsync(tenant, two.Id, "", null, Stop))!.Code.State);
        Assert.Equal(CodeState.Invalid, (await codes.JudgeAsync(tenant, two.Id, "54321", null, Stop))!.Code.State);
        Assert.False((await codes.JudgeAsync(tenant, two.Id, "12345", null, Stop))!.IsRight);
        Assert.Equal(["", ""], await test.QueryAsync("select code from rw_sent_code"));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Time_a_later_code_and_a_text_that_failed_end_one(Product product)
    {
        var time = new FakeTimeProvider(At);
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (tenant, codes) = (await test.TenantAsync(), test.Database.SentCodes);
        var first = Code(tenant, At);
        await BeginAsync(test, first);
        time.Advance(CodeLimits.Pause);
        var second = Code(tenant, time.GetUtcNow());
        Assert.Null(await BeginAsync(test, second));
        Assert.Equal(CodeState.Pending, (await codes.FindAsync(tenant, first.Id, Stop))!.State);
        await codes.SupersedeAsync(second, Stop);
        Assert.Equal(CodeState.Expired, (await codes.FindAsync(tenant, first.Id, Stop))!.State);
        Assert.Equal(CodeState.Pending, (await codes.FindAsync(tenant, second.Id, Stop))!.State);
        time.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(CodeState.Pending, (await codes.FindAsync(tenant, second.Id, Stop))!.State);
        time.Advance(TimeSpan.FromSeconds(1));
        var late = (await codes.FindAsync(tenant, second.Id, Stop))!;
        Assert.Equal((CodeState.Expired, second.CreatedAt + TimeSpan.FromSeconds(300)), (late.State, late.UpdatedAt));
        Assert.False((await codes.JudgeAsync(tenant, second.Id, "12345", null, Stop))!.IsRight);

        var text = new TextMessage
        {
            Id = Guid.NewGuid(), Tenant = tenant, Direction = Direction.Outbound, State = TextState.SendingFailed,
            From = "+15550100001", To = first.Number, Profile = Profile, Words = "12345", Encoding = TextEncoding.Gsm7, Parts = 1,
            ReceivedAt = time.GetUtcNow(), CompletedAt = time.GetUtcNow(),
        };
        await test.Database.Texts.AddAsync(text, default, null, Stop);
        var lost = Code(tenant, time.GetUtcNow()) with { Text = text.Id };
        Assert.Null(await BeginAsync(test, lost));
        Assert.Equal(CodeState.Error, (await codes.FindAsync(tenant, lost.Id, Stop))!.State);
        Assert.False((await codes.JudgeAsync(tenant, lost.Id, "12345", null, Stop))!.IsRight);
        var (rows, total) = await codes.ListAsync(tenant, first.Number, 0, 2, Stop);
        Assert.Equal((3L, lost.Id, second.Id), (total, rows[0].Id, rows[1].Id));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_an_account_says_counts_for_codes_that_it_chose(Product product)
    {
        var time = new FakeTimeProvider(At);
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (tenant, codes) = (await test.TenantAsync(), test.Database.SentCodes);
        SentCode own = Code(tenant, At, isCustom: true), no = Code(tenant, At, "+15550180001", isCustom: true),
            ours = Code(tenant, At, "+15550190001");
        foreach (var code in new[] { own, no, ours }) Assert.Null(await BeginAsync(test, code));
        Assert.Equal(CodeState.Accepted, (await codes.JudgeAsync(tenant, own.Id, "", said: true, Stop))!.Code.State);
        var refused = (await codes.JudgeAsync(tenant, no.Id, "", said: false, Stop))!;
        Assert.Equal((false, CodeState.Invalid), (refused.IsRight, refused.Code.State));
        Assert.False((await codes.JudgeAsync(tenant, ours.Id, "", said: true, Stop))!.IsRight);
    }

    [Theory, MemberData(nameof(Products))]
    public async Task Nobody_gets_codes_too_often_whoever_asks(Product product)
    {
        var time = new FakeTimeProvider(At);
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (tenant, codes) = (await test.TenantAsync(), test.Database.SentCodes);
        var begun = Code(tenant, At);
        Assert.Null(await BeginAsync(test, begun));
        Assert.Equal(CodeLimits.Pause, (await BeginAsync(test, Code(tenant, At)))!.Wait);
        await codes.WithdrawAsync(tenant, begun.Id, Stop);
        Assert.Null(await BeginAsync(test, Code(tenant, At)));
        for (int i = 1; i < CodeLimits.ToNumberAnHour; i++)
        {
            time.Advance(CodeLimits.Pause);
            Assert.Null(await BeginAsync(test, Code(tenant, time.GetUtcNow())));
        }
        time.Advance(CodeLimits.Pause);
        Assert.Contains("an hour to a number", (await BeginAsync(test, Code(tenant, time.GetUtcNow())))!.Rule, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromHours(1));
        for (int i = CodeLimits.ToNumberAnHour; i < CodeLimits.ToNumberADay; i++)
        {
            Assert.Null(await BeginAsync(test, Code(tenant, time.GetUtcNow())));
            time.Advance(TimeSpan.FromMinutes(20));
        }
        Assert.Contains("a day to a number", (await BeginAsync(test, Code(tenant, time.GetUtcNow())))!.Rule, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Numbers_in_a_row_get_few_codes_until_some_come_back(Product product)
    {
        var time = new FakeTimeProvider(At);
        await using var test = await TestDatabase.OpenAsync(product, time);
        var (tenant, codes) = (await test.TenantAsync(), test.Database.SentCodes);
        SentCode Next(int i) => Code(tenant, time.GetUtcNow(), $"+155501700{i:00}");
        var last = Next(0);
        for (int i = 0; i < CodeLimits.ToBlockAnHour; i++) Assert.Null(await BeginAsync(test, last = Next(i)));
        Assert.Contains("in a row", (await BeginAsync(test, Next(50)))!.Rule, StringComparison.Ordinal);
        Assert.Null(await BeginAsync(test, Code(tenant, At, "+15550180001")));
        await codes.JudgeAsync(tenant, last.Id, "12345", null, Stop);
        Assert.NotNull(await BeginAsync(test, Next(50)));
        await codes.JudgeNewestAsync(tenant, Profile, Next(0).Number, "12345", Stop);
        Assert.Null(await BeginAsync(test, Next(50)));
    }
}
