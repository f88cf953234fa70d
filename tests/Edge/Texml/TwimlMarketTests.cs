using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>
/// Numbers of the stock by TwiML's API: <c>availablePhoneNumbers().local.list</c> and <c>incomingPhoneNumbers.create</c> of its SDKs.
/// </summary>
public sealed class TwimlMarketTests : IAsyncLifetime
{
    private const string One = "+12125550100", Other = "+12125550177", Free = "+18005550101";
    private const string Waiting = "+12125550050", Island = "+442071838750";

    private TelefonieHost _host = null!;        // set before each test

    public async ValueTask InitializeAsync()
    {
        _host = await TelefonieHost.StartAsync(null);
        await _host.Node.Node.Database.Stock.ImportAsync([
            new() { Text = One, Country = "US", National = "2125550100", Ndc = "212", Features = ["voice", "sms"], Area = "NY",
                Locality = "NEW YORK", MonthlyMicros = 1_000_000 },
            // Each order of it waits for the operator.
            new() { Text = Waiting, Country = "US", National = "2125550050", Ndc = "212", Features = ["voice", "sms"], IsOnRequest = true },
            // Its plan says another country, and its operator knows better.
            new() { Text = Island, Country = "GG", National = "2071838750", Features = ["voice"] },
            new() { Text = Other, Country = "US", National = "2125550177", Ndc = "212", Features = ["voice"], Area = "NY" },
            new() { Text = Free, Country = "US", National = "8005550101", Ndc = "800", Type = StockType.TollFree, Features = ["voice"] },
        ], DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string, string> Searches()
    {
        var rows = new TheoryData<string, string>
        {
            { "US/Local.json?AreaCode=212&SmsEnabled=true", One },
            { "us/Local.json?Contains=JKL*177&Beta=false&ExcludeAllAddressRequired=true", Other },
            { "US/TollFree.json?PageSize=1", Free },
            { "US/National.json", "" },
        };
        if (!Depth.IsAll) return rows;
        rows.Add("US/Local.json", $"{One} {Other}");
        rows.Add("US/Local.json?InRegion=ny&InLocality=New%20York", One);
        rows.Add("US/Local.json?AreaCode=213", "");
        rows.Add("US/Local.json?AreaCode=212&Contains=2125550", $"{One} {Other}");
        rows.Add("US/Local.json?Contains=%255501%25", $"{One} {Other}");
        rows.Add("US/Local.json?Contains=%2B1212%25", $"{One} {Other}");
        rows.Add("US/Local.json?Contains=%2B2125550", "");
        rows.Add("US/Local.json?Contains=%2577$", Other);
        rows.Add("US/Local.json?AreaCode=212&Contains=555$", "");
        rows.Add("US/Mobile.json", "");
        return rows;
    }

    [Theory, MemberData(nameof(Searches))]
    public async Task Numbers_are_found_by_what_they_are(string path, string numbers)
    {
        var page = await _host.DoTwimlAsync(HttpMethod.Get, $"AvailablePhoneNumbers/{path}", 200);
        Assert.Equal(numbers, string.Join(' ', page["available_phone_numbers"]!.AsArray().Select(one => (string?)one!["phone_number"])));
    }

    [Fact]
    public async Task A_number_that_was_found_is_bought_answered_and_given_back()
    {
        var page = await _host.DoTwimlAsync(HttpMethod.Get, "AvailablePhoneNumbers/US/Local.json?Contains=0100&PageSize=20", 200);
        var found = Assert.Single(page["available_phone_numbers"]!.AsArray())!;
        Assert.Equal(("(212) 555-0100", "US", "NY", "New York", "none"), ((string?)found["friendly_name"], (string?)found["iso_country"],
            (string?)found["region"], (string?)found["locality"], (string?)found["address_requirements"]));
        Assert.Equal((true, true, false), ((bool)found["capabilities"]!["voice"]!, (bool)found["capabilities"]!["SMS"]!,
            (bool)found["capabilities"]!["MMS"]!));

        string voice = $"{_host.Hook.Url}/voice", sms = $"{_host.Hook.Url}/sms";
        await RefusesAsync(21205, new() { ["PhoneNumber"] = One, ["VoiceUrl"] = "ftp://a.example/voice" });
        var bought = await _host.DoTwimlAsync(HttpMethod.Post, "IncomingPhoneNumbers.json", 201, new()
        {
            ["PhoneNumber"] = (string)found["phone_number"]!, ["VoiceUrl"] = voice, ["VoiceMethod"] = "GET", ["SmsUrl"] = sms,
        });
        Assert.Equal((One, voice, "GET", sms), ((string?)bought["phone_number"], (string?)bought["voice_url"],
            (string?)bought["voice_method"], (string?)bought["sms_url"]));
        string path = $"IncomingPhoneNumbers/{bought["sid"]}.json";
        Assert.True(JsonNode.DeepEquals(bought, await _host.DoTwimlAsync(HttpMethod.Get, path, 200)));
        await RefusesAsync(21422, new() { ["PhoneNumber"] = One });

        await _host.DoTwimlAsync(HttpMethod.Delete, path, 204);
        await _host.DoTwimlAsync(HttpMethod.Get, path, 404);
        await _host.DoTwimlAsync(HttpMethod.Delete, path, 404);
        Assert.Single((await _host.DoTwimlAsync(HttpMethod.Get, "IncomingPhoneNumbers.json", 200))["incoming_phone_numbers"]!.AsArray());
    }

    [Fact]
    public async Task A_number_is_bought_as_people_write_it_or_by_its_area_code()
    {
        foreach (var (field, value, number) in new[]
        {
            ("PhoneNumber", "(800) 555-0101", Free), ("AreaCode", "212", One), ("PhoneNumber", Island, Island),
        })
        {
            var bought = await _host.DoTwimlAsync(HttpMethod.Post, "IncomingPhoneNumbers.json", 201, new() { [field] = value });
            Assert.Equal(number, (string?)bought["phone_number"]);
        }
    }

    [Fact]
    public async Task Who_comes_second_gets_the_next_one_of_an_area_code()
    {
        var bought = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            _host.DoTwimlAsync(HttpMethod.Post, "IncomingPhoneNumbers.json", 201, new() { ["AreaCode"] = "212" })));
        Assert.Equal([One, Other], bought.Select(one => (string)one["phone_number"]!).Order(StringComparer.Ordinal));
        await RefusesAsync(21452, new() { ["AreaCode"] = "212" });
    }

    [Fact]
    public async Task What_cannot_be_had_has_its_code()
    {
        await RefusesAsync(21421, new());
        await RefusesAsync(21421, new() { ["PhoneNumber"] = "nobody" });
        await RefusesAsync(21422, new() { ["PhoneNumber"] = "+12125550199" });
        await RefusesAsync(21422, new() { ["PhoneNumber"] = TelefonieHost.FirstNumber });
        await RefusesAsync(21422, new() { ["PhoneNumber"] = TelefonieHost.SecondNumber });
        await RefusesAsync(21422, new() { ["PhoneNumber"] = Waiting });
        await RefusesAsync(21451, new() { ["AreaCode"] = "21" });
        await RefusesAsync(21452, new() { ["AreaCode"] = "213" });
        await RefusesAsync(20001, new() { ["PhoneNumber"] = One, ["AddressSid"] = "AD00000000000000000000000000000000" });
        await _host.DoTwimlAsync(HttpMethod.Get, "AvailablePhoneNumbers/DE/Local.json", 404);
        foreach (string pattern in (string[])["%25", "%2B", "%2B1*", "*7$", "21%252", "%2B12125550100$"])
            await _host.DoTwimlAsync(HttpMethod.Get, $"AvailablePhoneNumbers/US/Local.json?Contains={pattern}", 400);
        await _host.DoTwimlAsync(HttpMethod.Get, "AvailablePhoneNumbers/US/Local.json?InPostalCode=10001", 400);
    }

    private async Task RefusesAsync(int code, Dictionary<string, string> form)
    {
        var refused = await _host.DoTwimlAsync(HttpMethod.Post, "IncomingPhoneNumbers.json", 400, form);
        Assert.True((int?)refused["code"] == code, refused.ToJsonString());
    }
}
