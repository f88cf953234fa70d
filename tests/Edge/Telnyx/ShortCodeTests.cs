using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Short codes, which the operator gives to accounts, and texts from them and from names.</summary>
public sealed class ShortCodeTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static int _counter = 20_000;
    private readonly Texting _texts = new(host);

    [Fact]
    public async Task The_operator_gives_a_code_and_the_account_puts_it_on_a_profile()
    {
        string profile = await _texts.ProfileAsync(), code = Next();
        var given = await GiveAsync("acme", code);
        Assert.True(given.Status == 201, given.Text);
        Assert.Equal((code, "US", "acme", null), ((string?)given.Data["short_code"], (string?)given.Data["country_code"],
            (string?)given.Data["account"], (string?)given.Data["messaging_profile_id"]));
        string id = (string)given.Data["id"]!;
        (await GiveAsync("other", code)).Refuses(409, "in_use", "/short_code");
        Assert.Contains((await OperatorAsync("GET", "/short_codes?page[size]=250")).List, one => (string?)one!["id"] == id);

        var shown = await host.SendAsync("GET", $"/v2/short_codes/{id}");
        Assert.True(shown.Status == 200, shown.Text);
        Assert.Equal(("short_code", code, null), ((string?)shown.Data["record_type"], (string?)shown.Data["short_code"],
            (string?)shown.Data["messaging_profile_id"]));
        var put = await PutAsync(id, profile);
        Assert.Equal(profile, (string?)put.Data["messaging_profile_id"]);
        foreach (string list in (string[])
            [$"/v2/short_codes?filter[messaging_profile_id]={profile}", $"/v2/messaging_profiles/{profile}/short_codes"])
            Assert.True(JsonNode.DeepEquals(put.Data, Assert.Single((await host.SendAsync("GET", list)).List)), list);
        (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{profile}")).Refuses(422, "10021");

        // It is that account's alone, and a stranger's profile is none.
        (await host.SendAsync("GET", $"/v2/short_codes/{id}", (string?)null, TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", "/v2/short_codes", (string?)null, TelnyxHost.OtherTenantKey)).List);
        (await PutAsync(id, await _texts.ProfileAsync(isStrangers: true))).Refuses(422, "10015", "/messaging_profile_id");
        Assert.Null((await PutAsync(id, "")).Data["messaging_profile_id"]);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{profile}")).Status);

        Assert.Equal(200, (await OperatorAsync("DELETE", $"/short_codes/{code}")).Status);
        Assert.Equal(404, (await OperatorAsync("DELETE", $"/short_codes/{code}")).Status);
        (await host.SendAsync("GET", $"/v2/short_codes/{id}")).Refuses(404, "10005");
    }

    [Theory]
    [InlineData("acme", "1a345", "US", "/short_code"), InlineData("nobody", "12346", "US", "/account")]
    [InlineData("acme", "12346", "us", "/country_code")]
    public async Task What_is_no_code_is_not_given(string account, string code, string country, string pointer)
    {
        var body = new JsonObject { ["account"] = account, ["short_code"] = code, ["country_code"] = country };
        var refused = await OperatorAsync("POST", "/short_codes", body.ToJsonString());
        Assert.Equal((422, pointer), (refused.Status, refused.Pointer));
    }

    [Theory, InlineData("24680"), InlineData("Ringwright")]
    public async Task A_code_gets_no_texts_from_a_code_or_a_name(string from)
    {
        string profile = await _texts.ProfileAsync(), number = await _texts.NumberAsync(profile);
        (await _texts.SendAsync(from, "12345", "x", $",\"messaging_profile_id\":\"{profile}\"")).Refuses(400, "40319", "/to");
        (await _texts.SendAsync(number, "12345", "x")).Refuses(400, "40310", "/to");        // no way out carries it
    }

    [Fact]
    public async Task A_code_gets_texts_from_a_number_where_a_carrier_takes_it()
    {
        string profile = await _texts.ProfileAsync(), number = await _texts.NumberAsync(profile);
        string german = await _texts.NumberAsync(await _texts.ProfileAsync(), prefix: "+4930901821");
        string home = (string)(await host.SendAsync("POST", "/v2/messaging_profiles",
            """{"name":"At home","whitelisted_destinations":["US"]}""")).Data["id"]!;
        string code = $"77{Next()}";
        (await _texts.SendAsync(number, code, "x")).Refuses(400, "40310", "/to");
        var made = await OperatorAsync("POST", "/text_carriers",
            """{"name":"codes","host":"smpp.example.com","system_id":"acme","password":"secret","prefixes":["code:77"]}""");
        Assert.True(made.Status == 201, made.Text);
        var sent = await _texts.SendAsync(number, code, "x");
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(code, (string?)sent.Data["to"]![0]!["phone_number"]);
        (await _texts.SendAsync(number, "88888", "x")).Refuses(400, "40310", "/to");

        // It is one of the sender's country.
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/phone_numbers/{german}/messaging",
            $$"""{"messaging_profile_id":"{{home}}"}""")).Status);
        (await _texts.SendAsync(german, code, "x")).Refuses(400, "40309", "/to");

        // One of this node is no carrier's, and gets texts once it is on a profile.
        string id = (string)(await GiveAsync("acme", code)).Data["id"]!;
        await _texts.SentAsync(number, code, "on no profile", "sending_failed");
        await PutAsync(id, profile);
        await _texts.SentAsync(number, code, "Is this you?");
        var come = await Single(p => (string?)p["text"] == "Is this you?" && (string?)p["direction"] == "inbound");
        Assert.Equal((number, code), ((string?)come["from"]!["phone_number"], (string?)come["to"]![0]!["phone_number"]));
    }

    [Fact]
    public async Task Texts_go_from_a_code_of_the_account_that_is_on_a_profile()
    {
        string profile = await _texts.ProfileAsync(), to = await _texts.NumberAsync(profile), code = Next();
        string number = await _texts.NumberAsync(profile);
        (await FromCodeAsync(code, to)).Refuses(400, "40305", "/from");
        string id = (string)(await GiveAsync("acme", code)).Data["id"]!;
        (await FromCodeAsync(code, to)).Refuses(400, "40305", "/from");       // on no profile yet
        await PutAsync(id, profile);
        (await FromCodeAsync(number, to)).Refuses(400, "40305", "/from");
        (await host.SendAsync("POST", "/v2/messages/long_code", Body(code, to))).Refuses(400, "40305", "/from");
        (await _texts.SendAsync(code, to, "mine", isStrangers: true)).Refuses(400, "40305", "/from");

        var sent = await FromCodeAsync(code, to);
        Assert.True(sent.Status == 200, sent.Text);
        await _texts.StateAsync((string)sent.Data["id"]!, "delivered");
        Assert.Equal(code, (string?)(await Single(p => (string?)p["direction"] == "inbound" && (string?)p["from"]!["phone_number"] == code))
            ["from"]!["phone_number"]);

        var plain = await _texts.SentAsync(code, to, "by the general operation");
        Assert.Equal(code, (string?)plain["from"]!["phone_number"]);
        Assert.Equal(200, (await OperatorAsync("DELETE", $"/short_codes/{code}")).Status);
        (await _texts.SendAsync(code, to, "gone")).Refuses(400, "40305", "/from");
    }

    [Fact]
    public async Task A_name_is_the_one_that_the_profile_has()
    {
        const string germany = "+4930901820";
        string profile = await _texts.ProfileAsync(",\"alpha_sender\":\"Ring Wright\""), bare = await _texts.ProfileAsync();
        string to = await _texts.NumberAsync(profile, prefix: germany), american = await _texts.NumberAsync(profile);
        string on = $",\"messaging_profile_id\":\"{profile}\"";
        (await _texts.SendAsync("Ring Wright", to, "x")).Refuses(422, "10004", "/messaging_profile_id");
        (await _texts.SendAsync("Another", to, "x", on)).Refuses(400, "40306", "/from");
        (await _texts.SendAsync("Ring Wright", to, "x", $",\"messaging_profile_id\":\"{bare}\"")).Refuses(400, "40306", "/from");
        (await _texts.SendAsync("Ring Wright", american, "x", on)).Refuses(400, "40319", "/from");
        (await _texts.SendAsync("Ring Wright", to, "x", on + ",\"type\":\"MMS\"")).Refuses(400, "40308", "/from");
        var sent = await _texts.SendAsync("Ring Wright", to, "Hello.", on);
        Assert.True(sent.Status == 200, sent.Text);
        await _texts.StateAsync((string)sent.Data["id"]!, "delivered");
        var come = await Single(p => (string?)p["text"] == "Hello." && (string?)p["direction"] == "inbound");
        Assert.Equal("Ring Wright", (string?)come["from"]!["phone_number"]);

        // By the operation that the vendor's clients have for it.
        var named = await NamedAsync("Ring Wright");
        Assert.True(named.Status == 200, named.Text);
        Assert.Equal("Ring Wright", (string?)named.Data["from"]!["phone_number"]);
        (await NamedAsync(american)).Refuses(400, "40306", "/from");
        (await NamedAsync("Another")).Refuses(400, "40306", "/from");

        Task<Answer> NamedAsync(string from) => host.SendAsync("POST", "/v2/messages/alphanumeric_sender_id", new JsonObject
        {
            ["from"] = from, ["to"] = to, ["text"] = "By name.", ["messaging_profile_id"] = profile,
        }.ToJsonString());
    }

    private async Task<JsonObject> Single(Func<JsonObject, bool> which) => Assert.Single(await _texts.ToldAsync(which: which)).Payload;

    private static string Body(string from, string to) =>
        new JsonObject { ["from"] = from, ["to"] = to, ["text"] = "x" }.ToJsonString();

    private Task<Answer> FromCodeAsync(string from, string to) => host.SendAsync("POST", "/v2/messages/short_code", Body(from, to));

    private Task<Answer> PutAsync(string id, string profile) =>
        host.SendAsync("PATCH", $"/v2/short_codes/{id}", new JsonObject { ["messaging_profile_id"] = profile }.ToJsonString());

    private Task<Answer> GiveAsync(string account, string code) => OperatorAsync("POST", "/short_codes",
        new JsonObject { ["account"] = account, ["short_code"] = code }.ToJsonString());

    private Task<Answer> OperatorAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, "/operator/v1" + path, body, TelnyxHost.OperatorKey);

    private static string Next() => $"{Interlocked.Increment(ref _counter)}";
}
