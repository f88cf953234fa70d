using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Egress;

/// <summary>Addresses of web hosts that took no connection (ADR 147).</summary>
public sealed class FailedAddressTests
{
    private static readonly IPEndPoint Dead = IPEndPoint.Parse("203.0.113.1:443");

    private readonly FakeTimeProvider _clock = new();
    private readonly FailedAddresses _failed;

    public FailedAddressTests() => _failed = new(_clock);

    private void Pass(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void One_that_failed_comes_last_until_it_takes_a_connection()
    {
        var other = IPAddress.Parse("203.0.113.2");
        IPAddress[] both = [Dead.Address, other];
        Assert.Equal(both, _failed.InOrder(both, Dead.Port));
        _failed.Fail(Dead);
        Assert.Equal([other, Dead.Address], _failed.InOrder(both, Dead.Port));
        Assert.Equal(both, _failed.InOrder(both, Dead.Port + 1));
        _failed.Forget(Dead);
        Assert.Equal(both, _failed.InOrder(both, Dead.Port));
    }

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
}
