using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// The walls between accounts by what happens, not by what is shown: whoever is not meant gets no call, hears nothing of it and pays
/// nothing for it, and nobody else pays for his. One test for each way in which an account could try.
/// </summary>
[Collection(nameof(Neighbours))]
public sealed class EffectTests(Neighbours world)
{
    /// <summary>Of all tests here: what webhooks told of an earlier test's caller is still there.</summary>
    private static int _calls;

    private static string NewCaller() => $"+1312777{Interlocked.Increment(ref _calls):D4}";

    /// <summary>In the gate the first account beside its own child and beside a stranger.</summary>
    private IEnumerable<(Estate Asks, Estate Owner)> Pairs => world.Pairs.Take(Depth.Times(2, int.MaxValue));

    [Fact]
    public async Task A_trunks_calls_reach_the_numbers_owner_whoever_lists_the_trunks_address_and_with_whatever_prefix()
    {
        using var carrier = new Phone(world.Node, IPAddress.Parse("127.0.0.77"));
        await world.Node.Operator.SendAsync(HttpMethod.Post, "trunks",
            new() { ["name"] = "wanted", ["host"] = "127.0.0.77", ["port"] = carrier.Port });
        try
        {
            foreach (var (thief, victim) in Pairs)
            {
                List<string> made = [await ListAsync(thief, "127.0.0.77", carrier.Port),
                    await ListAsync(thief, "127.0.0.77", carrier.Port, prefix: victim.Customer.Number[1..5])];
                await IsCallOfAsync(victim, carrier, victim.Customer.Number, thief);
                string why = await world.Node.RunAsync("route", "explain", "--from", "+13127770000", "--to", victim.Customer.Number,
                    "--source", "127.0.0.77");
                Assert.Contains("trunk wanted", why, StringComparison.Ordinal);
                Assert.Contains("trunks_address", why, StringComparison.Ordinal);
                foreach (string connection in made) await thief.Customer.SendAsync(HttpMethod.Delete, $"ip_connections/{connection}");
            }
        }
        finally
        {
            await world.Node.RunAsync("trunk", "remove", "wanted");
        }
    }

    [Fact]
    public async Task Equipment_of_several_accounts_at_one_address_of_the_laptop_is_told_apart_by_its_port()
    {
        var address = IPAddress.Parse("127.0.0.78");
        foreach (var (thief, victim) in Pairs)
        {
            using Phone first = new(world.Node, address), second = new(world.Node, address);
            string theirs = await ListAsync(thief, "127.0.0.78", second.Port, prefix: "1312"),
                theirsToo = await ListAsync(thief, "127.0.0.78", second.Port), own = await ListAsync(victim, "127.0.0.78", first.Port);
            // To numbers that begin with the other's prefix, and that do not begin with the own one.
            await IsCallOfAsync(victim, first, "13125550177", thief);
            await IsCallOfAsync(thief, second, "12125550177", victim);
            foreach (string connection in new[] { theirs, theirsToo })
                await thief.Customer.SendAsync(HttpMethod.Delete, $"ip_connections/{connection}");
            await victim.Customer.SendAsync(HttpMethod.Delete, $"ip_connections/{own}");
        }
    }

    [Fact]
    public async Task Nobody_hears_or_speaks_into_anothers_call_through_the_nodes_own_ports()
    {
        using Phone victims = new(world.Node), thiefs = new(world.Node);
        foreach (var (thief, victim) in Pairs)
        {
            var (heard, _) = await AnsweredAsync(victim, victims);
            var port = heard.Audio.Peer!;       // answered
            heard.Audio.IsMute = true;
            int heardBefore = victim.Customer.Sink.Taken.Count(w => w.Type == "call.dtmf.received");

            var (own, begun) = await AnsweredAsync(thief, thiefs);
            foreach (string target in new[] { $"udp:{port}", $"udp:127.0.0.1:{port.Port + 1}", $"udp:[::ffff:127.0.0.1]:{port.Port}",
                $"udp:127.0.0.1:{world.Node.SipPort}", $"udp:127.0.0.1:{world.Node.Api.Port}", $"udp:{own.Audio.Peer}" })
            {
                foreach (string track in new[] { "rx", "tx", "target" })
                {
                    var fork = await thief.Customer.TryActAsync(begun, "fork_start", new() { [track] = target });
                    Assert.True(fork.Status == 422, $"{track} {target}: {fork.Status} {fork.Text}");
                }
            }
            var dialled = await thief.Customer.TryAsync(HttpMethod.Post, "calls", thief.Customer.DialBody($"sip:ear@{port}"));
            Assert.True(dialled.Status is 403 or 422, $"{dialled.Status} {dialled.Text}");
            own.Bye();

            // By descriptions: its sound, its reports, and both.
            foreach (Action<PhoneAudio> names in new Action<PhoneAudio>[]
            {
                audio => audio.Named = port.Port,
                audio => audio.More = $"a=rtcp:{port.Port + 1} IN IP4 127.0.0.1",
                audio => (audio.Named, audio.IsMute) = (port.Port, true),
            })
            {
                var (call, control) = await AnsweredAsync(thief, thiefs, names);
                // In the silence of the other's phone, when somebody else on its host might be taken for it.
                await Task.Delay(1_200, TestContext.Current.CancellationToken);
                await thief.Customer.ActAsync(control, "send_dtmf", new() { ["digits"] = "1234" });
                await Task.Delay(1_200, TestContext.Current.CancellationToken);
                call.Bye();
            }
            Assert.Equal(heardBefore, victim.Customer.Sink.Taken.Count(w => w.Type == "call.dtmf.received"));

            // The call still is the phone's own.
            heard.Audio.IsMute = false;
            heard.Audio.Press("7");
            await Eventually.TrueAsync(() => victim.Customer.Sink.Taken.Count(w => w.Type == "call.dtmf.received") > heardBefore,
                "the phone's own key");
            heard.Bye();
        }
    }

    /// <summary>A call to the account's number that it has answered.</summary>
    private static async Task<(PhoneCall Call, JsonNode Begun)> AnsweredAsync(Estate owner, Phone phone,
        Action<PhoneAudio>? change = null)
    {
        string caller = NewCaller();
        var call = phone.Call(owner.Customer.Number, caller, name: caller, change: change);
        var begun = (await owner.Customer.WebhookAsync(w => w.Type == "call.initiated"
            && (string?)w.Payload["from"] == caller, $"the call of {caller} at {owner.Name}")).Payload;
        await owner.Customer.ActAsync(begun, "answer");
        await call.ReachesAsync(200);
        await owner.Customer.WebhookAsync(w => w.Type == "call.answered" && (string?)w.Payload["from"] == caller,
            $"the answer to {caller} at {owner.Name}");
        await Eventually.TrueAsync(() => call.Audio.Peer is not null, "the node's port");
        return (call, begun);
    }

    /// <summary>An IP connection whose calls wait for its account's commands: whoever has it gets the call.</summary>
    private static async Task<string> ListAsync(Estate estate, string address, int port, string? prefix = null)
    {
        var outbound = new JsonObject { ["call_parking_enabled"] = true, ["outbound_voice_profile_id"] = estate.Customer.Profile };
        if (prefix is not null) outbound["tech_prefix"] = prefix;
        string connection = (string)(await estate.Customer.SendAsync(HttpMethod.Post, "ip_connections", new()
        {
            ["connection_name"] = $"Ears {Guid.NewGuid():N}",
            ["webhook_api_version"] = "2", ["webhook_event_url"] = estate.Customer.Sink.Root + "hooks", ["outbound"] = outbound,
        }))["id"]!;
        await estate.Customer.SendAsync(HttpMethod.Post, "ips",
            new() { ["ip_address"] = address, ["port"] = port, ["connection_id"] = connection });
        return connection;
    }

    /// <summary>Places a call: it is the owner's, it is his alone, and nothing of it reaches the other.</summary>
    private async Task IsCallOfAsync(Estate owner, Phone phone, string number, Estate other)
    {
        string caller = NewCaller();
        var ringing = phone.Call(number, caller, name: caller);
        var begun = (await owner.Customer.WebhookAsync(w => w.Type == "call.initiated"
            && (string?)w.Payload["from"] == caller, $"the call of {caller} at {owner.Name}")).Payload;
        await owner.Customer.ActAsync(begun, "answer");
        await ringing.ReachesAsync(200);
        ringing.Bye();
        await owner.Customer.WebhookAsync(w => w.Type == "call.hangup" && (string?)w.Payload["from"] == caller,
            $"the end of the call of {caller} at {owner.Name}");

        Assert.DoesNotContain(other.Customer.Sink.Taken, w => w.Body.ToJsonString().Contains(caller, StringComparison.Ordinal));
        using var http = new HttpClient();
        string trace = await http.GetStringAsync(new Uri(world.Node.Admin,
            $"operator/v1/calls/{Uri.EscapeDataString((string)begun["call_control_id"]!)}/trace"), TestContext.Current.CancellationToken);
        var data = JsonNode.Parse(trace)!["data"]!;
        Assert.Equal(owner.Name, (string?)data["account"]!["name"]);
        Assert.Single(data["legs"]!.AsArray());
    }
}
