using Ringwright.Bench.Driving;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Baseline;

/// <summary>Sends the baseline its packets, evenly paced, and takes what comes back.</summary>
internal static class Feed
{
    private const long Second = 1_000_000_000;

    public static void Run(FeedPlan plan)
    {
        if (plan.IsTls)
        {
            BareTls.Feed(plan.Ports[0], plan.Packets, plan.Bytes, plan.PerSecond);
            return;
        }
        using var poller = new Poller();
        var answers = new PacketCounter();
        var sockets = plan.Ports.Select(_ => UdpPort.Open(new(0x7F000001, 0))).ToArray();
        foreach (var socket in sockets) poller.Add(socket, answers);
        byte[] packet = new byte[plan.Bytes];
        long began = Poller.Now;
        for (long sent = 0; sent < plan.Packets;)
        {
            long due = Math.Min(plan.Packets, (long)((Poller.Now - began) / (double)Second * plan.PerSecond) + 1);
            for (; sent < due; sent++)
            {
                int turn = (int)(sent % sockets.Length);
                sockets[turn].Send(packet, new(0x7F000001, (ushort)plan.Ports[turn]));
            }
            poller.Wait(1);
        }
        foreach (var socket in sockets) socket.Dispose();
    }
}
