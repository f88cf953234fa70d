using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Edge.Streams;

/// <summary>A server that speaks WebSocket (RFC 6455) byte by byte, as well or as badly as a test wants.</summary>
internal sealed class RawPeer : IDisposable
{
    public const byte Text = 1, Continuation = 0, Ping = 9, Pong = 10, Close = 8;
    private const byte Final = 0x80;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private TcpClient? _client;
    private NetworkStream? _stream;

    public RawPeer()
    {
        // Small, so that who does not read is noticed soon.
        _listener.Server.ReceiveBufferSize = 4 * 1024;
        _listener.Start();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Url => $"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    /// <summary>Also when the far end has gone: then reading says so.</summary>
    public NetworkStream Stream => _stream ?? throw new InvalidOperationException("nobody came");

    /// <summary>The request of the handshake.</summary>
    public async Task<string> AcceptAsync()
    {
        _client = await _listener.AcceptTcpClientAsync(Stop);
        _stream = _client.GetStream();
        var request = new StringBuilder();
        var one = new byte[1];
        while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await Stream.ReadExactlyAsync(one, Stop);
            request.Append((char)one[0]);
        }
        return request.ToString();
    }

    /// <summary>The whole handshake.</summary>
    public async Task OpenAsync()
    {
        string request = await AcceptAsync();
        const string name = "Sec-WebSocket-Key: ";
        string key = request.Split("\r\n").Single(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase))[name.Length..].Trim();
#pragma warning disable CA5350 // RFC 6455 says SHA-1.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await SendRawAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            + accept + "\r\n\r\n");
    }

    public Task SendRawAsync(string text) => SendRawAsync(Encoding.UTF8.GetBytes(text));

    public Task SendRawAsync(byte[] bytes) => Stream.WriteAsync(bytes, Stop).AsTask();

    public Task SendAsync(byte opcode, byte[] payload, bool isFinal = true) => SendRawAsync(Frame(opcode, payload, isFinal));

    public static byte[] Frame(byte opcode, byte[] payload, bool isFinal = true)
    {
        var frame = new List<byte> { (byte)(opcode | (isFinal ? Final : 0)) };
        if (payload.Length < 126)
        {
            frame.Add((byte)payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.AddRange([126, (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            frame.Add(127);
            for (int shift = 56; shift >= 0; shift -= 8) frame.Add((byte)((long)payload.Length >> shift));
        }
        return [.. frame, .. payload];
    }

    /// <summary>The next frame that came, unmasked.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadAsync()
    {
        var head = new byte[2];
        await Stream.ReadExactlyAsync(head, Stop);
        long length = head[1] & 0x7F;
        if (length >= 126)
        {
            var longer = new byte[length == 126 ? 2 : 8];
            await Stream.ReadExactlyAsync(longer, Stop);
            length = longer.Aggregate(0L, (sum, next) => sum << 8 | next);
        }
        var mask = new byte[4];
        await Stream.ReadExactlyAsync(mask, Stop);
        var payload = new byte[length];
        await Stream.ReadExactlyAsync(payload, Stop);
        for (int i = 0; i < payload.Length; i++) payload[i] ^= mask[i % 4];
        return (head[0] & 0x0F, payload);
    }

    /// <summary>Text frames until there are no more.</summary>
    public async Task<List<string>> ReadToEndAsync()
    {
        var all = new List<string>();
        try
        {
            while (await ReadAsync() is var (opcode, payload) && opcode != Close)
                if (opcode == Text) all.Add(Encoding.UTF8.GetString(payload));
        }
        catch (IOException)
        {
            // It is over, one way or another.
        }
        return all;
    }

    /// <summary>The connection is gone without a word; the server still listens.</summary>
    public void Cut() => _client?.Dispose();

    /// <summary>Nobody listens any more, and the connection is gone.</summary>
    public void Die()
    {
        _listener.Stop();
        Cut();
    }

    public void Dispose()
    {
        _client?.Dispose();
        _listener.Dispose();
    }
}
