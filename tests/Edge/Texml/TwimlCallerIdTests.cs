using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>
/// Numbers of elsewhere that an account may show, by TwiML's API: <c>outgoingCallerIds</c> and <c>validationRequests</c> of its SDKs.
/// </summary>
public sealed class TwimlCallerIdTests
{
    private const string List = "OutgoingCallerIds.json", Elsewhere = "+15550188077";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_that_is_proved_is_found_named_and_taken_away()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        await host.Operator.DataAsync("POST", "/verified_numbers",
            $$"""{"account":"{{TelefonieHost.FirstNumber}}","phone_number":"{{Elsewhere}}"}""");
        var one = Assert.Single(await ListAsync(host, "?PhoneNumber=%2B15550188077"))!;
        Assert.Equal((Elsewhere, Elsewhere), ((string?)one["phone_number"], (string?)one["friendly_name"]));
        Assert.Empty(await ListAsync(host, "?PhoneNumber=%2B15550188078"));
        string path = $"OutgoingCallerIds/{one["sid"]}.json";
        Assert.Equal(one.ToJsonString(), (await host.DoTwimlAsync(HttpMethod.Get, path, 200)).ToJsonString());

        var named = await host.DoTwimlAsync(HttpMethod.Post, path, 200, new() { ["FriendlyName"] = "the shop" });
        Assert.Equal(("the shop", (string?)one["date_created"]), ((string?)named["friendly_name"], (string?)named["date_created"]));
        Assert.Equal("the shop", (string?)(await host.DoTwimlAsync(HttpMethod.Post, path, 200, []))["friendly_name"]);
        await host.DoTwimlAsync(HttpMethod.Post, path, 400, new() { ["FriendlyName"] = new('x', 65) });
        Assert.Single(await ListAsync(host, "?FriendlyName=the%20shop"));
        Assert.Empty(await ListAsync(host, $"?FriendlyName={Uri.EscapeDataString(Elsewhere)}"));

        await host.DoTwimlAsync(HttpMethod.Delete, path, 204);
        await host.DoTwimlAsync(HttpMethod.Get, path, 404);
        await host.DoTwimlAsync(HttpMethod.Post, path, 404, new() { ["FriendlyName"] = "the shop" });
        await host.DoTwimlAsync(HttpMethod.Delete, path, 404);
        Assert.Empty(await ListAsync(host, ""));
    }

    [Fact]
    public async Task Whoever_asks_gets_the_code_and_cannot_prove_the_number_by_it()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        string asked = TelefonieHost.Number("busy");
        var form = new Dictionary<string, string>
        {
            ["PhoneNumber"] = asked, ["FriendlyName"] = "the shop", ["StatusCallback"] = $"{host.Hook.Url}/validated",
        };
        var made = await host.DoTwimlAsync(HttpMethod.Post, List, 201, form);
        Assert.Equal((asked, "the shop"), ((string?)made["phone_number"], (string?)made["friendly_name"]));
        Assert.Matches("^CA[0-9a-f]{32}$", (string?)made["call_sid"]);
        string code = (string)made["validation_code"]!;
        Assert.Matches("^[0-9]{6}$", code);

        using var said = new HttpRequestMessage(HttpMethod.Post, $"/v2/verified_numbers/{Uri.EscapeDataString(asked)}/actions/verify")
        {
            Content = JsonContent.Create(new JsonObject { ["verification_code"] = code }),
        };
        said.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (string)host.Made["telnyx_key"]!);
        using var answer = await host.Node.Api.SendAsync(said, Stop);
        Assert.Equal(422, (int)answer.StatusCode);

        // Nobody took the call.
        await Eventually.TrueAsync(() => host.Hook.All.Any(one => one.Path == "/validated"), "the end is told");
        string told = host.Hook.All.First(one => one.Path == "/validated").Text;
        Assert.Contains("VerificationStatus=failed", told, StringComparison.Ordinal);
        Assert.Contains($"CallSid={made["call_sid"]}", told, StringComparison.Ordinal);
        Assert.DoesNotContain("OutgoingCallerIdSid", told, StringComparison.Ordinal);
        Assert.Empty(await ListAsync(host, ""));
        // A person is not called again and again.
        Assert.Equal(20429, (int?)(await host.DoTwimlAsync(HttpMethod.Post, List, 429, form))["code"]);
    }

    [Fact]
    public async Task What_is_on_the_node_or_proved_already_is_not_called()
    {
        await using var host = await TelefonieHost.StartAsync(null);
        await host.Operator.DataAsync("POST", "/verified_numbers",
            $$"""{"account":"{{TelefonieHost.FirstNumber}}","phone_number":"{{Elsewhere}}"}""");
        foreach (var (number, code) in new[]
        {
            (Elsewhere, 21450), (TelefonieHost.FirstNumber, 21421), (TelefonieHost.SecondNumber, 21421), ("12", 21421),
        })
        {
            var refused = await host.DoTwimlAsync(HttpMethod.Post, List, 400, new() { ["PhoneNumber"] = number });
            Assert.Equal(code, (int?)refused["code"]);
        }
    }

    private static async Task<JsonArray> ListAsync(TelefonieHost host, string query) =>
        (await host.DoTwimlAsync(HttpMethod.Get, List + query, 200))["outgoing_caller_ids"]!.AsArray();
}
