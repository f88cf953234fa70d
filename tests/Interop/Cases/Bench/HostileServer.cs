using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Interop.Cases;

/// <summary>A web server that does wrong what a web server can do wrong; the path says what.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;

    public string Root { get; private set; } = "";

    public static Task<HostileServer> StartAsync()
    {
        var server = new HostileServer();
        server._listener.Start();
        server.Root = $"http://{server._listener.LocalEndpoint}/";
        server._accepting = server.AcceptAsync();
        return Task.FromResult(server);
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true) open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            byte[] buffer = new byte[8_192];
            int length = await stream.ReadAsync(buffer, _stop.Token);
            string path = Encoding.ASCII.GetString(buffer, 0, length).Split(' ')[1].TrimStart('/').Split('?')[0];
            await MisbehaveAsync(stream, path);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or IndexOutOfRangeException
            or ObjectDisposedException)
        {
            // The node gave up first, or the test is over.
        }
    }

    private async Task MisbehaveAsync(NetworkStream stream, string path)
    {
        byte[] wav = Wav.Tone(1_000, 1_000);
        switch (path)
        {
            case "hangs":
                await Task.Delay(Timeout.Infinite, _stop.Token);
                break;
            case "drips":
                await HeadAsync(stream, wav.Length);
                foreach (byte one in wav)
                {
                    await stream.WriteAsync(new[] { one }, _stop.Token);
                    await Task.Delay(200, _stop.Token);
                }
                break;
            case "short":
                await HeadAsync(stream, wav.Length);
                await stream.WriteAsync(wav.AsMemory(0, wav.Length / 2), _stop.Token);
                break;
            case "lies":
                // An honest length of a file that claims ten times as much sound.
                BitConverter.TryWriteBytes(wav.AsSpan(40), (wav.Length - 44) * 10);
                await HeadAsync(stream, wav.Length);
                await stream.WriteAsync(wav, _stop.Token);
                break;
            case "noise" or "noise.mp3":
                new Random(3).NextBytes(wav);
                if (path == "noise") wav[0] = 0;
                else "ID3"u8.CopyTo(wav);
                await HeadAsync(stream, wav.Length);
                await stream.WriteAsync(wav, _stop.Token);
                break;
            case "endless":
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nConnection: close\r\n\r\n"u8.ToArray(), _stop.Token);
                while (true) await stream.WriteAsync(wav, _stop.Token);
            case "empty":
                await HeadAsync(stream, 0);
                break;
            case "circle":
                await stream.WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 302 Found\r\nLocation: {Root}circle\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
                break;
            case "away":
                byte[] away = [.. "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data\r\n"u8
                    + "Content-Length: 0\r\nConnection: close\r\n\r\n"u8];
                await stream.WriteAsync(away, _stop.Token);
                break;
            default:
                if (HostileDocuments.All.TryGetValue(path, out var document)) await document.Answer(stream, _stop.Token);
                break;
        }
    }

    private static ValueTask HeadAsync(NetworkStream stream, int length) =>
        stream.WriteAsync(Encoding.ASCII
            .GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }
}
