using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>Texts wait for hours of whom they are to.</summary>
public sealed class TextHoursTests
{
    private const string Own = "+15550230001", Berlin = "+4930123456", Iceland = "+3545551234", Satellite = "+88212345678";
    private static readonly Guid Profile = new("22222222-2222-2222-2222-222222222222");
    private static readonly DateTimeOffset Night = new(2026, 1, 6, 3, 0, 0, TimeSpan.Zero), Noon = Night.AddHours(8);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Product> DeepOnPostgres => Depth.Rows(gate: [Product.Sqlite], deep: [Product.Postgres]);

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_text_may_arrive_by_the_clock_of_whom_it_is_to(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var hours = new TextHours(test.Database, NumberingPlans.Load());
        var text = Text(tenant, Berlin, Night);
        Assert.Equal(Night, await hours.NextAsync(text, Night, Stop));      // nobody has said any

        await SetAsync(test, tenant, TextHours.Usual);
        Assert.Equal(Night.AddHours(4), await hours.NextAsync(text, Night, Stop));      // 08:00 in Berlin
        Assert.Equal(Noon, await hours.NextAsync(text, Noon, Stop));
        Assert.Null(await hours.NextAsync(Text(tenant, Satellite, Noon), Noon, Stop));
        // What the node says of itself, and a code, go at any hour.
        Assert.Equal(Night, await hours.NextAsync(text with { IsAutomatic = true }, Night, Stop));
        Assert.Equal(Night, await hours.NextAsync(text with { IsHidden = true }, Night, Stop));

        // So does an answer, for a day.
        await test.Database.Texts.AddAsync(Text(tenant, Own, Night) with
        {
            Direction = Direction.Inbound,
            State = TextState.Received,
            From = Berlin,
            DueAt = null,
            CompletedAt = Night,
        }, default, null, Stop);
        var soon = Night.AddHours(23);
        Assert.Equal(soon, await hours.NextAsync(text, soon, Stop));
        Assert.Equal(Night.AddHours(28), await hours.NextAsync(text, Night.AddHours(25), Stop));

        Assert.True(await test.Database.TextPolicies.RemoveAsync(tenant, Note(tenant), Stop));
        Assert.Equal(Night.AddHours(25), await hours.NextAsync(text, Night.AddHours(25), Stop));
    }

    [Fact]
    public async Task What_is_due_waits_until_the_hours_open_and_fails_when_that_is_too_late()
    {
        await using var test = await TestDatabase.OpenAsync();
        var (tenant, clock) = (await test.TenantAsync(), (FakeTimeProvider)test.Time);
        var now = clock.GetUtcNow();
        await test.Database.Numbers.ImportAsync([Imported.Number(new(Own, tenant, null) { MessagingProfile = Profile }, 1, now)], Stop);
        // Where this number is, the clocks are those of UTC.
        var opens = now.AddMinutes(30);
        var start = new TimeSpan(opens.Hour, opens.Minute, 0);
        await SetAsync(test, tenant, new(WeekDays.Every, start, TimeSpan.FromMinutes((start.TotalMinutes + 10) % (24 * 60))));
        await using var courier = new TextCourier(new()
        {
            Store = test.Database, Face = new OneProfile(), Plans = NumberingPlans.Load(), People = new Everybody(),
            Hours = new(test.Database, NumberingPlans.Load()), Log = NullLogger.Instance,
        });
        courier.Start();
        var waits = Text(tenant, Iceland, now);
        var late = waits with { Id = Guid.CreateVersion7(now), ValidUntil = now.AddMinutes(20) };
        await test.Database.Texts.AddAsync(waits, default, null, Stop);
        await test.Database.Texts.AddAsync(late, default, null, Stop);

        var failed = await WhenAsync(test, late, text => text.IsOver);
        Assert.Equal((TextState.SendingFailed, TextFault.NotAllowed), (failed.State, failed.Fault));
        var waiting = await WhenAsync(test, waits, text => text.DueAt > now);
        Assert.Equal((TextState.Queued, start), (waiting.State, waiting.DueAt!.Value.TimeOfDay));
        clock.Advance(TimeSpan.FromMinutes(31));
        await WhenAsync(test, waits, text => text.State is TextState.Delivered);
    }

    private static Task<TextMessage> WhenAsync(TestDatabase test, TextMessage text, Func<TextMessage, bool> so) =>
        Eventually.SomeAsync(async () => await test.Database.Texts.FindAsync(text.Tenant, text.Id, Stop) is { } now && so(now) ? now : null,
            "the text is so");

    private static ValueTask SetAsync(TestDatabase test, TenantId tenant, CallingWindow window) =>
        test.Database.TextPolicies.SetAsync(tenant, TextHours.Write(new() { Windows = [window] }), Note(tenant), Stop);

    private static AuditNote Note(TenantId tenant) => new()
    {
        Tenant = tenant, At = Night, By = AuditActor.Operator, Change = "updated", RecordType = "text_policy", ResourceId = $"{tenant}",
    };

    private static TextMessage Text(TenantId tenant, string to, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now), Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued, From = Own, To = to,
        Profile = Profile, Words = "Well?", Encoding = TextEncoding.Gsm7, Parts = 1, DueAt = now, ReceivedAt = now,
        ValidUntil = now + TimeSpan.FromHours(1),
    };

    private sealed class Everybody : ITextPeople
    {
        public TextPerson? Find(string number) => new();
    }

    private sealed class OneProfile : ITextFace
    {
        public ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
            new(new TextRules { IsEnabled = true, Facts = [], Words = [] });

        public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) => [];
    }
}
