using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Records, sums and reports over real HTTP. The same calls must come to the same in each of them.</summary>
public sealed class ReportTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private static uint _legs = 9_000;
    private static string? _application;

    /// <summary>
    /// Three calls of one application: two minutes and a half outbound at 0.01 a minute,
    /// one inbound without a price, one that nobody answered.
    /// </summary>
    public async ValueTask InitializeAsync()
    {
        if (_application is not null) return;
        string application = await host.ApplicationAsync("reported");
        var deck = (await host.Store.RateDecks.CreateAsync("standard", isDefault: true, default))!;
        await host.Store.RateDecks.ImportAsync(deck.Id, [(Direction.Outbound, new Rate
        {
            Prefix = "+49", Currency = "USD", MicrosPerMinute = 10_000, InitialSeconds = 60, IncrementSeconds = 60
        })], isWhole: false, default);
        await CallAsync(application, Direction.Outbound, "+15550100001", "+4930123456", seconds: 150);
        await CallAsync(application, Direction.Inbound, "+13125550100", "+15550100001", seconds: 20);
        await CallAsync(application, Direction.Outbound, "+15550100001", "+4930123457", seconds: 0);
        _application = application;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task CallAsync(string application, Direction direction, string from, string to, int seconds)
    {
        uint counter = Interlocked.Increment(ref _legs);
        var leg = Samples.Facts(direction) with
        {
            Id = LegId.Compose(1, 0, host.Store.Node.Epoch, counter, counter * 7919UL),
            Uuid = TimeUuid.Create(host.Time.GetUtcNow(), counter * 104729UL),
            Session = new(TimeUuid.Create(host.Time.GetUtcNow(), counter * 1299709UL)),
            Tenant = host.Tenant,
            Connection = new(long.Parse(application)),
            From = from,
            To = to,
            StartedAt = host.Now,
            Trunk = new(Guid.NewGuid()),
            Labels = Labels.Empty,
        };
        await host.Ledger.AppendAsync(new CallEvent.LegInitiated
        {
            Leg = leg, At = host.Now,
            Origin = direction is Direction.Inbound ? new(CallIdOf(to), "203.0.113.7", User: null) : null,
        });
        if (seconds > 0)
        {
            leg = leg with { AnsweredAt = host.Now };
            await host.Ledger.AppendAsync(new CallEvent.LegAnswered { Leg = leg, At = host.Now, Codec = "PCMU", SampleRate = 8000 });
            await host.Ledger.AppendAsync(new CallEvent.SpeakStarted(Guid.NewGuid()) { Leg = leg, At = host.Now });
            host.Time.Advance(TimeSpan.FromSeconds(seconds));
        }
        await host.Ledger.AppendAsync(new CallEvent.LegEnded
        {
            Leg = leg, At = host.Now, Cause = seconds > 0 ? HangupCause.ApiHangup : HangupCause.CalleeBusy,
            By = HangupParty.Local, SipStatus = 486, SipCallId = direction is Direction.Outbound ? CallIdOf(to) : null,
        });
    }

    private static string CallIdOf(string to) => $"to-{to[1..]}@far.example";

    private Task<Answer> GetAsync(string path) => host.SendAsync("GET", "/v2" + path);

    private async Task<JsonArray> ListAsync(string path)
    {
        var answer = await GetAsync(path);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.List;
    }

    private Task<JsonObject> MadeAsync(string path, string complete) => Eventually.SomeAsync<JsonObject>(
        async () => (await GetAsync(path)).Data is var report && (string?)report["status"] == complete ? report : null,
        "the report is made");

    [Fact]
    public async Task A_call_is_told_with_its_price()
    {
        var found = await ListAsync("/detail_records?filter[record_type]=sip-trunking&filter[cld]=%2B4930123456&filter[date_range]=today");
        var call = Assert.Single(found)!.AsObject();
        Assert.Equal(("sip-trunking", "outbound", "+15550100001", "reported", 150, 180, "0.03", "0.01", "USD", true,
            "normal_clearing", "minutes"),
            ((string?)call["record_type"], (string?)call["direction"], (string?)call["cli"], (string?)call["connection_name"],
                (int?)call["call_sec"], (int?)call["billed_sec"], (string?)call["cost"], (string?)call["rate"], (string?)call["currency"],
                (bool?)call["is_telnyx_billable"], (string?)call["hangup_cause"], (string?)call["rate_measured_in"]));
        Assert.Equal(_application, (string?)call["connection_id"]);
    }

    [Fact]
    public async Task A_call_is_found_by_the_id_that_commands_name_it_by()
    {
        var call = Assert.Single(await ListAsync("/detail_records?filter[record_type]=sip-trunking&filter[cld]=%2B4930123456"))!.AsObject();
        string id = (string)call["call_control_id"]!;
        Assert.True(host.Ids.TryReadCallControl(id, host.Tenant, out _));
        foreach (string type in (string[])["sip-trunking", "call-control"])
        {
            string path = $"/detail_records?filter[record_type]={type}&filter[call_control_id]=";
            Assert.Equal((string?)call["call_leg_id"], (string?)Assert.Single(await ListAsync(path + id))!["call_leg_id"]);
            Assert.Empty(await ListAsync(path + "v3:nobodys"));
            Assert.Empty((await host.SendAsync("GET", $"/v2{path}{id}", key: TelnyxHost.OtherTenantKey)).List);
        }
    }

    [Theory]
    [InlineData("+4930123456"), InlineData("+15550100001"), InlineData("+4930123457")]
    public async Task A_call_is_found_by_the_Call_ID_of_its_INVITE(string called)
    {
        foreach (string type in (string[])["sip-trunking", "call-control"])
        {
            string path = $"/detail_records?filter[record_type]={type}&filter[sip_call_id]={Uri.EscapeDataString(CallIdOf(called))}";
            var call = Assert.Single(await ListAsync(path))!;
            Assert.Equal((called, CallIdOf(called)), ((string?)call["cld"], (string?)call["sip_call_id"]));
            Assert.Empty((await host.SendAsync("GET", "/v2" + path, key: TelnyxHost.OtherTenantKey)).List);
        }
    }

    [Theory]
    [InlineData("+4930123456", 1, "DE"), InlineData("+15550100001", 1, "US"), InlineData("+4930123457", 0, "DE")]
    public async Task A_call_is_found_by_its_session_and_counts_where_it_was_answered(string called, int answered, string country)
    {
        string path = $"/detail_records?filter[record_type]=sip-trunking&filter[cld]={Uri.EscapeDataString(called)}";
        string session = (string)Assert.Single(await ListAsync(path))!["call_session_id"]!;
        foreach (string type in (string[])["sip-trunking", "call-control"])
        {
            var call = Assert.Single(await ListAsync($"/detail_records?filter[record_type]={type}&filter[telnyx_session_id]={session}"))!;
            Assert.Equal((called, session, answered, answered, country), ((string?)call["cld"], (string?)call["telnyx_session_id"],
                (int?)call["connected"], (int?)call["completed"], (string?)call["country_iso"]));
        }
        // Something was said to each that was answered.
        Assert.Equal(answered, (await ListAsync($"/detail_records?filter[record_type]=tts&filter[telnyx_session_id]={session}")).Count);
    }

    [Fact]
    public async Task A_call_without_a_price_has_none_rather_than_nothing()
    {
        var call = Assert.Single(await ListAsync("/detail_records?filter[record_type]=sip-trunking&filter[direction]=inbound"))!.AsObject();
        Assert.False(call.ContainsKey("cost"));
        Assert.False(call.ContainsKey("currency"));
        Assert.False((bool?)call["is_telnyx_billable"]);
    }

    [Theory]
    [InlineData("sip-trunking", "", 3)]
    [InlineData("call-control", "", 3)]
    [InlineData("tts", "", 2)]
    [InlineData("sip-trunking", "&filter[date_range]=yesterday", 0)]
    [InlineData("sip-trunking", "&filter[date_range]=last_2_days", 3)]
    [InlineData("sip-trunking", "&filter[date_range]=this_month", 3)]
    [InlineData("sip-trunking", "&filter[date_range]=last_24_hours", 3)]
    [InlineData("sip-trunking", "&filter[created_at][gte]=2025-03-04&filter[created_at][lt]=2025-03-05", 3)]
    [InlineData("sip-trunking", "&filter[created_at][gte]=2025-03-05", 0)]
    [InlineData("sip-trunking", "&filter[date_range][gte]=2025-03-04T00:00:00.000Z", 3)]
    [InlineData("sip-trunking", "&filter[date_range][gte]=2025-03-05T00:00:00.000Z", 0)]
    [InlineData("sip-trunking", "&filter[date_range]=this_month&filter[date_range][lt]=2025-03-04", 0)]
    [InlineData("sip-trunking", "&filter[cld][starts_with]=%2B4930", 2)]
    [InlineData("sip-trunking", "&filter[cld][ends_with]=57", 1)]
    [InlineData("sip-trunking", "&filter[cld][contains]=3012345&filter[call_sec][gt]=0", 1)]
    [InlineData("sip-trunking", "&filter[cost][gte]=0.03", 1)]
    [InlineData("sip-trunking", "&filter[cost][gt]=0.03", 0)]
    [InlineData("message_detail_record", "", 0), InlineData("sim_card_usage", "", 0), InlineData("message", "", 0)]
    [InlineData("messaging", "", 0), InlineData("webrtc", "&filter[date_range]=last_week", 0), InlineData("wireless", "", 0)]
    public async Task A_filter_leaves_what_fits(string type, string filter, int count) =>
        Assert.Equal(count, (await ListAsync($"/detail_records?filter[record_type]={type}{filter}")).Count);

    [Fact]
    public async Task The_newest_comes_first_unless_another_order_is_asked_for()
    {
        async Task<string[]> OrderAsync(string sort) =>
            [.. (await ListAsync($"/detail_records?filter[record_type]=sip-trunking{sort}")).Select(r => $"{r!["cld"]}")];
        Assert.Equal(["+4930123457", "+15550100001", "+4930123456"], await OrderAsync(""));
        Assert.Equal(["+4930123456", "+15550100001", "+4930123457"], await OrderAsync("&sort=created_at"));
        Assert.Equal(["+4930123456", "+15550100001", "+4930123457"], await OrderAsync("&sort=-call_sec"));
    }

    [Fact]
    public async Task Pages_hold_each_record_once()
    {
        var seen = new List<string>();
        for (int number = 1; number <= 3; number++)
        {
            var page = await GetAsync($"/detail_records?filter[record_type]=sip-trunking&page[size]=1&page[number]={number}");
            Assert.Equal((3, 3), ((int?)page.Body["meta"]!["total_results"], (int?)page.Body["meta"]!["total_pages"]));
            seen.Add((string)Assert.Single(page.List)!["id"]!);
        }
        Assert.Equal(3, seen.Distinct().Count());
        Assert.Empty(await ListAsync("/detail_records?filter[record_type]=sip-trunking&page[number]=9"));
        (await GetAsync("/detail_records?filter[record_type]=sip-trunking&page[size]=51")).Refuses(422, "10015");
    }

    [Theory]
    [InlineData("", 422, "10004", "filter[record_type]")]
    [InlineData("?filter[record_type]=letters", 400, "10031", "filter[record_type]")]
    [InlineData("?filter[record_type]=sip-trunking&filter[colour]=red", 400, "10031", "filter[colour]")]
    [InlineData("?filter[record_type]=sip-trunking&filter[date_range]=last_age", 400, "10031", "filter[date_range]")]
    [InlineData("?filter[record_type]=sip-trunking&filter[call_sec][gt]=long", 400, "10031", "filter[call_sec][gt]")]
    [InlineData("?filter[record_type]=sip-trunking&filter[date_range][gte]=noon", 400, "10031", "filter[date_range][gte]")]
    [InlineData("?filter[record_type]=sip-trunking&filter[record_type][ne]=tts", 400, "10031", "filter[record_type][ne]")]
    [InlineData("?filter[record_type]=sip-trunking&filter[started_at][gt]=noon", 400, "10031", "filter[started_at][gt]")]
    [InlineData("?filter[record_type]=sip-trunking&sort=colour", 400, "10018", "sort")]
    [InlineData("?record_type=sip-trunking", 400, "10031", "record_type")]
    [InlineData("?filter[record_type]=sip-trunking&date_range=today", 400, "10031", "date_range")]
    [InlineData("?filter[record_type]=sip-trunking&cld=%2B4930123456", 400, "10031", "cld")]
    [InlineData("?filter[record_type]=sip-trunking&call_sec[gt]=0", 400, "10031", "call_sec[gt]")]
    [InlineData("?filter[record_type]=sip-trunking&call_control_id=v3:nobodys", 400, "10031", "call_control_id")]
    public async Task What_cannot_be_searched_for_is_said(string query, int status, string code, string parameter)
    {
        var answer = await GetAsync("/detail_records" + query);
        answer.Refuses(status, code);
        Assert.Equal(parameter, (string?)answer.Error["source"]?["parameter"]);
    }

    [Fact]
    public async Task Another_account_has_its_own_records()
    {
        foreach (string path in new[]
        {
            "/detail_records?filter[record_type]=sip-trunking", "/usage_reports?product=sip-trunking&dimensions=direction&metrics=attempted"
        })
            Assert.Empty((await host.SendAsync("GET", "/v2" + path, key: TelnyxHost.OtherTenantKey)).List);
    }

    [Fact]
    public async Task Usage_is_summed_by_dimension_and_never_across_currencies()
    {
        var rows = await ListAsync(
            "/usage_reports?product=sip-trunking&dimensions=direction&metrics=attempted,"
            + "connected&metrics=call_sec&metrics=billed_sec&metrics=cost&date_range=today&sort=direction,-attempted");
        Assert.Equal(
            ["""{"direction":"inbound","attempted":1,"connected":1,"call_sec":20}""",
                """{"direction":"outbound","currency":"USD","attempted":2,"connected":1,"call_sec":150,"billed_sec":180,"cost":"0.03"}"""],
            rows.Select(r => r!.ToJsonString()));
    }

    [Fact]
    public async Task Usage_comes_as_a_table_too()
    {
        var text = await (await host.FetchRawAsync(
            "/v2/usage_reports?product=sip-trunking&dimensions=direction&metrics=cost&date_range=today&format=csv&sort=direction")).Content
            .ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("direction,currency,cost\r\ninbound,,\r\noutbound,USD,0.03\r\n", text);
    }

    [Fact]
    public async Task Each_option_can_be_asked_for()
    {
        foreach (var product in await ListAsync("/usage_reports/options"))
        {
            string dimensions = string.Join(',', product!["product_dimensions"]!.AsArray()),
                metrics = string.Join(',', product["product_metrics"]!.AsArray());
            await ListAsync(
                $"/usage_reports?product={product["product"]}&dimensions={dimensions}&metrics={metrics}&date_range=last_7_days");
        }
        Assert.Equal("tts", (string?)Assert.Single(await ListAsync("/usage_reports/options?product=tts"))!["product"]);
    }

    [Theory]
    [InlineData("product=letters&dimensions=direction&metrics=cost", "product")]
    [InlineData("product=sip-trunking&dimensions=colour&metrics=cost", "dimensions")]
    [InlineData("product=sip-trunking&dimensions=direction&metrics=joy", "metrics")]
    [InlineData("product=sip-trunking&dimensions=direction&metrics=cost&date_range=ever", "date_range")]
    [InlineData("product=sip-trunking&dimensions=direction&metrics=cost&date_range=last_60_days", "date_range")]
    [InlineData("product=sip-trunking&dimensions=direction&metrics=cost&start_date=2025-01-01&end_date=2025-03-01", "end_date")]
    [InlineData("product=sip-trunking&dimensions=direction&metrics=cost&start_date=2025-03-02&end_date=2025-03-01", "end_date")]
    [InlineData("product=sip-trunking&dimensions=direction&metrics=cost&start_date=soon", "start_date")]
    public async Task Sums_that_make_no_sense_are_refused(string query, string parameter)
    {
        var answer = await GetAsync("/usage_reports?" + query);
        answer.Refuses(400, "10015");
        Assert.Equal(parameter, (string?)answer.Error["source"]?["parameter"]);
    }

    [Theory]
    [InlineData("NO_AGGREGATION", "NO_BREAKDOWN", null, null)]
    [InlineData("CONNECTION", "COUNTRY", "connection_id", "DE")]
    [InlineData("TAG", "DID_VS_TOLL_FREE", "tag", null)]
    [InlineData("BILLING_GROUP", "DID_VS_TOLL_FREE_PER_COUNTRY", "billing_group_id", "DE")]
    public async Task The_voice_report_agrees_with_the_records(string aggregation, string breakdown, string? group, string? country)
    {
        var report = (await GetAsync(
            $"/reports/cdr_usage_reports/sync?aggregation_type={aggregation}&product_breakdown={breakdown}&start_date=2025-03-01T00:00:00Z&"
            + $"end_date=2025-03-06T00:00:00Z")).Data;
        Assert.Equal("COMPLETE", (string?)report["status"]);
        var usage = report["result"]!["usage"]!.AsArray();
        Assert.Equal(3, usage.Sum(u => (int)u!["attempted"]!));
        Assert.Equal(170, usage.Sum(u => (int)u!["call_sec"]!));
        var priced = Assert.Single(usage, u => u!["cost"] is not null && (string?)u["cost"] != "0.00")!.AsObject();
        Assert.Equal(("0.03", "USD", country), ((string?)priced["cost"], (string?)priced["currency"], (string?)priced["country_iso"]));
        if (group is not null) Assert.True(priced.ContainsKey(group));
        if (breakdown.StartsWith("DID", StringComparison.Ordinal)) Assert.Equal("did", (string?)priced["number_type"]);
    }

    [Fact]
    public async Task Without_messages_and_mobile_data_their_reports_are_empty()
    {
        Assert.Empty(await ListAsync("/reports/mdrs?direction=INBOUND&start_date=2025-03-01"));
        Assert.Empty(await ListAsync("/reports/wdrs?mcc=262&sort=created_at"));
        var sync = (await GetAsync(
            "/reports/mdr_usage_reports/sync?aggregation_type=PROFILE&start_date=2025-03-01T00:00:00Z&end_date=2025-03-02T00:00:00Z")).Data;
        Assert.Equal("COMPLETE", (string?)sync["status"]);
        Assert.Empty(sync["result"]!.AsArray());
        (await GetAsync("/reports/mdrs?start_date=soon")).Refuses(422, "10015");
    }

    [Theory]
    [InlineData("/reports/mdr_usage_reports",
        """{"aggregation_type":"TAGS","start_date":"2025-03-01T00:00:00Z","end_date":"2025-03-02T00:00:00Z"}""", "COMPLETE",
        "profile_id,tags,product")]
    [InlineData("/wireless/detail_records_reports", """{"start_time":"2025-03-01T00:00:00Z","end_time":"2025-03-02T00:00:00Z"}""",
        "complete", "id,created_at,imsi")]
    [InlineData("/ledger_billing_group_reports", """{"year":2025,"month":3}""", "complete", "billing_group_id,billing_group_name,kind")]
    public async Task A_report_is_made_and_fetched_by_its_link(string path, string body, string complete, string header)
    {
        var asked = (await host.SendAsync("POST", "/v2" + path, body)).Data;
        string id = (string)asked["id"]!;
        var report = await MadeAsync($"{path}/{id}", complete);

        using var file = await host.FetchAsync((string)report["report_url"]!);
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(header, await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        (await host.SendAsync("GET", $"/v2{path}/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await GetAsync($"{path}/{Guid.NewGuid()}")).Refuses(404, "10005");
        if (path.StartsWith("/ledger", StringComparison.Ordinal)) return;

        Assert.Contains(id, (await ListAsync(path)).Select(r => (string?)r!["id"]));
        string link = (string)report["report_url"]!;
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2{path}/{id}")).Status);
        (await GetAsync($"{path}/{id}")).Refuses(404, "10005");
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await host.FetchAsync(link)).StatusCode);
    }

    [Fact]
    public async Task The_ledger_report_has_the_call_at_its_price()
    {
        string id = (string)(await host.SendAsync("POST", "/v2/ledger_billing_group_reports", """{"year":2025,"month":3}""")).Data["id"]!;
        var report = await MadeAsync($"/ledger_billing_group_reports/{id}", "complete");
        using var file = await host.FetchAsync((string)report["report_url"]!);
        Assert.Contains(",,charge,voice,outbound,1,180,-0.03,USD",
            (await file.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\r\n"));
    }

    [Theory]
    [InlineData("/usage_reports?product=sip-trunking&dimensions=direction&metrics=cost&start_date=2025-03-02&end_date=2025-03-02", "")]
    [InlineData("/reports/mdrs?start_date=2025-03-02&end_date=2025-03-02", "")]
    [InlineData("/reports/wdrs?start_date=2025-03-02&end_date=2025-03-02", "")]
    [InlineData("/reports/cdr_usage_reports/sync?aggregation_type=NO_AGGREGATION&product_breakdown=NO_BREAKDOWN"
        + "&start_date=2025-03-02T00:00:00Z&end_date=2025-03-02T00:00:00Z",
        "result.usage")]
    [InlineData("/reports/mdr_usage_reports/sync?aggregation_type=PROFILE&start_date=2025-03-02T00:00:00Z&end_date=2025-03-02T00:00:00Z",
        "result")]
    [InlineData("/reports/cdr_usage_reports/sync?aggregation_type=NO_AGGREGATION&product_breakdown=NO_BREAKDOWN"
        + "&end_date=0001-01-01T00:00:00Z", "result.usage")]
    [InlineData("/reports/mdr_usage_reports/sync?aggregation_type=PROFILE&end_date=0001-01-01T00:00:00Z", "result")]
    [InlineData("/reports/mdr_usage_reports/sync?aggregation_type=PROFILE&end_date=0001-01-31T23:00:00-12:00", "result")]
    [InlineData("/charges_breakdown?start_date=2025-03-02&end_date=2025-03-02", "results")]
    [InlineData("/charges_summary?start_date=2025-03-02&end_date=2025-03-02", "summary.lines")]
    public async Task What_ends_when_it_begins_is_empty(string path, string at)
    {
        var answer = await GetAsync(path);
        Assert.Equal(200, answer.Status);
        JsonNode? inside = JsonNode.Parse(answer.Text)!["data"];
        foreach (string name in at.Split('.', StringSplitOptions.RemoveEmptyEntries)) inside = inside![name];
        Assert.Empty(inside!.AsArray());
    }

    [Theory]
    [InlineData("/reports/mdr_usage_reports",
        """{"aggregation_type":"TAGS","start_date":"2025-03-02T00:00:00Z","end_date":"2025-03-02T00:00:00Z"}""", "COMPLETE")]
    [InlineData("/wireless/detail_records_reports",
        """{"start_time":"2025-03-02T00:00:00Z","end_time":"2025-03-02T00:00:00Z"}""", "complete")]
    public async Task A_report_that_ends_when_it_begins_is_made(string path, string body, string complete) =>
        await MadeAsync($"{path}/{(string)(await host.SendAsync("POST", "/v2" + path, body)).Data["id"]!}", complete);

    [Theory]
    [InlineData("/ledger_billing_group_reports", """{"year":2025,"month":13}""", "/month")]
    [InlineData("/ledger_billing_group_reports", """{"year":2199,"month":1}""", "/year")]
    [InlineData("/wireless/detail_records_reports", """{"start_time":"soon"}""", "/start_time")]
    [InlineData("/wireless/detail_records_reports", """{"start_time":"2025-03-02","end_time":"2025-03-01"}""", "/end_time")]
    [InlineData("/reports/mdr_usage_reports",
        """{"aggregation_type":"TAGS","start_date":"2025-03-02T00:00:00Z","end_date":"2025-03-01T00:00:00Z"}""", "/end_date")]
    [InlineData("/reports/mdr_usage_reports", """{"start_date":"2025-03-02T00:00:00Z","end_date":"2025-03-01T00:00:00Z"}""",
        "/aggregation_type")]
    public async Task A_report_over_no_time_is_refused(string path, string body, string pointer)
    {
        var answer = await host.SendAsync("POST", "/v2" + path, body);
        Assert.Equal(422, answer.Status);
        Assert.Equal(pointer, answer.Pointer);
    }
}
