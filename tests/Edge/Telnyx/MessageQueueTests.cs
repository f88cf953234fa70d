using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>What waits for a carrier of texts, and what that leaves no time for.</summary>
public sealed class MessageQueueTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    [Fact]
    public async Task What_would_expire_before_its_turn_comes_is_not_taken_in()
    {
        const string to = "+4915112345678";
        var texts = new Texting(host);
        string profile = await texts.ProfileAsync(), from = await texts.NumberAsync(profile), here = await texts.NumberAsync(profile);
        var made = await host.SendAsync("POST", "/operator/v1/text_carriers",
            """{"name":"slow","host":"smpp.example.com","system_id":"acme","password":"secret","prefixes":["+49"],"rate":1}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 201, made.Text);
        var first = await texts.SendAsync(from, to, "first");
        Assert.True(first.Status == 200, first.Text);

        var now = host.Time.GetUtcNow();
        await host.Store.Texts.AddAsync(new()
        {
            Id = Guid.CreateVersion7(now), Tenant = host.Tenant, Direction = Direction.Outbound, State = TextState.Queued, From = from,
            To = to, Profile = Guid.Parse(profile), Words = "much", Encoding = TextEncoding.Gsm7, Parts = 4_000,
            DueAt = now + TimeSpan.FromMinutes(30), ReceivedAt = now, ValidUntil = now + TimeSpan.FromHours(1),
        }, default, null, TestContext.Current.CancellationToken);
        var refused = await Eventually.SomeAsync(async () =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return await texts.SendAsync(from, to, "late") is { Status: not 200 } full ? full : null;
        }, "the queue is full");
        refused.Refuses(429, "40318");
        Assert.Equal(200, (await texts.SendAsync(from, here, "to a number of the node")).Status);
    }
}
