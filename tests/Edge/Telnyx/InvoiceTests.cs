using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>What an account is charged, by month, by product and by number; over real HTTP, from calls in the ledger.</summary>
public sealed class InvoiceTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private uint _legs = 12_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task CallAsync(string to, int seconds)
    {
        uint counter = ++_legs;
        var leg = Samples.Facts(Direction.Outbound) with
        {
            Id = LegId.Compose(1, 0, host.Store.Node.Epoch, counter, counter * 7919UL),
            Uuid = Guid.NewGuid(),
            Session = new(Guid.NewGuid()),
            Tenant = host.Tenant,
            From = "+15550100001",
            To = to,
            StartedAt = host.Now,
            AnsweredAt = host.Now,
            Trunk = new(Guid.NewGuid()),
            Labels = Labels.Empty,
        };
        await host.Ledger.AppendAsync(new CallEvent.LegInitiated { Leg = leg, At = host.Now });
        await host.Ledger.AppendAsync(new CallEvent.LegAnswered { Leg = leg, At = host.Now, Codec = "PCMU", SampleRate = 8000 });
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        await host.Ledger.AppendAsync(
            new CallEvent.LegEnded { Leg = leg, At = host.Now, Cause = HangupCause.ApiHangup, By = HangupParty.Local, SipStatus = 200 });
    }

    private static Rate Price(string prefix, string currency, long micros) =>
        new() { Prefix = prefix, Currency = currency, MicrosPerMinute = micros, InitialSeconds = 60, IncrementSeconds = 60 };

    [Fact]
    public async Task A_month_that_ended_has_an_invoice_for_each_currency_and_the_sums_agree()
    {
        var deck = (await host.Store.RateDecks.CreateAsync("standard", isDefault: true, Stop))!;
        await host.Store.RateDecks.ImportAsync(deck.Id,
            [(Direction.Outbound, Price("+49", "USD", 10_000)), (Direction.Outbound, Price("+44", "EUR", 20_000))], isWhole: false, Stop);
        var bundle = new Bundle
        {
            Id = Guid.NewGuid(), Name = "Basic", Slug = "basic", CostCode = "BASIC", Price = new(2_500_000, "USD"),
            CreatedAt = host.Time.GetUtcNow()
        };
        Assert.True(await host.Store.Bundles.AddAsync(bundle, [], Stop));
        await CallAsync("+4930123456", 90);
        await CallAsync("+441632960001", 30);
        await host.SendAsync("POST", "/v2/bundle_pricing/user_bundles/bulk",
            $$"""{"items":[{"billing_bundle_id":"{{bundle.Id}}","quantity":2}]}""");
        await host.Store.Money.AddAsync(host.Tenant, MoneyKind.Adjustment, new(1_000_000, "USD"), "sorry", Stop);

        // The month that runs has no invoice yet, and its charges can be asked for.
        Assert.Empty((await host.SendAsync("GET", "/v2/invoices")).List);
        var summary = (await host.SendAsync("GET", "/v2/charges_summary?start_date=2025-03-01&end_date=2025-04-01")).Data;
        Assert.Equal("""{"new_mrc":"5.00","new_otc":"0.00","existing_mrc":"0.00","other":"0.02","credits":"0.00","ledger_adjustments":"-1.00","grand_total":"4.02"}""",
            summary["total"]!.ToJsonString());
        Assert.Equal(["simple", "comparative"], summary["summary"]!["lines"]!.AsArray().Select(l => (string?)l!["type"]));
        Assert.Equal((2, "5.00"), ((int)summary["summary"]!["lines"]![1]!["new_this_month"]!["quantity"]!,
            (string?)summary["summary"]!["lines"]![1]!["new_this_month"]!["mrc"]));
        Assert.Equal(("-1.00", "sorry", "2025-03-04"), Adjustment(summary));

        var breakdown = (await host.SendAsync("GET", "/v2/charges_breakdown?start_date=2025-03-01")).Data;
        Assert.Equal("2025-04-01", (string?)breakdown["end_date"]);
        var number = Assert.Single(breakdown["results"]!.AsArray())!;
        Assert.Equal(("+15550100001", "0.02"), ((string?)number["tn"], (string?)number["services"]![0]!["cost"]));
        var csv = await (await host.FetchRawAsync("/v2/charges_breakdown?start_date=2025-03-01&format=csv")).Content
            .ReadAsStringAsync(Stop);
        Assert.Equal("tn,charge_type,service,cost_type,cost,currency\r\n+15550100001,usage,Outbound calls,usage,0.02,USD\r\n", csv);

        host.Time.Advance(TimeSpan.FromDays(30));
        var invoices = (await host.SendAsync("GET", "/v2/invoices?sort=period_start")).List;
        Assert.Equal(2, invoices.Count);
        Assert.All(invoices, i => Assert.Equal(("2025-03-01", "2025-03-31", false),
            ((string?)i!["period_start"], (string?)i["period_end"], (bool?)i["paid"])));
        foreach (var invoice in invoices)
        {
            string path = $"/v2/invoices/{invoice!["invoice_id"]}";
            Assert.False((await host.SendAsync("GET", path)).Data.ContainsKey("download_url"));
            (await host.SendAsync("GET", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
            using var file = await host.FetchAsync((string)(await host.SendAsync("GET", path + "?action=link")).Data["download_url"]!);
            string text = await file.Content.ReadAsStringAsync(Stop);
            Assert.EndsWith(text.Contains("EUR") ? "total,,,,0.02,EUR\r\n" : "total,,,,5.02,USD\r\n", text);
        }

        await host.Store.Money.AddAsync(host.Tenant, MoneyKind.Payment, new(4_020_000, "USD"), "cash", Stop);
        Assert.Equal([false, true], (await host.SendAsync("GET", "/v2/invoices")).List.Select(i => (bool)i!["paid"]!).Order());
        Assert.Equal(invoices.Select(i => (string?)i!["invoice_id"]), (await host.SendAsync("GET", "/v2/invoices?sort=period_start")).List
            .Select(i => (string?)i!["invoice_id"]));
        (await host.SendAsync("GET", $"/v2/invoices/{Guid.NewGuid()}")).Refuses(404, "10005");

        static (string?, string?, string?) Adjustment(JsonObject summary) =>
            Assert.Single(summary["summary"]!["adjustments"]!.AsArray()) is { } one
                ? ((string?)one["amount"], (string?)one["description"], (string?)one["event_date"])
                : default;
    }

    [Theory]
    [InlineData("charges_summary", "start_date=2025-03-01&end_date=2025-04-02", "end_date")]
    [InlineData("charges_summary", "start_date=2025-03-01&end_date=2025-02-28", "end_date")]
    [InlineData("charges_summary", "start_date=March&end_date=2025-03-01", "start_date")]
    [InlineData("charges_breakdown", "start_date=2025-02-30", "start_date")]
    [InlineData("charges_breakdown", "start_date=2025-03-01&end_date=soon", "end_date")]
    public async Task Days_that_make_no_sense_are_refused(string what, string query, string parameter)
    {
        var answer = await host.SendAsync("GET", $"/v2/{what}?{query}");
        answer.Refuses(400, "10015");
        Assert.Equal(parameter, (string?)answer.Error["source"]?["parameter"]);
    }

    [Fact]
    public async Task A_date_is_required() =>
        (await host.SendAsync("GET", "/v2/charges_summary?start_date=2025-03-01")).Refuses(422, "10004");
}
