using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// A thief with an account dials the operator's carrier by SIP URI, in each way that a customer's text becomes a call:
/// the same rules and the same price hold as for the number, or nothing reaches the carrier.
/// </summary>
public sealed class TollFraudTests : IAsyncLifetime
{
    private const string Priced = "+12125550199", Dear = "+12125550777";

    private readonly RunningNode _node = new();
    private Phone _carrier = null!;      // made before each test
    private Customer _customer = null!;

    private string Host => $"127.0.0.1:{_carrier.Port}";

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _carrier = new(_node);
        _customer = await Customer.CreateAsync(_node, _node.NextNumber(), _ => new() { ["call_cost_in_webhooks"] = true });
    }

    public async ValueTask DisposeAsync()
    {
        _carrier.Dispose();
        await _customer.DisposeAsync();
        await _node.DisposeAsync();
    }

    /// <param name="isTyped">By the command that an operator types, which is a program that starts.</param>
    private async Task OpenForBusinessAsync(bool isTyped = false)
    {
        var desk = _node.Operator;
        var trunk = await desk.SendAsync(HttpMethod.Post, "trunks",
            new() { ["name"] = "carrier", ["host"] = "127.0.0.1", ["port"] = _carrier.Port });
        await desk.SendAsync(HttpMethod.Post, "routes", new() { ["trunk_id"] = (string)trunk["id"]!, ["prefix"] = "+1" });
        string prices = $"prefix,price,initial,increment\n{Priced},0.60,60,60\n{Dear},5.00,60,60\n";
        if (isTyped)
        {
            string rates = _node.PathOf("rates.csv");
            await File.WriteAllTextAsync(rates, prices, TestContext.Current.CancellationToken);
            await _node.RunAsync("rates", "import", rates);
        }
        else
        {
            var deck = await desk.SendAsync(HttpMethod.Post, "rate_decks", new() { ["name"] = "default", ["default"] = true });
            await desk.SendContentAsync(HttpMethod.Post, $"rate_decks/{deck["id"]}/rates",
                new StringContent(prices, Encoding.UTF8, "text/csv"));
        }
        await desk.SendAsync(HttpMethod.Post, $"accounts/{await desk.FindAccountAsync(null)}/balance/payments",
            new() { ["amount"] = "2.00", ["currency"] = "USD", ["note"] = "" });
    }

    private Task HeldAsync(string pending) => Eventually.SomeAsync(
        async () => (string?)(await _customer.GetAsync("balance")).Succeeds().Data["pending"] == pending ? pending : null,
        $"calls hold {pending}");

    [Fact]
    public async Task A_dial_to_the_carriers_host_is_a_call_to_that_number()
    {
        await OpenForBusinessAsync(isTyped: true);
        foreach (string user
                in (string[])["+19005551234", "19005551234", "%2B1900%35551234", "+1-900-555-1234;x=y", "9005551234;phone-context=+1"])
            (await _customer.TryAsync(HttpMethod.Post, "calls", _customer.DialBody($"sip:{user}@{Host}"))).Refuses(403, "10010");
        (await _customer.TryAsync(HttpMethod.Post, "calls", _customer.DialBody($"sip:+493012345678@{Host};transport=udp")))
            .Refuses(403, "10010"); // not in the profile's countries
        (await _customer.TryAsync(HttpMethod.Post, "calls", _customer.DialBody($"sip:alice@{Host}"))).Refuses(422, "10016");
        (await _customer.TryAsync(HttpMethod.Post, "calls", _customer.DialBody($"sip:{Dear}@{Host}"))).Refuses(403, "20100");
        // Also as the second of several, which then all stay silent.
        (await _customer.TryAsync(HttpMethod.Post, "calls",
            _customer.DialBody(Priced, new() { ["to"] = new JsonArray(Priced, $"sip:+19005551234@{Host}") }))).Refuses(403, "10010");
        Assert.Equal(0, _carrier.InviteCount);
        await HeldAsync("0.00");

        var call = await _customer.DialAsync($"sip:12125550199@{Host}");
        var ringing = await _carrier.RingsAsync();
        Assert.Contains($"sip:{Priced}@{Host}", ringing.Offer.RequestUri, StringComparison.Ordinal);
        await HeldAsync("0.60");
        await ringing.AcceptAsync();
        Assert.Equal(Priced, (string?)(await _customer.NextAsync("call.answered"))["to"]);
        await _customer.ActAsync(call, "hangup");
        Assert.Equal(0.6m, (decimal)(await _customer.NextAsync("call.cost"))["total_cost"]!);
        await HeldAsync("0.00");

        Assert.Contains($"a call to the number {Priced}", await _node.RunAsync("route", "explain", "--from", _customer.Number, "--to",
            $"sip:12125550199@{Host}"), StringComparison.Ordinal);
        Assert.Contains("premium_number", await _node.RunAsync("route", "explain", "--from", _customer.Number, "--to",
            $"sip:+19005551234@{Host}"), StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has a dial, a translated number and a 302 to that host, which ask the same gate")]
    public async Task A_transfer_to_the_carriers_host_is_a_transfer_to_that_number()
    {
        await OpenForBusinessAsync();
        using var caller = new Phone(_node);
        var phone = caller.Call(_customer.Number);
        var call = await _customer.NextAsync("call.initiated");
        await _customer.ActAsync(call, "answer");
        await phone.ReachesAsync(200);
        (await _customer.TryActAsync(call, "transfer", new() { ["to"] = $"sip:+19005551234@{Host}" })).Refuses(403, "10010");
        (await _customer.TryActAsync(call, "transfer", new() { ["to"] = $"sip:+493012345678@{Host}" })).Refuses(403, "10010");
        (await _customer.TryActAsync(call, "transfer", new() { ["to"] = $"sip:{Dear}@{Host}" })).Refuses(403, "20100");
        Assert.Equal(0, _carrier.InviteCount);
        await _customer.ActAsync(call, "transfer", new() { ["to"] = $"sip:{Priced}@{Host}" });
        var ringing = await _carrier.RingsAsync();
        Assert.Contains($"sip:{Priced}@{Host}", ringing.Offer.RequestUri, StringComparison.Ordinal);
        await HeldAsync("0.60");
        await ringing.RefuseAsync(486);
    }

    /// <summary>What a number is translated to, and what is held for the call, null where none is placed.</summary>
    public static TheoryData<(string Translated, string? Held)> Translations =>
        Depth.Rows<(string, string?)>([(Dear, null)], [(Priced, "0.60"), ("+19005551234", null), ("+493012345678", null), ("alice", null)]);

    [Theory, MemberData(nameof(Translations))]
    public async Task A_translated_number_at_the_carriers_host_is_a_call_to_that_number((string Translated, string? Held) row)
    {
        var (translated, held) = row;
        // The thief was there before the carrier.
        var pbx = await _customer.SendAsync(HttpMethod.Post, "ip_connections",
            new() { ["connection_name"] = "PBX", ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = _customer.Profile } });
        await _customer.SendAsync(HttpMethod.Post, "ips",
            new() { ["connection_id"] = (string)pbx["id"]!, ["ip_address"] = "127.0.0.1", ["port"] = _carrier.Port });
        await _customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(_customer.Number)}",
            new() { ["connection_id"] = (string)pbx["id"]! });
        await _customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(_customer.Number)}/voice",
            new() { ["translated_number"] = translated });
        await OpenForBusinessAsync();
        using var caller = new Phone(_node);
        var phone = caller.Call(_customer.Number);
        if (held is null)
        {
            await phone.ReachesAsync(translated == "alice" ? 404 : 403);
            Assert.Equal(0, _carrier.InviteCount);
        }
        else
        {
            Assert.Contains($"sip:{translated}@{Host}", (await _carrier.RingsAsync()).Offer.RequestUri, StringComparison.Ordinal);
            await HeldAsync(held);
            phone.Cancel();
            await phone.ReachesAsync(487);
        }
        await HeldAsync("0.00");
    }

    [Fact]
    public async Task A_contact_of_a_302_is_judged_held_for_and_paid_as_the_number_that_it_is()
    {
        await OpenForBusinessAsync();
        using var thief = new Phone(_node);
        foreach (string contact in (string[])[$"sip:+19005551234@{Host}", $"sip:+493012345678@{Host}", $"sip:{Dear}@{Host}",
            "tel:+19005551234", $"sip:alice@{Host}"])
        {
            await _customer.DialAsync(thief.Uri);
            await (await thief.RingsAsync()).RefuseAsync(302, $"Contact: <{contact}>");
        }
        await _customer.CountAsync("call.hangup", 5);
        Assert.Equal(0, _carrier.InviteCount);
        await HeldAsync("0.00");

        var call = await _customer.DialAsync(thief.Uri);
        await (await thief.RingsAsync()).RefuseAsync(302, $"Contact: <sip:12125550199@{Host}>");
        var ringing = await _carrier.RingsAsync();
        await HeldAsync("0.60");
        await ringing.AcceptAsync();
        await _customer.NextAsync("call.answered");
        await _customer.ActAsync(call, "hangup");
        await _customer.WebhookAsync(w => w.Type == "call.cost" && (decimal)w.Payload["total_cost"]! == 0.6m,
            "the cost of the number that was reached");
        await HeldAsync("0.00");
    }
}
