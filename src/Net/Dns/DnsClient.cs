using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Ringwright.Net.Dns;

/// <summary>
/// Asks name servers over UDP, over TCP when the answer was cut. Two rounds over the servers, 2 s each; the one that answered last goes
/// first, so that a dead one does not cost its time at each question.
/// </summary>
/// <param name="servers">As they are at the moment; at least one.</param>
internal sealed class DnsClient(Func<IReadOnlyList<IPEndPoint>> servers)
{
    private const int Rounds = 2, UdpBytes = 4_096;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);

    /// <summary>Index of the server that goes first.</summary>
    private int _first;

    public DnsClient(IReadOnlyList<IPEndPoint> servers) : this(() => servers)
    {
    }

    /// <summary>The servers of resolv.conf as it stands at the moment; the local one as long as it has named none.</summary>
    public static Func<IReadOnlyList<IPEndPoint>> SystemServers(TimeProvider clock, string path = "/etc/resolv.conf")
    {
        var file = new WatchedFile<IReadOnlyList<IPEndPoint>>(path, [new(IPAddress.Loopback, 53)], ReadServers, clock);
        return () => file.Value;
    }

    private static IReadOnlyList<IPEndPoint> ReadServers(IEnumerable<string> lines, IReadOnlyList<IPEndPoint> before)
    {
        List<IPEndPoint> servers = [];
        foreach (string line in lines)
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var text, ..] && IPAddress.TryParse(text, out var address)) servers.Add(new(address, 53));
        }
        return servers.Count > 0 ? servers : before;
    }

    public async Task<(DnsStatus Status, List<DnsRecord> Records)> AskAsync(string name, DnsType type, CancellationToken stop)
    {
        var all = servers();
        for (int round = 0; round < Rounds; round++)
        {
            int first = Volatile.Read(ref _first);
            for (int i = 0; i < all.Count; i++)
            {
                int index = (first + i) % all.Count;
                try
                {
                    var (status, records) = await AskOneAsync(all[index], name, type, stop);
                    if (status is DnsStatus.Ok or DnsStatus.NoSuchName)
                    {
                        Volatile.Write(ref _first, index);
                        return (status, records);
                    }
                }
                catch (Exception e)
                    when (e is SocketException or IOException || e is OperationCanceledException && !stop.IsCancellationRequested)
                {
                    // This server is silent or shut: the next one.
                }
            }
        }
        return (DnsStatus.ServerFailure, []);
    }

    private static async Task<(DnsStatus, List<DnsRecord>)> AskOneAsync(IPEndPoint server, string name,
        DnsType type, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Wait);
        byte[] question = new byte[512];
        ushort id = (ushort)RandomNumberGenerator.GetInt32(65_536);
        int length = DnsMessage.WriteQuestion(question, id, name, type);
        if (length == 0) return (DnsStatus.NoSuchName, []);

        // A socket of its own per question: its random port is the other half of the protection against forged answers.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, limit.Token);
        await socket.SendAsync(question.AsMemory(0, length), limit.Token);
        byte[] answer = new byte[UdpBytes];
        while (true)
        {
            int received = await socket.ReceiveAsync(answer, limit.Token);
            var status = DnsMessage.Read(answer.AsSpan(0, received), id, name, type, out var records);
            if (status is DnsStatus.Malformed) continue;        // not an answer to this question: wait for the real one
            if (status is DnsStatus.Truncated)
                return await AskByTcpAsync(server, question.AsMemory(0, length), id, name, type, limit.Token);
            return (status, records);
        }
    }

    /// <summary>RFC 7766: a two-byte length before each message.</summary>
    private static async Task<(DnsStatus, List<DnsRecord>)> AskByTcpAsync(IPEndPoint server, ReadOnlyMemory<byte> question, ushort id,
        string name, DnsType type, CancellationToken stop)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, stop);
        await using var stream = new NetworkStream(socket);
        byte[] framed = [(byte)(question.Length >> 8), (byte)question.Length, .. question.Span];
        await stream.WriteAsync(framed, stop);
        byte[] header = new byte[2];
        await stream.ReadExactlyAsync(header, stop);
        byte[] answer = new byte[(header[0] << 8) | header[1]];
        await stream.ReadExactlyAsync(answer, stop);
        return (DnsMessage.Read(answer, id, name, type, out var records), records);
    }
}
