using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Account.Notifications;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Numbers over real HTTP: the operator's stock, searches of it, reservations, orders, and the way back.</summary>
public sealed class NumberOrderTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Search = "/v2/available_phone_numbers";
    // Each test has an area code of its own, so that none sees what another took.
    private static int _codes = 600;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Puts numbers of a new area code into the stock.</summary>
    /// <returns>The area code.</returns>
    private async Task<string> StockAsync(int count = 5, string more = "")
    {
        string code = $"{Interlocked.Increment(ref _codes)}";
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"+1{{code}}5550100","last":"+1{{code}}5550{{99 + count}}","country":"US","features":["voice","sms"]{{more}}}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(count, (int)made.Data["added"]!);
        return code;
    }

    private Task<Answer> SearchAsync(string code, string more = "", string key = TelnyxHost.Key) =>
        host.SendAsync("GET", $"{Search}?filter[national_destination_code]={code}{more}", key: key);

    private async Task<string[]> FoundAsync(string code, string more = "", string key = TelnyxHost.Key) =>
        [.. (await SearchAsync(code, more, key)).List.Select(number => (string)number!["phone_number"]!)];

    private Task<Answer> OrderAsync(string number, string more = "", string key = TelnyxHost.Key) =>
        host.SendAsync("POST", "/v2/number_orders", $$"""{"phone_numbers":[{"phone_number":"{{number}}"}]{{more}}}""", key);

    private static string Escaped(string number) => Uri.EscapeDataString(number);

    [Fact]
    public async Task A_search_shows_what_there_is_and_what_it_costs()
    {
        string code = await StockAsync(more: ""","upfront_cost":"1.00","monthly_cost":"2.50","locality":"Chicago","administrative_area":"il" """);
        var found = await SearchAsync(code, "&filter[limit]=2");
        Assert.True(found.Status == 200, found.Text);
        Assert.Equal([$"+1{code}5550100", $"+1{code}5550101"], found.List.Select(number => (string)number!["phone_number"]!));
        var first = found.List[0]!;
        Assert.Equal(("1.00000", "2.50000", "USD"), ((string)first["cost_information"]!["upfront_cost"]!,
            (string)first["cost_information"]!["monthly_cost"]!, (string)first["cost_information"]!["currency"]!));
        Assert.Equal([("country_code", "US"), ("state", "IL"), ("location", "CHICAGO")], first["region_information"]!.AsArray()
            .Select(region => ((string)region!["region_type"]!, (string)region["region_name"]!)));
        Assert.Equal((2, 0), ((int)found.Body["meta"]!["total_results"]!, (int)found.Body["meta"]!["best_effort_results"]!));
        Assert.Equal(["sms", "voice"], first["features"]!.AsArray().Select(feature => (string)feature!["name"]!).Order());

        Assert.Equal(5, (await FoundAsync(code, "&filter[phone_number][starts_with]=5550")).Length);
        Assert.Empty(await FoundAsync(code, "&filter[phone_number][contains]=ab"));
        Assert.Equal([$"+1{code}5550103"], await FoundAsync(code, "&filter[phone_number][ends_with]=3"));
        Assert.Empty(await FoundAsync(code, "&filter[features][]=fax"));
        // Clients ask for a page, as of other lists.
        Assert.Equal((2, 1, 0), ((await FoundAsync(code, "&page[size]=2")).Length,
            (await FoundAsync(code, "&page[size]=2&filter[limit]=1")).Length,
            (await FoundAsync(code, "&page[number]=2&page[size]=2")).Length));
        Assert.Equal(await FoundAsync(code, "&filter[phone_number_type]=local"), await FoundAsync(code, "&filter[number_type]=local"));
        Assert.Empty(await FoundAsync(code, "&filter[number_type]=toll-free"));
        // As older clients write lists.
        Assert.Equal(5, (await FoundAsync(code, "&filter[features][0]=sms&filter[features][1]=voice&filter[country_code][]=US")).Length);
        Assert.Empty(await FoundAsync(code, "&filter[features][0]=sms&filter[features][1]=fax"));
        (await host.SendAsync("GET", $"{Search}?filter[country_code]=SE")).Refuses(400, "10031");
        (await host.SendAsync("GET", $"{Search}?filter[no_such]=1")).Refuses(400, "10031");
        (await SearchAsync(code, "&filter[limit]=1001")).Refuses(400, "10031");
    }

    [Theory]
    [InlineData("available_phone_numbers", "country_code=US", "filter[country_code]")]
    [InlineData("available_phone_numbers", "national_destination_code=312", "filter[national_destination_code]")]
    [InlineData("available_phone_numbers", "features[]=sms", "filter[features][]")]
    [InlineData("available_phone_numbers", "phone_number%5Bstarts_with%5D=555", "filter[phone_number][starts_with]")]
    [InlineData("available_phone_numbers", "limit=1", "filter[limit]")]
    [InlineData("available_phone_numbers", "number_type=local", "filter[phone_number_type]")]
    [InlineData("available_phone_number_blocks", "country_code=US", "filter[country_code]")]
    [InlineData("inventory_coverage", "country_code=US&filter[count]=true", "filter[country_code]")]
    public async Task A_filter_outside_of_its_brackets_is_refused_with_the_way_to_write_it(string list, string query, string written)
    {
        var refused = await host.SendAsync("GET", $"/v2/{list}?{query}");
        refused.Refuses(400, "10031");
        Assert.Contains($"must be written {written}.", (string?)refused.Body["errors"]![0]!["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_made_up_from_the_same_area_code_and_state()
    {
        string code = await StockAsync(3, ""","administrative_area":"WY","locality":"CODY" """),
            other = await StockAsync(3, ""","administrative_area":"WY" """);
        var found = await SearchAsync(code, "&filter[phone_number][ends_with]=2&filter[best_effort]=true&filter[limit]=5");
        Assert.Equal([(false, $"+1{code}5550102"), (true, $"+1{code}5550100"), (true, $"+1{code}5550101"), (true, $"+1{other}5550100"),
            (true, $"+1{other}5550101")],
            found.List.Select(number => ((bool)number!["best_effort"]!, (string)number["phone_number"]!)));
        Assert.Equal((5, 4), ((int)found.Body["meta"]!["total_results"]!, (int)found.Body["meta"]!["best_effort_results"]!));
    }

    [Fact]
    public async Task What_no_search_has_shown_cannot_be_ordered()
    {
        string code = await StockAsync();
        (await OrderAsync($"+1{code}5550100")).Refuses(422, "85000", "/phone_numbers/0/phone_number");
        await FoundAsync(code, key: TelnyxHost.OtherTenantKey);
        (await OrderAsync($"+1{code}5550100")).Refuses(422, "85000", "/phone_numbers/0/phone_number");      // another's search
        await FoundAsync(code);
        host.Time.Advance(TimeSpan.FromHours(25));
        (await OrderAsync($"+1{code}5550100")).Refuses(422, "85000", "/phone_numbers/0/phone_number");
    }

    [Fact]
    public async Task An_order_makes_the_number_the_accounts_with_its_connection_its_price_and_its_event()
    {
        string code = await StockAsync(more: ""","upfront_cost":"1.00","monthly_cost":"2.00" """);
        string number = (await FoundAsync(code))[0], application = await host.ApplicationAsync($"ordered {code}");
        await ListenAsync();
        long before = await BalanceAsync();
        var made = await OrderAsync(number, $$""","connection_id":"{{application}}","customer_reference":"mine" """);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("pending", "pending", "mine", 1), ((string)made.Data["status"]!, (string)made.Data["phone_numbers"]![0]!["status"]!,
            (string)made.Data["customer_reference"]!, (int)made.Data["phone_numbers_count"]!));
        string id = (string)made.Data["id"]!;
        var order = (await host.SendAsync("GET", $"/v2/number_orders/{id}")).Data;
        Assert.Equal(("success", "success", number), ((string)order["status"]!, (string)order["phone_numbers"]![0]!["status"]!,
            (string)order["phone_numbers"]![0]!["phone_number"]!));
        var routed = host.Store.Routing.Current.FindOwnNumber(number)!;
        Assert.Equal((host.Tenant, application), (routed.Tenant, routed.Connection.ToString()));
        var shown = (await host.SendAsync("GET", $"/v2/phone_numbers/{Escaped(number)}")).Data;
        Assert.Equal(("active", "number_order", "local", application, "mine"), ((string)shown["status"]!, (string)shown["source_type"]!,
            (string)shown["phone_number_type"]!, (string)shown["connection_id"]!, (string)shown["customer_reference"]!));
        Assert.Equal(before - 3_000_000, await BalanceAsync());
        Assert.DoesNotContain(number, await FoundAsync(code));

        // Its part and its number are documents of their own.
        string part = (string)order["sub_number_orders_ids"]![0]!;
        var seen = (await host.SendAsync("GET", $"/v2/sub_number_orders/{part}?filter[include_phone_numbers]=true")).Data;
        Assert.Equal((id, "US", "success", number), ((string)seen["order_request_id"]!, (string)seen["country_code"]!,
            (string)seen["status"]!, (string)seen["phone_numbers"]![0]!["phone_number"]!));
        Assert.Equal(number, (string)(await host.SendAsync("GET",
            $"/v2/number_order_phone_numbers/{order["phone_numbers"]![0]!["id"]}")).Data["phone_number"]!);
        Assert.Contains((await host.SendAsync("GET", "/v2/number_orders?filter[customer_reference]=mine")).List,
            o => (string)o!["id"]! == id);
        (await host.SendAsync("GET", $"/v2/number_orders/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("GET", $"/v2/sub_number_orders/{part}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        var told = Assert.Single(await ToldAsync(id));
        Assert.Equal(("number_order.complete", "success", number), ((string)told["event_type"]!, (string)told["payload"]!["status"]!,
            (string)told["payload"]!["phone_numbers"]![0]!["phone_number"]!));
    }

    [Fact]
    public async Task Of_two_accounts_that_order_one_number_at_once_one_has_it()
    {
        string code = await StockAsync(20);
        await FoundAsync(code, key: TelnyxHost.OtherTenantKey);
        foreach (string number in await FoundAsync(code))
        {
            var answers = await Task.WhenAll(OrderAsync(number), OrderAsync(number, key: TelnyxHost.OtherTenantKey));
            var refused = Assert.Single(answers, a => a.Status != 200);
            refused.Refuses(422, "85001", "/phone_numbers/0/phone_number");
            var owner = host.Store.Routing.Current.FindOwnNumber(number)!.Tenant;
            Assert.Equal(answers[0].Status == 200 ? host.Tenant : host.Stranger, owner);
        }
    }

    [Fact]
    public async Task All_of_an_order_or_none()
    {
        string code = await StockAsync();
        string[] numbers = await FoundAsync(code);
        await FoundAsync(code, key: TelnyxHost.OtherTenantKey);
        Assert.Equal(200, (await OrderAsync(numbers[1], key: TelnyxHost.OtherTenantKey)).Status);
        var refused = await host.SendAsync("POST", "/v2/number_orders",
            $$"""{"phone_numbers":[{"phone_number":"{{numbers[0]}}"},{"phone_number":"{{numbers[1]}}"}]}""");
        refused.Refuses(422, "85001", "/phone_numbers/1/phone_number");
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(numbers[0]));
        Assert.Contains(numbers[0], await FoundAsync(code));
    }

    [Fact]
    public async Task An_order_that_cannot_be_is_refused_by_what_is_wrong()
    {
        string code = await StockAsync(more: ""","monthly_cost":"1000.00" """);
        string number = (await FoundAsync(code))[0];
        (await OrderAsync("12")).Refuses(422, "10016", "/phone_numbers/0/phone_number");
        (await host.SendAsync("POST", "/v2/number_orders", "{}")).Refuses(422, "10004", "/phone_numbers");
        (await host.SendAsync("POST", "/v2/number_orders",
            $$"""{"phone_numbers":[{"phone_number":"{{number}}"},{"phone_number":"{{number}}"}]}"""))
            .Refuses(422, "10015", "/phone_numbers/1/phone_number");
        (await OrderAsync(number, ""","connection_id":"77" """)).Refuses(422, "85004", "/connection_id");
        (await OrderAsync(number, $$""","billing_group_id":"{{Guid.NewGuid()}}" """)).Refuses(422, "10015", "/billing_group_id");
    }

    [Fact]
    public async Task Who_cannot_pay_gets_nothing()
    {
        string code = await StockAsync(more: ""","monthly_cost":"5.00" """);
        string number = (await FoundAsync(code, key: TelnyxHost.OtherTenantKey))[0];
        await host.Store.MoneyAccounts.ChangeAsync(host.Stranger, account => account with { CreditLimitMicros = 0 }, AuditActor.Operator,
            Stop);
        (await OrderAsync(number, key: TelnyxHost.OtherTenantKey)).Refuses(403, "20100");
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(number));
        await host.Store.Money.AddAsync(host.Stranger, MoneyKind.Payment, new Money(5_000_000, "USD"), "paid", Stop);
        Assert.Equal(200, (await OrderAsync(number, key: TelnyxHost.OtherTenantKey)).Status);
        await host.Store.MoneyAccounts.ChangeAsync(host.Stranger, account => account with { CreditLimitMicros = null, IsUnlimited = true },
            AuditActor.Operator, Stop);
    }

    [Fact]
    public async Task A_reservation_keeps_others_out_until_it_is_over()
    {
        string code = await StockAsync();
        string number = (await FoundAsync(code))[0];
        string body = $$"""{"phone_numbers":[{"phone_number":"{{number}}"}],"customer_reference":"kept"}""";
        var made = await host.SendAsync("POST", "/v2/number_reservations", body);
        Assert.True(made.Status == 200, made.Text);
        string id = (string)made.Data["id"]!;
        Assert.Equal("pending", (string)made.Data["status"]!);
        var kept = (await host.SendAsync("GET", $"/v2/number_reservations/{id}")).Data;
        Assert.Equal(("success", "success"), ((string)kept["status"]!, (string)kept["phone_numbers"]![0]!["status"]!));
        Assert.DoesNotContain(number, await FoundAsync(code, key: TelnyxHost.OtherTenantKey));
        Assert.Contains(number, await FoundAsync(code));
        Assert.DoesNotContain(number, await FoundAsync(code, "&filter[exclude_held_numbers]=true"));
        (await host.SendAsync("POST", "/v2/number_reservations", body)).Refuses(422, "85006", "/phone_numbers/0/phone_number");
        Assert.Single((await host.SendAsync("GET", $"/v2/number_reservations?filter[phone_numbers.phone_number]={Escaped(number)}")).List);

        for (int i = 0; i < 3; i++)
            Assert.Equal(200, (await host.SendAsync("POST", $"/v2/number_reservations/{id}/actions/extend")).Status);
        (await host.SendAsync("POST", $"/v2/number_reservations/{id}/actions/extend")).Refuses(422, "85008");
        host.Time.Advance(TimeSpan.FromMinutes(119));
        Assert.DoesNotContain(number, await FoundAsync(code, key: TelnyxHost.OtherTenantKey));
        host.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Contains(number, await FoundAsync(code, key: TelnyxHost.OtherTenantKey));
        Assert.Equal(200, (await OrderAsync(number, key: TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task A_reservation_that_an_order_used_up_is_not_extended()
    {
        string code = await StockAsync(), number = (await FoundAsync(code))[0];
        var made = await host.SendAsync("POST", "/v2/number_reservations", $$"""{"phone_numbers":[{"phone_number":"{{number}}"}]}""");
        Assert.Equal(200, (await OrderAsync(number)).Status);
        (await host.SendAsync("POST", $"/v2/number_reservations/{made.Data["id"]}/actions/extend")).Refuses(422, "10015");
    }

    [Fact]
    public async Task Of_two_numbers_that_are_reserved_one_may_fail()
    {
        string code = await StockAsync();
        string[] numbers = await FoundAsync(code);
        await FoundAsync(code, key: TelnyxHost.OtherTenantKey);
        Assert.Equal(200, (await host.SendAsync("POST", "/v2/number_reservations",
            $$"""{"phone_numbers":[{"phone_number":"{{numbers[0]}}"}]}""", TelnyxHost.OtherTenantKey)).Status);
        var made = await host.SendAsync("POST", "/v2/number_reservations",
            $$"""{"phone_numbers":[{"phone_number":"{{numbers[0]}}"},{"phone_number":"{{numbers[1]}}"}]}""");
        var kept = (await host.SendAsync("GET", $"/v2/number_reservations/{made.Data["id"]}")).Data;
        Assert.Equal("failure", (string)kept["status"]!);
        Assert.Equal(["failure", "success"], kept["phone_numbers"]!.AsArray().Select(one => (string)one!["status"]!));
        (await host.SendAsync("GET", $"/v2/number_reservations/{made.Data["id"]}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_number_that_is_returned_is_found_by_others_after_thirty_days()
    {
        string code = await StockAsync();
        string number = (await FoundAsync(code))[0];
        Assert.Equal(200, (await OrderAsync(number)).Status);
        (await host.SendAsync("DELETE", $"/v2/phone_numbers/{Escaped(number)}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        var gone = await host.SendAsync("DELETE", $"/v2/phone_numbers/{Escaped(number)}");
        Assert.Equal((200, "deleted", number), (gone.Status, (string?)gone.Data["status"], (string?)gone.Data["phone_number"]));
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(number));
        (await host.SendAsync("GET", $"/v2/phone_numbers/{Escaped(number)}")).Refuses(404, "10005");
        Assert.DoesNotContain(number, await FoundAsync(code, key: TelnyxHost.OtherTenantKey));
        host.Time.Advance(TimeSpan.FromDays(31));
        Assert.Contains(number, await FoundAsync(code, key: TelnyxHost.OtherTenantKey));
        Assert.Equal(200, (await OrderAsync(number, key: TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task A_block_is_ordered_whole_and_makes_an_order()
    {
        string code = await StockAsync(10, ""","block_size":10""");
        var blocks = await host.SendAsync("GET", $"/v2/available_phone_number_blocks?filter[national_destination_code]={code}");
        Assert.Equal(($"+1{code}5550100", 10),
            ((string)blocks.List.Single()!["starting_number"]!, (int)blocks.List.Single()!["range"]!));
        (await host.SendAsync("POST", "/v2/number_block_orders", $$"""{"starting_number":"+1{{code}}5550100","range":9}"""))
            .Refuses(422, "85000", "/starting_number");
        var made = await host.SendAsync("POST", "/v2/number_block_orders", $$"""{"starting_number":"+1{{code}}5550100","range":10}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal("success", (string)(await host.SendAsync("GET", $"/v2/number_block_orders/{made.Data["id"]}")).Data["status"]!);
        for (int i = 0; i < 10; i++) Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber($"+1{code}555010{i}")!.Tenant);
        Assert.Contains((await host.SendAsync("GET", "/v2/sub_number_orders")).List,
            part => (bool)part!["is_block_sub_number_order"]! && (int)part["phone_numbers_count"]! == 10);
    }

    [Fact]
    public async Task An_order_puts_its_numbers_on_a_messaging_profile()
    {
        string profile = await MadeAsync("messaging_profiles", """{"name":"of an order","whitelisted_destinations":["*"]}""");
        var theirs = await host.SendAsync("POST", "/v2/messaging_profiles", """{"name":"theirs","whitelisted_destinations":["*"]}""",
            TelnyxHost.OtherTenantKey);
        string code = await StockAsync(), block = await StockAsync(10, ""","block_size":10""");
        string number = (await FoundAsync(code))[0], wish = $",\"messaging_profile_id\":\"{profile}\"";
        (await OrderAsync(number, $",\"messaging_profile_id\":\"{theirs.Data["id"]}\"")).Refuses(422, "85005", "/messaging_profile_id");
        (await OrderAsync(number, ",\"messaging_profile_id\":\"nothing\"")).Refuses(422, "85005", "/messaging_profile_id");
        Assert.Null(host.Store.Routing.Current.FindOwnNumber(number));

        var made = await OrderAsync(number, wish);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(profile, (string)made.Data["messaging_profile_id"]!);
        Assert.Equal(Guid.Parse(profile), host.Store.Routing.Current.FindOwnNumber(number)!.MessagingProfile);
        Assert.Equal(profile, (string)(await host.SendAsync("GET", $"/v2/phone_numbers/{Escaped(number)}/messaging"))
            .Data["messaging_profile_id"]!);
        Assert.Equal(200, (await host.SendAsync("GET",
            $"/v2/available_phone_number_blocks?filter[national_destination_code]={block}")).Status);
        var whole = await host.SendAsync("POST", "/v2/number_block_orders",
            $$"""{"starting_number":"+1{{block}}5550100","range":10{{wish}}}""");
        Assert.True(whole.Status == 200, whole.Text);
        Assert.Equal(profile, (string)whole.Data["messaging_profile_id"]!);
        Assert.Equal(Guid.Parse(profile), host.Store.Routing.Current.FindOwnNumber($"+1{block}5550109")!.MessagingProfile);
    }

    [Fact]
    public async Task Comments_stand_below_a_part_of_an_order_and_are_read_once()
    {
        string code = await StockAsync();
        var order = (await OrderAsync((await FoundAsync(code))[0])).Data;
        string body = $$"""
            {"body":"Please hurry.","comment_record_type":"sub_number_order","comment_record_id":"{{order["sub_number_orders_ids"]![0]}}"}
            """;
        var made = await host.SendAsync("POST", "/v2/comments", body);
        Assert.True(made.Status == 200, made.Text);
        string id = (string)made.Data["id"]!;
        Assert.Equal(("user", "Please hurry."), ((string)made.Data["commenter_type"]!, (string)made.Data["body"]!));
        (await host.SendAsync("POST", "/v2/comments", body, TelnyxHost.OtherTenantKey)).Refuses(422, "10015", "/comment_record_id");
        string? read = (string?)(await host.SendAsync("PATCH", $"/v2/comments/{id}/read")).Data["read_at"];
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(read, (string?)(await host.SendAsync("PATCH", $"/v2/comments/{id}/read")).Data["read_at"]);
        Assert.NotNull(read);
        (await host.SendAsync("PATCH", $"/v2/comments/{id}/read", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task The_slim_list_has_tags_and_connections_when_they_are_asked_for()
    {
        string code = await StockAsync();
        string number = (await FoundAsync(code))[0];
        await OrderAsync(number);
        string slim = $"/v2/phone_numbers/slim?filter[phone_number]={Escaped(number)}";
        var slimmed = Assert.Single((await host.SendAsync("GET", slim)).List)!.AsObject();
        Assert.Equal((number, "active"), ((string)slimmed["phone_number"]!, (string)slimmed["status"]!));
        Assert.False(slimmed.ContainsKey("tags") || slimmed.ContainsKey("connection_id"));
        var whole = Assert.Single((await host.SendAsync("GET", slim + "&include_tags=true&include_connection=true")).List)!.AsObject();
        Assert.True(whole.ContainsKey("tags") && whole.ContainsKey("connection_id"));
        (await host.SendAsync("GET", "/v2/phone_numbers/slim?filter[tag]=x")).Refuses(400, "10031");
        (await host.SendAsync("GET", "/v2/phone_numbers/slim?filter[connection_id]=1")).Refuses(400, "10031");
        Assert.Empty((await host.SendAsync("GET", slim + "&filter[status]=port_pending")).List);
        Assert.Empty((await host.SendAsync("GET", slim, key: TelnyxHost.OtherTenantKey)).List);
    }

    [Fact]
    public async Task Numbers_and_orders_come_as_files()
    {
        string code = await StockAsync();
        string number = (await FoundAsync(code))[0];
        var order = (await OrderAsync(number, $$""","customer_reference":"file {{code}}" """)).Data;
        var asked = await host.SendAsync("POST", $"/v2/phone_numbers/csv_downloads?filter[phone_number]={Escaped(number)}");
        Assert.True(asked.Status == 200, asked.Text);
        string id = (string)asked.List.Single()!["id"]!;
        string url = await Eventually.SomeAsync(async () =>
            (string?)(await host.SendAsync("GET", $"/v2/phone_numbers/csv_downloads/{id}")).List.Single()!["url"], "the file of numbers");
        using var file = await host.FetchAsync(url);
        string[] lines = (await file.Content.ReadAsStringAsync(Stop)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("phone_number,id,status,", lines[0]);
        Assert.StartsWith(number + ",", lines[1]);
        (await host.SendAsync("GET", $"/v2/phone_numbers/csv_downloads/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        var report = await host.SendAsync("POST", "/v2/sub_number_orders_report", $$"""{"customer_reference":"file {{code}}"}""");
        Assert.True(report.Status == 202, report.Text);
        string path = $"/v2/sub_number_orders_report/{report.Data["id"]}";
        await Eventually.SomeAsync(async () =>
            (string?)(await host.SendAsync("GET", path)).Data["status"] is "success" ? path : null, "the report");
        using var parts = await host.FetchRawAsync(path + "/download");
        Assert.Contains((string)order["sub_number_orders_ids"]![0]!, await parts.Content.ReadAsStringAsync(Stop));
        (await host.SendAsync("GET", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task The_operator_sees_changes_withdraws_and_offers_what_is_in_the_stock()
    {
        string code = await StockAsync();
        string path = $"/operator/v1/stock/%2B1{code}5550100";
        var shown = (await OperateAsync("GET", path)).Data;
        Assert.Equal(("available", "US", code, "local"), ((string)shown["state"]!, (string)shown["country"]!,
            (string)shown["national_destination_code"]!, (string)shown["type"]!));
        var changed = await OperateAsync("PATCH", path, """{"monthly_cost":"3.25","locality":"Nome","features":["voice"]}""");
        Assert.Equal(("3.25", "NOME"), ((string)changed.Data["monthly_cost"]!, (string)changed.Data["locality"]!));
        Assert.Equal(422, (await OperateAsync("PATCH", path, """{"monthly_cost":"-1"}""")).Status);
        Assert.Equal(422, (await OperateAsync("PATCH", path, """{"state":"held"}""")).Status);

        Assert.Equal("withheld", (string)(await OperateAsync("POST", path + "/actions/withdraw")).Data["state"]!);
        Assert.Equal(409, (await OperateAsync("POST", path + "/actions/withdraw")).Status);
        Assert.Equal(4, (await FoundAsync(code)).Length);
        Assert.Equal("available", (string)(await OperateAsync("POST", path + "/actions/offer")).Data["state"]!);
        string number = (await FoundAsync(code))[0];
        await OrderAsync(number);
        Assert.Equal(409, (await OperateAsync("POST", path + "/actions/withdraw")).Status);
        var owned = (await OperateAsync("GET", path)).Data;
        Assert.Equal(("assigned", host.Tenant.ToString()), ((string)owned["state"]!, (string)owned["account_id"]!));
        Assert.Contains((await OperateAsync("GET", "/operator/v1/stock?state=assigned&page[size]=250")).List,
            one => (string)one!["phone_number"]! == number);
        Assert.Equal(404, (await OperateAsync("GET", "/operator/v1/stock/%2B15550000000")).Status);
    }

    [Theory]
    [InlineData("""{"phone_number":"15550100"}""", "/numbers/0/phone_number")]
    [InlineData("""{"phone_number":"+12125550100","first":"+12125550100","last":"+12125550101"}""", "/numbers/0")]
    [InlineData("""{"first":"+12125550100"}""", "/numbers/0")]
    [InlineData("""{"first":"+12125550109","last":"+12125550100"}""", "/numbers/0/last")]
    [InlineData("""{"first":"+12125550100","last":"+12125550108","block_size":10}""", "/numbers/0/block_size")]
    [InlineData("""{"phone_number":"+12125550100","monthly_cost":"much"}""", "/numbers/0/monthly_cost")]
    [InlineData("""{"phone_number":"+12125550100","national_destination_code":"999"}""", "/numbers/0/national_destination_code")]
    public async Task A_line_that_is_wrong_takes_the_whole_import_with_it(string line, string pointer)
    {
        var refused = await OperateAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{{line}},{"phone_number":"+12125550199","country":"US"}]}""");
        Assert.Equal((422, pointer), (refused.Status, refused.Pointer));
        Assert.Equal(404, (await OperateAsync("GET", "/operator/v1/stock/%2B12125550199")).Status);
    }

    private Task<Answer> OperateAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, path, body, TelnyxHost.OperatorKey);

    [Fact]
    public async Task Ownership_and_coverage_are_told()
    {
        string code = await StockAsync(more: ""","locality":"COVERED" """);
        string number = (await FoundAsync(code))[0];
        await OrderAsync(number);
        var owned = (await host.SendAsync("POST", "/v2/phone_numbers/actions/verify_ownership",
            $$"""{"phone_numbers":["{{number}}","+1{{code}}5550101"]}""")).Data;
        Assert.Equal(number, (string)Assert.Single(owned["found"]!.AsArray())!["number_val_e164"]!);
        Assert.Equal($"+1{code}5550101", (string)Assert.Single(owned["not_found"]!.AsArray())!);

        var countries = (await host.SendAsync("GET", "/v2/country_coverage")).List;
        Assert.Contains(countries, country => (string)country!["code"]! == "US" && country["local"] is not null);
        (await host.SendAsync("GET", "/v2/country_coverage/countries/XX")).Refuses(404, "10005");
        var levels = (await host.SendAsync("GET", "/v2/inventory_coverage?filter[groupBy]=locality&filter[count]=true")).List;
        Assert.Equal(4, (int)levels.Single(level => (string)level!["group"]! == "COVERED")!["count"]!);
        var features = (await host.SendAsync("POST", "/v2/numbers_features", $$"""{"phone_numbers":["{{number}}","+15550000001"]}""")).List;
        Assert.Equal([2, 0], features.Select(one => one!["features"]!.AsArray().Count));
    }

    private async Task<long> BalanceAsync() =>
        (await host.Store.Money.BalancesAsync(host.Tenant, Stop)).SingleOrDefault(m => m.Currency == "USD").Micros;

    /// <summary>The account wants to be told by webhook that an order is done.</summary>
    private async Task ListenAsync()
    {
        string profile = await MadeAsync("notification_profiles", """{"name":"orders"}""");
        string channel = await MadeAsync("notification_channels",
            $$"""{"channel_type_id":"webhook","channel_destination":"https://93.184.216.34/orders","notification_profile_id":"{{profile}}"}""");
        await MadeAsync("notification_settings", $$"""
            {"notification_event_condition_id":"{{Catalogue.NumberOrderDone.Id}}","notification_channel_id":"{{channel}}",
             "notification_profile_id":"{{profile}}","parameters":[]}
            """);
    }

    private async Task<string> MadeAsync(string collection, string body)
    {
        var made = await host.SendAsync("POST", $"/v2/{collection}", body);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Data["id"]!;
    }

    /// <summary>What waits in the outbox or was sent of one order.</summary>
    private async Task<List<JsonNode>> ToldAsync(string id)
    {
        var told = new List<JsonNode>();
        foreach (var entry in await host.Store.Outbox.ListPendingAsync(0, 10_000, default))
        {
            if (await host.Store.Outbox.FindAsync(host.Tenant, entry.Id, default) is not { } message
                || message.OrderKey != $"number_order:{id}") continue;
            Assert.Equal("https://93.184.216.34/orders", message.Url);
            told.Add(JsonNode.Parse(message.Body)!);
        }
        return told;
    }
}
