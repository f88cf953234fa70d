using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// kill -9 while as many texts are with a centre as its window holds, and none of them is answered. What was on the wire never goes again,
/// what was not goes once, and what the centre says of them later is the one end of each.
/// </summary>
public sealed class KilledTextsTests
{
    private const int Window = 20;
    private static readonly int Kills = LongRun.Times(Depth.Times(gate: 1, all: 5), 20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Failure("process-killed")]
    [Fact]
    public async Task No_text_is_submitted_twice_and_each_comes_to_one_end()
    {
        await using var centre = new Centre();
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string profile = (string)(await customer.SendAsync(HttpMethod.Post, "messaging_profiles", new()
        {
            ["name"] = "Texts", ["whitelisted_destinations"] = new JsonArray("*"), ["webhook_url"] = customer.Sink.Root + "texts",
        }))["id"]!;
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}/messaging",
            new() { ["messaging_profile_id"] = profile });
        await node.Operator.SendAsync(HttpMethod.Post, "text_carriers", new()
        {
            ["name"] = "centre", ["host"] = "127.0.0.1", ["port"] = centre.Port, ["system_id"] = "acme", ["password"] = "secret",
            ["prefixes"] = new JsonArray("+49"), ["window"] = Window, ["rate"] = 1_000,
        });

        var ids = new Dictionary<string, string>(StringComparer.Ordinal);       // by recipient
        for (int kill = 1; kill <= Kills; kill++)
        {
            centre.IsSilent = true;
            for (int nth = 0; nth < 2 * Window; nth++)
            {
                string to = $"+4915112{ids.Count:D6}";
                ids[to] = (string)(await customer.SendAsync(HttpMethod.Post, "messages",
                    new() { ["from"] = customer.Number, ["to"] = to, ["text"] = "Are you there?" }))["id"]!;
            }
            int full = kill * Window;
            await Eventually.TrueAsync(() => centre.Unanswered.Count >= full, () => $"the window is full: {centre.Unanswered.Count}",
                Patience);
            await node.KillAsync();
            Assert.Equal(full, centre.Unanswered.Count);
            centre.IsSilent = false;
            await node.StartAgainAsync();
            await Eventually.TrueAsync(() => centre.Taken.Count >= ids.Count, () => $"all are there: {centre.Taken.Count} of {ids.Count}",
                Patience);
        }
        foreach (var taken in centre.Taken) Assert.Equal(SmppStatus.Ok, await centre.BringAsync(Centre.ReceiptOf(taken)));

        foreach (string id in ids.Values)
            await Eventually.SomeAsync(async () => (await customer.GetAsync($"messages/{id}")).Data is var message
                && (string?)message["to"]![0]!["status"] == "delivered" ? message : null, $"{id} is delivered", Patience);
        Assert.All(centre.Taken.GroupBy(one => one.To.Party), one => Assert.Single(one));
        Assert.Equal(ids.Keys.Order(StringComparer.Ordinal), centre.Taken.Select(one => one.To.Party).Order(StringComparer.Ordinal));
        await customer.CountAsync("message.finalized", ids.Count);
        Assert.Equal(ids.Values.Order(StringComparer.Ordinal),
            customer.Payloads("message.finalized").Select(payload => (string)payload["id"]!).Order(StringComparer.Ordinal));
    }

    /// <summary>It takes every text, and keeps its answers to itself while it is silent.</summary>
    private sealed class Centre : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentQueue<SmppMessage> _taken = new(), _unanswered = new();
        private readonly ConcurrentDictionary<uint, TaskCompletionSource<uint>> _brought = new();
        private readonly SemaphoreSlim _sending = new(1);
        private readonly Task _loop;
        private volatile bool _isSilent;
        private Socket? _bound;
        private int _sequence;

        public Centre()
        {
            _listener.Start();
            _loop = ListenAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public bool IsSilent
        {
            get => _isSilent;
            set => _isSilent = value;
        }

        public IReadOnlyCollection<SmppMessage> Taken => _taken;
        public IReadOnlyCollection<SmppMessage> Unanswered => _unanswered;

        /// <summary>That it has arrived; with the id that was, or would have been, its answer, and what was sent with it.</summary>
        public static SmppMessage ReceiptOf(SmppMessage taken) => new()
        {
            From = taken.To, To = taken.From, EsmClass = SmppEsm.Receipt, Tlvs = [taken.Find(SmppTlv.UserMessageReference)!.Value],
            Text = Encoding.ASCII.GetBytes(
                $"id:{IdOf(taken)} sub:001 dlvrd:001 submit date:2601061500 done date:2601061501 stat:DELIVRD err:000 text:"),
        };

        /// <returns>The status of the answer.</returns>
        public async Task<uint> BringAsync(SmppMessage message)
        {
            uint sequence = (uint)Interlocked.Increment(ref _sequence);
            var answered = _brought[sequence] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await SendAsync(new(SmppCommand.DeliverSm, 0, sequence, message.ToBody()), Volatile.Read(ref _bound)!);    // somebody is bound
            return await answered.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Dispose();
            await _loop;
            _stop.Dispose();
            _sending.Dispose();
        }

        private static string IdOf(SmppMessage taken) => "t" + taken.To.Text;

        private async Task SendAsync(SmppPdu pdu, Socket client)
        {
            await _sending.WaitAsync(_stop.Token);
            try
            {
                await client.SendAsync(pdu.ToBytes().AsMemory(), _stop.Token);
            }
            finally
            {
                _sending.Release();
            }
        }

        private async Task ListenAsync()
        {
            var serving = new List<Task>();
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
                }
                catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
                {
                    // The next one may come.
                }
            }
            await Task.WhenAll(serving);
        }

        private async Task ServeAsync(Socket client)
        {
            using (client)
            {
                try
                {
                    var frames = new SmppFrames();
                    byte[] buffer = new byte[16 * 1024];
                    for (int count; (count = await client.ReceiveAsync(buffer, SocketFlags.None, _stop.Token)) > 0;)
                    {
                        frames.Add(buffer.AsSpan(0, count));
                        while (frames.Take(out var pdu) is SmppFrame.Whole) await TakeAsync(pdu!, client);
                    }
                }
                catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
                {
                    // It is over, as it is when the node is killed.
                }
            }
        }

        private async Task TakeAsync(SmppPdu pdu, Socket client)
        {
            switch (pdu.Command)
            {
                case SmppCommand.BindTransceiver:
                    Volatile.Write(ref _bound, client);
                    await SendAsync(pdu.Reply(SmppStatus.Ok, SmppBind.NameBody("centre")), client);
                    break;
                case SmppCommand.SubmitSm:
                    var message = SmppMessage.Read(pdu.Command, pdu.Body.Span)!;
                    _taken.Enqueue(message);
                    if (_isSilent) _unanswered.Enqueue(message);
                    else await SendAsync(pdu.Reply(SmppStatus.Ok, SmppBind.NameBody(IdOf(message))), client);
                    break;
                case SmppCommand.DeliverSmResp:
                    if (_brought.TryRemove(pdu.Sequence, out var answered)) answered.SetResult(pdu.Status);
                    break;
                case SmppCommand.EnquireLink or SmppCommand.Unbind:
                    await SendAsync(pdu.Reply(SmppStatus.Ok), client);
                    break;
            }
        }
    }
}
