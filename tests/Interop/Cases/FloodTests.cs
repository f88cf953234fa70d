using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Thousands of connections of strangers, while calls go on. The node has few descriptors, and one listener beyond loopback:
/// with that, addresses of loopback are strangers to it, but for the lab's.
/// </summary>
public sealed class FloodTests
{
    private const int Total = 5_000;

    /// <summary>Files that the node may open, and addresses that flood it.</summary>
    public static TheoryData<(int Files, int Addresses)> Floods => Depth.Rows([(1_024, 1)], [(4_096, 250)]);

    [Theory]
    [Failure("strangers-connect")]
    [MemberData(nameof(Floods))]
    public async Task Half_open_connections_of_strangers_cost_no_call_a_packet_and_keep_nobody_out((int Files, int Addresses) flood)
    {
        var (files, addresses) = flood;
        Tool.Require("prlimit");
        var node = new RunningNode("--api-rate", "100000", "--storage", $"0.0.0.0:{FreePort.Tcp()}", "--allow-targets", "127.0.0.0/8")
        {
            Before = ["prlimit", $"--nofile={files / 2}:{files}"]
        };
        try
        {
            await node.InitializeAsync();
            await FloodAsync(node, files, addresses);
        }
        catch (HttpRequestException refused)
        {
            Assert.Fail($"{refused}\nThe node said:\n{node.Output}\n{await MetricsAsync(node)}");
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static async Task FloodAsync(RunningNode node, int files, int addresses)
    {
        // Both processes have what the hard limit lets them have.
        Assert.Equal(($"{files}", $"{files}"), (RunningNode.FileLimitOf(node.NodeProcess), RunningNode.FileLimitOf(node.MediaProcess)));
        using var phone = new Phone(node);
        var calls = new List<PhoneCall>();
        for (int i = 0; i < 3; i++) calls.Add(await CallAsync(phone));
        await HonestAsync(node, "127.0.8.1");
        int before = node.Descriptors, process = node.NodeProcess, media = node.MediaProcess;

        var from = Enumerable.Range(1, addresses).Select(i => IPAddress.Parse($"127.0.9.{i}")).ToList();
        using var flood = new Flood(from, new(IPAddress.Loopback, node.Api.Port), new(IPAddress.Loopback, node.SipPort),
            new(IPAddress.Loopback, node.SipTlsPort));
        int most = (int)Math.Min(3_000,
            (long.TryParse(RunningNode.FileLimitOf(Environment.ProcessId), CultureInfo.InvariantCulture, out long own) ? own : 8_192) / 3);
        var flooding = Task.Run(() => flood.RunAsync(Total, most, TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);
        int asked = 0;
        while (!flooding.IsCompleted || asked < 3)
        {
            await HonestAsync(node, $"127.0.8.{2 + asked++ % 100}");
            if (asked % 5 == 1) calls.Add(await CallAsync(phone));
            Assert.InRange(node.Descriptors, 1, 2 * files - 64);
        }
        await flooding;
        Assert.Equal(Total, flood.Opened);
        calls.Add(await CallAsync(phone));
        Assert.All(calls, call => Assert.True(call.Audio.Missing == 0, $"{call.Audio.Missing} packets of a call are missing"));
        Assert.DoesNotContain(calls, call => call.Received("BYE").Count > 0);

        // What says nothing is closed, though nobody needs its place.
        await Eventually.TrueAsync(() => flood.IsAllClosed, $"the node closes what says nothing", TimeSpan.FromSeconds(60));
        foreach (var call in calls) call.Bye();
        await Eventually.TrueAsync(() => node.Descriptors <= before + 50,
            () => $"descriptors come back: there were {before}, now {node.Descriptors}", TimeSpan.FromSeconds(60));
        Assert.Equal((process, media, false), (node.NodeProcess, node.MediaProcess, node.HasExited));
        string metrics = await MetricsAsync(node);
        Assert.Matches("ringwright_http_connections_refused_total\\{[^}]*listener=\"http\"", metrics);
        Assert.Matches("ringwright_sip_connections_refused_total\\{[^}]*reason=\"", metrics);
        Assert.Contains(node.Lines,
            line => line.Contains("connections to the listener http were refused or closed", StringComparison.Ordinal));
        Assert.InRange(node.Lines.Count(line => line.Contains(" were refused or closed since", StringComparison.Ordinal)), 1, 60);
    }

    /// <summary>A call to the line that answers itself, with audio both ways.</summary>
    private static async Task<PhoneCall> CallAsync(Phone phone)
    {
        var call = phone.Call(RunningNode.EchoNumber);
        await call.ReachesAsync(200);
        call.Audio.Say(440, 60_000);
        await call.Audio.HearsSomethingAsync(0, 200);
        return call;
    }

    /// <summary>
    /// Somebody at that address asks the API, and says something by SIP over TCP; on connections of his own, each at the first try.
    /// </summary>
    private static async Task HonestAsync(RunningNode node, string address)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, stop) =>
                new NetworkStream(await ConnectAsync(address, context.DnsEndPoint.Port, stop), ownsSocket: true)
        };
        using var http = new HttpClient(handler)
        {
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) },
            Timeout = TimeSpan.FromMinutes(1)
        };
        using var answer = await http.GetAsync(new Uri(node.Api, "phone_numbers?page[size]=1"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        using var socket = await ConnectAsync(address, node.SipPort, TestContext.Current.CancellationToken);
        string options =
            $"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP {socket.LocalEndPoint};branch=z9hG4bK{Guid.NewGuid():N}\r\nMax-Forwards: "
            + $"70\r\nFrom: <sip:a@example.com>;tag=a\r\nTo: <sip:127.0.0.1>\r\n" +
            $"Call-ID: {Guid.NewGuid():N}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(options), TestContext.Current.CancellationToken);
        byte[] bytes = new byte[2_048];
        int length = await socket.ReceiveAsync(bytes, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.StartsWith("SIP/2.0 403", Encoding.ASCII.GetString(bytes, 0, length));      // a stranger's answer, but an answer
    }

    private static async Task<Socket> ConnectAsync(string from, int port, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
        return socket;
    }

    private static async Task<string> MetricsAsync(RunningNode node)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(node.Admin, "metrics"), TestContext.Current.CancellationToken);
    }
}
