using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>Two programs on one PostgreSQL, with their own folders, ports and media processes.</summary>
public sealed class TwoProcessesTests
{
    /// <summary>A lease, a round of it, and a busy machine.</summary>
    private static readonly TimeSpan Taken = TimeSpan.FromSeconds(90);

    private volatile TaskCompletionSource _held = Open();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("a minute of real leases; two nodes in one process are the gate's")]
    public async Task Commands_reach_across_and_what_a_node_that_stands_still_or_dies_leaves_is_delivered_and_ended_by_the_other()
    {
        string database = await Migrated.OnPostgresAsync(ofNode: true);
        await using var hook = await Sink.StartAsync((_, context) => _held.Task.WaitAsync(context.RequestAborted));
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string to = $"sip:nobody@{phone.Client.LocalEndPoint}";
        using var one = await ServedNode.StartAsync([], flags: ["--database", database]);
        string copy = $"mkdir -m 700 -p {{disk}}/data && cp -p {Path.Combine(one.Disk, "data", "key")} {{disk}}/data/key && exec \"$@\"";
        using var two = await ServedNode.StartAsync(["sh", "-c", copy, "sh"], flags: ["--database", database, "--node", "2"]);
        string application = await ApplicationAsync(one, hook.Url);
        string path = $"v2/call_control_applications/{application}";
        await Eventually.SomeAsync(async () => (await two.Api.GetAsync(path, Stop)).IsSuccessStatusCode ? path : null,
            "the other node knows it");

        // Each delivers its own.
        string ofOne = await DialAsync(one, application, to), ofTwo = await DialAsync(two, application, to);
        await Eventually.TrueAsync(() => Count(hook, ofOne, "call.initiated") == 1 && Count(hook, ofTwo, "call.initiated") == 1,
            "both are told");

        // Each commands the other's.
        Assert.Equal(HttpStatusCode.OK, await HangUpAsync(two, ofOne));
        Assert.Equal(HttpStatusCode.OK, await HangUpAsync(one, ofTwo));
        await Eventually.TrueAsync(() => Count(hook, ofOne, "call.hangup") == 1 && Count(hook, ofTwo, "call.hangup") == 1,
            "both have ended");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await HangUpAsync(two, ofOne));

        // It stands still with one attempt under way and one event behind that.
        _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string still = await DialAsync(one, application, to);
        await Eventually.TrueAsync(() => Count(hook, still, "call.initiated") == 1, "an attempt is under way");
        Assert.Equal(HttpStatusCode.OK, await HangUpAsync(one, still));
        await EndedAsync(one, still);
        await SignalAsync("-STOP", one);
        await Eventually.TrueAsync(() => Count(hook, still, "call.initiated") == 2, "the other node tells it", Taken);
        await SignalAsync("-CONT", one);
        _held.SetResult();
        await Eventually.TrueAsync(() => Count(hook, still, "call.hangup") > 0, "its end is told");
        // The one that goes on tells what happens from then on, and nothing of what it lost.
        string after = await DialAsync(one, application, to);
        await Eventually.TrueAsync(() => Count(hook, after, "call.initiated") == 1, "its own calls are its own again");
        Assert.Equal(["call.initiated", "call.initiated", "call.hangup"], Told(hook, still));

        // It dies.
        _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string left = await DialAsync(one, application, to);
        await Eventually.TrueAsync(() => Count(hook, left, "call.initiated") == 1, "an attempt is under way");
        Assert.Equal(HttpStatusCode.OK, await HangUpAsync(two, left));
        await EndedAsync(one, left);
        await SignalAsync("-KILL", one);
        await Eventually.TrueAsync(() => Count(hook, left, "call.initiated") == 2, "the other node tells it", Taken);
        _held.SetResult();
        await Eventually.TrueAsync(() => Count(hook, left, "call.hangup") > 0, "its end is told");
        // The call that was up has ended too, and is known to have.
        await Eventually.TrueAsync(() => Count(hook, after, "call.hangup") == 1, "the other node ends its call", Taken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await HangUpAsync(two, after));
        string last = await DialAsync(two, application, to);
        await Eventually.TrueAsync(() => Count(hook, last, "call.initiated") == 1, "the other node goes on");
        Assert.Equal(["call.initiated", "call.initiated", "call.hangup"], Told(hook, left));
        foreach (string call in new[] { ofOne, ofTwo, after }) Assert.Equal(["call.initiated", "call.hangup"], Told(hook, call));
    }

    private static async Task<string> ApplicationAsync(ServedNode node, string hook)
    {
        string profile = (string)JsonNode.Parse(await node.Api.GetStringAsync("v2/outbound_voice_profiles", Stop))!["data"]![0]!["id"]!;
        var body = new JsonObject
        {
            ["application_name"] = "app", ["webhook_event_url"] = hook, ["webhook_timeout_secs"] = 30,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        };
        return (string)(await TakenAsync(node, "v2/call_control_applications", body))["id"]!;
    }

    private static async Task<string> DialAsync(ServedNode node, string application, string to) =>
        (string)(await TakenAsync(node, "v2/calls",
            new() { ["connection_id"] = application, ["from"] = "+15550100000", ["to"] = to }))["call_control_id"]!;

    private static async Task<JsonNode> TakenAsync(ServedNode node, string path, JsonObject body)
    {
        using var answer = await node.PostAsync(path, body.ToJsonString());
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }

    private static async Task<HttpStatusCode> HangUpAsync(ServedNode node, string call)
    {
        using var answer = await node.PostAsync($"v2/calls/{call}/actions/hangup", "{}");
        return answer.StatusCode;
    }

    /// <summary>Its end is committed.</summary>
    private static Task EndedAsync(ServedNode node, string call) => Eventually.SomeAsync(async () =>
        (bool)JsonNode.Parse(await node.Api.GetStringAsync($"v2/calls/{call}", Stop))!["data"]!["is_alive"]! ? null : call,
        "the call has ended");

    private static int Count(Sink hook, string call, string type) => Told(hook, call).Count(told => told == type);

    /// <summary>What has come about a call, in its order.</summary>
    private static IReadOnlyList<string> Told(Sink hook, string call) =>
        [.. from received in hook.All
            let data = JsonNode.Parse(received.Text)!["data"]!
            where (string?)data["payload"]!["call_control_id"] == call
            select (string)data["event_type"]!];

    private static async Task SignalAsync(string signal, ServedNode node)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [signal, node.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Stop);
        Assert.Equal(0, kill.ExitCode);
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
