using System.Text;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>The parts of an order of numbers, and what may be asked of what is decided.</summary>
public sealed class OrderPartTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private async Task StockAsync(string code, int count, string more = "")
    {
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"+1{{code}}5550100","last":"+1{{code}}5550{{99 + count}}","country":"US"{{more}}}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
    }

    /// <summary>An account finds numbers of an area code that nothing else here uses, and orders them.</summary>
    private async Task<Answer> OrderedAsync(string code, int count = 1, string more = "")
    {
        await StockAsync(code, count, more);
        var found = await host.SendAsync("GET", $"/v2/available_phone_numbers?filter[national_destination_code]={code}");
        Assert.Equal(count, found.List.Count);
        string numbers = string.Join(',', found.List.Select(number => $$"""{"phone_number":"{{number!["phone_number"]}}"}"""));
        var order = await host.SendAsync("POST", "/v2/number_orders", $$"""{"phone_numbers":[{{numbers}}]}""");
        Assert.True(order.Status == 200, order.Text);
        return order;
    }

    [Fact]
    public async Task Numbers_are_held_and_ordered_as_people_type_them()
    {
        await StockAsync("719", 2);
        Assert.Equal(2, (await host.SendAsync("GET", "/v2/available_phone_numbers?filter[national_destination_code]=719")).List.Count);
        var held = await host.SendAsync("POST", "/v2/number_reservations", """{"phone_numbers":[{"phone_number":"+1 (719) 555-0100"}]}""");
        Assert.True(held.Status == 200, held.Text);
        Assert.Equal("+17195550100", (string?)held.Data["phone_numbers"]![0]!["phone_number"]);
        var order = await host.SendAsync("POST", "/v2/number_orders", """{"phone_numbers":[{"phone_number":"001 719 555 0101"}]}""");
        Assert.True(order.Status == 200, order.Text);
        Assert.Equal("+17195550101", (string?)order.Data["phone_numbers"]![0]!["phone_number"]);
        Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber("+17195550101")!.Tenant);
        var features = Assert.Single((await host.SendAsync("POST", "/v2/numbers_features",
            """{"phone_numbers":["+1 719 555-0101"]}""")).List)!;
        Assert.Equal("+1 719 555-0101", (string?)features["phone_number"]);
        Assert.NotEmpty(features["features"]!.AsArray());
        (await host.SendAsync("POST", "/v2/number_orders", """{"phone_numbers":[{"phone_number":"719 555 0101"}]}"""))
            .Refuses(422, "10016", "/phone_numbers/0/phone_number");
    }

    [Fact]
    public async Task A_part_that_is_decided_cannot_be_cancelled()
    {
        string part = (string)(await OrderedAsync("701")).Data["sub_number_orders_ids"]![0]!;
        string path = $"/v2/sub_number_orders/{part}/cancel";
        (await host.SendAsync("PATCH", path)).Refuses(422, "10015");
        Assert.Equal(host.Tenant, host.Store.Routing.Current.FindOwnNumber("+17015550100")!.Tenant);
        Assert.Equal("success", (string)(await host.SendAsync("GET", $"/v2/sub_number_orders/{part}")).Data["status"]!);
        (await host.SendAsync("PATCH", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("PATCH", $"/v2/sub_number_orders/{Guid.NewGuid()}/cancel")).Refuses(404, "10005");
    }

    [Fact]
    public async Task An_order_that_is_sent_again_with_its_key_is_the_first_one()
    {
        await StockAsync("705", 2);
        Assert.Equal(2, (await host.SendAsync("GET", "/v2/available_phone_numbers?filter[national_destination_code]=705")).List.Count);
        const string first = "+17055550100";
        var (status, made) = await OrderAsync("one", first);
        Assert.Equal((200, "pending"), (status, (string?)made["data"]!["status"]));
        var (again, repeated) = await OrderAsync("one", first);
        Assert.Equal(200, again);
        Assert.True(JsonNode.DeepEquals(made, repeated), repeated.ToJsonString());
        // Of the same moment, too: one has the number, and both are told so.
        const string second = "+17055550101";
        var both = await Task.WhenAll(OrderAsync("two", second), OrderAsync("two", second));
        Assert.All(both, one => Assert.Equal(200, one.Status));
        Assert.Equal((string?)both[0].Body["data"]!["id"], (string?)both[1].Body["data"]!["id"]);
        // Another key is another order, and the number is the account's by now.
        var (late, refused) = await OrderAsync("three", first);
        Assert.Equal((422, "85001"), (late, (string?)refused["errors"]![0]!["code"]));
        Assert.EndsWith("is this account's already.", (string?)refused["errors"]![0]!["detail"], StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(422, (await OrderAsync("one", first)).Status);

        async Task<(int Status, JsonObject Body)> OrderAsync(string key, string number)
        {
            using var content = new StringContent($$"""{"phone_numbers":[{"phone_number":"{{number}}"}]}""", Encoding.UTF8,
                "application/json");
            content.Headers.Add("Idempotency-Key", key);
            var answer = await host.SendAsync("POST", "/v2/number_orders", content);
            return (answer.Status, answer.Body);
        }
    }

    [Fact]
    public async Task An_order_is_found_by_one_of_its_numbers()
    {
        var order = await OrderedAsync("708", count: 2);
        foreach (string number in (string[])["%2B17085550101", "17085550101", "1 (708) 555-0101"])
        {
            var found = await host.SendAsync("GET", $"/v2/number_orders?filter[phone_numbers.phone_number]={number}");
            Assert.Equal((string?)order.Data["id"], (string?)Assert.Single(found.List)!["id"]);
        }
        Assert.Empty((await host.SendAsync("GET", "/v2/number_orders?filter[phone_numbers.phone_number]=%2B17085550199")).List);
        (await host.SendAsync("GET", "/v2/number_orders?phone_numbers.phone_number=%2B17085550101")).Refuses(400, "10031");
    }

    [Fact]
    public async Task Values_that_no_number_asks_for_belong_to_no_order()
    {
        string made = (string)(await OrderedAsync("702")).Data["id"]!;
        var order = (await host.SendAsync("GET", $"/v2/number_orders/{made}")).Data;
        string[] paths =
        [
            $"/v2/number_orders/{made}", $"/v2/sub_number_orders/{order["sub_number_orders_ids"]![0]}",
            $"/v2/number_order_phone_numbers/{order["phone_numbers"]![0]!["id"]}",
        ];
        foreach (string path in paths)
        {
            (await host.SendAsync("PATCH", path,
                $$"""{"regulatory_requirements":[{"requirement_id":"{{Guid.NewGuid()}}","field_value":"Jane"}]}"""))
                .Refuses(422, "85002", "/regulatory_requirements/0/requirement_id");
            (await host.SendAsync("PATCH", path, """{"regulatory_requirements":[{"field_value":"Jane"}]}"""))
                .Refuses(422, "85003", "/regulatory_requirements");
            var empty = await host.SendAsync("PATCH", path, """{"regulatory_requirements":[]}""");
            Assert.True(empty.Status == 200, empty.Text);
            Assert.Equal((true, "success"), ((bool)empty.Data["requirements_met"]!, (string)empty.Data["status"]!));
            Assert.Equal(path, path[..(path.LastIndexOf('/') + 1)] + empty.Data["id"]);
            (await host.SendAsync("PATCH", path, "{}", TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        }
    }

    [Fact]
    public async Task Numbers_of_two_blocks_are_two_parts_and_a_whole_block_is_one()
    {
        const string blocks = ""","block_size":10""";
        var mixed = (await OrderedAsync("703", 20, blocks)).Data;
        var parts = mixed["sub_number_orders_ids"]!.AsArray();
        Assert.Equal(2, parts.Count);
        foreach (var id in parts)
        {
            var part = (await host.SendAsync("GET", $"/v2/sub_number_orders/{id}?filter[include_phone_numbers]=true")).Data;
            Assert.Equal((10, false), ((int)part["phone_numbers_count"]!, (bool)part["is_block_sub_number_order"]!));
            Assert.Single(part["phone_numbers"]!.AsArray().Select(number => ((string)number!["phone_number"]!)[..11]).Distinct());
        }

        // Lists show them, too, and alone where they are asked for.
        var listed = (await host.SendAsync("GET", "/v2/sub_number_orders?filter[include_phone_numbers]=true&page[size]=250")).List
            .Where(part => (string?)part!["order_request_id"] == (string?)mixed["id"]).ToList();
        Assert.Equal(2, listed.Count);
        Assert.All(listed, part => Assert.Equal(10,
            part!["phone_numbers"]!.AsArray().Select(number => (string)number!["phone_number"]!).Distinct().Count()));
        foreach (string query in (string[])["", "?filter[include_phone_numbers]=false"])
            Assert.All((await host.SendAsync("GET", "/v2/sub_number_orders" + query)).List, part => Assert.Null(part!["phone_numbers"]));
        (await host.SendAsync("GET", "/v2/sub_number_orders?filter[include_phone_numbers]=some")).Refuses(400, "10031");

        await StockAsync("704", 20, blocks);
        Assert.Equal(200, (await host.SendAsync("GET",
            "/v2/available_phone_number_blocks?filter[national_destination_code]=704")).Status);
        var whole = await host.SendAsync("POST", "/v2/number_block_orders", """{"starting_number":"+17045550110","range":10}""");
        Assert.True(whole.Status == 200, whole.Text);
        var ordered = (await host.SendAsync("GET", "/v2/sub_number_orders?page[size]=250")).List
            .Where(part => (bool)part!["is_block_sub_number_order"]!);
        Assert.Equal(10, (int)Assert.Single(ordered)!["phone_numbers_count"]!);
    }
}
