using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Ringwright.Interop;

/// <summary>Carries TCP connections on by TLS, or the other way round, for programs that cannot do TLS.</summary>
internal sealed class TlsForwarder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private TlsForwarder(int to, Func<Stream, CancellationToken, Task<Stream>> dressIn,
        Func<Stream, CancellationToken, Task<Stream>> dressOut)
    {
        _listener.Start();
        _running = RunAsync(to, dressIn, dressOut);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>TCP in, TLS out to a server whose certificate this authority signed.</summary>
    public static TlsForwarder ToTls(int port, string authorityFile) => new(port, (plain, _) => Task.FromResult(plain), async (raw, stop) =>
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        var secure = new SslStream(raw);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy }, stop);
        return secure;
    });

    /// <summary>TLS in with this certificate, TCP out.</summary>
    public static TlsForwarder FromTls(int port, X509Certificate2 certificate) => new(port, async (raw, stop) =>
    {
        var secure = new SslStream(raw);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
        return secure;
    }, (plain, _) => Task.FromResult(plain));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(int to, Func<Stream, CancellationToken, Task<Stream>> dressIn,
        Func<Stream, CancellationToken, Task<Stream>> dressOut)
    {
        while (true)
        {
            using var incoming = await _listener.AcceptTcpClientAsync(_stop.Token);
            using var outgoing = new TcpClient();
            await outgoing.ConnectAsync(IPAddress.Loopback, to, _stop.Token);
            await using var near = await dressIn(incoming.GetStream(), _stop.Token);
            await using var far = await dressOut(outgoing.GetStream(), _stop.Token);
            await Task.WhenAny(near.CopyToAsync(far, _stop.Token), far.CopyToAsync(near, _stop.Token))
                .Unwrap().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
