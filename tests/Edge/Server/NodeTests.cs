using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Egress;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Server.Telemetry;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class NodeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_shows_the_webhook_secret_once_and_a_given_key_never()
    {
        using var folder = new TempFolder();
        var settings = RunningNode.SettingsIn(folder.Path);
        var outputs = new List<string>();
        for (int start = 0; start < 2; start++)
        {
            using var metrics = new MetricStore();
            var output = new StringWriter();
            await using var node = await Node.StartAsync(settings, NullLoggerFactory.Instance, metrics, output, Stop);
            outputs.Add(output.ToString());
        }
        Assert.Contains("whsec_", outputs[0], StringComparison.Ordinal);
        Assert.DoesNotContain(RunningNode.Key, outputs[0], StringComparison.Ordinal);
        Assert.Empty(outputs[1]);
    }

    [Fact]
    public async Task Without_a_key_one_is_made_that_opens_the_API()
    {
        await using var node = await RunningNode.StartAsync(s => s with { ApiKey = null });
        string key = node.Output.Split('\n').First(l => l.Contains("API key", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/phone_numbers")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) }
        };
        using var answer = await node.Api.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_node_is_ready_until_it_stops()
    {
        await using var node = await RunningNode.StartAsync();
        using var ready = await node.Api.GetAsync("/readyz", Stop);
        using var healthy = await node.Api.GetAsync("/healthz", Stop);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (ready.StatusCode, healthy.StatusCode));
        node.Node.Readiness.IsServing = false;
        using var stopping = await node.Api.GetAsync("/readyz", Stop);
        using var still = await node.Api.GetAsync("/healthz", Stop);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (stopping.StatusCode, still.StatusCode));
    }

    [Fact]
    public async Task Health_can_be_asked_without_a_body_and_an_unknown_path_says_where_the_API_is()
    {
        await using var node = await RunningNode.StartAsync();
        foreach (string path in new[] { "/healthz", "/readyz" })
        {
            using var head = await node.Api.SendAsync(new(HttpMethod.Head, path), Stop);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        }
        using var nothing = await node.Api.GetAsync("/nothing", Stop);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        Assert.Contains("/v2", await nothing.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact, Depth("WebhookDispatcherTests deliver when a node stops; SIGTERM ends the program in the gate")]
    public async Task The_webhooks_of_the_calls_that_a_stop_ends_leave_before_the_node_does()
    {
        await using var hook = await Sink.StartAsync();
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var node = await RunningNode.StartAsync();
        async Task<string> Post(string path, JsonObject body)
        {
            using var answer = await node.Api.PostAsync(path,
                new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"), Stop);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, text);
            return text;
        }
        string profile = (string)JsonNode.Parse(await node.Api.GetStringAsync("/v2/outbound_voice_profiles", Stop))!["data"]![0]!["id"]!;
        var body = new JsonObject
        {
            ["application_name"] = "app",
            ["webhook_event_url"] = hook.Url, ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile }
        };
        string application = (string)JsonNode.Parse(await Post("/v2/call_control_applications", body))!["data"]!["id"]!;
        for (int i = 0; i < 5; i++)
            await Post("/v2/calls",
                new() { ["connection_id"] = application, ["from"] = "+15550100000", ["to"] = $"sip:nobody@{silent.Client.LocalEndPoint}" });

        // The calls are on their way when each of them has sent its INVITE.
        var calls = new HashSet<string>(StringComparer.Ordinal);
        while (calls.Count < 5)
        {
            string invite = System.Text.Encoding.UTF8.GetString((await silent.ReceiveAsync(Stop)).Buffer);
            calls.Add(invite.Split('\n').First(line => line.StartsWith("Call-ID:", StringComparison.OrdinalIgnoreCase)));
        }

        // What was told before has left: a stop has its time for the hang-ups alone.
        int Told(string type) => hook.All.Count(r => (string?)JsonNode.Parse(r.Text)!["data"]!["event_type"] == type);
        await Eventually.TrueAsync(() => Told("call.initiated") == 5, "the calls are told of");

        await node.Node.DisposeAsync();

        Assert.Equal(5, Told("call.hangup"));
    }

    [Fact]
    public async Task Each_listener_has_its_own_routes()
    {
        await using var node = await RunningNode.StartAsync();
        async Task<HttpStatusCode> Get(HttpClient client, string path)
        {
            using var answer = await client.GetAsync(path, Stop);
            return answer.StatusCode;
        }
        Assert.Equal(HttpStatusCode.NotFound, await Get(node.Api, "/operator/v1/trunks"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(node.Api, "/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(node.Api, "/node/status"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(node.Admin, "/v2/phone_numbers"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(node.Admin, "/node/status"));
        Assert.Equal(HttpStatusCode.NotFound, await Get(node.Admin, "/node/tenants"));
        // Routes are found in any case, and with what an encoder makes of them.
        foreach (string path
                in new[] { "/NODE/tenants", "/Node/keys", "/nodE/status", "/%4eode/tenants", "/node/tenants/", "/NODE/balances" })
            Assert.Equal(HttpStatusCode.NotFound, await Get(node.Admin, path));
        Assert.Equal(HttpStatusCode.OK, await Get(node.Admin, "/operator/v1/trunks"));
    }

    [Fact]
    public async Task Metrics_count_the_requests()
    {
        await using var node = await RunningNode.StartAsync();
        (await node.Api.GetAsync("/v2/phone_numbers", Stop)).Dispose();
        string text = await node.Admin.GetStringAsync("/metrics", Stop);
        Assert.Contains("ringwright_http_requests_total{dialect=\"telnyx\",operation=\"ListPhoneNumbers\",status=\"200\"} ", text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_operator_key_nobody_else_enters_on_TCP_and_the_socket_stays_open()
    {
        const string key = "the-operator's-own-key";
        await using var node = await RunningNode.StartAsync(s => s with { OperatorKey = key });
        foreach (string path in new[] { "/operator/v1/trunks", "/metrics" })
        {
            foreach (string? given in new[] { null, RunningNode.Key, key })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                if (given is not null) request.Headers.Authorization = new("Bearer", given);
                using var answer = await node.Admin.SendAsync(request, Stop);
                Assert.Equal(given == key ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
            }
        }
        Assert.NotNull(await node.Socket.SendAsync(HttpMethod.Get, "operator/v1/trunks", null, Stop));
    }

    [Fact]
    public async Task The_operators_key_is_no_customers_key()
    {
        const string key = "the-operator's-own-key";
        await using var node = await RunningNode.StartAsync(s => s with { OperatorKey = key });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/phone_numbers")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) }
        };
        using var answer = await node.Api.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_that_names_the_admin_listener_by_a_foreign_host_is_turned_away()
    {
        await using var node = await RunningNode.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/operator/v1/trunks") { Headers = { Host = "rebound.example" } };
        using var answer = await node.Admin.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_site_asks_nothing_of_an_admin_listener_without_a_key()
    {
        await using var node = await RunningNode.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync("https://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync("null"));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync("http://localhost:3000"));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(origin: null));

        // A browser sends it unasked: it has no body, and no header of its own.
        async Task<HttpStatusCode> AskAsync(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/operator/v1/stock/%2B15559990000/actions/withdraw");
            if (origin is not null) request.Headers.Add("Origin", origin);
            using var answer = await node.Admin.SendAsync(request, Stop);
            return answer.StatusCode;
        }
    }

    [Fact, Depth("the gate has numbers of an account by the API, and PortedNumberTests")]
    public async Task Numbers_come_in_once_and_are_seen_through_the_API()
    {
        await using var node = await RunningNode.StartAsync();
        var body = JsonNode.Parse(
            """{"numbers":[{"number":"+15550100000","connection":null,"tags":["lab"]},{"number":"+15550100001","connection":null,"tags":[]}]}""");
        var first = await node.Socket.SendAsync(HttpMethod.Post, "node/numbers", body, Stop);
        var second = await node.Socket.SendAsync(HttpMethod.Post, "node/numbers", body, Stop);
        Assert.Equal((2, 0, 0, 2), ((int)first["added"]!, (int)first["known"]!, (int)second["added"]!, (int)second["known"]!));
        var seen = JsonNode.Parse(await node.Api.GetStringAsync("/v2/phone_numbers", Stop))!["data"]!.AsArray();
        Assert.Equal(["+15550100000", "+15550100001"], seen.Select(n => (string)n!["phone_number"]!).Order(StringComparer.Ordinal));
    }

    [Fact, Depth("the gate has numbers of an account by the API, and PortedNumberTests")]
    public async Task A_number_that_another_network_has_taken_is_kept_and_says_so()
    {
        await using var node = await RunningNode.StartAsync();
        const string number = "+15550100000";
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            JsonNode.Parse($$"""{"numbers":[{"number":"{{number}}","connection":null,"tags":["lab"]}]}"""), Stop);
        foreach (var (isOut, status) in new[] { (true, "ported-out"), (false, "active") })
        {
            await node.Socket.SendAsync(HttpMethod.Post, "node/numbers/ported",
                new JsonObject { ["number"] = number, ["out"] = isOut }, Stop);
            var shown = JsonNode.Parse(await node.Api.GetStringAsync($"/v2/phone_numbers/{Uri.EscapeDataString(number)}", Stop))!["data"]!;
            Assert.Equal((status, "lab"), ((string?)shown["status"], (string?)shown["tags"]![0]));
        }
        var refused = await Assert.ThrowsAsync<StartRefused>(async () =>
            await node.Socket.SendAsync(HttpMethod.Post, "node/numbers/ported",
                new JsonObject { ["number"] = "+15550100009", ["out"] = true }, Stop));
        Assert.Contains("+15550100009", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_of_an_unknown_application_is_refused_by_name()
    {
        await using var node = await RunningNode.StartAsync();
        var refused = await Assert.ThrowsAsync<StartRefused>(async () => await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            JsonNode.Parse("""{"numbers":[{"number":"+15550100000","connection":"77","tags":[]}]}"""), Stop));
        Assert.Contains("77", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_account_has_a_key_of_its_own_and_sees_nothing_of_the_first()
    {
        await using var node = await RunningNode.StartAsync();
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            JsonNode.Parse("""{"numbers":[{"number":"+15550100000","connection":null,"tags":[]}]}"""), Stop);
        var made = await node.Socket.SendAsync(HttpMethod.Post, "node/tenants", new JsonObject { ["name"] = "second" }, Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/phone_numbers")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", (string)made["telnyx_key"]!) }
        };
        using var answer = await node.Api.SendAsync(request, Stop);
        Assert.Empty(JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["data"]!.AsArray());
        await Assert.ThrowsAsync<StartRefused>(async () =>
            await node.Socket.SendAsync(HttpMethod.Post, "node/tenants", new JsonObject { ["name"] = "second" }, Stop));
    }

    [Fact]
    public async Task A_taken_port_is_told_with_its_flag_before_anything_is_made()
    {
        using var folder = new TempFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var where = (IPEndPoint)taken.LocalEndpoint;
        using var metrics = new MetricStore();
        foreach (string flag in new[] { "--http", "--admin", "--storage" })
        {
            var settings = RunningNode.SettingsIn(folder.File("data"));
            settings = flag switch
            {
                "--http" => settings with { Http = where },
                "--admin" => settings with { Admin = where },
                _ => settings with { Storage = where }
            };
            var refused = await Assert.ThrowsAsync<StartRefused>(() => Node.StartAsync(settings, NullLoggerFactory.Instance, metrics,
                TextWriter.Null, Stop));
            Assert.Contains($"port {where.Port} is in use ({flag}", refused.Message, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task Taken_RTP_ports_are_told_with_their_flag_before_anything_is_made()
    {
        using var folder = new TempFolder();
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port & ~1;
        using var metrics = new MetricStore();
        var settings = RunningNode.SettingsIn(folder.File("data")) with { Rtp = new(IPAddress.Loopback, port, port + 1) };
        var refused = await Assert.ThrowsAsync<StartRefused>(() => Node.StartAsync(settings, NullLoggerFactory.Instance, metrics,
            TextWriter.Null, Stop));
        Assert.Contains($"--rtp 127.0.0.1:{port}-{port + 1}", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task Two_listeners_on_one_port_are_told_by_both_flags()
    {
        using var folder = new TempFolder();
        using var metrics = new MetricStore();
        var where = new IPEndPoint(IPAddress.Loopback, FreePort.Tcp());
        var settings = RunningNode.SettingsIn(folder.Path) with { Http = where, Admin = where };
        var refused = await Assert.ThrowsAsync<StartRefused>(() => Node.StartAsync(settings, NullLoggerFactory.Instance, metrics,
            TextWriter.Null, Stop));
        Assert.Contains("--http and --admin", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_SIP_port_is_told_with_its_flag()
    {
        using var folder = new TempFolder();
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var where = (IPEndPoint)taken.Client.LocalEndPoint!;
        using var metrics = new MetricStore();
        var refused = await Assert.ThrowsAsync<StartRefused>(() => Node.StartAsync(RunningNode.SettingsIn(folder.Path) with { Sip = where },
            NullLoggerFactory.Instance, metrics, TextWriter.Null, Stop));
        Assert.Contains($"port {where.Port} is in use (--sip", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_node_on_the_same_folder_is_told_who_holds_it()
    {
        await using var node = await RunningNode.StartAsync();
        using var metrics = new MetricStore();
        var refused = await Assert.ThrowsAsync<StartRefused>(() => Node.StartAsync(RunningNode.SettingsIn(node.Node.Settings.Data),
            NullLoggerFactory.Instance, metrics, TextWriter.Null, Stop));
        Assert.Contains($"process {Environment.ProcessId} ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_sentence()
    {
        using var metrics = new MetricStore();
        var refused = await Assert.ThrowsAsync<StartRefused>(() => Node.StartAsync(RunningNode.SettingsIn("/proc/ringwright"),
            NullLoggerFactory.Instance, metrics, TextWriter.Null, Stop));
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Without_a_node_a_command_opens_the_database_behind_the_same_socket()
    {
        using var folder = new TempFolder();
        await using (await OfflineNode.StartAsync(RunningNode.SettingsIn(folder.Path), NullLoggerFactory.Instance, TextWriter.Null, Stop))
        {
            using var client = new AdminClient(folder.Path);
            await client.SendAsync(HttpMethod.Post, "operator/v1/trunks",
                new JsonObject { ["name"] = "one", ["host"] = "192.0.2.1" }, Stop);
        }
        await using (await OfflineNode.StartAsync(RunningNode.SettingsIn(folder.Path), NullLoggerFactory.Instance, TextWriter.Null, Stop))
        {
            using var client = new AdminClient(folder.Path);
            Assert.Single((await client.SendAsync(HttpMethod.Get, "operator/v1/trunks", null, Stop))["data"]!.AsArray());
        }
    }
}
