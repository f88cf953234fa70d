using System.Text.Json.Nodes;

namespace Ringwright.Interop;

/// <summary>Calls with SIPp over TCP, and over TLS that is put in front of it: Debian's SIPp is built without.</summary>
public sealed class SippTransportTests(RunningNode node)
{
    [Fact]
    public async Task A_caller_by_TCP_is_answered_and_hangs_up()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, "uac-basic", isTcp: true);
        await AnswerAsync(customer);
        await caller.SucceedsAsync();
        Assert.Equal("normal_clearing", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    [Fact]
    public async Task A_caller_by_TCP_gets_our_BYE_by_his_own_connection()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, "uac-waits-for-bye", isTcp: true);
        var call = await AnswerAsync(customer);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "hangup");
        await caller.SucceedsAsync();
    }

    [Fact]
    public async Task A_caller_by_TCP_cancels_while_it_rings()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, "uac-cancel", isTcp: true);
        await caller.SucceedsAsync();
        Assert.Equal("originator_cancel", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    [Theory]
    [InlineData("uas-basic", true)]
    [InlineData("uas-hangs-up", false)]
    public async Task A_phone_is_dialled_by_TCP(string scenario, bool weHangUp)
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = await Sipp.ListenByTcpAsync(scenario);
        var call = await DialAsync(customer, $"sip:phone@127.0.0.1:{phone.Port};transport=tcp");
        await customer.NextAsync("call.answered");
        if (weHangUp) await customer.ActAsync(call, "hangup");
        await phone.SucceedsAsync();
        await customer.NextAsync("call.hangup");
    }

    [Fact]
    public async Task A_phone_is_dialled_by_the_transport_that_the_request_names()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = await Sipp.ListenByTcpAsync("uas-busy");
        await DialAsync(customer, $"sip:phone@127.0.0.1:{phone.Port}", "TCP");
        await phone.SucceedsAsync();
        Assert.Equal("user_busy", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    [Fact]
    public async Task A_caller_by_TLS_is_answered_and_gets_our_BYE()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var way = TlsForwarder.ToTls(node.SipTlsPort, node.AuthorityPath);
        using var caller = Sipp.Call(way.Port, customer.Number, "uac-waits-for-bye", isTcp: true);
        var call = await AnswerAsync(customer);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "hangup");
        await caller.SucceedsAsync();
    }

    [Fact]
    public async Task A_trunk_by_TLS_gets_its_call_and_hangs_up()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var carrier = await Sipp.ListenByTcpAsync("uas-hangs-up");
        await using var way = TlsForwarder.FromTls(carrier.Port, node.LabCertificate);
        string trunk = await OperateAsync("trunks", new()
        {
            ["name"] = "tls", ["host"] = "localhost", ["port"] = way.Port,
            ["transport"] = "tls", ["tls_ca"] = await File.ReadAllTextAsync(node.AuthorityPath, TestContext.Current.CancellationToken),
            ["sources"] = new JsonArray("127.9.9.9"),
        });
        await OperateAsync("routes", new() { ["trunk_id"] = trunk, ["prefix"] = "+1555966" });
        await DialAsync(customer, "+15559661234");
        await carrier.SucceedsAsync();
        Assert.Equal("normal_clearing", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    private async Task<string> OperateAsync(string path, JsonObject body)
    {
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(node.Admin, "operator/v1/" + path),
            new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return (string)JsonNode.Parse(text)!["data"]!["id"]!;
    }

    private static async Task<JsonNode> AnswerAsync(Customer customer)
    {
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        return call;
    }

    private static Task<JsonNode> DialAsync(Customer customer, string to, string? transport = null)
    {
        var body = new JsonObject { ["connection_id"] = customer.Application, ["to"] = to, ["from"] = customer.Number };
        if (transport is not null) body["sip_transport_protocol"] = transport;
        return customer.SendAsync(HttpMethod.Post, "calls", body);
    }
}
