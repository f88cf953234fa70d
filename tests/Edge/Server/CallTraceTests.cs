using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Server.Cli;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>One real call through a whole node, and what its trace and the event log say of it afterwards.</summary>
public sealed class CallTraceTests
{
    private const string Number = "+15550100000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>
    /// An inbound call that is answered by a command, sends a digit and a login, and is ended by the caller with a reason.
    /// </summary>
    /// <returns>The call control id.</returns>
    private static async Task<string> CallAsync(RunningNode node, SipPeer peer)
    {
        using var refused = new TcpListener(System.Net.IPAddress.Loopback, 0);
        refused.Start();
        string hook = $"http://{refused.LocalEndpoint}/hooks?secret=topsecret";
        refused.Stop();     // nobody answers there any more
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "traced", ["webhook_event_url"] = hook, ["redact_dtmf_debug_logging"] = true }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);

        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 180");
        string token = (string)(await SendAsync(node, HttpMethod.Get,
            "/v2/call_events?filter[name]=call.initiated"))["data"]![0]!["metadata"]!["event"]!["payload"]!["call_control_id"]!;
        await SendAsync(node, HttpMethod.Post, $"/v2/calls/{token}/actions/answer", new() { ["command_id"] = "my-answer" });
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        peer.Send(peer.Inside(ok, Number, "INFO", 2).Replace("Content-Length: 0\n",
            "Authorization: Digest response=\"topsecret\"\nContent-Type: application/dtmf-relay\nContent-Length: 10\n") + "Signal=5\n");
        await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "BYE", 3).Replace("Contact:", "Reason: Q.850;cause=16\nContact:"));
        await peer.HearAsync("SIP/2.0 200");
        return token;
    }

    private static async Task<JsonNode> TraceAsync(RunningNode node, string id, Func<string, bool> isWhole) =>
        (await Eventually.SomeAsync(async () =>
        {
            var trace =
                (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(id)}/trace", null, Stop))["data"]!;
            return isWhole(trace.ToJsonString()) ? trace : null;
        }, "the whole trace"))!;

    [Fact]
    public async Task A_trace_shows_messages_commands_events_webhooks_and_the_verdict_without_secrets()
    {
        await using var node = await RunningNode.StartAsync();
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string token = await CallAsync(node, peer);
        // The answer to BYE comes last on the wire; the first attempt of the hang-up's webhook may come after it.
        var trace = await TraceAsync(node, token, text => text.Contains("leg_ended") && text.Split("\"BYE ").Length > 1
            && text.Contains("\"call.hangup\"") && text.Contains("\"attempt\":1"));

        var words = new StringWriter();
        await CallTraceCommand.WriteAsync(words, trace);
        string ladder = words.ToString();
        Assert.Contains($"<--- {peer.Local,-21}  INVITE sip:{Number}@", ladder);
        Assert.Contains($"---> {peer.Local,-21}  SIP/2.0 180 Ringing", ladder);
        Assert.Contains("## command answer (my-answer): accepted", ladder);
        Assert.Contains("** leg_answered: PCMU", ladder);
        Assert.Contains("** digit_received: *", ladder);
        Assert.Contains("=> webhook call.initiated attempt 1 to http://127.0.0.1:", ladder);
        Assert.Contains("verdict: remote_hangup, ended by remote, SIP 200, Reason Q.850;cause=16. The far end sent BYE. RTP:", ladder);
        Assert.True(ladder.IndexOf("INVITE sip:", StringComparison.Ordinal) < ladder.IndexOf("BYE sip:", StringComparison.Ordinal), ladder);

        string all = trace.ToJsonString();
        Assert.DoesNotContain("topsecret", all);
        Assert.DoesNotContain("Signal=5", all);

        var packets = PcapReader.Read(CallTraceCommand.Capture(trace));
        Assert.StartsWith("INVITE ", Encoding.UTF8.GetString(packets[0].Payload));
        Assert.Equal((peer.Local, node.Node.Settings.Sip), (packets[0].From, packets[0].To));
        Assert.Contains(packets, p => p.From.Equals(node.Node.Settings.Sip)
            && Encoding.UTF8.GetString(p.Payload).StartsWith("SIP/2.0 180", StringComparison.Ordinal));
        Assert.Equal(packets.OrderBy(p => p.At).Select(p => p.At), packets.Select(p => p.At));

        // The leg's and the session's UUID name the same call.
        string leg = (string)trace["legs"]![0]!["id"]!, session = (string)trace["session_id"]!;
        foreach (string id in new[] { leg, session })
            Assert.Equal(leg, (string?)(await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{id}/trace", null,
                Stop))["data"]!["legs"]![0]!["id"]);

        using var asTenant = await node.Api.GetAsync($"/operator/v1/calls/{leg}/trace", Stop);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, asTenant.StatusCode);     // the customers' listener has no such path

        // The account reads the same document with its own key, and another account nothing.
        foreach (string id in new[] { token, leg, session })
        {
            var own = (await SendAsync(node, HttpMethod.Get, $"/v2/calls/{id}/trace"))["data"]!;
            Assert.Equal((session, leg, "call_trace"),
                ((string?)own["session_id"], (string?)own["legs"]![0]!["id"], (string?)own["record_type"]));
            Assert.Contains("INVITE sip:", own.ToJsonString());
        }
        string other = (string)(await node.Socket.SendAsync(HttpMethod.Post, "node/tenants", new JsonObject { ["name"] = "other" },
            Stop))["telnyx_key"]!;
        using var foreign =
            new HttpRequestMessage(HttpMethod.Get, $"/v2/calls/{token}/trace") { Headers = { Authorization = new("Bearer", other) } };
        using var refused = await node.Api.SendAsync(foreign, Stop);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task The_event_log_lists_webhooks_and_commands_and_the_verdict()
    {
        await using var node = await RunningNode.StartAsync();
        using var peer = new SipPeer(node.Node.Settings.Sip);
        await CallAsync(node, peer);
        async Task<JsonArray> ListAsync(string query) =>
            (await SendAsync(node, HttpMethod.Get, $"/v2/call_events?{query}"))["data"]!.AsArray();
        var hangup =
            (await Eventually.SomeAsync(async () => (await ListAsync("filter[name]=call.hangup")).FirstOrDefault(), "the hang-up"))!;
        Assert.Equal(("webhook", "call_event"), ((string?)hangup["type"], (string?)hangup["record_type"]));
        var verdict = hangup["metadata"]!["verdict"]!;
        Assert.Equal(("remote", "remote_hangup", 200, "Q.850;cause=16"),
            ((string?)verdict["ended_by"], (string?)verdict["cause"], (int?)verdict["sip_status"], (string?)verdict["sip_reason"]));

        var answer = (await Eventually.SomeAsync(async () => (await ListAsync("filter[type]=command")).FirstOrDefault(), "the command"))!;
        Assert.Equal(("answer", "command", "my-answer", "accepted"),
            ((string?)answer["name"], (string?)answer["type"], (string?)answer["metadata"]!["command_id"],
                (string?)answer["metadata"]!["outcome"]));

        string leg = (string)hangup["call_leg_id"]!;
        Assert.Equal(["call.hangup", "answer"], (await ListAsync($"filter[leg_id]={leg}")).Select(e => (string)e!["name"]!)
            .Where(n => n is "answer" or "call.hangup"));
        Assert.Empty(await ListAsync($"filter[leg_id]={Guid.NewGuid()}"));
        Assert.Empty(await ListAsync("filter[status]=init"));
        Assert.Empty(await ListAsync("filter[product]=fax"));
        Assert.Empty(await ListAsync("filter[from]=%2B4912"));
        Assert.NotEmpty(await ListAsync("filter[application_name][contains]=TRACE&filter[status]=completed&filter[from]=%2B4930123"));
        Assert.Empty(await ListAsync("filter[failed]=true&filter[type]=command"));
        Assert.Single(await ListAsync("page[size]=1&page[number]=2"));
    }

    [Fact]
    public async Task Without_a_call_trace_the_events_and_the_verdict_are_still_there()
    {
        await using var node = await RunningNode.StartAsync(s => s with { HasCallTrace = false });
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string token = await CallAsync(node, peer);
        var trace = await TraceAsync(node, token, text => text.Contains("leg_ended"));
        Assert.DoesNotContain("\"sip\"", trace.ToJsonString());
        Assert.Equal("remote_hangup", (string?)trace["legs"]![0]!["verdict"]!["cause"]);
    }
}
