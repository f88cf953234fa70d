using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Bench.Texts;

/// <summary>The least that a message centre does by SMPP 3.4: it lets everybody in, and takes each text at once.</summary>
internal sealed class TextCentre : IAsyncDisposable
{
    private const int Header = 16, Room = 256 * 1024;
    private const uint Answer = 0x8000_0000, BindReceiver = 0x01, BindTransmitter = 0x02, SubmitSm = 0x04, Unbind = 0x06,
        BindTransceiver = 0x09, EnquireLink = 0x15;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _taken;

    public TextCentre()
    {
        _listener.Start();
        _loop = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Texts so far.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                byte[] buffer = new byte[Room];
                int filled = 0;
                for (int count; (count = await client.ReceiveAsync(buffer.AsMemory(filled), _stop.Token)) > 0;)
                {
                    filled += count;
                    using var answers = new MemoryStream();
                    int used = Take(buffer.AsSpan(0, filled), answers);
                    buffer.AsSpan(used, filled - used).CopyTo(buffer);
                    filled -= used;
                    if (answers.Length > 0) await client.SendAsync(answers.ToArray().AsMemory(), _stop.Token);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // It is over, whichever side ended it.
            }
        }
    }

    /// <returns>Octets of whole PDUs.</returns>
    private int Take(ReadOnlySpan<byte> bytes, MemoryStream answers)
    {
        int used = 0;
        while (bytes.Length - used >= Header && BinaryPrimitives.ReadInt32BigEndian(bytes[used..]) is var length and >= Header
            && bytes.Length - used >= length)
        {
            uint command = BinaryPrimitives.ReadUInt32BigEndian(bytes[(used + 4)..]),
                sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[(used + 12)..]);
            string? said = command switch
            {
                BindReceiver or BindTransmitter or BindTransceiver => "bench",
                SubmitSm => Interlocked.Increment(ref _taken).ToString("x", CultureInfo.InvariantCulture),
                Unbind or EnquireLink => "",
                _ => null,
            };
            if (said is not null) Write(answers, command | Answer, sequence, said);
            used += length;
        }
        return used;
    }

    /// <param name="text">The body; the empty one is none.</param>
    private static void Write(MemoryStream into, uint command, uint sequence, string text)
    {
        byte[] body = text.Length == 0 ? [] : [.. Encoding.ASCII.GetBytes(text), 0];
        Span<byte> header = stackalloc byte[Header];
        BinaryPrimitives.WriteInt32BigEndian(header, Header + body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], command);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], sequence);
        into.Write(header);
        into.Write(body);
    }
}
