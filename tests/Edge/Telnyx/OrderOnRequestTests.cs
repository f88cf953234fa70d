using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Account.Notifications;
using Ringwright.Telnyx.Numbers.Ordering;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Orders of numbers that the operator decides on: until then they wait, and are nobody's.</summary>
public sealed class OrderOnRequestTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The operator has numbers of an area code that nothing else here uses; the account finds and orders all of them.</summary>
    /// <param name="count">On request.</param>
    /// <param name="ready">Behind those, and sold at once.</param>
    private async Task<JsonObject> OrderedAsync(string code, int count, int ready = 0, string more = "")
    {
        var lines = new List<string>();
        if (count > 0) lines.Add(Line(100, count, ",\"on_request\":true"));
        if (ready > 0) lines.Add(Line(100 + count, ready, ""));
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import", $$"""{"numbers":[{{string.Join(',', lines)}}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        var found = await FoundAsync(code);
        Assert.Equal(count + ready, found.Length);
        string numbers = string.Join(',', found.Select(number => $$"""{"phone_number":"{{number}}"}"""));
        var order = await host.SendAsync("POST", "/v2/number_orders", $$"""{"phone_numbers":[{{numbers}}]{{more}}}""");
        Assert.True(order.Status == 200, order.Text);
        Assert.Equal("pending", (string)order.Data["status"]!);
        return order.Data;

        string Line(int first, int several, string kind) => $$"""
            {"first":"+1{{code}}5550{{first}}","last":"+1{{code}}5550{{first + several - 1}}","country":"US","monthly_cost":"2.00"{{kind}}}
            """;
    }

    private async Task<string[]> FoundAsync(string code) =>
        [.. (await host.SendAsync("GET", $"/v2/available_phone_numbers?filter[national_destination_code]={code}")).List
            .Select(number => (string)number!["phone_number"]!)];

    private async Task<JsonObject> OrderAsync(JsonObject order) => (await host.SendAsync("GET", $"/v2/number_orders/{order["id"]}")).Data;

    private static string NumberOf(JsonObject order, int place) => (string)order["phone_numbers"]![place]!["id"]!;

    private static string[] StatusesOf(JsonObject order) =>
        [.. order["phone_numbers"]!.AsArray().Select(number => (string)number!["status"]!)];

    private async Task<JsonObject> WaitingAsync(string id) =>
        (await host.SendAsync("GET", "/operator/v1/decisions?page[size]=250", key: TelnyxHost.OperatorKey)).List
            .Single(one => (string?)one!["id"] == id)!.AsObject();

    private Task<Answer> DecideAsync(string id, string move, string? reason = null)
    {
        var body = new JsonObject { ["move"] = move, ["revision"] = 1 };
        if (reason is not null) body["reason"] = reason;
        return host.SendAsync("POST", $"/operator/v1/accounts/{host.Tenant}/decisions/number_order_phone_number/{id}",
            body.ToJsonString(), TelnyxHost.OperatorKey);
    }

    private async Task<long> BalanceAsync() =>
        (await host.Store.Money.BalancesAsync(host.Tenant, Stop)).SingleOrDefault(m => m.Currency == "USD").Micros;

    private async Task ListenAsync()
    {
        string profile = await MadeAsync("notification_profiles", """{"name":"orders"}""");
        string channel = await MadeAsync("notification_channels", $$"""
            {"channel_type_id":"webhook","channel_destination":"https://93.184.216.34/orders",
             "notification_profile_id":"{{profile}}"}
            """);
        await MadeAsync("notification_settings", $$"""
            {"notification_event_condition_id":"{{Catalogue.NumberOrderDone.Id}}","notification_channel_id":"{{channel}}",
             "notification_profile_id":"{{profile}}","parameters":[]}
            """);

        async Task<string> MadeAsync(string collection, string body)
        {
            var made = await host.SendAsync("POST", $"/v2/{collection}", body);
            Assert.True(made.Status == 200, made.Text);
            return (string)made.Data["id"]!;
        }
    }

    /// <summary>
    /// What is told of one order: which event, and the order's status in it. Each has the form that the contract announces.
    /// </summary>
    private async Task<List<(string Type, string Status)>> ToldAsync(JsonObject order)
    {
        var schema = Assert.Single(TelnyxContract.Read().Events, e => OrderEvents.Emitted.Contains(e.Name)).Schema;
        var told = new List<(string, string)>();
        foreach (var entry in await host.Store.Outbox.ListPendingAsync(0, 10_000, Stop))
            if (await host.Store.Outbox.FindAsync(host.Tenant, entry.Id, Stop) is { } message
                && message.OrderKey == $"number_order:{order["id"]}" && message.Url == "https://93.184.216.34/orders")
            {
                var data = JsonNode.Parse(message.Body)!;
                told.Add((message.EventType, (string)data["payload"]!["status"]!));
                using var sent = JsonDocument.Parse(new JsonObject
                {
                    ["data"] = data, ["meta"] = new JsonObject { ["attempt"] = 1, ["delivered_to"] = message.Url },
                }.ToJsonString());
                Assert.Empty(SchemaCheck.Run(schema, sent.RootElement, BodyDirection.Reply).Violations);
            }
        return told;
    }

    [Fact]
    public async Task What_the_operator_provides_becomes_the_accounts_and_both_events_are_told()
    {
        await ListenAsync();
        string application = await host.ApplicationAsync("on request");
        long before = await BalanceAsync();
        var order = await OrderedAsync("801", 1, ready: 1, $",\"connection_id\":\"{application}\"");
        var first = await OrderAsync(order);
        Assert.Equal(("pending", "pending success"), ((string)first["status"]!, string.Join(' ', StatusesOf(first))));
        Assert.Null(host.Store.Routing.Current.FindOwnNumber("+18015550100"));
        Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber("+18015550101")!.Tenant);
        Assert.Equal(before - 4_000_000, await BalanceAsync());
        Assert.Empty(await FoundAsync("801"));
        Assert.Empty(await ToldAsync(order));
        string id = NumberOf(order, 0);
        var document = (await host.SendAsync("GET", $"/v2/number_order_phone_numbers/{id}")).Data;
        Assert.Equal(("pending", false), ((string)document["status"]!, document.ContainsKey("paid")));
        Assert.EndsWith("Z", (string)document["deadline"]!, StringComparison.Ordinal);
        var waiting = await WaitingAsync(id);
        Assert.Equal(["provisioned", "failed"], waiting["moves"]!.AsArray().Select(move => (string)move!["move"]!));

        var provided = await DecideAsync(id, "provisioned");
        Assert.True(provided.Status == 200, provided.Text);
        Assert.Equal("success", (string)provided.Data["state"]!);
        var done = await OrderAsync(order);
        Assert.Equal(("success", "success success"), ((string)done["status"]!, string.Join(' ', StatusesOf(done))));
        var part = await host.SendAsync("GET", $"/v2/sub_number_orders/{done["sub_number_orders_ids"]![0]}");
        Assert.Equal("success", (string)part.Data["status"]!);
        var routed = host.Store.Routing.Current.FindOwnNumber("+18015550100")!;
        Assert.Equal((host.Tenant, application), (routed.Tenant, routed.Connection.ToString()));
        var shown = (await host.SendAsync("GET", "/v2/phone_numbers/%2B18015550100")).Data;
        Assert.Equal(("active", "number_order", application), ((string)shown["status"]!, (string)shown["source_type"]!,
            (string)shown["connection_id"]!));
        Assert.Equal(before - 4_000_000, await BalanceAsync());
        Assert.Equal([("number_order.updated", "success"), ("number_order.complete", "success")], await ToldAsync(order));
        Assert.Equal(409, (await DecideAsync(id, "failed", "Too late.")).Status);
    }

    [Fact]
    public async Task What_fails_goes_back_with_its_money_and_the_account_reads_why()
    {
        long before = await BalanceAsync();
        var order = await OrderedAsync("802", 1);
        Assert.Equal(before - 2_000_000, await BalanceAsync());
        Assert.Equal(422, (await DecideAsync(NumberOf(order, 0), "failed")).Status);       // without a reason
        var failed = await DecideAsync(NumberOf(order, 0), "failed", "The carrier has no such number.");
        Assert.True(failed.Status == 200, failed.Text);
        var done = await OrderAsync(order);
        Assert.Equal(("failure", "failure"), ((string)done["status"]!, Assert.Single(StatusesOf(done))));
        Assert.Equal(before, await BalanceAsync());
        Assert.Equal(["+18025550100"], await FoundAsync("802"));
        var comment = (await host.SendAsync("GET", "/v2/comments")).List
            .Single(one => (string?)one!["body"] == "The carrier has no such number.")!;
        Assert.Equal(("admin", (string)done["sub_number_orders_ids"]![0]!),
            ((string)comment["commenter_type"]!, (string)comment["comment_record_id"]!));
        var document = (await host.SendAsync("GET", $"/v2/number_order_phone_numbers/{NumberOf(order, 0)}")).Data;
        Assert.Equal(("failure", false), ((string)document["status"]!, document.ContainsKey("reason")));
    }

    [Fact]
    public async Task A_part_that_waits_is_cancelled_once()
    {
        long before = await BalanceAsync();
        var order = await OrderedAsync("803", 2);
        string path = $"/v2/sub_number_orders/{order["sub_number_orders_ids"]![0]}/cancel";
        (await host.SendAsync("PATCH", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        var cancelled = await host.SendAsync("PATCH", path);
        Assert.Equal((200, "failure"), (cancelled.Status, (string?)cancelled.Data["status"]));
        Assert.Equal("failure", (string)(await OrderAsync(order))["status"]!);
        Assert.Equal(before, await BalanceAsync());
        Assert.Equal(2, (await FoundAsync("803")).Length);
        (await host.SendAsync("PATCH", path)).Refuses(422, "10015");
        Assert.Equal(409, (await DecideAsync(NumberOf(order, 0), "provisioned")).Status);
    }

    [Fact]
    public async Task However_many_numbers_a_part_has_it_is_cancelled_by_one_change_of_its_order()
    {
        const int count = 90;
        long before = await BalanceAsync();
        var order = await OrderedAsync("814", count);
        var rows = host.Store.Documents.Rows(OrderKinds.Orders);
        var was = await rows.FindAsync(host.Tenant, (string)order["id"]!, Stop);
        var cancelled = await host.SendAsync("PATCH", $"/v2/sub_number_orders/{order["sub_number_orders_ids"]![0]}/cancel");
        Assert.Equal((200, "failure"), (cancelled.Status, (string?)cancelled.Data["status"]));
        var done = await rows.FindAsync(host.Tenant, (string)order["id"]!, Stop);
        Assert.Equal(was!.Revision + 1, done!.Revision);
        Assert.Equal(Enumerable.Repeat("failure", count), StatusesOf(await OrderAsync(order)));
        Assert.Equal(before, await BalanceAsync());
        Assert.Equal(count, (await FoundAsync("814")).Length);
        // Nothing of it waits at the desk any more.
        Assert.DoesNotContain((await host.SendAsync("GET", "/operator/v1/decisions?page[size]=250", key: TelnyxHost.OperatorKey)).List,
            one => (string?)one!["id"] == NumberOf(order, 0));
    }

    [Fact]
    public async Task What_nobody_decides_on_fails_after_fourteen_days()
    {
        var order = await OrderedAsync("804", 1);
        host.Time.Advance(OrderKinds.Patience - TimeSpan.FromMinutes(1));
        Assert.Equal("pending", (string)(await OrderAsync(order))["status"]!);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.SomeAsync(async () =>
            (string?)(await OrderAsync(order))["status"] is "failure" ? "failure" : null, "the order has failed");
        Assert.Equal(["+18045550100"], await FoundAsync("804"));
    }

    [Fact]
    public async Task Of_several_decisions_at_once_none_is_lost()
    {
        var order = await OrderedAsync("805", 3);
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(place => DecideAsync(NumberOf(order, place), "provisioned")));
        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
        var done = await OrderAsync(order);
        Assert.Equal(("success", "success success success"), ((string)done["status"]!, string.Join(' ', StatusesOf(done))));
    }

    [Fact]
    public async Task A_number_that_somebody_got_meanwhile_is_not_provided()
    {
        var order = await OrderedAsync("806", 1);
        Assert.Equal(201, (await host.SendAsync("POST", $"/operator/v1/accounts/{host.Stranger}/numbers",
            """{"phone_number":"+18065550100"}""", TelnyxHost.OperatorKey)).Status);
        Assert.Equal(409, (await DecideAsync(NumberOf(order, 0), "provisioned")).Status);
        Assert.Equal("pending", (string)(await OrderAsync(order))["status"]!);
        Assert.Equal(200, (await DecideAsync(NumberOf(order, 0), "failed", "Another account has it.")).Status);
        Assert.Equal("failure", (string)(await OrderAsync(order))["status"]!);
        Assert.Equal(host.Stranger, host.Store.Routing.Current.FindOwnNumber("+18065550100")!.Tenant);
        Assert.Empty(await FoundAsync("806"));
    }

    [Fact]
    public async Task An_account_whose_orders_the_operator_decides_on_waits_for_each()
    {
        string path = $"/operator/v1/accounts/{host.Tenant}/policies";
        Task<Answer> SetAsync(string policy) =>
            host.SendAsync("PUT", path, $$"""{"number_order":"{{policy}}"}""", TelnyxHost.OperatorKey);
        Assert.Equal("auto:0", (string)(await host.SendAsync("GET", path, key: TelnyxHost.OperatorKey)).Data["number_order"]!);
        foreach (string odd in (string[])["auto:soon", "auto:05", "auto:1000000", "auto:-1", "DESK"])
            Assert.Equal(422, (await SetAsync(odd)).Status);
        Assert.Equal("desk", (string)(await SetAsync("desk")).Data["number_order"]!);
        Assert.Equal("desk", (string)(await host.SendAsync("GET", path, key: TelnyxHost.OperatorKey)).Data["number_order"]!);
        var order = await OrderedAsync("808", 0, ready: 1);
        Assert.Equal("pending", (string)(await OrderAsync(order))["status"]!);
        Assert.Null(host.Store.Routing.Current.FindOwnNumber("+18085550100"));

        // What waits is not moved by a change.
        Assert.Equal("auto:0", (string)(await SetAsync("auto:0")).Data["number_order"]!);
        Assert.Equal("pending", (string)(await OrderAsync(order))["status"]!);
        var later = await OrderedAsync("809", 0, ready: 1);
        Assert.Equal("success", (string)(await OrderAsync(later))["status"]!);
        Assert.Equal(200, (await DecideAsync(NumberOf(order, 0), "provisioned")).Status);
        Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber("+18085550100")!.Tenant);
        Assert.Equal(404, (await host.SendAsync("GET", $"/operator/v1/accounts/{Guid.NewGuid()}/policies",
            key: TelnyxHost.OperatorKey)).Status);
    }

    [Fact]
    public async Task An_account_may_have_each_order_wait_for_some_seconds()
    {
        string path = $"/operator/v1/accounts/{host.Tenant}/policies";
        async Task<string?> SetAsync(string policy) => (string?)(await host.SendAsync("PUT", path,
            $$"""{"number_order":"{{policy}}"}""", TelnyxHost.OperatorKey)).Data["number_order"];
        Assert.Equal("desk", await SetAsync("desk"));
        Assert.Equal("auto:30", await SetAsync("auto:30"));
        Assert.Equal("auto:30", (string)(await host.SendAsync("GET", path, key: TelnyxHost.OperatorKey)).Data["number_order"]!);
        // One of the two is sold on request, and waits for the operator.
        var order = await OrderedAsync("815", 1, ready: 1);
        var later = await OrderedAsync("816", 0, ready: 1);
        var taken = await OrderedAsync("817", 0, ready: 1);
        Assert.Equal("auto:0", await SetAsync("auto:0"));
        long before = await BalanceAsync();
        Assert.Equal("pending pending", string.Join(' ', StatusesOf(await OrderAsync(order))));
        Assert.Null(host.Store.Routing.Current.FindOwnNumber("+18155550101"));
        // Whoever has the desk may be faster; and a number that somebody else has by then is nobody's of this order.
        Assert.Equal(200, (await DecideAsync(NumberOf(later, 0), "provisioned")).Status);
        Assert.Equal(201, (await host.SendAsync("POST", $"/operator/v1/accounts/{host.Stranger}/numbers",
            """{"phone_number":"+18175550100"}""", TelnyxHost.OperatorKey)).Status);
        host.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("pending pending", string.Join(' ', StatusesOf(await OrderAsync(order))));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.SomeAsync(async () =>
            string.Join(' ', StatusesOf(await OrderAsync(order))) is "pending success" ? "granted" : null, "the number is the account's");
        Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber("+18155550101")!.Tenant);
        await Eventually.SomeAsync(async () => (string?)(await OrderAsync(taken))["status"] is "failure" ? "failure" : null,
            "the order of the taken number has failed");
        Assert.Equal(host.Stranger, host.Store.Routing.Current.FindOwnNumber("+18175550100")!.Tenant);
        Assert.Equal(before + 2_000_000, await BalanceAsync());
        var document = (await host.SendAsync("GET", $"/v2/number_order_phone_numbers/{NumberOf(order, 1)}")).Data;
        Assert.Equal(("success", false), ((string)document["status"]!, document.ContainsKey("next_move")));
        // Nothing of it is left for others to meet.
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/sub_number_orders/{order["sub_number_orders_ids"]![0]}/cancel")).Status);
    }

    [Fact]
    public async Task The_last_digits_of_a_number_say_what_becomes_of_its_order_where_the_account_wants_that()
    {
        string path = $"/operator/v1/accounts/{host.Tenant}/policies";
        async Task<string?> SetAsync(string policy) => (string?)(await host.SendAsync("PUT", path,
            $$"""{"number_order":"{{policy}}"}""", TelnyxHost.OperatorKey)).Data["number_order"];
        Assert.Equal("digits:30", await SetAsync("digits:30"));
        Assert.Equal("digits:30", (string)(await host.SendAsync("GET", path, key: TelnyxHost.OperatorKey)).Data["number_order"]!);
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            """{"numbers":[{"first":"+18185550179","last":"+18185550187","country":"US","monthly_cost":"2.00"}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(9, (await FoundAsync("818")).Length);
        Task<Answer> AskAsync(params int[] endings)
        {
            var wanted = endings.Select(two => (JsonNode)new JsonObject { ["phone_number"] = $"+181855501{two}" });
            var body = new JsonObject { ["phone_numbers"] = new JsonArray([.. wanted]) };
            return host.SendAsync("POST", "/v2/number_orders", body.ToJsonString());
        }
        var kept = await host.SendAsync("POST", "/v2/number_reservations",
            """{"phone_numbers":[{"phone_number":"+18185550182"},{"phone_number":"+18185550183"}]}""");
        Assert.True(kept.Status == 200, kept.Text);
        var reservation = (await host.SendAsync("GET", $"/v2/number_reservations/{kept.Data["id"]}")).Data;
        Assert.Equal(("failure", "failure success"), ((string?)reservation["status"], string.Join(' ', StatusesOf(reservation))));
        // All of an order or none of it.
        (await AskAsync(79, 80)).Refuses(422, "85001", "/phone_numbers/1/phone_number");
        long before = await BalanceAsync();
        var order = (await AskAsync(79, 81, 86, 87)).Data;
        Assert.Equal("auto:0", await SetAsync("auto:0"));
        Assert.Equal(before - 8_000_000, await BalanceAsync());
        await StatusesAsync("pending pending pending pending");
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await StatusesAsync("success failure pending pending");
        Assert.Equal(before - 6_000_000, await BalanceAsync());
        Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber("+18185550179")!.Tenant);
        Assert.Contains("+18185550181", await FoundAsync("818"));
        string part = (string)order["sub_number_orders_ids"]![0]!;
        var told = (await host.SendAsync("GET", $"/v2/comments?filter[comment_record_id]={part}")).List;
        Assert.Contains("end in 81", (string)Assert.Single(told)!["body"]!, StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromSeconds(270));
        await StatusesAsync("success failure success pending");
        // The last one is the operator's.
        Assert.Equal(200, (await DecideAsync(NumberOf(order, 3), "provisioned")).Status);
        await StatusesAsync("success failure success success");
        Assert.Equal("failure", (string)(await OrderAsync(order))["status"]!);

        Task StatusesAsync(string wanted) => Eventually.SomeAsync(async () =>
            string.Join(' ', StatusesOf(await OrderAsync(order))) == wanted ? wanted : null, $"the numbers are {wanted}");
    }

    [Fact]
    public async Task An_account_without_a_policy_of_its_own_follows_the_nodes()
    {
        string own = $"/operator/v1/accounts/{host.Tenant}/policies";
        async Task<JsonObject> SetAsync(string path, string policy) =>
            (await host.SendAsync("PUT", path, $$"""{"number_order":"{{policy}}"}""", TelnyxHost.OperatorKey)).Data;
        Assert.Equal("desk", (string?)(await SetAsync("/operator/v1/policies", "desk"))["number_order"]);
        try
        {
            // Who has changed what stands in the node's log, once.
            await SetAsync("/operator/v1/policies", "desk");
            string said = Assert.Single(host.OperatorLog.Of(3600));
            Assert.StartsWith("Number orders of accounts without a policy are decided by desk from now on, and were by auto:0;", said,
                StringComparison.Ordinal);
            var follows = await SetAsync(own, "node");
            Assert.Equal(("desk", true), ((string?)follows["number_order"], (bool)follows["follows_node"]!));
            Assert.Equal("pending", (string)(await OrderAsync(await OrderedAsync("819", 0, ready: 1)))["status"]!);
            var differs = await SetAsync(own, "auto:0");
            Assert.Equal(("auto:0", false), ((string?)differs["number_order"], (bool)differs["follows_node"]!));
            Assert.Equal("success", (string)(await OrderAsync(await OrderedAsync("820", 0, ready: 1)))["status"]!);
        }
        finally
        {
            await SetAsync("/operator/v1/policies", "auto:0");
        }
    }

    [Fact]
    public async Task Another_account_is_not_concerned()
    {
        string path = $"/operator/v1/accounts/{host.Stranger}/policies";
        var set = await host.SendAsync("PUT", path, """{"number_order":"desk"}""", TelnyxHost.OperatorKey);
        Assert.True(set.Status == 200, set.Text);
        Assert.Equal("success", (string)(await OrderAsync(await OrderedAsync("810", 0, ready: 1)))["status"]!);
    }

    [Fact]
    public async Task A_messaging_profile_that_is_gone_by_then_is_not_the_numbers()
    {
        var made = await host.SendAsync("POST", "/v2/messaging_profiles", """{"name":"Gone","whitelisted_destinations":["US"]}""");
        Assert.True(made.Status == 200, made.Text);
        var order = await OrderedAsync("812", 1, more: $",\"messaging_profile_id\":\"{made.Data["id"]}\"");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{made.Data["id"]}")).Status);
        var provided = await DecideAsync(NumberOf(order, 0), "provisioned");
        Assert.True(provided.Status == 200, provided.Text);
        Assert.Null(host.Store.Routing.Current.FindOwnNumber("+18125550100")!.MessagingProfile);
    }

    [Fact]
    public async Task What_one_account_waits_for_no_other_gets_until_it_is_given_back()
    {
        var order = await OrderedAsync("813", 1);
        await host.Store.StockSearch.RememberAsync(host.Stranger, ["+18135550100"], host.Time.GetUtcNow(), Stop);
        Task<Answer> TheirsAsync() => host.SendAsync("POST", "/v2/number_orders",
            """{"phone_numbers":[{"phone_number":"+18135550100"}]}""", TelnyxHost.OtherTenantKey);
        (await TheirsAsync()).Refuses(422, "85001", "/phone_numbers/0/phone_number");
        string part = (string)order["sub_number_orders_ids"]![0]!;
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/sub_number_orders/{part}/cancel")).Status);
        var theirs = await TheirsAsync();
        Assert.True(theirs.Status == 200, theirs.Text);
        // A late decision on the order that was cancelled takes it from nobody.
        Assert.Equal(409, (await DecideAsync(NumberOf(order, 0), "provisioned")).Status);
        Assert.Equal(409, (await DecideAsync(NumberOf(order, 0), "failed", "Too late.")).Status);
        var kept = await host.Store.Stock.FindAsync("+18135550100", Stop);
        Assert.Equal(host.Stranger, kept!.Holder);
    }

    [Fact]
    public async Task A_block_is_never_sold_on_request()
    {
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            """{"numbers":[{"first":"+18075550100","last":"+18075550109","country":"US","block_size":10,"on_request":true}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        Assert.Single((await host.SendAsync("GET", "/v2/available_phone_number_blocks?filter[national_destination_code]=807")).List);
        (await host.SendAsync("POST", "/v2/number_block_orders", """{"starting_number":"+18075550100","range":10}"""))
            .Refuses(422, "85001", "/starting_number");
        Assert.Null(host.Store.Routing.Current.FindOwnNumber("+18075550100"));
    }
}
