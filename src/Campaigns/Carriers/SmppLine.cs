using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;

namespace Ringwright.Campaigns.Carriers;

/// <summary>A connection with a centre, and the session on it. Only bytes are read beside the loop that holds it.</summary>
internal sealed class SmppLine : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10), WriteLimit = TimeSpan.FromSeconds(10);

    private readonly Stream _stream;
    private readonly CancellationToken _ending;
    private readonly CancellationTokenSource _ends;
    private readonly Channel<byte[]> _incoming = Channel.CreateBounded<byte[]>(4);
    private readonly Task _reading;
    private Task<bool>? _readable;

    public SmppLine(Stream stream, SmppSession session, CancellationToken ending)
    {
        (_stream, Session, _ending) = (stream, session, ending);
        _ends = CancellationTokenSource.CreateLinkedTokenSource(ending);
        _reading = ReadAsync(stream, _incoming.Writer, _ends.Token);
    }

    public SmppSession Session { get; }

    /// <summary>The link has heard that it is bound.</summary>
    public bool WasBound { get; set; }

    /// <summary>The link has heard that it is over.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Completes when there is something for <see cref="Receive"/>.</summary>
    public Task Readable => _readable ??= _incoming.Reader.WaitToReadAsync().AsTask();

    /// <exception cref="TimeoutException">There is no connection in time, or nobody wants it any more.</exception>
    public static async Task<Stream> ConnectAsync(TextCarrier carrier, int port, CancellationToken leaving)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(carrier.Host, port, limit.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (!carrier.IsTls) return stream;
            var secured = new SslStream(stream);
            stream = secured;
            await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = carrier.Host }, limit.Token)
                .ConfigureAwait(false);
            return secured;
        }
        catch (Exception failed)
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            else socket.Dispose();
            if (failed is OperationCanceledException)
                throw new TimeoutException(leaving.IsCancellationRequested ? "stopped"
                    : $"no connection within {ConnectLimit.TotalSeconds:0} s");
            throw;
        }
    }

    /// <summary>Hands to the session what has come, or that the connection is over.</summary>
    /// <returns>Something has come.</returns>
    public bool Receive(Instant now)
    {
        if (!Readable.IsCompleted) return false;
        _readable = null;
        if (_incoming.Reader.TryRead(out byte[]? bytes))
        {
            Session.Receive(bytes, now);
            return true;
        }
        Session.Lose("it closed the connection");
        return false;
    }

    public async ValueTask FlushAsync()
    {
        byte[] bytes = Session.TakeOutput();
        if (bytes.Length == 0) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending);
        limit.CancelAfter(WriteLimit);
        try
        {
            await _stream.WriteAsync(bytes, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is IOException or SocketException or ObjectDisposedException
            || (failed is OperationCanceledException && !_ending.IsCancellationRequested))
        {
            Session.Lose($"it takes no bytes: {failed.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _ends.Dispose();
    }

    private static async Task ReadAsync(Stream stream, ChannelWriter<byte[]> into, CancellationToken stop)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer, stop).ConfigureAwait(false)) > 0;)
                await into.WriteAsync(buffer[..count], stop).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection is over, whichever side ended it.
        }
        finally
        {
            into.TryComplete();
        }
    }
}
