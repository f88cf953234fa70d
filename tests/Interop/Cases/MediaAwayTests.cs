using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A media process that does not answer, and one that cannot be started: what callers, the API and the node's state say meanwhile.
/// </summary>
public sealed class MediaAwayTests : IAsyncLifetime
{
    private readonly RunningNode _node = new("--api-rate", "100000");

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Depth("the simulator refuses calls meanwhile; the gate kills a media process, and another takes its place")]
    [Failure("media-stays-away")]
    public async Task While_it_cannot_be_started_new_calls_are_told_so_and_afterwards_they_work()
    {
        await using var customer = await Customer.CreateAsync(_node, _node.NextNumber());
        using Phone refused = new(_node), callee = new(_node);
        // Its socket cannot be made where a folder lies that is not empty.
        string block = _node.PathOf("media.sock", "in-the-way");
        Directory.CreateDirectory(block);
        using (var media = Process.GetProcessById(_node.MediaProcess)) media.Kill();
        await Eventually.TrueAsync(() => _node.Lines.Any(line => line.Contains("Media is away still", StringComparison.Ordinal)),
            "the next start fails");

        Assert.False(await _node.IsReadyAsync());
        var answer = await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody(callee.Uri));
        answer.Refuses(503, "10037");
        Assert.Equal("The media process is being restarted.", ((string?)answer.Error?["detail"])?.Split(": ")[^1]);
        Assert.Equal("5", answer.Header("retry-after"));
        await refused.Call(customer.Number).ReachesAsync(503);
        Assert.Equal(0, callee.InviteCount);
        Assert.DoesNotContain("call.initiated", customer.Types);
        Assert.Equal(200, (await customer.GetAsync("call_control_applications")).Status);

        Directory.Delete(Path.GetDirectoryName(block)!, recursive: true); // it has a parent
        await WorksAsync(customer, calls: 1);
    }

    [Fact, Depth("ControlChannelTests in Edge hear nothing, the simulator ends the calls, and the gate kills one")]
    [Failure("media-hangs")]
    public async Task When_it_hangs_it_is_ended_and_its_calls_with_it()
    {
        await using var customer = await Customer.CreateAsync(_node, _node.NextNumber());
        using var phone = new Phone(_node);
        var call = phone.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");
        int process = _node.MediaProcess;
        using (var stop = Process.Start("kill", ["-STOP", $"{process}"]))
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);

        await Eventually.SomeAsync(() => ValueTask.FromResult(customer.Payloads("call.hangup").FirstOrDefault()), "the call ends",
            TimeSpan.FromSeconds(60));
        await call.ReceivesAsync("BYE");
        // What it writes comes by another way than what it sends.
        await Eventually.TrueAsync(() => _node.Lines.Any(line => line.Contains("MediaFailure", StringComparison.Ordinal)
            && line.Contains("The media process was ended: nothing was heard of it for 10 s.", StringComparison.Ordinal)),
            "the node says why the call ended");
        await Eventually.TrueAsync(() => _node.MediaProcess is not 0 and var now && now != process, "another process takes its place");
        await WorksAsync(customer, calls: 2);
    }

    /// <summary>A call that is answered and hears something.</summary>
    private async Task WorksAsync(Customer customer, int calls)
    {
        await Eventually.SomeAsync(async () => await _node.IsReadyAsync() ? "ready" : null, "the node is ready again",
            TimeSpan.FromSeconds(30));
        using var phone = new Phone(_node);
        var call = phone.Call(customer.Number);
        var begun = await customer.NextAsync("call.initiated", calls);
        await customer.ActAsync(begun, "answer");
        await call.ReachesAsync(200);
        await customer.ActAsync(begun, "speak", new() { ["payload"] = "one two three", ["voice"] = "female" });
        await call.Audio.HearsSomethingAsync(0, 200);
        await customer.ActAsync(begun, "hangup");
        await customer.CountAsync("call.hangup", calls);
        await Eventually.SomeAsync(async () => await _node.MetricAsync("ringwright_legs_active") == 0
            && await _node.MetricAsync("ringwright_media_ports_open") == 0 ? "none" : null, "nothing is left");
    }
}
