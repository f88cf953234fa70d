using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net;
using Ringwright.Net.Streams;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;

namespace Ringwright.Edge.Net;

public sealed class SipIngressTests
{
    [Fact]
    public async Task A_message_over_which_we_fail_is_dropped_and_its_reader_goes_on()
    {
        var anchor = EngineClock.Anchor(TimeProvider.System);
        var settings = new ShardSettings
        {
            Identity = new(1, 3, new byte[32]),
            Networks = EngineRig.Networks,
            Targets = new TargetPolicy { IsLoopbackAllowed = true },
            Anchor = anchor,
        };
        var filter = new IngressFilter(settings, new FaultyRouting(), new(anchor, EngineRig.Networks));
        // No message comes as far as a mailbox or a transport.
        var ingress = new SipIngress(filter, [], null!, new(NullLogger.Instance, TimeProvider.System),
            new(NullLogger.Instance, TimeProvider.System), callTrace: null, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
        byte[] message = "OPTIONS sip:127.0.0.1 SIP/2.0\r\n\r\n"u8.ToArray();
        var source = new IPEndPoint(IPAddress.Loopback, 5070);

        ingress.Receive(message, source, network: 0);
        Assert.Equal(Welcome.Refused,
            await ingress.ReceiveAsync(message, new SipFlow(SipTransport.Tcp, source), TestContext.Current.CancellationToken));
    }

    private sealed class FaultyRouting : IRouting
    {
        public RoutingSnapshot Current => throw new InvalidOperationException("a fault of ours");
    }
}
