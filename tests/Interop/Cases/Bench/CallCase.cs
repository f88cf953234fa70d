using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A test with customers and phones. Behind each test, every webhook that any of its customers received is held against the signature,
/// the envelope and the ids that all events of one call share.
/// </summary>
public abstract class CallCase(RunningNode node) : IAsyncLifetime
{
    private readonly List<Customer> _customers = [];
    private readonly List<Phone> _phones = [];
    private static readonly IPAddress CarrierAddress = IPAddress.Parse("127.0.0.5");
    private static int _strangers, _carriers = 555_000;

    protected RunningNode Node => node;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    private protected async Task<Customer> CustomerAsync(Func<Sink, JsonObject>? settings = null)
    {
        var customer = await Customer.CreateAsync(node, node.NextNumber(), settings);
        _customers.Add(customer);
        return customer;
    }

    /// <summary>A customer with an account of its own.</summary>
    private protected async Task<Customer> StrangerAsync()
    {
        string name = $"stranger {Guid.NewGuid():N}", number = $"+1555040{Interlocked.Increment(ref _strangers):D4}";
        var made = await node.NewTenantAsync(name);
        await node.ImportNumbersAsync([number], name);
        var customer = await Customer.CreateAsync(node, number, key: (string)made["telnyx_key"]!);
        _customers.Add(customer);
        return customer;
    }

    private protected Phone NewPhone()
    {
        var phone = new Phone(node);
        _phones.Add(phone);
        return phone;
    }

    /// <summary>
    /// A carrier, and a number that leads there. It has an address of its own: the trunk stays with the node that all tests share,
    /// and would else be in the way of whatever phone gets the port next.
    /// </summary>
    private protected async Task<(Phone Carrier, string Number)> CarrierAsync(JsonObject? more = null)
    {
        var carrier = new Phone(node, CarrierAddress);
        _phones.Add(carrier);
        string prefix = $"+1212{Interlocked.Increment(ref _carriers):D6}";
        var trunk = more ?? [];
        (trunk["name"], trunk["host"], trunk["port"]) = ($"carrier {Guid.NewGuid():N}", carrier.Place.Address.ToString(), carrier.Port);
        await OperateAsync("routes", new() { ["trunk_id"] = (string)(await OperateAsync("trunks", trunk))["id"]!, ["prefix"] = prefix });
        return (carrier, prefix + "7");
    }

    /// <summary>A call from a phone that has been answered.</summary>
    private protected async Task<(JsonObject Call, PhoneCall Phone)> AnsweredAsync(Customer customer)
    {
        var phone = NewPhone().Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        await customer.NextAsync("call.answered");
        await phone.ReachesAsync(200);
        return (call, phone);
    }

    /// <summary>A call to a phone that has answered.</summary>
    private protected async Task<(JsonNode Call, PhoneCall Phone)> DialledAsync(Customer customer, JsonObject? more = null)
    {
        var phone = NewPhone();
        var call = await customer.DialAsync(phone.Uri, more);
        var ringing = await phone.RingsAsync();
        await ringing.AcceptAsync();
        await customer.NextAsync("call.answered");
        return (call, ringing);
    }

    private protected static (string?, string?, string?) Hangup(JsonObject payload) =>
        ((string?)payload["hangup_cause"], (string?)payload["hangup_source"], (string?)payload["sip_hangup_cause"]);

    /// <summary>At the operator's listener, which is on loopback and asks for no key.</summary>
    private protected async Task<JsonNode> OperateAsync(string path, JsonObject body)
    {
        using var http = new HttpClient { BaseAddress = Node.Admin };
        using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8,
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync("operator/v1/" + path, content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!["data"]!;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var customer in _customers)
            {
                foreach (string live in OfCalls(customer).Select(w => w.Call).Distinct()
                        .Except(OfCalls(customer).Where(w => w.Type == "call.hangup").Select(w => w.Call)).ToList())
                    await customer.TryActAsync(live, "hangup");
                Check(customer);
                await CheckUnseenAsync(customer);
            }
        }
        finally
        {
            foreach (var phone in _phones) phone.Dispose();
            foreach (var customer in _customers) await customer.DisposeAsync();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>A conference's webhooks name calls too, and have an order of their own.</summary>
    private static IEnumerable<Webhook> OfCalls(Customer customer) =>
        customer.Events.Where(w => !w.Type.StartsWith("conference.", StringComparison.Ordinal));

    /// <summary>An attempt that was not seen here was cut off: the node has had an answer to no more of them than came.</summary>
    private static async Task CheckUnseenAsync(Customer customer)
    {
        foreach (var late in customer.Events.Where(w => w.Attempt > 1).ToList())
        {
            var delivery = await Eventually.SomeAsync(async () => (await customer.GetAsync(
                $"webhook_deliveries?filter[webhook][contains]={late.Id}")).Succeeds().Data.AsArray().FirstOrDefault(), "it is logged");
            int answered = delivery["attempts"]!.AsArray().Count(attempt => attempt!["http"]!["response"] is not null);
            Assert.True(answered <= customer.Sink.Taken.Count(w => w.Id == late.Id), $"who answered?\n{delivery.ToJsonString()}");
        }
    }

    private static void Check(Customer customer)
    {
        foreach (var webhook in customer.Sink.Taken)
        {
            var faults = webhook.Faults(customer.PublicKey, customer.Application).ToList();
            Assert.True(faults.Count == 0, $"{webhook.Type}: {string.Join("; ", faults)}\n{webhook.Body}");
        }
        foreach (var call in OfCalls(customer).GroupBy(w => w.Call))
        {
            Assert.Single(call.Select(w => ((string?)w.Payload["call_leg_id"], (string?)w.Payload["call_session_id"])).Distinct());
            Assert.Equal("call.initiated", call.First().Type);
            Assert.True(call.Count(w => w.Type == "call.hangup") <= 1, "a call ended twice");
            // That of a recording's event is when the recording began.
            Assert.Single(call.Where(w => w.Type != "call.recording.saved").Select(w => (string?)w.Payload["start_time"])
                .Where(t => t is not null).Distinct());
        }
        // What a conference tells of a call stands in that call's order, and in none with what it tells of another.
        foreach (var subject in customer.Events.GroupBy(w => (string?)w.Payload["call_control_id"] ?? (string?)w.Payload["conference_id"]))
        {
            Assert.Equal(subject.Select(w => (string?)w.Data["occurred_at"]).Order(StringComparer.Ordinal),
                subject.Select(w => (string?)w.Data["occurred_at"]));
        }
        // Attempts of one event share its id; two events never do.
        var twice = customer.Sink.Taken.Where(w => w.Attempt == 1).GroupBy(w => w.Id).Where(same => same.Count() > 1)
            .SelectMany(same => same).Select(w => $"{w.Stamp} {Encoding.UTF8.GetString(w.Raw)}").ToList();
        Assert.True(twice.Count == 0, $"first attempts with one id:\n{string.Join('\n', twice)}");
    }
}
