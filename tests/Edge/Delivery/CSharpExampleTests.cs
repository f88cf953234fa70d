using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Delivery;
using Ringwright.Edge.Egress;
using Ringwright.Examples;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>The example in C# (examples/csharp), with webhooks that are signed as the node signs them.</summary>
public sealed class CSharpExampleTests
{
    private const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODw==", Number = "+15550100002", Office = "+15550000001";

    private static readonly Signer Node = new(new byte[Signer.SeedBytes], Secret);
    private static readonly HttpClient Http = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_menu_asks_and_connects_and_believes_only_what_is_signed()
    {
        await using var api = await Sink.StartAsync((received, context) => context.Response.WriteAsync(AnswerTo(received)));
        int port = FreePort.Tcp();
        await using var line = await ExampleLine.OpenAsync(new()
        {
            ApiKey = "KEYmine", BaseUrl = api.Url + "/v2", Secret = Secret, Port = port, Address = $"http://127.0.0.1:{port}/",
            Number = Number,
        }, "voice-menu", new VoiceMenu(Office).HandleAsync);
        var led = api.All[^1];
        Assert.Equal(("PATCH", "/v2/phone_numbers/9", "7"), (led.Method, led.Path, (string?)JsonNode.Parse(led.Body)!["connection_id"]));

        Assert.Equal(403, await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" }, Secret + "no"));
        Assert.Equal(200, await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" }));
        Assert.Equal("answer", (await CommandAsync(api, 1)).Name);
        // What is told twice is done once.
        Assert.Equal(200, await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" }));
        await TellAsync(port, "b", "call.answered", new());
        var (name, asked) = await CommandAsync(api, 2);
        Assert.Equal(("gather_using_speak", "12"), (name, (string?)asked["valid_digits"]));
        await TellAsync(port, "c", "call.gather.ended", new()
        {
            ["status"] = "valid", ["digits"] = "2", ["client_state"] = (string?)asked["client_state"],
        });
        (name, var connected) = await CommandAsync(api, 3);
        Assert.Equal(("transfer", Office, Number), (name, (string?)connected["to"], (string?)connected["from"]));
        await TellAsync(port, "d", "call.gather.ended", new() { ["status"] = "call_hangup" });
        await TellAsync(port, "e", "call.gather.ended", new() { ["status"] = "valid", ["digits"] = "1" });
        Assert.Equal("speak", (await CommandAsync(api, 4)).Name);
    }

    private static string AnswerTo(Received received) => (received.Method, received.Path) switch
    {
        ("GET", "/v2/call_control_applications") => """{"data":[]}""",
        ("POST", "/v2/call_control_applications") => """{"data":{"id":"7"}}""",
        ("GET", "/v2/outbound_voice_profiles") => """{"data":[{"id":"8"}]}""",
        ("GET", "/v2/phone_numbers") => $$"""{"data":[{"id":"9","phone_number":"{{Number}}"}]}""",
        _ => """{"data":{}}""",
    };

    /// <summary>The command of that number, from 1.</summary>
    private static async Task<(string Name, JsonNode Body)> CommandAsync(Sink api, int number)
    {
        List<Received> commands = [];
        await Eventually.TrueAsync(() =>
        {
            commands = [.. api.All.Where(received => received.Path.Contains("/actions/", StringComparison.Ordinal))];
            return commands.Count >= number;
        }, $"command {number} is sent");
        Assert.Equal(number, commands.Count);
        return (commands[^1].Path.Split('/')[^1], JsonNode.Parse(commands[^1].Body)!);
    }

    private static async Task<int> TellAsync(int port, string id, string type, JsonObject payload, string secret = Secret)
    {
        payload["call_control_id"] = "v3:call";
        byte[] body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["data"] = new JsonObject { ["id"] = id, ["event_type"] = type, ["payload"] = payload },
        }.ToJsonString());
        string at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string signed = Node.SignStandard(id, at, body);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/") { Content = new ByteArrayContent(body) };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at);
        request.Headers.Add("webhook-signature", secret == Secret ? signed : "v1," + signed[^8..]);
        using var response = await Http.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }
}
