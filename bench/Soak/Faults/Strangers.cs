using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Bench.Soak.Faults;

/// <summary>Who means no good, or does not know how: garbage by SIP, connections that say little and slowly.</summary>
internal static class Strangers
{
    private static readonly string[] Beginnings =
    [
        "INVITE sip:+15550100000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\n\r\n", "REGISTER sip:nobody SIP/2.0\r\n", "\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKx\r\n\r\n",
        "BYE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKy\r\nCall-ID: x\r\nCSeq: 1 BYE\r\nFrom: <sip:a@b>;tag=1\r\n"
            + "To: <sip:b@a>;tag=2\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "ACK sip:a@b SIP/2.0\r\n", "OPTIONS * SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
    ];

    /// <summary>Datagrams that are broken, foreign, or no SIP at all.</summary>
    public static async Task SendGarbageAsync(IPEndPoint node, Random luck, int count, CancellationToken stop)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(Beginnings[luck.Next(Beginnings.Length)]);
            if (luck.Next(3) == 0) luck.NextBytes(bytes.AsSpan(luck.Next(bytes.Length)));
            await socket.SendAsync(bytes, node, stop);
            if (i % 50 == 49) await Task.Delay(10, stop);
        }
    }

    /// <summary>Connections that begin something and leave it there, for a while.</summary>
    public static async Task StallAsync(IPEndPoint where, string begun, int count, TimeSpan time, CancellationToken stop)
    {
        var clients = new List<TcpClient>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                var client = new TcpClient();
                clients.Add(client);
                await client.ConnectAsync(where, stop);
                await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(begun), stop);
            }
            await Task.Delay(time, stop);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Shown the door: that is as good as being let in.
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
