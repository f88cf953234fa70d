using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Numbers that an account gave back, as its lists show them.</summary>
public sealed class ReturnedNumberTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Code = "901", First = "+19015550100", Second = "+19015550101";
    private const string All = "/v2/phone_numbers?filter[phone_number]=%2B1901", Deleted = All + "&filter[status]=deleted";

    [Fact]
    public async Task They_are_deleted_until_others_may_have_them()
    {
        string application = await host.ApplicationAsync("returned");
        var stocked = await host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"{{First}}","last":"{{Second}}","country":"US"}]}""", TelnyxHost.OperatorKey);
        Assert.True(stocked.Status == 200, stocked.Text);
        Assert.Equal(2, (await host.SendAsync("GET", $"/v2/available_phone_numbers?filter[national_destination_code]={Code}")).List.Count);
        var order = await host.SendAsync("POST", "/v2/number_orders", $$"""
            {"phone_numbers":[{"phone_number":"{{First}}"},{"phone_number":"{{Second}}"}],"connection_id":"{{application}}",
             "customer_reference":"mine"}
            """);
        Assert.True(order.Status == 200, order.Text);
        string id = (string)(await host.SendAsync("GET", $"/v2/phone_numbers/{Uri.EscapeDataString(First)}")).Data["id"]!;
        Assert.Empty((await host.SendAsync("GET", Deleted)).List);

        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/phone_numbers/{id}")).Status);
        var shown = Assert.Single((await host.SendAsync("GET", Deleted)).List)!;
        Assert.Equal((id, First, "deleted", "", "mine"), ((string)shown["id"]!, (string)shown["phone_number"]!, (string)shown["status"]!,
            (string)shown["connection_id"]!, (string)shown["customer_reference"]!));
        Assert.Equal(Second, (string)Assert.Single((await host.SendAsync("GET", All)).List)!["phone_number"]!);
        var slim = await host.SendAsync("GET", Deleted.Replace("phone_numbers?", "phone_numbers/slim?", StringComparison.Ordinal));
        Assert.Equal((First, "deleted"), ((string)Assert.Single(slim.List)!["phone_number"]!, (string)slim.List[0]!["status"]!));
        Assert.Empty((await host.SendAsync("GET", Deleted, key: TelnyxHost.OtherTenantKey)).List);
        (await host.SendAsync("GET", $"/v2/phone_numbers/{id}")).Refuses(404, "10005");

        // The like of what a job gives back.
        var job = await host.SendAsync("POST", "/v2/phone_numbers/jobs/delete_phone_numbers", $$"""{"phone_numbers":["{{Second}}"]}""");
        Assert.True(job.Status is 200 or 202, job.Text);
        await Eventually.SomeAsync(async () => (await host.SendAsync("GET", Deleted)).List is { Count: 2 } both ? both : null,
            "both are gone");
        Assert.Empty((await host.SendAsync("GET", All)).List);
        host.Time.Advance(TimeSpan.FromDays(31));
        Assert.Empty((await host.SendAsync("GET", Deleted)).List);
    }
}
