using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Trunks that are other programs, one of which dies and comes back.</summary>
public sealed class TrunkFailureTests(RunningNode node)
{
    private const string Prefix = "+1555967";
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(4);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("RefusedAttemptTests in Edge have a dead trunk; the simulator's trunks die too")]
    public async Task A_trunk_that_has_died_costs_one_call_its_time_out_and_has_calls_again_when_it_answers()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        var (first, second) = (FreePort.Udp(), FreePort.Udp());
        string dying = await AddAsync("dying", first, priority: 1);
        await AddAsync("lasting", second, priority: 2);

        // Each takes one call and is gone.
        await TakesCallAsync(customer, first, 1);
        using (var dead = new Dead(first))
        {
            Assert.True(await TakesCallAsync(customer, second, 2) >= TimeOut, "the dead trunk's time-out was not waited for");
            Assert.True(dead.CountCalls() == 1, "the dead trunk was not tried");
            await TakesCallAsync(customer, second, 3);
            Assert.True(dead.CountCalls() == 1, "the dead trunk has cost a second call its time-out");
        }

        string explained = (await OperateAsync(HttpMethod.Get,
            $"routes/explain?from={Uri.EscapeDataString(customer.Number)}&to={Uri.EscapeDataString(Prefix + "1234")}")).ToJsonString();
        Assert.Contains("Trunk dying has failed calls and is passed over for", explained, StringComparison.Ordinal);
        Assert.Contains("passed over until", await node.RunAsync("trunk", "list"), StringComparison.Ordinal);

        await OperateAsync(HttpMethod.Patch, $"trunks/{dying}", new() { ["probe_seconds"] = 1 });
        using (var back = new Dead(first)) await back.AnswerOptionsAsync();
        await Eventually.SomeAsync(async () =>
        {
            var shown = await OperateAsync(HttpMethod.Get, $"trunks/{dying}");
            return (string?)shown["targets"]![0]!["state"] is "up" ? "up" : null;
        }, "the trunk is up again");
        await OperateAsync(HttpMethod.Patch, $"trunks/{dying}", new() { ["probe_seconds"] = 0 });
        using var other = new Dead(second);
        await TakesCallAsync(customer, first, 4);
        Assert.True(other.CountCalls() == 0, "the trunk that is back has no call");
    }

    /// <param name="nth">Of the customer's calls.</param>
    /// <returns>How long it took until it was refused.</returns>
    private static async Task<TimeSpan> TakesCallAsync(Customer customer, int port, int nth)
    {
        using var carrier = await Sipp.ListenAtAsync(port, "uas-busy");
        var watch = Stopwatch.StartNew();
        await customer.SendAsync(HttpMethod.Post, "calls",
            new() { ["connection_id"] = customer.Application, ["to"] = Prefix + "1234", ["from"] = customer.Number });
        Assert.Equal("user_busy", (string?)(await customer.NextAsync("call.hangup", nth))["hangup_cause"]);
        await carrier.SucceedsAsync();
        return watch.Elapsed;
    }

    /// <summary>The place of a carrier that says nothing: it only counts who calls.</summary>
    private sealed class Dead(int port) : IDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, port));
        private readonly HashSet<string> _calls = [];

        /// <summary>Calls, however often each was repeated.</summary>
        public int CountCalls()
        {
            IPEndPoint? from = null;
            while (_socket.Available > 0)
            {
                var message = SipText.Parse(_socket.Receive(ref from));
                if (message.Method == "INVITE") _calls.Add(message["Call-ID"]);
            }
            return _calls.Count;
        }

        /// <summary>It answers one OPTIONS, however it does. The call that died is repeated for 32 s, and is none of its.</summary>
        public async Task AnswerOptionsAsync()
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(Stop);
                var asked = SipText.Parse(received.Buffer);
                if (asked.Method != "OPTIONS") continue;
                string answer = $"SIP/2.0 404 Not Found\r\nVia: {asked["Via"]}\r\nFrom: {asked["From"]}\r\nTo: {asked["To"]};tag=back\r\n"
                    + $"Call-ID: {asked["Call-ID"]}\r\nCSeq: {asked["CSeq"]}\r\nContent-Length: 0\r\n\r\n";
                await _socket.SendAsync(Encoding.UTF8.GetBytes(answer), received.RemoteEndPoint, Stop);
                return;
            }
        }

        public void Dispose() => _socket.Dispose();
    }

    private async Task<string> AddAsync(string name, int port, int priority)
    {
        var trunk = await OperateAsync(HttpMethod.Post, "trunks", new()
        {
            ["name"] = name, ["host"] = "127.0.0.1", ["port"] = port, ["probe_seconds"] = 0, ["sources"] = new JsonArray("127.9.9.9"),
        });
        string id = (string)trunk["id"]!;
        await OperateAsync(HttpMethod.Post, "routes", new() { ["trunk_id"] = id, ["prefix"] = Prefix, ["priority"] = priority });
        return id;
    }

    private async Task<JsonNode> OperateAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var http = new HttpClient();
        using var asked = new HttpRequestMessage(method, new Uri(node.Admin, "operator/v1/" + path));
        if (body is not null)
            asked.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.SendAsync(asked, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
