using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

[Depth("TollFraudTests charge calls, and MoneyTests in Edge keep money on both databases, behind a kill too")]
public sealed class ACallChargedOnSqlite : ChargedCallTests
{
    private protected override Task<RunningNode> NodeAsync() => Task.FromResult(new RunningNode());
}

[Depth("the gate charges calls on SQLite, and keeps money on PostgreSQL in Edge")]
public sealed class ACallChargedOnPostgres : ChargedCallTests
{
    private protected override async Task<RunningNode> NodeAsync() =>
        new("--database", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
}

/// <summary>Prices, balances and charges as the operator's commands, the customer's API, its webhooks and its carrier see them.</summary>
public abstract class ChargedCallTests
{
    private const string Destination = "+12125550199";

    private protected abstract Task<RunningNode> NodeAsync();

    [Failure("process-killed")]
    [Fact]
    public async Task Calls_are_held_charged_and_told_once_also_when_the_process_dies_under_one()
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        using var phone = new Phone(node);
        await node.RunAsync("trunk", "add", "carrier", $"127.0.0.1:{phone.Port}", "--prefix", "+1212555");
        string rates = node.PathOf("rates.csv");
        await File.WriteAllTextAsync(rates, "prefix,price,initial,increment\n+1,0.10,60,60\n+1212555,0.60,60,6\n",
            TestContext.Current.CancellationToken);
        Assert.Contains("2 prices imported", await node.RunAsync("rates", "import", rates), StringComparison.Ordinal);
        Assert.Contains("0.60 USD a minute", await node.RunAsync("rates", "show", Destination), StringComparison.Ordinal);
        string account = (string)(JsonNode.Parse(await node.RunAsync("balance", "show", "--json"))![0]!["name"]!);
        Assert.Contains("2.00 USD", await node.RunAsync("balance", "add", account, "2.00", "USD"), StringComparison.Ordinal);

        await using var customer = await Customer.CreateAsync(node, node.NextNumber(), _ => new() { ["call_cost_in_webhooks"] = true });
        await BalanceAsync(customer, "2.00", pending: "0.00");

        // A call that is answered: held while it lives, charged when it ends.
        var first = await customer.DialAsync(Destination);
        var ringing = await phone.RingsAsync();
        await BalanceAsync(customer, "2.00", pending: "0.60");
        await ringing.AcceptAsync();
        await customer.NextAsync("call.answered");
        await customer.ActAsync(first, "hangup");
        await ringing.ReceivesAsync("BYE");
        await customer.NextAsync("call.hangup");
        var cost = await customer.NextAsync("call.cost");
        Assert.Equal((60, 0.6m, (string?)first["call_leg_id"]),
            ((int)cost["billed_duration_secs"]!, (decimal)cost["total_cost"]!, (string?)cost["call_leg_id"]));
        Assert.Equal((0.6m, "USD", "call-control"), ((decimal)cost["cost_parts"]![0]!["rate"]!,
            (string?)cost["cost_parts"]![0]!["currency"], (string?)cost["cost_parts"]![0]!["call_part"]));
        await BalanceAsync(customer, "1.40", pending: "0.00");

        // One that is refused costs nothing, and is told so.
        await customer.DialAsync(Destination);
        await (await phone.RingsAsync()).RefuseAsync(486);
        Assert.Equal((0, 0m),
            ((int)(cost = await customer.NextAsync("call.cost", 2))["billed_duration_secs"]!, (decimal)cost["total_cost"]!));
        await BalanceAsync(customer, "1.40", pending: "0.00");

        // One under which the process dies is charged by the next start, once; the same money cannot be spent twice before and behind it.
        await customer.DialAsync(Destination);
        var third = await phone.RingsAsync();
        await third.AcceptAsync();
        await customer.CountAsync("call.answered", 2);
        // Longer than a node may be without a sign of life: a call is billed up to the last one.
        await Task.Delay(TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
        await customer.DialAsync(Destination);
        await phone.RingsAsync();
        int invites = phone.InviteCount;
        (await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody(Destination))).Refuses(403, "20100");
        await node.CrashAsync();
        await third.ReceivesAsync("BYE");
        await customer.WebhookAsync(w => w.Type == "call.cost" && (decimal)w.Payload["total_cost"]! > 0, "the third call's cost", 2);
        await node.CrashAsync();
        await BalanceAsync(customer, "0.80", pending: "0.00", least: 0.5m);
        await Eventually.TrueAsync(() => customer.Sink.Taken.Where(w => w.Type == "call.cost").DistinctBy(w => w.Id).Count() == 4,
            "each of four calls is told once");
        Assert.Equal(invites, phone.InviteCount);

        // What is left does not pay for another one, until there is more.
        await node.RunAsync("balance", "add", account, "-0.75", "USD");
        (await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody(Destination))).Refuses(403, "20100");
        Assert.Equal(invites, phone.InviteCount);
        await node.RunAsync("balance", "credit-limit", account, "5.00", "USD");
        var last = await customer.DialAsync(Destination);
        await customer.ActAsync(last, "hangup");
    }

    /// <summary>
    /// One call a second for more than half a minute, each of which would go on for ever, and money that comes now and then.
    /// </summary>
    [Fact, Depth("AccountWatchTests and MoneyGateTests in Edge end what costs too much; the gate charges calls here")]
    public async Task Calls_that_go_on_end_before_the_balance_is_below_nothing_and_an_account_that_is_stopped_has_none()
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        using var phone = new Phone(node);
        await node.RunAsync("trunk", "add", "carrier", $"127.0.0.1:{phone.Port}", "--prefix", "+1212555");
        string rates = node.PathOf("rates.csv");
        await File.WriteAllTextAsync(rates, "prefix,price,initial,increment\n+1212,6.00,1,1\n", TestContext.Current.CancellationToken);
        await node.RunAsync("rates", "import", rates);
        string account = (string)(JsonNode.Parse(await node.RunAsync("balance", "show", "--json"))![0]!["name"]!);
        await node.RunAsync("balance", "add", account, "2.00", "USD");
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());

        // Nobody has priced it.
        var unpriced = await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody("+13125550142"));
        unpriced.Refuses(403, "10010");
        Assert.Contains("no_price", unpriced.Text, StringComparison.Ordinal);
        Assert.Contains("ringwright rates import", unpriced.Text, StringComparison.Ordinal);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var answering = AnswerAllAsync(phone, stop.Token);
        int dialled = 0;
        decimal least = decimal.MaxValue;
        for (int second = 0; second < 35; second++)
        {
            if ((await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody(Destination))).Status is >= 200 and < 300) dialled++;
            if (second is 15) await node.RunAsync("balance", "add", account, "1.00", "USD");
            least = Math.Min(least, await HasAsync(customer));
            await Task.Delay(1_000, TestContext.Current.CancellationToken);
        }
        Assert.InRange(dialled, 3, 30);
        await Eventually.TrueAsync(() => Ended(customer).Count() == dialled, $"all {dialled} calls end");
        least = Math.Min(least, await HasAsync(customer));
        Assert.True(least > -0.10m, $"the balance was {least}");
        foreach (var ended in Ended(customer)) Assert.Equal("unspecified", (string?)ended.Payload["hangup_cause"]);
        using (var http = new HttpClient())
        {
            string trace = await http.GetStringAsync(new Uri(node.Admin,
                $"operator/v1/calls/{Uri.EscapeDataString((string)Ended(customer).First().Payload["call_control_id"]!)}/trace"),
                TestContext.Current.CancellationToken);
            Assert.Contains("insufficient_funds", trace, StringComparison.Ordinal);
        }

        await node.RunAsync("balance", "add", account, "100.00", "USD");
        for (int n = 0; n < 3; n++) await customer.DialAsync(Destination);
        await Eventually.TrueAsync(() => Answered(customer) == dialled + 3, "three more are answered");
        Assert.Contains("3 calls ended", await node.RunAsync("account", "stop", account), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Ended(customer).Count() == dialled + 3, "the account's calls end");
        await stop.CancelAsync();
        await answering;
    }

    private static IEnumerable<Webhook> Ended(Customer customer) =>
        customer.Sink.Taken.Where(w => w is { Type: "call.hangup" }).DistinctBy(w => w.Id);

    private static int Answered(Customer customer) =>
        customer.Sink.Taken.Where(w => w is { Type: "call.answered" }).DistinctBy(w => w.Id).Count();

    private static async Task<decimal> HasAsync(Customer customer) =>
        decimal.Parse((string)(await customer.GetAsync("balance")).Succeeds().Data["balance"]!, CultureInfo.InvariantCulture);

    private static async Task AnswerAllAsync(Phone phone, CancellationToken stop)
    {
        var taken = new HashSet<string>();
        while (!stop.IsCancellationRequested)
        {
            foreach (var call in phone.Calls)
                if (taken.Add(call.CallId)) call.Accept();
            await Task.Delay(50, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <param name="least">What the balance may be at least, when a slow machine may have billed a step more;
    /// else it is exactly as said.</param>
    private static async Task BalanceAsync(Customer customer, string balance, string pending, decimal? least = null)
    {
        var shown = (await customer.GetAsync("balance")).Succeeds().Data;
        Assert.Equal(("balance", "USD", pending), ((string?)shown["record_type"], (string?)shown["currency"], (string?)shown["pending"]));
        decimal has = Read("balance");
        if (least is { } floor) Assert.InRange(has, floor, decimal.Parse(balance, CultureInfo.InvariantCulture));
        else Assert.Equal(balance, (string?)shown["balance"]);
        Assert.Equal(Read("available_credit"), has - Read("pending") + Read("credit_limit"));

        decimal Read(string field) => decimal.Parse((string)shown[field]!, CultureInfo.InvariantCulture);
    }
}
