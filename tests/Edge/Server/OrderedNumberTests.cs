using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;

namespace Ringwright.Edge.Server;

/// <summary>From the operator's stock to a ringing call and back, through a whole node.</summary>
public sealed class OrderedNumberTests
{
    private const string Number = "+13125550100", Search = "/v2/available_phone_numbers?filter[national_destination_code]=312";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_is_found_ordered_called_and_returned()
    {
        await using var node = await RunningNode.StartAsync();
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var done = (await node.Socket.SendAsync(HttpMethod.Post, "operator/v1/stock/actions/import", JsonNode.Parse(
            """{"numbers":[{"first":"+13125550100","last":"+13125550109","monthly_cost":"1.00","locality":"Chicago"}]}"""), Stop))["data"]!;
        Assert.Equal((10, 0), ((int)done["added"]!, (int)done["known"]!));

        // To a number that nobody has no call comes.
        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 404");

        using var stranger = await SecondAccountAsync(node);
        var found = await DataAsync(node.Api, HttpMethod.Get, Search);
        Assert.Equal(10, found.AsArray().Count);
        await DataAsync(stranger, HttpMethod.Get, Search);
        string application = await ApplicationAsync(node);
        var order = new JsonObject { ["phone_numbers"] = new JsonArray(new JsonObject { ["phone_number"] = Number }) };
        string id = (string)(await DataAsync(node.Api, HttpMethod.Post, "/v2/number_orders", order))["id"]!;
        Assert.Equal("success", (string?)(await DataAsync(node.Api, HttpMethod.Get, $"/v2/number_orders/{id}"))["status"]);
        string path = $"/v2/phone_numbers/{Uri.EscapeDataString(Number)}";

        // Another account neither sees the number nor has it nor takes it away.
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
            Assert.Equal(404, (int)(await SendAsync(stranger, method, path)).StatusCode);
        Assert.Equal(422, (int)(await SendAsync(stranger, HttpMethod.Post, "/v2/number_orders", order)).StatusCode);
        Assert.DoesNotContain((await DataAsync(stranger, HttpMethod.Get, Search)).AsArray(),
            number => (string?)number!["phone_number"] == Number);

        await DataAsync(node.Api, HttpMethod.Patch, path, new() { ["connection_id"] = application });
        using var caller = new SipPeer(node.Node.Settings.Sip);
        caller.Send(caller.Invite(Number, "call-2"));
        await caller.HearAsync("SIP/2.0 180");
        var initiated = (await DataAsync(node.Api, HttpMethod.Get, "/v2/call_events?filter[name]=call.initiated"))[0]!;
        Assert.Equal((Number, application), ((string?)initiated["metadata"]!["event"]!["payload"]!["to"],
            (string?)initiated["metadata"]!["event"]!["payload"]!["connection_id"]));

        Assert.Equal("deleted", (string?)(await DataAsync(node.Api, HttpMethod.Delete, path))["status"]);
        Assert.Equal(404, (int)(await SendAsync(node.Api, HttpMethod.Get, path)).StatusCode);
        using var late = new SipPeer(node.Node.Settings.Sip);
        late.Send(late.Invite(Number, "call-3"));
        await late.HearAsync("SIP/2.0 404");

        // The call that was there goes on.
        string call = (string)initiated["metadata"]!["event"]!["payload"]!["call_control_id"]!;
        await DataAsync(node.Api, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/answer", new());
        await caller.HearAsync("SIP/2.0 200");
        Assert.Equal(Number, (string?)Assert.Single((await DataAsync(node.Api, HttpMethod.Get,
            "/v2/phone_numbers?filter[status]=deleted")).AsArray())!["phone_number"]);
    }

    private static async Task<HttpClient> SecondAccountAsync(RunningNode node)
    {
        var made = await node.Socket.SendAsync(HttpMethod.Post, "node/tenants", new JsonObject { ["name"] = "second" }, Stop);
        return new()
        {
            BaseAddress = node.Api.BaseAddress,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", (string)made["telnyx_key"]!) },
        };
    }

    private static async Task<string> ApplicationAsync(RunningNode node)
    {
        using var refused = new TcpListener(System.Net.IPAddress.Loopback, 0);
        refused.Start();
        string hook = $"http://{refused.LocalEndpoint}/hooks";
        refused.Stop();     // nobody answers there any more
        return (string)(await DataAsync(node.Api, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "ordered", ["webhook_event_url"] = hook }))["id"]!;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await client.SendAsync(request, Stop);
    }

    private static async Task<JsonNode> DataAsync(HttpClient client, HttpMethod method, string path, JsonObject? body = null)
    {
        using var answer = await SendAsync(client, method, path, body);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
