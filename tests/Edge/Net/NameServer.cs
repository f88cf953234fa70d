using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Net.Dns;

namespace Ringwright.Edge.Net;

/// <summary>A name server on loopback that knows what the test told it.</summary>
internal sealed class NameServer : IDisposable
{
    public const byte LifeSeconds = 60;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Dictionary<(string, DnsType), List<byte[]>> _records = [];
    private readonly CancellationTokenSource _over = new();
    private int _questions;

    public NameServer()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = AnswerAsync();
    }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>It says that it cannot answer (SERVFAIL).</summary>
    public bool IsOutOfOrder { get; set; }

    /// <summary>So long each question waits for its answer, one behind the other.</summary>
    public TimeSpan Thinks { get; set; }

    public void A(string name, params string[] addresses) =>
        Add(name, DnsType.A, addresses.Select(a => IPAddress.Parse(a).GetAddressBytes()));

    public void Aaaa(string name, params string[] addresses) =>
        Add(name, DnsType.Aaaa, addresses.Select(a => IPAddress.Parse(a).GetAddressBytes()));

    public void Srv(string name, params (ushort Priority, ushort Weight, ushort Port, string Target)[] targets) =>
        Add(name, DnsType.Srv, targets.Select(t => (byte[])[.. U16(t.Priority), .. U16(t.Weight), .. U16(t.Port), .. Name(t.Target)]));

    public void Naptr(string name, params (ushort Order, string Service, string Replacement)[] services) =>
        Add(name, DnsType.Naptr, services.Select(s =>
            (byte[])[.. U16(s.Order), .. U16(0), .. Text("s"), .. Text(s.Service), .. Text(""), .. Name(s.Replacement)]));

    public void Dispose()
    {
        _over.Cancel();
        _socket.Dispose();
        _over.Dispose();
    }

    private void Add(string name, DnsType type, IEnumerable<byte[]> data) => _records[(name, type)] = [.. data];

    private async Task AnswerAsync()
    {
        byte[] buffer = new byte[512];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                Interlocked.Increment(ref _questions);
                if (Thinks > TimeSpan.Zero) await Task.Delay(Thinks, _over.Token);
                var question = buffer.AsSpan(0, received.ReceivedBytes);
                var labels = new List<string>();
                int at = 12;
                for (; question[at] != 0; at += question[at] + 1)
                    labels.Add(Encoding.ASCII.GetString(question.Slice(at + 1, question[at])));
                var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(question[(at + 1)..]);
                _records.TryGetValue((string.Join('.', labels).ToLowerInvariant(), type), out var records);
                if (IsOutOfOrder) records = null;
                List<byte> answer = [.. question];
                answer[2] = 0x81;
                answer[3] = (byte)(IsOutOfOrder ? 2 : records is null ? 3 : 0);
                answer[7] = (byte)(records?.Count ?? 0);
                foreach (byte[] data in records ?? [])
                    answer.AddRange([0xC0, 12, .. U16((ushort)type), 0, 1, 0, 0, 0, LifeSeconds, .. U16((ushort)data.Length), .. data]);
                await _socket.SendToAsync(answer.ToArray(), SocketFlags.None, received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException) { /* the test is over */ }
    }

    private static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];
    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
    private static byte[] Name(string name) => [.. name.Split('.').SelectMany(Text), 0];
}
