using System.Net;
using System.Net.Sockets;
using Ringwright.Net;

namespace Ringwright.Edge.Net;

public sealed class UdpTransportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// An exception of a thread of ours would end the process. A whole batch makes the reader look for more when it is done.
    /// </summary>
    [Fact]
    public void A_reader_who_is_busy_when_his_socket_is_closed_ends_when_he_is_done()
    {
        var stop = TestContext.Current.CancellationToken;
        using ManualResetEventSlim began = new(), goesOn = new();
        using var udp = new UdpTransport(BoundSockets.Datagrams(new(IPAddress.Loopback, 0)), (_, _) =>
        {
            began.Set();
            goesOn.Wait(Patience, stop);
        })
        {
            Patience = TimeSpan.Zero,
        };
        using (var peer = new UdpClient(AddressFamily.InterNetwork))
            for (int i = 0; i < 64; i++) peer.Send("x"u8, udp.Local);
        udp.Start();
        Assert.True(began.Wait(Patience, stop));
        udp.Dispose();
        Assert.True(udp.IsReading);
        goesOn.Set();
        Assert.True(SpinWait.SpinUntil(() => !udp.IsReading, Patience));
        Assert.False(udp.TrySend("x"u8, udp.Local));
    }
}
