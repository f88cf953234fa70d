using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Edge.Campaigns.Carriers;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// kill -9 while as many texts are with a centre as its window holds, and none of them is answered. What was on the wire never goes again,
/// what was not goes once, and what the centre says of them later is the one end of each.
/// </summary>
public sealed class KilledTextsTests
{
    private const int Window = 20;
    private const decimal Price = 0.01m;
    private static readonly int Kills = LongRun.Times(Depth.Times(gate: 1, all: 5), 20);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Failure("process-killed")]
    [Fact]
    public async Task No_text_is_submitted_twice_and_each_comes_to_one_end()
    {
        await using var centre = new Centre();
        bool isSilent = false;
        var unanswered = new ConcurrentQueue<SmppMessage>();
        centre.OnSubmit = async submission =>
        {
            if (Volatile.Read(ref isSilent)) unanswered.Enqueue(submission.Message);
            else await submission.AnswerAsync(SmppStatus.Ok, IdOf(submission.Message));
        };
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        await using var customer = await TexterAsync(node, centre);
        var deck = await node.Operator.SendAsync(HttpMethod.Post, "rate_decks", new() { ["name"] = "texts", ["default"] = true });
        await node.Operator.SendContentAsync(HttpMethod.Post, $"rate_decks/{deck["id"]}/rates",
            new StringContent("sms:+49,0.01,1,1\n", Encoding.UTF8, "text/csv"));
        decimal before = await BalanceAsync(customer);

        var ids = new Dictionary<string, string>(StringComparer.Ordinal);       // by recipient
        for (int kill = 1; kill <= Kills; kill++)
        {
            Volatile.Write(ref isSilent, true);
            for (int nth = 0; nth < 2 * Window; nth++)
            {
                string to = $"+4915112{ids.Count:D6}";
                ids[to] = (string)(await customer.SendAsync(HttpMethod.Post, "messages",
                    new() { ["from"] = customer.Number, ["to"] = to, ["text"] = "Are you there?" }))["id"]!;
            }
            int full = kill * Window;
            await Eventually.TrueAsync(() => unanswered.Count >= full, () => $"the window is full: {unanswered.Count}", Patience);
            await node.KillAsync();
            Assert.Equal(full, unanswered.Count);
            Volatile.Write(ref isSilent, false);
            await node.StartAgainAsync();
            await Eventually.TrueAsync(() => centre.Submitted.Count >= ids.Count,
                () => $"all are there: {centre.Submitted.Count} of {ids.Count}", Patience);
        }
        foreach (var taken in centre.Submitted) Assert.Equal(SmppStatus.Ok, await centre.BringAsync(ReceiptOf(taken)));

        foreach (string id in ids.Values)
            await Eventually.SomeAsync(async () => (await customer.GetAsync($"messages/{id}")).Data is var message
                && (string?)message["to"]![0]!["status"] == "delivered" ? message : null, $"{id} is delivered", Patience);
        Assert.All(centre.Submitted.GroupBy(one => one.To.Party), one => Assert.Single(one));
        Assert.Equal(ids.Keys.Order(StringComparer.Ordinal), centre.Submitted.Select(one => one.To.Party).Order(StringComparer.Ordinal));
        await customer.CountAsync("message.finalized", ids.Count);
        Assert.Equal(ids.Values.Order(StringComparer.Ordinal),
            customer.Payloads("message.finalized").Select(payload => (string)payload["id"]!).Order(StringComparer.Ordinal));
        // Each was paid once.
        Assert.Equal(before - Price * ids.Count, await BalanceAsync(customer));
    }

    /// <summary>The node dies while a centre brings it a text: one that it had not answered for comes again, and is there once.</summary>
    [Depth("the gate kills a node whose window is full, and in Edge a text that is brought again after a break is one")]
    [Failure("process-killed")]
    [Fact]
    public async Task What_a_centre_brings_again_after_a_kill_is_there_once()
    {
        await using var centre = new Centre();
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        await using var customer = await TexterAsync(node, centre);
        await BoundAsync(1);
        for (int kill = 1; kill <= Kills; kill++)
        {
            var text = Of($"text {kill}");
            var brought = centre.BringAsync(text);
            _ = brought.ContinueWith(late => late.Exception, TaskScheduler.Default);     // its answer may never come
            // Another moment each time: before the text is read, while it is written, when its answer is under way.
            await Task.Delay(5 * (kill - 1), TestContext.Current.CancellationToken);
            await node.KillAsync();
            bool isAnswered = brought.IsCompletedSuccessfully;
            await node.StartAgainAsync();
            await BoundAsync(kill + 1);
            if (!isAnswered) Assert.Equal(SmppStatus.Ok, await centre.BringAsync(text));
        }
        Assert.Equal(SmppStatus.Ok, await centre.BringAsync(Of("the last one")));
        await customer.WebhookAsync(hook => hook.Type == "message.received" && (string?)hook.Payload["text"] == "the last one",
            "the last one");
        // Webhooks of different texts keep no order.
        await customer.CountAsync("message.received", Kills + 1);
        Assert.Equal([.. Enumerable.Range(1, Kills).Select(kill => $"text {kill}"), "the last one"],
            customer.Payloads("message.received").Select(payload => (string)payload["text"]!).Order(StringComparer.Ordinal)
                .OrderBy(text => text.Length));

        Task BoundAsync(int binds) => Eventually.TrueAsync(() => centre.Binds >= binds, () => $"bound {centre.Binds} times", Patience);

        SmppMessage Of(string words) => new()
        {
            From = SmppAddress.Of("+4915112000001"), To = SmppAddress.Of(customer.Number), Text = Encoding.ASCII.GetBytes(words),
        };
    }

    /// <summary>An account whose number texts by the centre.</summary>
    private static async Task<Customer> TexterAsync(RunningNode node, Centre centre)
    {
        var customer = await Customer.CreateAsync(node, node.NextNumber());
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
        return customer;
    }

    private static async Task<decimal> BalanceAsync(Customer who) =>
        decimal.Parse((string)(await who.GetAsync("balance")).Data["balance"]!, CultureInfo.InvariantCulture);

    private static string IdOf(SmppMessage taken) => "t" + taken.To.Text;

    /// <summary>That it has arrived; with the id that was, or would have been, its answer, and what was sent with it.</summary>
    private static SmppMessage ReceiptOf(SmppMessage taken) =>
        Centre.ReceiptOf(taken, IdOf(taken)) with { Tlvs = [taken.Find(SmppTlv.UserMessageReference)!.Value] };
}
