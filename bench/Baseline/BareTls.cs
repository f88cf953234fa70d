using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ringwright.Bench.Machine;

namespace Ringwright.Bench.Baseline;

/// <summary>
/// The floor under signalling by TLS: one thread, one connection, blocking reads and writes of messages of a known length; the framework's
/// TLS and nothing else.
/// </summary>
internal static class BareTls
{
    private const int LongestWaitMilliseconds = 10_000;

    /// <param name="say">Gets the port as soon as it listens.</param>
    /// <exception cref="BenchFailure">Messages did not come.</exception>
    public static RelayWord Run(RelayPlan plan, Action<RelayWord> say)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int[] ports = [((IPEndPoint)listener.LocalEndpoint).Port];
        say(new(ports));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var client = listener.AcceptTcpClient();
        (client.NoDelay, client.ReceiveTimeout) = (true, LongestWaitMilliseconds);
        using var stream = new SslStream(client.GetStream());
        stream.AuthenticateAsServer(certificate);
        try
        {
            Relay(stream, plan.WarmUp, plan);
            long before = CpuClock.OwnNanos;
            long sent = Relay(stream, plan.In, plan);
            return new(ports) { CpuMs = (CpuClock.OwnNanos - before) / 1e6, Received = plan.In, Sent = sent };
        }
        catch (IOException e)
        {
            throw new BenchFailure($"the baseline waited in vain for a message: {e.Message}");
        }
    }

    private static long Relay(SslStream stream, long count, RelayPlan plan)
    {
        byte[] request = new byte[plan.InBytes], answer = new byte[plan.OutBytes];
        long sent = 0, owed = 0;
        for (long i = 0; i < count; i++)
        {
            stream.ReadExactly(request);
            for (owed += plan.Out; owed >= plan.In; owed -= plan.In, sent++) stream.Write(answer);
        }
        return sent;
    }

    /// <summary>The other side, evenly paced: sends so many messages and reads what comes back.</summary>
    public static void Feed(int port, long messages, int bytes, double perSecond)
    {
        using var client = new TcpClient("127.0.0.1", port) { NoDelay = true };
        using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        stream.AuthenticateAsClient("localhost");
        var reader = new Thread(() => Drain(stream)) { IsBackground = true };
        reader.Start();
        byte[] message = new byte[bytes];
        long began = Sockets.Poller.Now;
        for (long sent = 0; sent < messages; Thread.Sleep(1))
            for (double due = (Sockets.Poller.Now - began) / 1e9 * perSecond + 1; sent < Math.Min(messages, due); sent++)
                stream.Write(message);
        // The far end closes when it has had them all.
        reader.Join(LongestWaitMilliseconds);
    }

    private static void Drain(SslStream stream)
    {
        byte[] buffer = new byte[1 << 14];
        try
        {
            while (stream.Read(buffer) > 0)
            {
            }
        }
        catch (IOException)
        {
            // It has closed without a word.
        }
    }
}
