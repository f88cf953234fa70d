using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Numbering;
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

    private static async Task<long> CountAsync(TestDatabase test, string of) =>
        long.Parse((await test.QueryAsync($"select cast(count(*) as text) from {of}")).Single());

    private static TextCourier Courier(TestDatabase test) => new(new()
    {
        Store = test.Database, Face = new OneProfile(), Plans = NumberingPlans.Load(), Log = NullLogger.Instance,
    });

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
