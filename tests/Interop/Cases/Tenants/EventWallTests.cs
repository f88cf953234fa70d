using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Events of the dialer's API by subscription: each account hears what is its own alone, one below another and the one above it, too, and
/// both of two accounts that call each other.
/// </summary>
public sealed class EventWallTests(RunningNode node) : IAsyncLifetime
{
    private static readonly string[] Ids = ["call_control_id", "call_leg_id", "call_session_id"];

    private static readonly string[] Resources =
    [
        "campaign", "campaigncall", "outplan", "outdial", "outdialtarget", "queue", "queuecall", "activeflow", "call", "groupcall",
        "recording", "transcript", "agent", "flow", "tag",
    ];

    private static int _numbers;

    private readonly List<Subscriber> _subscribers = [];

    /// <param name="Id">As topics name it.</param>
    private sealed record Subscriber(string Name, string Id, string Key, Customer Customer);

    private IEnumerable<(Subscriber One, Subscriber Other)> Pairs =>
        from one in _subscribers from other in _subscribers where one != other select (one, other);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>An account, one below it, and a stranger to both.</summary>
    public async ValueTask InitializeAsync()
    {
        string mark = Guid.NewGuid().ToString("N")[..8], agency = $"agency {mark}";
        foreach (var (name, parent) in new (string, string?)[] { (agency, null), ($"client {mark}", agency), ($"rival {mark}", null) })
        {
            string number = $"+1555044{Interlocked.Increment(ref _numbers):D4}";
            var made = await node.NewTenantAsync(name, parent);
            await node.ImportNumbersAsync([number], name);
            var customer = await Customer.CreateAsync(node, number, key: (string)made["telnyx_key"]!);
            var shown = JsonNode.Parse((await customer.GetAsync("/v1.0/customer")).Text)!;
            _subscribers.Add(new(name, (string)shown["id"]!, (string)made["voipbin_accesskey"]!, customer));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscriber in _subscribers) await subscriber.Customer.DisposeAsync();
    }

    [Fact]
    public async Task No_topic_of_another_account_is_taken()
    {
        foreach (var (asks, owner) in Pairs)
        {
            // A socket of many faults is closed.
            foreach (string[] some in Resources.Chunk(8))
            {
                using var socket = await OpenAsync(asks);
                foreach (string resource in some)
                {
                    await SayAsync(socket, $"customer_id:{asks.Id}:{resource}", $"customer_id:{owner.Id}:{resource}");
                    Assert.Equal("PERMISSION_DENIED", (string?)JsonNode.Parse(await HearAsync(socket))!["error"]?["reason"]);
                }
            }
        }
    }

    [Fact]
    public async Task Each_account_hears_its_own_legs_of_their_calls_and_nothing_of_the_others()
    {
        var sockets = new List<ClientWebSocket>();
        try
        {
            foreach (var subscriber in _subscribers)
            {
                var socket = await OpenAsync(subscriber);
                sockets.Add(socket);
                await SayAsync(socket, [.. Resources.Select(resource => $"customer_id:{subscriber.Id}:{resource}")]);
                Assert.Equal("subscribed", (string?)JsonNode.Parse(await HearAsync(socket))!["type"]);
            }
            var legs = _subscribers.ToDictionary(one => one.Id, _ => new List<JsonNode>());
            foreach (var (caller, callee) in Pairs)
            {
                var (dialled, called) = await CallAsync(caller, callee);
                legs[caller.Id].Add(dialled);
                legs[callee.Id].Add(called);
            }
            foreach (var subscriber in _subscribers) await TagAsync(subscriber, "last");

            for (int i = 0; i < sockets.Count; i++)
            {
                var (owner, heard) = (_subscribers[i], await UntilLastAsync(sockets[i]));
                Assert.All(heard, text => Assert.Equal(owner.Id, (string?)JsonNode.Parse(text)!["data"]!["customer_id"]));
                Assert.Equal(legs[owner.Id].Count, heard.Count(text => (string?)JsonNode.Parse(text)!["type"] == "call_hangup"));
                string all = string.Join('\n', heard);
                foreach (var leg in legs.Where(one => one.Key != owner.Id).SelectMany(one => one.Value))
                    Assert.All(Ids, id => Assert.DoesNotContain((string)leg[id]!, all, StringComparison.Ordinal));
            }
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    /// <summary>A call that is answered and over.</summary>
    private static async Task<(JsonNode Dialled, JsonNode Called)> CallAsync(Subscriber caller, Subscriber callee)
    {
        var dialled = await caller.Customer.DialAsync(callee.Customer.Number);
        var called = (await callee.Customer.WebhookAsync(w => w.Type == "call.initiated"
            && (string?)w.Payload["from"] == caller.Customer.Number && (string?)w.Payload["direction"] == "incoming",
            $"the call of {caller.Name} at {callee.Name}")).Payload;
        await callee.Customer.ActAsync(called, "answer");
        await OfAsync(caller, dialled, "call.answered");
        await callee.Customer.ActAsync(called, "hangup");
        await OfAsync(callee, called, "call.hangup");
        await OfAsync(caller, dialled, "call.hangup");
        return (dialled, called);
    }

    private static Task<Webhook> OfAsync(Subscriber party, JsonNode call, string type) => party.Customer.WebhookAsync(
        w => w.Type == type && (string?)w.Payload["call_leg_id"] == (string?)call["call_leg_id"], $"{type} of {party.Name}");

    private static async Task TagAsync(Subscriber subscriber, string name)
    {
        var answer = await subscriber.Customer.TryAsync(HttpMethod.Post, "/v1.0/tags", new() { ["name"] = name });
        Assert.True(answer.Status == 200, $"{answer.Status} {answer.Text}");
    }

    private async Task<ClientWebSocket> OpenAsync(Subscriber subscriber)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{node.Api.Authority}/v1.0/ws?accesskey={subscriber.Key}"), Stop);
        return socket;
    }

    private static async Task SayAsync(ClientWebSocket socket, params string[] topics)
    {
        var order = new JsonObject
        {
            ["type"] = "subscribe", ["request_id"] = "1", ["topics"] = new JsonArray([.. topics.Select(topic => (JsonNode?)topic)]),
        };
        await socket.SendAsync(Encoding.UTF8.GetBytes(order.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, Stop);
    }

    /// <summary>Up to the tag that was made last, which is heard behind all that was committed before.</summary>
    private static async Task<IReadOnlyList<string>> UntilLastAsync(ClientWebSocket socket)
    {
        var heard = new List<string>();
        while (true)
        {
            string text = await HearAsync(socket);
            heard.Add(text);
            var told = JsonNode.Parse(text)!;
            if ((string?)told["type"] == "tag_created" && (string?)told["data"]!["name"] == "last") return heard;
        }
    }

    private static async Task<string> HearAsync(ClientWebSocket socket)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        late.CancelAfter(Eventually.Deadline);
        using var text = new MemoryStream();
        byte[] part = new byte[64 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(part.AsMemory(), late.Token);
            Assert.Equal(WebSocketMessageType.Text, read.MessageType);
            text.Write(part, 0, read.Count);
            if (read.EndOfMessage) return Encoding.UTF8.GetString(text.ToArray());
        }
    }
}
