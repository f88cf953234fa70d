using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Data.Sqlite;
using Ringwright.Edge.Net;
using Ringwright.Edge.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>What calls that are up do with rooms and queues while nothing can be written: the same as else, and told later.</summary>
[Failure("database-silent")]
public sealed class RoomsWhileAwayTests
{
    private const string Number = "+15550100000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has two nodes that hear of each other, and calls while the database is away")]
    public async Task Rooms_and_queues_are_made_commanded_and_left_while_the_database_is_away_and_told_of_when_it_is_back()
    {
        await using var node = await RunningNode.StartAsync();
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        await using var other = new SqliteConnection($"Data Source={Path.Combine(node.Node.Settings.Data, "ringwright.db")};Pooling=False");
        await other.OpenAsync(Stop);
        await other.ExecuteAsync("begin immediate");
        await Eventually.TrueAsync(() => !node.Node.Database.IsAvailable, "nothing can be written");

        var room = (await SendAsync(node, HttpMethod.Post, "/v2/conferences",
            new() { ["call_control_id"] = call, ["name"] = "rain" }))["data"]!;
        Assert.Equal(("rain", "in_progress"), ((string?)room["name"], (string?)room["status"]));
        foreach (string named in new[] { (string)room["id"]!, "rain" })
            await SendAsync(node, HttpMethod.Post, $"/v2/conferences/{named}/actions/mute",
                new() { ["call_control_ids"] = new JsonArray(call) });
        await SendAsync(node, HttpMethod.Post, "/v2/conferences/rain/actions/leave", new() { ["call_control_id"] = call });
        await ActAsync(node, call, "enqueue", new() { ["queue_name"] = "sales" });
        await ActAsync(node, call, "leave_queue", []);

        await other.ExecuteAsync("rollback");
        await EventAsync(node, "call.enqueued");
        await EventAsync(node, "call.dequeued");
        var over = Assert.Single((await SendAsync(node, HttpMethod.Get, "/v2/conferences?filter[name]=rain"))["data"]!.AsArray())!;
        Assert.Equal(((string?)room["id"], "completed"), ((string?)over["id"], (string?)over["status"]));
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    private static async Task<(string Call, string Ok)> AnsweredAsync(RunningNode node, SipPeer peer)
    {
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "rooms", ["webhook_event_url"] = "http://127.0.0.1:9/hooks" }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 180");
        string call = (string)(await EventAsync(node, "call.initiated"))["call_control_id"]!;
        await ActAsync(node, call, "answer", []);
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return (call, ok);
    }

    private static Task<JsonNode> ActAsync(RunningNode node, string call, string action, JsonObject body) =>
        SendAsync(node, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}", body);

    /// <summary>The payload of the event, as soon as the log has it.</summary>
    private static async Task<JsonNode> EventAsync(RunningNode node, string name) => await Eventually.SomeAsync(async () =>
        (await SendAsync(node, HttpMethod.Get, $"/v2/call_events?filter[name]={name}"))["data"]!.AsArray()
            .FirstOrDefault()?["metadata"]!["event"]!["payload"], name);

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!;
    }
}
