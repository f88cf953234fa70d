using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Interop;

/// <summary>The line that the node answers itself.</summary>
public sealed class EchoLineTests(RunningNode node)
{
    [Fact]
    public async Task A_caller_hears_himself()
    {
        await using var phone = new Phone(node, 440);
        phone.Call(RunningNode.EchoNumber);
        await phone.HearsAsync(440);
        Assert.True(await node.MetricAsync("ringwright_programs") >= 1);        // other tests call the line too
        phone.Hangup();
    }

    [Fact]
    public async Task A_stranger_who_sends_to_the_call_is_not_heard_and_gets_none_of_it()
    {
        await using var phone = new Phone(node, 440);
        phone.Call(RunningNode.EchoNumber);
        await phone.HearsAsync(440);
        // From another port of this machine, which is also where the phone's SIP comes from: it could not be nearer to being believed.
        using var thief = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        byte[] packet = new byte[172];
        packet[0] = 0x80;
        for (int i = 0; i < 150; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), i * 160);
            await thief.SendAsync(packet, phone.Remote!, TestContext.Current.CancellationToken);        // heard, so its port is known
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Equal(0, thief.Available);
        await phone.HearsAsync(440);
        phone.Hangup();
    }

    [Fact]
    public async Task Sipp_is_answered_without_ringing_and_hangs_up()
    {
        using var caller = Sipp.Call(node, RunningNode.EchoNumber, "uac-answered-at-once");
        await caller.SucceedsAsync();
    }
}
