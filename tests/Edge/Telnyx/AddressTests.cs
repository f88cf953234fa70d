using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Edge.Telnyx;

/// <summary>Addresses and the look-up of numbers over real HTTP.</summary>
public sealed class AddressTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static JsonObject Body(string country = "US", string postal = "78701", string? state = "TX", string street = "1 Main Street")
    {
        var body = new JsonObject
        {
            ["first_name"] = "Ada", ["last_name"] = "Doe", ["business_name"] = "", ["street_address"] = street, ["locality"] = "Austin",
            ["postal_code"] = postal, ["country_code"] = country,
        };
        if (state is not null) body["administrative_area"] = state;
        return body;
    }

    private Task<Answer> MakeAsync(JsonObject body, string collection = "addresses") =>
        host.SendAsync("POST", $"/v2/{collection}", body.ToJsonString());

    [Fact]
    public async Task An_address_is_made_listed_and_deleted_and_nobody_elses()
    {
        var body = Body();
        body["customer_reference"] = "office";
        var made = await MakeAsync(body);
        Assert.True(made.Status == 200, made.Text);
        string id = (string)made.Data["id"]!;
        Assert.Equal((19, "1 Main Street"), (id.Length, (string)made.Data["street_address"]!));
        Assert.Single((await host.SendAsync("GET", "/v2/addresses?filter[customer_reference][eq]=office")).List);
        Assert.Empty((await host.SendAsync("GET", "/v2/addresses?filter[used_as_emergency]=true")).List);
        (await host.SendAsync("GET", $"/v2/addresses/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/addresses/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/addresses/{id}")).Status);
        (await host.SendAsync("GET", $"/v2/addresses/{id}")).Refuses(404, "10005");
        Assert.Equal(200, (await MakeAsync(Body(), "user_addresses")).Status);
    }

    [Theory]
    [InlineData("XX", "78701", "TX", "1 Main Street", "20201", "/country_code")]
    [InlineData("US", "7870", "TX", "1 Main Street", "20205", "/postal_code")]
    [InlineData("US", "00000", "TX", "1 Main Street", "20205", "/postal_code")]
    [InlineData("GB", "78701", null, "1 Main Street", "20205", "/postal_code")]
    [InlineData("US", "78701", null, "1 Main Street", "20204", "/administrative_area")]
    [InlineData("US", "78701", "TX", "Main Street", "20208", "/street_address")]
    public async Task An_address_out_of_form_is_refused_by_its_part(
        string country, string postal, string? state, string street, string code, string pointer)
    {
        var body = Body(country, postal, state, street);
        foreach (string collection in new[] { "addresses", "user_addresses" })
            (await MakeAsync(body, collection)).Refuses(422, code, pointer);
        // What the check would say, without making one.
        var checkedOne = (await MakeAsync(body, "addresses/actions/validate")).Data;
        Assert.Equal(("invalid", code, pointer), ((string)checkedOne["result"]!, (string)checkedOne["errors"]![0]!["code"]!,
            (string)checkedOne["errors"]![0]!["source"]!["pointer"]!));
        body["validate_address"] = false;
        Assert.Equal(200, (await MakeAsync(body)).Status);
    }

    [Theory]
    [InlineData("DE", "10115", null, "Invalidenstr. 43a")]
    [InlineData("GB", "SW1A 2AA", null, "10 Downing Street")]
    [InlineData("CA", "K1A 0B1", "ON", "111 Wellington St")]
    [InlineData("SE", "111 22", null, "Drottninggatan 5")]
    public async Task Addresses_of_other_countries_are_in_form(string country, string postal, string? state, string street)
    {
        Assert.Equal(200, (await MakeAsync(Body(country, postal, state, street))).Status);
        var suggested = (await MakeAsync(Body(country, postal, state, street), "addresses/actions/validate")).Data;
        Assert.Equal(("valid", street.ToUpperInvariant()),
            ((string)suggested["result"]!, (string)suggested["suggested"]!["street_address"]!));
    }

    [Fact]
    public async Task What_is_suggested_for_an_address_is_taken_once()
    {
        string id = (string)(await MakeAsync(Body())).Data["id"]!, path = $"/v2/addresses/{id}/actions/accept_suggestions";
        (await host.SendAsync("POST", path, """{"id":"another"}""")).Refuses(422, "10015", "/id");
        (await host.SendAsync("POST", path, "{}", TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        var taken = await host.SendAsync("POST", path, "{}");
        Assert.True(taken.Status == 200, taken.Text);
        Assert.Equal(("address_suggestion", true), ((string?)taken.Data["record_type"], (bool?)taken.Data["accepted"]));
        Assert.True(Guid.TryParse((string?)taken.Data["id"], out _));
        var now = (await host.SendAsync("GET", $"/v2/addresses/{id}")).Data;
        Assert.Equal(("1 MAIN STREET", "AUSTIN", "Ada"), ((string?)now["street_address"], (string?)now["locality"],
            (string?)now["first_name"]));
        (await host.SendAsync("POST", path, "{}")).Refuses(404, "10005");
    }

    [Fact]
    public async Task An_address_needs_a_name()
    {
        var body = Body();
        body["last_name"] = " ";
        (await MakeAsync(body)).Refuses(422, "10015", "/business_name");
        body["business_name"] = "Acme";
        Assert.Equal(200, (await MakeAsync(body)).Status);
    }

    [Fact]
    public async Task A_number_is_looked_up_in_numbering_data_and_among_the_nodes_own()
    {
        await host.Store.Numbers.ImportAsync([new(new("+13125550177", host.Tenant, null) { Voice = new() { ListedName = "ACME" } },
            2_000_000_000_000_000_177, host.Time.GetUtcNow())], Stop);
        var own = (await host.SendAsync("GET", "/v2/number_lookup/%2B13125550177?type=caller-name")).Data;
        Assert.Equal(("US", "(312) 555-0177", "ACME", "N"), ((string)own["country_code"]!, (string)own["national_format"]!,
            (string)own["caller_name"]!["caller_name"]!, (string)own["portability"]!["ported_status"]!));
        Assert.Empty(own["carrier"]!.AsObject());
        Assert.True((bool)own["valid_number"]!);
        foreach (string impossible in (string[])["%2B1312555", "%2B131255501777", "%2B999123456"])
            Assert.False((bool)(await host.SendAsync("GET", $"/v2/number_lookup/{impossible}")).Data["valid_number"]!);
        var other = (await host.SendAsync("GET", "/v2/number_lookup/%2B491711234567?type=carrier")).Data;
        Assert.Equal(("DE", "mobile", "10001"), ((string)other["country_code"]!, (string)other["carrier"]!["type"]!,
            (string)other["carrier"]!["error_code"]!));
        // Typed clients read these as a number and a date, which an empty text is not.
        Assert.False(other["carrier"]!.AsObject().ContainsKey("mobile_network_code"));
        Assert.False(other["portability"]!.AsObject().ContainsKey("ported_date"));
        foreach (string typed in (string[])["491711234567", "%2B49%20171%20123-4567", "0049%20171%201234567"])
            Assert.Equal("+491711234567", (string?)(await host.SendAsync("GET", $"/v2/number_lookup/{typed}")).Data["phone_number"]);
        foreach (string odd in (string[])["nonsense", "01711234567", "12"])
            (await host.SendAsync("GET", $"/v2/number_lookup/{odd}")).Refuses(422, "10016");
    }

    [Theory]
    [InlineData("type=carrier&type=caller-name"), InlineData("type[]=caller-name&type[]=carrier")]
    [InlineData("type%5B0%5D=carrier&type%5B1%5D=caller-name"), InlineData("carrier&caller-name")]
    [InlineData("type=carrier,caller-name"), InlineData("type=carrier&type=caller-name&type=portability")]
    public async Task A_number_is_looked_up_by_both_types_at_once(string query)
    {
        var found = (await host.SendAsync("GET", $"/v2/number_lookup/%2B491711234567?{query}")).Data;
        Assert.Equal(("mobile", "10001"), ((string?)found["carrier"]!["type"], (string?)found["caller_name"]!["error_code"]));
        foreach (string wrong in (string[])["type[]=nonsense", "type=nonsense", "type=carrier,nonsense"])
            (await host.SendAsync("GET", $"/v2/number_lookup/%2B491711234567?{wrong}")).Refuses(422, "10015");
    }
}
