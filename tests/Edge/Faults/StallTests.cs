using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Store;
using Ringwright.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>The whole process stands still for some seconds, and clients give up meanwhile.</summary>
[Failure("process-stalled")]
public sealed class StallTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_clock_watch_notices_that_nothing_ran_for_more_than_five_seconds()
    {
        var clock = new FakeTimeProvider();
        var log = new Lines();
        await using var watch = new ClockWatch(new WallAnchor(new(0), Script.Anchor.Wall), clock, log);
        clock.Advance(ClockWatch.Every + ClockWatch.Stall);
        Assert.False(watch.IsAfterStall);
        Assert.Empty(log.Of(2129));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(watch.IsAfterStall);
        clock.Advance(ClockWatch.Every + ClockWatch.Stall);
        Assert.True(watch.IsAfterStall);
        Assert.Single(log.Of(2129));
    }

    [Fact]
    public async Task Whoever_runs_on_has_no_stall()
    {
        var clock = new FakeTimeProvider();
        await using var watch = new ClockWatch(new WallAnchor(new(0), Script.Anchor.Wall), clock, NullLogger.Instance);
        watch.Start();
        for (int i = 0; i < 30; i++)
        {
            await Eventually.TrueAsync(() => clock.TimerCount == 1, "the watch sleeps");
            clock.Advance(Second);
        }
        Assert.False(watch.IsAfterStall);
    }

    [Theory, InlineData(false, false, true), InlineData(true, false, true), InlineData(false, true, true), InlineData(true, true, false)]
    public async Task A_dial_is_withdrawn_when_its_asker_left_while_the_node_stood_still(bool isAfterStall, bool hasLeft, bool isPlaced)
    {
        await using var rig = new EngineRig(change: options => options with { IsAfterStall = () => isAfterStall });
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var dialled =
            await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}") with { HasAskerLeft = () => new(hasLeft) }, Stop);
        Assert.Equal(isPlaced ? Refusal.None : Refusal.Withdrawn, dialled.Ack.Refusal);
        Assert.Equal(isPlaced ? 1 : 0, rig.Events.OfType<CallEvent.LegInitiated>().Count());
        if (!isPlaced) Assert.Equal((0, 0), (rig.OpenPorts, rig.InGate));
    }

    [Fact]
    public async Task A_withdrawn_dial_leaves_its_command_id_to_who_asks_again_even_to_one_who_waits_for_it()
    {
        await using var rig = new EngineRig(change: options => options with { IsAfterStall = () => true });
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var request = EngineRig.Request($"sip:bob@{phone.Local}") with { CommandId = "c1" };
        var answer = new TaskCompletionSource<bool>();
        var first = rig.Engine.Calls.DialAsync(request with { HasAskerLeft = () => new(answer.Task) }, Stop).AsTask();
        var second = rig.Engine.Calls.DialAsync(request with { HasAskerLeft = () => new(false) }, Stop).AsTask();
        answer.SetResult(true);
        Assert.Equal(Refusal.Withdrawn, (await first).Ack.Refusal);
        var placed = await second;
        Assert.True(placed.Ack.IsAccepted);
        Assert.Equal(placed.Leg!.Id, (await rig.Engine.Calls.DialAsync(request, Stop)).Leg!.Id);
        Assert.Single(rig.Events.OfType<CallEvent.LegInitiated>());
    }

    [Fact, Depth("the gate has dials that are withdrawn when their asker left while the node stood still")]
    public async Task A_node_that_was_stopped_for_eight_seconds_places_no_call_for_who_has_gone()
    {
        using var node = await ServedNode.StartAsync([], flags: ["--lab"]);
        string body = await BodyAsync(node);
        await SignalAsync(node, "STOP");
        using var closed = await SendAsync(node, body, "closed");
        using var reset = await SendAsync(node, body, "reset");
        using var half = await SendAsync(node, body, "half");
        using var waits = await SendAsync(node, body, "waits");
        closed.Dispose();
        reset.LingerState = new(true, 0);
        reset.Dispose();
        half.Shutdown(SocketShutdown.Send);
        await Task.Delay(8 * Second, Stop);
        await SignalAsync(node, "CONT");

        Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(waits));
        Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(half));
        // A reset may have taken its request with it.
        await Eventually.TrueAsync(() => Count(node, "was not placed") >= 1, () => $"what was closed is withdrawn: {node.Errors}");
        await Eventually.TrueAsync(() => Count(node, " begun: Outbound") == 2, () => $"the other two begin: {node.Errors}");
        Assert.Equal(1, Count(node, "stood still for"));

        // Who asks again under the same command_id gets a call, and only one.
        for (int i = 0; i < 2; i++)
        {
            using var again = await SendAsync(node, body, "closed");
            Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(again));
        }
        await Eventually.TrueAsync(() => Count(node, " begun: Outbound") == 3, () => $"one more begins: {node.Errors}");
    }

    [Fact, Depth("the gate withdraws dials of a node that stood still, without a process")]
    public async Task In_ordinary_running_a_call_is_placed_for_who_does_not_wait_for_the_answer()
    {
        using var node = await ServedNode.StartAsync([], flags: ["--lab"]);
        string body = await BodyAsync(node);
        for (int i = 0; i < 5; i++)
        {
            using var closed = await SendAsync(node, body, $"closed {i}");
            closed.Dispose();
            using var half = await SendAsync(node, body, $"half {i}");
            half.Shutdown(SocketShutdown.Send);
            Assert.StartsWith("HTTP/1.1 200 ", await AnswerAsync(half));
        }
        await Eventually.TrueAsync(() => Count(node, " begun: Outbound") == 10, () => $"ten begin: {node.Errors}");
    }

    /// <summary>The body of a dial of the lab's application, without its command_id.</summary>
    private static async Task<string> BodyAsync(ServedNode node)
    {
        var applications = JsonNode.Parse(await node.Api.GetStringAsync("v2/call_control_applications", Stop))!;
        return $$"""{"connection_id":"{{applications["data"]![0]!["id"]}}","to":"+15550000001","from":"+15550100000","command_id":"ID"}""";
    }

    private static async Task<Socket> SendAsync(ServedNode node, string body, string command)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, node.Api.BaseAddress!.Port), Stop);
        string text = body.Replace("ID", command, StringComparison.Ordinal);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /v2/calls HTTP/1.1\r\nHost: node\r\nAuthorization: Bearer {ServedNode.Key}\r\nContent-Type: "
            + $"application/json\r\nContent-Length: {text.Length}\r\n\r\n{text}"), Stop);
        return socket;
    }

    /// <summary>The final answer's head, over an interim one.</summary>
    private static async Task<string> AnswerAsync(Socket socket)
    {
        byte[] buffer = new byte[16_384];
        var text = new StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!Final(text.ToString()).Contains("\r\n\r\n", StringComparison.Ordinal)
                && await socket.ReceiveAsync(buffer, limit.Token) is var count and > 0)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return Final(text.ToString());

        static string Final(string all) => all.StartsWith("HTTP/1.1 100 ", StringComparison.Ordinal)
            && all.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end ? all[(end + 4)..] : all;
    }

    private static int Count(ServedNode node, string words) =>
        node.Errors.Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));

    private static async Task SignalAsync(ServedNode node, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{node.Process.Id}"]);
        await kill.WaitForExitAsync(Stop);
        Assert.Equal(0, kill.ExitCode);
    }
}
