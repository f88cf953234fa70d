namespace Ringwright.Edge.Telnyx;

/// <summary>The parts of an order of numbers, and what may be asked of what is decided.</summary>
public sealed class OrderPartTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    /// <summary>An account finds numbers of an area code that nothing else here uses, and orders them.</summary>
    private async Task<Answer> OrderedAsync(string code, int count = 1)
    {
        var made = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"+1{{code}}5550100","last":"+1{{code}}5550{{99 + count}}","country":"US"}]}""",
            TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        var found = await host.SendAsync("GET", $"/v2/available_phone_numbers?filter[national_destination_code]={code}");
        Assert.Equal(count, found.List.Count);
        string numbers = string.Join(',', found.List.Select(number => $$"""{"phone_number":"{{number!["phone_number"]}}"}"""));
        var order = await host.SendAsync("POST", "/v2/number_orders", $$"""{"phone_numbers":[{{numbers}}]}""");
        Assert.True(order.Status == 200, order.Text);
        return order;
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
}
