using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>Who takes texts on that a process left behind.</summary>
public sealed class TextCourierTests
{
    private const int Count = 25;
    private static readonly Guid Profile = new("22222222-2222-2222-2222-222222222222");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task What_a_dead_process_left_is_sent_once_by_two_who_see_it(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (now, tenant) = (test.Time.GetUtcNow(), await test.TenantAsync());
        string from = "+15550230001", to = "+15550230002";
        await test.Database.Numbers.ImportAsync([Imported.Number(new(from, tenant, null) { MessagingProfile = Profile }, 1, now),
            Imported.Number(new(to, tenant, null) { MessagingProfile = Profile }, 2, now)], Stop);
        for (int i = 0; i < Count; i++)
        {
            await test.Database.Texts.AddAsync(new()
            {
                Id = Guid.CreateVersion7(now), Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued, From = from,
                To = to, Profile = Profile, Words = $"text {i}", Encoding = TextEncoding.Gsm7, Parts = 1, DueAt = now, ReceivedAt = now,
                ValidUntil = now + TimeSpan.FromHours(1),
            }, default, null, Stop);
        }

        // Each sees all of them due, as two nodes do.
        await using TextCourier one = Courier(test), two = Courier(test);
        one.Start();
        two.Start();
        await Eventually.SomeAsync(async () => await CountAsync(test, "rw_text where state = 'delivered'") == Count ? "all" : null,
            "all texts are delivered");
        Assert.Equal(Count, await CountAsync(test, "rw_text where state = 'received'"));
        Assert.Equal([$"{Count}"],
            await test.QueryAsync("select cast(count(distinct words) as text) from rw_text where state = 'received'"));
        Assert.Equal(3 * Count, await CountAsync(test, "rw_outbox"));
    }

    [Theory, InlineData(0), InlineData(3)]
    public async Task How_many_documents_have_answered_each_other_goes_with_a_text(int hops)
    {
        await using var test = await TestDatabase.OpenAsync();
        var (now, tenant) = (test.Time.GetUtcNow(), await test.TenantAsync());
        string from = "+15550230001", to = "+15550230002";
        await test.Database.Numbers.ImportAsync([Imported.Number(new(from, tenant, null) { MessagingProfile = Profile }, 1, now),
            Imported.Number(new(to, tenant, null) { MessagingProfile = Profile }, 2, now)], Stop);
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued, From = from,
            To = to, Profile = Profile, Words = "And you?", Encoding = TextEncoding.Gsm7, Parts = 1, DueAt = now, ReceivedAt = now,
            ValidUntil = now + TimeSpan.FromHours(1),
        };
        if (hops > 0) text.Facts[TextMessage.HopsFact] = hops;
        await test.Database.Texts.AddAsync(text, default, null, Stop);
        await using var courier = Courier(test);
        courier.Start();
        var come = await Eventually.SomeAsync(async () =>
            (await test.Database.Texts.ListAsync(tenant, new() { Direction = Direction.Inbound }, Stop)).Rows is [var one] ? one : null,
            "the text has come");
        Assert.Equal(hops, come.Hops);
        Assert.Equal(hops > 0, come.Facts.ContainsKey(TextMessage.HopsFact));
    }

    public static TheoryData<Product> DeepOnPostgres => Depth.Rows(gate: [Product.Sqlite], deep: [Product.Postgres]);

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task People_of_a_lab_get_texts_and_answer_as_they_do(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, texts, clock) = (await test.TenantAsync(), test.Database.Texts, (FakeTimeProvider)test.Time);
        const string from = "+15550230001";
        await test.Database.Numbers.ImportAsync(
            [Imported.Number(new(from, tenant, null) { MessagingProfile = Profile }, 1, clock.GetUtcNow())], Stop);
        await using var courier = Courier(test, new Family());
        courier.Start();

        async Task<Guid> SendAsync(string to)
        {
            var now = clock.GetUtcNow();
            var text = new TextMessage
            {
                Id = Guid.CreateVersion7(now), Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued, From = from,
                To = to, Profile = Profile, Words = "Well?", Encoding = TextEncoding.Gsm7, Parts = 1, DueAt = now, ReceivedAt = now,
                ValidUntil = now + TimeSpan.FromHours(1),
            };
            await texts.AddAsync(text, default, null, Stop);
            return text.Id;
        }

        Task<TextMessage> WhenAsync(Guid id, Func<TextMessage, bool> so) => Eventually.SomeAsync(async () =>
            await texts.FindAsync(tenant, id, Stop) is { } text && so(text) ? text : null, "the text is so");

        var answered = await SendAsync(Family.Answers);
        await WhenAsync(answered, text => text.State is TextState.Delivered);
        clock.Advance(TextPerson.Thinks);
        var come = await Eventually.SomeAsync(async () => (await texts.ListAsync(tenant, new() { Direction = Direction.Inbound }, Stop))
            .Rows is [var one] ? one : null, "the answer has come");
        Assert.Equal((Family.Answers, from, "Yes."), (come.From, come.To, come.Words));
        // The answer is nobody's here until it comes.
        Assert.Equal(2, (await texts.ListAsync(tenant, new(), Stop)).Total);
        Assert.Equal(3, await CountAsync(test, "rw_outbox"));

        var refused = await WhenAsync(await SendAsync(Family.Refuses), text => text.IsOver);
        Assert.Equal((TextState.SendingFailed, TextFault.BadRecipient), (refused.State, refused.Fault));
        var away = await SendAsync(Family.Away);
        await WhenAsync(away, text => text.DueAt == text.ReceivedAt + Family.Off);
        clock.Advance(Family.Off);
        await WhenAsync(away, text => text.State is TextState.Delivered);
        var silent = await SendAsync(Family.Silent);
        var sent = await WhenAsync(silent, text => text.State is TextState.Sent);
        Assert.Equal(TimeSpan.FromHours(72), sent.DueAt - sent.SentAt);
        clock.Advance(TextCourier.ReceiptLimit);
        Assert.Equal(TextFault.Unconfirmed, (await WhenAsync(silent, text => text.State is TextState.DeliveryUnconfirmed)).Fault);
        var nobody = await WhenAsync(await SendAsync("+15550239999"), text => text.IsOver);
        Assert.Equal(TextFault.NoRoute, nobody.Fault);
    }

    private static async Task<long> CountAsync(TestDatabase test, string of) =>
        long.Parse((await test.QueryAsync($"select cast(count(*) as text) from {of}")).Single());

    private static TextCourier Courier(TestDatabase test, ITextPeople? people = null) => new(new()
    {
        Store = test.Database, Face = new OneProfile(), Plans = NumberingPlans.Load(), People = people, Log = NullLogger.Instance,
    });

    private sealed class Family : ITextPeople
    {
        public const string Answers = "+15550240001", Refuses = "+15550240002", Away = "+15550240003", Silent = "+15550240004";
        public static readonly TimeSpan Off = TimeSpan.FromSeconds(30);

        public TextPerson? Find(string number) => number switch
        {
            Answers => new() { Answer = static (words, isAutomatic) => isAutomatic || !words.EndsWith('?') ? null : "Yes." },
            Refuses => new() { IsRefusing = true },
            Away => new() { IsOffFor = Off },
            Silent => new() { IsSilent = true },
            _ => null,
        };
    }

    private sealed class OneProfile : ITextFace
    {
        public ValueTask<TextRules?> FindAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
            new(new TextRules { IsEnabled = true, Facts = [], Words = [] });

        public IReadOnlyList<OutboxMessage> Tell(TextMessage text, TextNews news) =>
        [
            new()
            {
                Id = Guid.NewGuid(), Tenant = text.Tenant, OrderKey = $"{text.Id}", Format = "telnyx", EventType = $"{news}",
                Url = "https://example.com/hook", OccurredAt = text.ReceivedAt, Body = "{}",
            },
        ];
    }
}
