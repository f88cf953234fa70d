using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Events by subscription on a web socket: whose, which, and what a hostile subscriber gets.</summary>
public sealed class EventSocketTests : IAsyncLifetime
{
    private DialerHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await DialerHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<string> TopicAsync(string resource, string? accesskey = null) =>
        $"customer_id:{(await _host.DoneAsync("GET", "/customer", null, accesskey))["id"]}:{resource}";

    [Fact]
    public async Task Who_has_subscribed_hears_its_topics_as_webhooks_say_them_and_nobody_hears_anothers()
    {
        var (mine, other) = (await _host.DoneAsync("POST", "/outplans", """{"name":"a"}"""),
            await _host.DoneAsync("POST", "/outplans", """{"name":"b"}"""));
        using var all = await OpenAsync(_host.First);
        using var one = await OpenAsync(_host.First);
        using var theirs = await OpenAsync(_host.Second);
        await SubscribeAsync(all, await TopicAsync("tag"));
        await SubscribeAsync(one, await TopicAsync("outplan:" + mine["id"]));
        await SubscribeAsync(theirs, await TopicAsync("tag", _host.Second), await TopicAsync("outplan", _host.Second));

        var tag = await _host.DoneAsync("POST", "/tags", """{"name":"x"}""");
        await _host.DoneAsync("PUT", "/outplans/" + other["id"], """{"name":"c"}""");
        var changed = await _host.DoneAsync("PUT", "/outplans/" + mine["id"], """{"name":"d"}""");
        var last = await _host.DoneAsync("DELETE", "/tags/" + tag["id"]);
        var own = await _host.DoneAsync("POST", "/tags", """{"name":"theirs"}""", _host.Second);

        AssertTold("tag_created", tag, await HearAsync(all));
        AssertTold("tag_deleted", last, await HearAsync(all));
        AssertTold("outplan_updated", changed, await HearAsync(one));
        AssertTold("tag_created", own, await HearAsync(theirs));

        // Nothing more of what is not wanted any more.
        await SubscribeAsync(all, "unsubscribe", [await TopicAsync("tag")]);
        await _host.DoneAsync("POST", "/tags", """{"name":"y"}""");
        await SubscribeAsync(all, await TopicAsync("flow:*"));
        var flow = await _host.DoneAsync("POST", "/flows", """{"name":"f"}""");
        AssertTold("flow_created", flow, await HearAsync(all));
        await SubscribeAsync(all, "unsubscribe", [await TopicAsync("flow:*")]);
        await _host.DoneAsync("POST", "/flows", """{"name":"g"}""");
        await SubscribeAsync(all, await TopicAsync("tag:*"));
        AssertTold("tag_created", await _host.DoneAsync("POST", "/tags", """{"name":"z"}"""), await HearAsync(all));
    }

    [Fact]
    public async Task What_is_no_order_is_refused_and_too_much_of_it_costs_the_connection()
    {
        string foreign = await TopicAsync("tag", _host.Second), own = await TopicAsync("tag");
        using var socket = await OpenAsync(_host.First);
        foreach (var (said, reason) in new[]
            {
                ("no JSON", "INVALID_ARGUMENT"), ("[]", "INVALID_ARGUMENT"), ("""{"type":"publish"}""", "INVALID_ARGUMENT"),
                ("""{"type":"subscribe","type":"subscribe","topics":["x"]}""", "INVALID_ARGUMENT"),
                ("""{"type":"subscribe","topics":[]}""", "INVALID_ARGUMENT"),
                ("""{"type":"subscribe","topics":["\ud800",5]}""", "INVALID_ARGUMENT"),
                ("""{"type":"subscribe","topics":["customer_id:all:tag"]}""", "INVALID_ARGUMENT"),
                ($$"""{"type":"subscribe","topics":["{{own}}:*:*"]}""", "INVALID_ARGUMENT"),
                // Of several, of which one is wrong, none is taken: nothing is heard of the flow below.
                ($$"""{"type":"subscribe","topics":["{{await TopicAsync("flow")}}","{{own}}s"]}""", "INVALID_ARGUMENT"),
                ($$"""{"type":"subscribe","topics":["{{foreign}}"]}""", "PERMISSION_DENIED"),
            })
        {
            await SayAsync(socket, said);
            var error = (await HearAsync(socket))["error"]!;
            Assert.Equal(reason, (string?)error["reason"]);
            Assert.StartsWith("req_", (string?)error["request_id"]);
        }
        // It goes on to hear, until it has said too much that is none.
        await SubscribeAsync(socket, own);
        await _host.DoneAsync("POST", "/tags", """{"name":"theirs"}""", _host.Second);
        await _host.DoneAsync("POST", "/flows", """{"name":"f"}""");
        var tag = await _host.DoneAsync("POST", "/tags", """{"name":"x"}""");
        AssertTold("tag_created", tag, await HearAsync(socket));
        for (int i = 0; i < 10 && socket.State is WebSocketState.Open; i++) await SayAsync(socket, "no JSON");
        Assert.True(await IsClosedAsync(socket));
        using var another = await OpenAsync(_host.First);
        await SubscribeAsync(another, own);
    }

    [Fact]
    public async Task Only_who_may_read_what_events_tell_opens_one()
    {
        var (_, nobody) = await _host.AgentAsync("nobody", 0);
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(""));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync("?accesskey=nobodys"));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync("?token=" + nobody));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.AsAgentAsync(nobody, "GET", "/ws"));
        var (_, manager) = await _host.AgentAsync("manager", 64);
        using var socket = await OpenAsAgentAsync(manager);
        await SubscribeAsync(socket, await TopicAsync("campaign"));
    }

    [Fact, Depth("the gate has topics that are heard, those of others, and orders that are none")]
    public async Task A_topic_of_what_has_no_events_here_is_told_and_costs_the_others_nothing()
    {
        string tags = await TopicAsync("tag:*"), messages = await TopicAsync("message:*");
        using var socket = await OpenAsync(_host.First);
        // So often that a socket of faults would be closed.
        for (int i = 0; i < 12; i++)
        {
            await SayAsync(socket, $$"""{"type":"subscribe","topics":["{{tags}}","{{messages}}"]}""");
            var error = (await HearAsync(socket))["error"]!;
            Assert.Equal("INVALID_ARGUMENT", (string?)error["reason"]);
            Assert.Contains("'message'", (string?)error["message"], StringComparison.Ordinal);
        }
        // Who asked to be answered is told which hold, and which order an error is of.
        await SayAsync(socket, $$"""{"type":"subscribe","request_id":"7","topics":["{{tags}}","{{messages}}"]}""");
        var both = await HearAsync(socket);
        Assert.Equal(("subscribed", "7", tags, "INVALID_ARGUMENT"), ((string?)both["type"], (string?)both["request_id"],
            (string?)Assert.Single(both["topics"]!.AsArray()), (string?)both["error"]!["reason"]));
        foreach (string said in new[]
            {
                $$"""{"type":"subscribe","request_id":"8","topics":["{{messages}}"]}""", """{"type":"publish","request_id":"8"}""",
            })
        {
            await SayAsync(socket, said);
            var refused = await HearAsync(socket);
            Assert.Equal((null, "8", "INVALID_ARGUMENT"),
                ((string?)refused["type"], (string?)refused["request_id"], (string?)refused["error"]!["reason"]));
        }
        AssertTold("tag_created", await _host.DoneAsync("POST", "/tags", """{"name":"x"}"""), await HearAsync(socket));
    }

    public static TheoryData<string> Secrets => Depth.Rows(gate: ["a secret of the customer"], deep: [""]);

    [Theory, MemberData(nameof(Secrets))]
    public async Task A_run_that_has_a_webhook_of_its_own_is_heard_of_once(string secret)
    {
        await using var hook = await Sink.StartAsync();
        await _host.DoneAsync("PUT", "/customer", $$"""{"signing_secret":"{{secret}}"}""");
        using var socket = await OpenAsync(_host.First);
        await SubscribeAsync(socket, await TopicAsync("activeflow"), await TopicAsync("tag"));
        await _host.DoneAsync("POST", "/activeflows", $$"""{"actions":[{"type":"empty"}],"webhook_uri":"{{hook.Url}}"}""");
        string[] types = ["activeflow_created", "activeflow_updated", "activeflow_updated"];
        foreach (string type in types) Assert.Equal(type, (string?)(await HearAsync(socket))["type"]);
        AssertTold("tag_created", await _host.DoneAsync("POST", "/tags", """{"name":"x"}"""), await HearAsync(socket));
        await Eventually.TrueAsync(() => hook.All.Count == types.Length, "its own webhook has them all");
        Assert.Equal(types, hook.All.Select(received => (string)JsonNode.Parse(received.Text)!["type"]!));
        Assert.All(hook.All, received => Assert.Equal(secret.Length > 0, received.Headers.ContainsKey("x-voipbin-signature")));
    }

    [Fact]
    public async Task An_agent_hears_of_itself_and_a_manager_of_each_agent_of_the_customer()
    {
        var (id, token) = await _host.AgentAsync("agent", 16);
        var (other, _) = await _host.AgentAsync("other", 16);
        var (foreign, _) = await _host.AgentAsync("foreign", 16, _host.Second);
        var (_, manager) = await _host.AgentAsync("manager", 64);
        using var own = await OpenAsAgentAsync(token);
        using var managers = await OpenAsAgentAsync(manager);
        foreach (string topic in new[] { await TopicAsync("agent"), $"agent_id:{other}:agent", $"agent_id:{foreign}:agent" })
            Assert.Equal("PERMISSION_DENIED", await RefusalAsync(own, topic));
        Assert.Equal("PERMISSION_DENIED", await RefusalAsync(managers, $"agent_id:{foreign}:agent"));
        Assert.Equal("INVALID_ARGUMENT", await RefusalAsync(own, $"agent_id:{id}:tag"));
        await SubscribeAsync(own, $"agent_id:{id}:agent", $"agent_id:{id.ToUpperInvariant()}:queuecall:*");
        await SubscribeAsync(managers, $"agent_id:{other}:agent:{other}");

        var first = await _host.DoneAsync("PUT", $"/agents/{other}/status", """{"status":"away"}""");
        var second = await _host.DoneAsync("PUT", $"/agents/{id}/status", """{"status":"away"}""");
        AssertTold("agent_status_updated", second, await HearAsync(own));
        AssertTold("agent_status_updated", first, await HearAsync(managers));
        await SubscribeAsync(own, "unsubscribe", [$"agent_id:{id}:agent"]);
    }

    [Fact, Depth("a socket's credential is looked at every 15 seconds")]
    public async Task Whoever_is_a_manager_no_more_hears_no_more_of_the_customer()
    {
        var (id, token) = await _host.AgentAsync("manager", 64);
        using var socket = await OpenAsAgentAsync(token);
        await SubscribeAsync(socket, await TopicAsync("tag"));
        await _host.DoneAsync("PUT", $"/agents/{id}/permission", """{"permission":16}""");
        Assert.True(await IsClosedAsync(socket));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        using var again = await OpenAsAgentAsync(token);
        Assert.Equal("PERMISSION_DENIED", await RefusalAsync(again, await TopicAsync("tag")));
    }

    [Fact, Depth("who takes nothing is given ten seconds")]
    public async Task Who_takes_nothing_costs_its_own_connection_and_no_others()
    {
        string topic = await TopicAsync("tag"), much = new('x', 60_000);
        using var slow = await OpenAsync(_host.First);
        using var quick = await OpenAsync(_host.First);
        await SubscribeAsync(slow, topic);
        await SubscribeAsync(quick, topic);
        const int count = 300;
        var heard = Task.Run(async () =>
        {
            for (int i = 0; i < count; i++) Assert.Equal("tag_created", (string?)(await HearAsync(quick))["type"]);
        }, Stop);
        for (int i = 0; i < count; i++)
        {
            await _host.DoneAsync("POST", "/tags", $$"""{"name":"x","detail":"{{much}}"}""");
            // An account has 50 requests a second.
            await Task.Delay(25, Stop);
        }
        await heard;
        await Task.Delay(TimeSpan.FromSeconds(12), Stop);
        Assert.True(await IsClosedAsync(slow));
        var last = await _host.DoneAsync("POST", "/tags", """{"name":"last"}""");
        AssertTold("tag_created", last, await HearAsync(quick));
    }

    private Uri AddressOf(string query) => new($"ws://{_host.Node.Node.Settings.Http}/v1.0/ws{query}");

    private async Task<ClientWebSocket> OpenAsync(string accesskey)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(AddressOf("?accesskey=" + accesskey), Stop);
        return socket;
    }

    private async Task<ClientWebSocket> OpenAsAgentAsync(string token)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(AddressOf("?token=" + token), Stop);
        return socket;
    }

    /// <summary>Why the topic is refused.</summary>
    private static async Task<string?> RefusalAsync(ClientWebSocket socket, string topic)
    {
        await SayAsync(socket, $$"""{"type":"subscribe","topics":["{{topic}}"]}""");
        return (string?)(await HearAsync(socket))["error"]?["reason"];
    }

    private async Task<HttpStatusCode> RefusedAsync(string query)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(AddressOf(query), Stop));
        return socket.HttpStatusCode;
    }

    private static Task SubscribeAsync(ClientWebSocket socket, params string[] topics) => SubscribeAsync(socket, "subscribe", topics);

    private static async Task SubscribeAsync(ClientWebSocket socket, string type, string[] topics)
    {
        await SayAsync(socket, new JsonObject
        {
            ["type"] = type, ["request_id"] = "1", ["topics"] = new JsonArray([.. topics.Select(topic => (JsonNode?)topic)]),
        }.ToJsonString());
        Assert.Equal(type + "d", (string?)(await HearAsync(socket))["type"]);
    }

    private static async Task SayAsync(ClientWebSocket socket, string text) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Stop);

    private static async Task<JsonNode> HearAsync(ClientWebSocket socket)
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
            if (read.EndOfMessage) return JsonNode.Parse(text.ToArray())!;
        }
    }

    /// <summary>What was sent before is read away.</summary>
    private static async Task<bool> IsClosedAsync(ClientWebSocket socket)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        late.CancelAfter(Eventually.Deadline);
        byte[] part = new byte[64 * 1024];
        try
        {
            while ((await socket.ReceiveAsync(part.AsMemory(), late.Token)).MessageType is not WebSocketMessageType.Close) { }
            return true;
        }
        catch (WebSocketException)
        {
            return true;
        }
    }

    private static void AssertTold(string type, JsonNode data, JsonNode told)
    {
        Assert.Equal(type, (string?)told["type"]);
        Assert.True(JsonNode.DeepEquals(data, told["data"]), $"{data.ToJsonString()}\n{told.ToJsonString()}");
    }
}
