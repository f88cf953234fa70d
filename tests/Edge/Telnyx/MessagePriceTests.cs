using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>What texts cost, and who cannot pay for one.</summary>
public sealed class MessagePriceTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    private async Task PriceAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        var deck = await host.Store.RateDecks.CreateAsync($"texts {Guid.NewGuid()}", isDefault: true, stop);
        await host.Store.RateDecks.ImportAsync(deck!.Id,
        [
            (Direction.Outbound, new Rate
            {
                Prefix = "sms:on-net", Currency = "USD", MicrosPerMinute = 4_000, FeeMicros = 1_000, InitialSeconds = 1,
                IncrementSeconds = 1,
            }),
        ], isWhole: true, stop);
    }

    [Fact]
    public async Task A_message_costs_its_parts_and_is_charged_when_it_is_sent()
    {
        await PriceAsync();
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var query = new MoneyQuery { Kind = MoneyKind.Charge };
        long before = await host.Store.Money.CountAsync(host.Tenant, query, TestContext.Current.CancellationToken);
        var sent = await _texts.SentAsync(from, to, new string('a', 161));
        Assert.Equal(("0.01", "USD", "0.004", "0.001"), ((string?)sent["cost"]!["amount"], (string?)sent["cost"]!["currency"],
            (string?)sent["cost_breakdown"]!["rate"]!["amount"], (string?)sent["cost_breakdown"]!["carrier_fee"]!["amount"]));
        var entries = await host.Store.Money.ListAsync(host.Tenant, query with { Offset = (int)before },
            TestContext.Current.CancellationToken);
        var entry = Assert.Single(entries);
        Assert.Equal((-10_000, "sms", "part", 2), (entry.Amount.Micros, entry.Product, entry.Unit, entry.Quantity));
        // What does not arrive costs nothing.
        await _texts.SentAsync(from, "+15550229997", "nobody", "sending_failed");
        Assert.Equal(before + 1, await host.Store.Money.CountAsync(host.Tenant, query, TestContext.Current.CancellationToken));
    }

    /// <summary>A carrier's text is charged as it comes (the arrivals' tests show that); nobody sends it.</summary>
    [Fact]
    public async Task A_message_that_came_says_what_it_cost()
    {
        string profile = await _texts.ProfileAsync(), to = await _texts.NumberAsync(profile);
        var now = host.Time.GetUtcNow();
        var come = new TextMessage
        {
            Id = Guid.CreateVersion7(now), Tenant = host.Tenant, Direction = Direction.Inbound, State = TextState.Received,
            From = "+12125550123", To = to, Profile = Guid.Parse(profile), Words = "Hello", Encoding = TextEncoding.Gsm7, Parts = 2,
            Price = new(2_000, "USD"), FeeMicros = 500, ReceivedAt = now, CompletedAt = now,
        };
        Assert.Equal(TextRefusal.None, await host.Store.Texts.AddAsync(come, default, null, TestContext.Current.CancellationToken));
        var shown = (await _texts.GetAsync(come.Id.ToString())).Data;
        Assert.Equal(("0.005", "USD", "0.002", "0.0005"), ((string?)shown["cost"]!["amount"], (string?)shown["cost"]!["currency"],
            (string?)shown["cost_breakdown"]!["rate"]!["amount"], (string?)shown["cost_breakdown"]!["carrier_fee"]!["amount"]));
    }

    [Fact]
    public async Task Each_message_is_a_record_of_its_account_and_counts_in_its_sums()
    {
        await PriceAsync();
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile);
        string to = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        string id = (string)(await _texts.SentAsync(from, to, new string('a', 161)))["id"]!;
        await _texts.SentAsync(from, "+15550229995", "nobody", "sending_failed");
        string ours = Uri.EscapeDataString(from);

        var records = (await host.SendAsync("GET", $"/v2/detail_records?filter[record_type]=messaging&filter[cli]={ours}")).List;
        Assert.Equal(["delivered", "gw_reject"], records.Select(one => (string?)one!["status"]).Order(StringComparer.Ordinal));
        var record = records.Single(one => (string?)one!["uuid"] == id)!;
        Assert.Equal(("message_detail_record", "outbound", to, profile, "SMS", 2, "0.01", "USD", true), ((string?)record["record_type"],
            (string?)record["direction"], (string?)record["cld"], (string?)record["profile_id"], (string?)record["message_type"],
            (int)record["parts"]!, (string?)record["cost"], (string?)record["currency"], (bool)record["on_net"]!));
        Assert.Equal(("US", "US", "Texts"), ((string?)record["source_country_code"], (string?)record["country_code"],
            (string?)record["profile_name"]));
        var theirs = Assert.Single((await host.SendAsync("GET", $"/v2/detail_records?filter[record_type]=messaging&filter[cli]={ours}",
            key: TelnyxHost.OtherTenantKey)).List)!;
        Assert.Equal(("inbound", "received", to), ((string?)theirs["direction"], (string?)theirs["status"], (string?)theirs["cld"]));
        // What came is found by when it came.
        Assert.Equal((string?)theirs["created_at"], (string?)theirs["sent_at"]);
        string ofTime = $"/v2/detail_records?filter[record_type]=messaging&filter[cli]={ours}&sort=-sent_at&filter[sent_at]";
        Assert.Single((await host.SendAsync("GET", ofTime + "[gte]=2025-03-04T00:00:00Z", key: TelnyxHost.OtherTenantKey)).List);
        Assert.Empty((await host.SendAsync("GET", ofTime + "[lt]=2025-03-04T00:00:00Z", key: TelnyxHost.OtherTenantKey)).List);

        string mdrs = $"/v2/reports/mdrs?cli={ours}&direction=OUTBOUND&profile=Texts&message_type=SMS";
        var listed = Assert.Single((await host.SendAsync("GET", $"{mdrs}&status=DELIVERED")).List)!;
        Assert.Equal((id, "mdr_report", "DELIVERED", "Texts", "0.01"), ((string?)listed["id"], (string?)listed["record_type"],
            (string?)listed["status"], (string?)listed["profile_name"], (string?)listed["cost"]));
        Assert.Equal(2, (await host.SendAsync("GET", mdrs)).List.Count);
        Assert.Empty((await host.SendAsync("GET", $"{mdrs}&status=GW_TIMEOUT")).List);

        var report = (await host.SendAsync("GET",
            $"/v2/reports/mdr_usage_reports/sync?aggregation_type=PROFILE&profiles={profile}")).Data["result"]!.AsArray();
        var sum = Assert.Single(report, row => row!["currency"] is not null)!;
        Assert.Equal((profile, "1", "1", "2", "0.01", "LC"), ((string?)sum["profile_id"], (string?)sum["sent"],
            (string?)sum["delivered"], (string?)sum["parts"], (string?)sum["cost"], (string?)sum["tn_type"]));

        // What is deleted is in no list, and was paid all the same.
        Assert.True(await host.Store.Texts.HideAsync(host.Tenant, Guid.Parse(id), null, TestContext.Current.CancellationToken));
        Assert.Equal("gw_reject", (string?)Assert.Single((await host.SendAsync("GET",
            $"/v2/detail_records?filter[record_type]=messaging&filter[cli]={ours}")).List)!["status"]);
        Assert.Single((await host.SendAsync("GET", mdrs)).List);
        var again = (await host.SendAsync("GET",
            $"/v2/reports/mdr_usage_reports/sync?aggregation_type=PROFILE&profiles={profile}")).Data["result"]!.AsArray();
        Assert.True(JsonNode.DeepEquals(report, again), again.ToJsonString());
    }

    [Fact]
    public async Task A_profile_stops_at_its_limit_of_the_day()
    {
        await PriceAsync();
        string profile = await _texts.ProfileAsync(",\"daily_spend_limit\":\"0.012\",\"daily_spend_limit_enabled\":true");
        string from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(await _texts.ProfileAsync());
        await _texts.SentAsync(from, to, "one");
        await _texts.SentAsync(from, to, "two");
        (await _texts.SendAsync(from, to, "three")).Refuses(429, "40333");
        (await _texts.SendAsync(from, to, "four")).Refuses(429, "40333");
        // Told by the first of them.
        var (type, told, url, failover) = Assert.Single(await _texts.ToldAsync(which: p => (string?)p["profile_id"] == profile,
            family: "messaging-profile."));
        Assert.Equal(("messaging-profile.spend-limit-reached", "0.012", "0.01", Texting.Hook, Texting.Failover),
            (type, (string?)told["configured_limit"], (string?)told["current_cost"], url, failover));
        host.Time.Advance(TimeSpan.FromDays(1));
        await _texts.SentAsync(from, to, "tomorrow");
    }

    [Fact]
    public async Task Who_pays_in_advance_sends_what_the_balance_holds_and_what_waits_is_promised()
    {
        await PriceAsync();
        var stop = TestContext.Current.CancellationToken;
        string from = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        string to = await _texts.NumberAsync(await _texts.ProfileAsync());
        await host.Store.Money.AddAsync(host.Stranger, MoneyKind.Payment, new(12_000, "USD"), "test", stop);
        await host.Store.MoneyAccounts.ChangeAsync(host.Stranger, account => account with { CreditLimitMicros = 0 }, AuditActor.Operator,
            stop);
        Assert.Equal(0, host.Store.Routing.Current.Rates.AccountOf(host.Stranger).CreditLimitMicros);
        string later = $",\"send_at\":\"{host.Time.GetUtcNow() + TimeSpan.FromHours(1):yyyy-MM-dd'T'HH:mm:ss'Z'}\"";
        var waits = await _texts.SendAsync(from, to, "later", later, isStrangers: true);
        Assert.True(waits.Status == 200, waits.Text);
        await _texts.SentAsync(from, to, "now", isStrangers: true);
        (await _texts.SendAsync(from, to, "too much", isStrangers: true)).Refuses(403, "20100");
        await host.SendAsync("DELETE", $"/v2/messages/{waits.Data["id"]}", (string?)null, TelnyxHost.OtherTenantKey);
        await _texts.SentAsync(from, to, "instead", isStrangers: true);
        (await _texts.SendAsync(from, to, "too much", isStrangers: true)).Refuses(403, "20100");
    }
}
