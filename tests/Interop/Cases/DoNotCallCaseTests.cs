using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>A number on a do-not-call list is reached by no way that a customer has, and by each again when it is off the list.</summary>
public sealed class DoNotCallCaseTests(RunningNode node) : CallCase(node)
{
    private const string Password = "correct horse";

    [Fact]
    public async Task A_number_on_the_list_is_dialled_by_no_API_no_transfer_no_document_and_no_phone_until_it_is_taken_off()
    {
        var (carrier, number) = await CarrierAsync();
        var customer = await CustomerAsync();
        string user = $"desk{Guid.NewGuid():N}"[..16];
        await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = user, ["user_name"] = user, ["password"] = Password,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = customer.Profile },
        });
        var (call, _) = await AnsweredAsync(customer);
        await Node.RunAsync("dnc", "add", number, "--tenant", "default", "--evidence", "asked for it on the telephone");

        var refused = await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody(number));
        refused.Refuses(403, "10010");
        Assert.Contains("do_not_call: The number is on the account's do-not-call list", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("telephone", refused.Text, StringComparison.Ordinal);
        (await customer.TryAsync(HttpMethod.Post, "calls", customer.DialBody($"sip:{number}@{carrier.Place}"))).Refuses(403, "10010");
        var transfer = await customer.TryActAsync(call, "transfer", new() { ["to"] = number });
        transfer.Refuses(403, "10010");
        Assert.Contains("do_not_call", transfer.Text, StringComparison.Ordinal);
        using (var phone = Sipp.Run(Node, number, "uac-auth-refused", "-au", user, "-ap", Password, "-key", "caller", user))
            await phone.SucceedsAsync();
        await using (var web = await DocumentServer.StartAsync())
        {
            var application = await customer.SendAsync(HttpMethod.Post, "texml_applications", new()
            {
                ["friendly_name"] = $"Documents {user}", ["voice_url"] = web.Serve("voice", $"<Dial action=\"done\">{number}</Dial>"),
                ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = customer.Profile },
            });
            web.Serve("done", "<Hangup/>");
            await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
                new() { ["connection_id"] = (string?)application["id"] });
            NewPhone().Call(customer.Number);
            Assert.Equal("failed", (await web.NextAsync("done"))["DialCallStatus"]);
        }
        Assert.Equal(0, carrier.InviteCount);

        // Somebody else's list is nobody's business: neither seen nor felt.
        var stranger = await StrangerAsync();
        await stranger.DialAsync(number);
        await (await carrier.RingsAsync()).AcceptAsync();

        await Node.RunAsync("dnc", "remove", number, "--tenant", "default", "--because", "it was another number");
        await customer.DialAsync(number);
        await (await carrier.RingsAsync()).AcceptAsync();
    }
}
