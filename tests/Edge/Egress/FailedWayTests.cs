using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Egress;

/// <summary>Web hosts that took no connection or gave no answer have cost that once (ADR 147).</summary>
public sealed class FailedWayTests
{
    private static readonly IPEndPoint Dead = IPEndPoint.Parse("203.0.113.1:443");

    private readonly FakeTimeProvider _clock = new();
    private readonly FailedWays<IPEndPoint> _failed;

    public FailedWayTests() => _failed = new(_clock);

    private void Pass(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void When_the_while_is_over_one_connection_has_its_time_and_each_further_failure_makes_the_while_longer()
    {
        Assert.True(_failed.MayTakeItsTime(Dead));
        foreach (int seconds in (int[])[30, 60, 120, 240, 480, 600, 600])
        {
            _failed.Fail(Dead);
            _failed.Fail(Dead);     // of those that were under way
            Pass(seconds - 1);
            Assert.False(_failed.MayTakeItsTime(Dead));
            Pass(2);
            Assert.True(_failed.MayTakeItsTime(Dead));
            Assert.False(_failed.MayTakeItsTime(Dead));
        }
        _failed.Forget(Dead);
        Assert.True(_failed.MayTakeItsTime(Dead));
    }

    [Fact]
    public async Task Of_a_hosts_addresses_the_one_that_refused_is_not_the_first_to_be_asked_again()
    {
        var stop = TestContext.Current.CancellationToken;
        var connector = new EgressConnector(new() { IsLoopbackAllowed = true }, TimeProvider.System,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]));
        using var well = new TcpListener(IPAddress.Loopback, 0);
        well.Start();
        int port = ((IPEndPoint)well.LocalEndpoint).Port;
        await ConnectAsync();
        Assert.True(well.Pending());
        (await well.AcceptSocketAsync(stop)).Dispose();

        using var back = new TcpListener(IPAddress.Parse("127.0.0.2"), port);
        back.Start();
        await ConnectAsync();
        Assert.Equal((true, false), (well.Pending(), back.Pending()));
        well.Stop();
        await ConnectAsync();
        Assert.True(back.Pending());

        async Task ConnectAsync()
        {
            await using var socket = await connector.ConnectAsync(new("host.example", port), TargetUse.Webhook, isTrusted: false,
                places: null, stop);
        }
    }

    [Fact]
    public async Task An_address_that_may_not_be_reached_is_none_that_is_left()
    {
        var stop = TestContext.Current.CancellationToken;
        using var busy = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        busy.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        busy.Listen(0);
        var there = (IPEndPoint)busy.LocalEndPoint!;
        // Its queue has one place: whoever comes next waits until it is free.
        using var first = new TcpClient();
        await first.ConnectAsync(there, stop);
        var connector = new EgressConnector(new() { IsLoopbackAllowed = true }, _clock,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("10.0.0.1")]));
        var connecting = connector.ConnectAsync(new("host.example", there.Port), TargetUse.Webhook, isTrusted: false, places: null, stop)
            .AsTask();
        Pass(2);
        using var taken = await busy.AcceptAsync(stop);
        await using var socket = await connecting;
    }

    [Fact]
    public async Task A_name_that_only_an_inner_network_knows_is_asked_of_nobody_unless_the_operator_wrote_it()
    {
        var stop = TestContext.Current.CancellationToken;
        var asked = new List<string>();
        var connector = new EgressConnector(TargetPolicy.Strict, TimeProvider.System, (host, _) =>
        {
            asked.Add(host);
            return Task.FromResult<IPAddress[]>([]);
        });
        var refused = await Assert.ThrowsAsync<EgressException>(() => ConnectAsync("database", isTrusted: false));
        Assert.Equal((EgressFailure.Forbidden, 0), (refused.Failure, asked.Count));
        foreach (var (host, isTrusted) in new[] { ("database", true), ("host.example", false) })
            Assert.Equal(EgressFailure.Dns, (await Assert.ThrowsAsync<EgressException>(() => ConnectAsync(host, isTrusted))).Failure);
        Assert.Equal(["database", "host.example"], asked);

        Task ConnectAsync(string host, bool isTrusted) =>
            connector.ConnectAsync(new(host, 443), TargetUse.Webhook, isTrusted, places: null, stop).AsTask();
    }

    [Fact]
    public async Task A_host_that_gave_a_sound_no_answer_has_two_seconds_until_it_answers()
    {
        var stop = TestContext.Current.CancellationToken;
        bool isWell = false;
        await using var sink = await Sink.StartAsync((_, context) =>
            isWell ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));
        using var client = new EgressClient(new() { IsLoopbackAllowed = true }, _clock);
        int asked = 0;

        var first = await AskAsync(TargetUse.Media);
        Pass(10);
        Assert.Equal(EgressFailure.TimedOut, (await first).Failure);
        var second = await AskAsync(TargetUse.Media);
        Pass(2);
        Assert.Contains("2 s", (await second).Detail, StringComparison.Ordinal);

        // A document that is late is a customer's program at work.
        var document = await AskAsync(TargetUse.Document);
        Pass(5);
        Assert.False(document.IsCompleted);
        Pass(5);
        Assert.Equal(EgressFailure.TimedOut, (await document).Failure);

        isWell = true;
        Assert.True((await await AskAsync(TargetUse.Media)).IsSuccess);
        isWell = false;
        var fresh = await AskAsync(TargetUse.Media);
        Pass(5);
        Assert.False(fresh.IsCompleted);
        Pass(5);
        Assert.Equal(EgressFailure.TimedOut, (await fresh).Failure);

        async Task<Task<EgressResult>> AskAsync(TargetUse use)
        {
            asked++;
            var request = new EgressRequest { Url = $"{sink.Url}/{asked}", Use = use, Timeout = TimeSpan.FromSeconds(10) };
            var answer = client.SendAsync(request, stop).AsTask();
            await Eventually.TrueAsync(() => sink.All.Count == asked, "the request has come");
            return answer;
        }
    }
}
