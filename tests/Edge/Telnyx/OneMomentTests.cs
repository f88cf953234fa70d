using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Edge.Telnyx;

/// <summary>Requests while the clock goes on whenever it is looked at: all that one of them makes has one moment.</summary>
public sealed class OneMomentTests : IClassFixture<TelnyxHost>
{
    private readonly TelnyxHost _host;
    private readonly Texting _texts;

    public OneMomentTests(TelnyxHost host)
    {
        (_host, _texts) = (host, new(host));
        host.Time.GoesOnBy = TimeSpan.FromMilliseconds(7);
    }

    [Fact]
    public async Task A_reservation_lasts_half_an_hour_to_the_microsecond()
    {
        string number = await FoundAsync("821");
        var made = await DoneAsync("/v2/number_reservations", $$"""{"phone_numbers":[{"phone_number":"{{number}}"}]}""");
        var item = made["phone_numbers"]![0]!;
        Assert.Equal((At(made, "created_at"), At(made, "created_at")), (At(made, "updated_at"), At(item, "created_at")));
        Assert.Equal(TimeSpan.FromMinutes(30), At(item, "expired_at") - At(item, "created_at"));
        var longer = await DoneAsync($"/v2/number_reservations/{made["id"]}/actions/extend", null);
        var then = longer["phone_numbers"]![0]!;
        Assert.Equal((At(longer, "updated_at"), TimeSpan.FromHours(1)),
            (At(then, "updated_at"), At(then, "expired_at") - At(then, "created_at")));
        Assert.True(At(longer, "updated_at") > At(longer, "created_at"));
    }

    [Fact]
    public async Task An_order_and_its_part_are_of_one_moment()
    {
        string number = await FoundAsync("822");
        var order = await DoneAsync("/v2/number_orders", $$"""{"phone_numbers":[{"phone_number":"{{number}}"}]}""");
        Assert.Equal(At(order, "created_at"), At(order, "updated_at"));
        var part = (await _host.SendAsync("GET", $"/v2/sub_number_orders/{order["sub_number_orders_ids"]![0]}")).Data;
        Assert.Equal((At(order, "created_at"), At(order, "created_at")), (At(part, "created_at"), At(part, "updated_at")));
    }

    [Fact]
    public async Task A_message_is_valid_for_an_hour_from_when_it_came()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var sent = await _texts.SendAsync(from, to, "For an hour");
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(TimeSpan.FromHours(1), At(sent.Data, "valid_until") - At(sent.Data, "received_at"));
    }

    [Fact]
    public async Task A_code_is_of_one_moment()
    {
        await _texts.NumberAsync(await _texts.ProfileAsync());
        string person = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        var profile = await DoneAsync("/v2/verify_profiles",
            """{"name":"Shop","sms":{"whitelisted_destinations":["US"],"app_name":"Cheese"}}""");
        var code = await DoneAsync("/v2/verifications/sms",
            $$"""{"phone_number":"{{person}}","verify_profile_id":"{{profile["id"]}}"}""");
        Assert.Equal(At(code, "created_at"), At(code, "updated_at"));
    }

    /// <summary>One number that the operator has in an area code of its own, as a search shows it.</summary>
    private async Task<string> FoundAsync(string code)
    {
        var made = await _host.SendAsync("POST", "/operator/v1/stock/actions/import",
            $$"""{"numbers":[{"first":"+1{{code}}5550100","last":"+1{{code}}5550100","country":"US"}]}""", TelnyxHost.OperatorKey);
        Assert.True(made.Status == 200, made.Text);
        var found = await _host.SendAsync("GET", $"/v2/available_phone_numbers?filter[national_destination_code]={code}");
        return (string)Assert.Single(found.List)!["phone_number"]!;
    }

    private async Task<JsonObject> DoneAsync(string path, string? body)
    {
        var answer = await _host.SendAsync("POST", path, body);
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Data;
    }

    private static DateTimeOffset At(JsonNode shown, string name) =>
        DateTimeOffset.Parse((string)shown[name]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
