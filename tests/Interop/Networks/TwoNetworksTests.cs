using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop.Networks;

/// <summary>
/// A phone of a LAN and a carrier who see nothing of each other talk through a node that is on both networks: baresip on either side, each
/// says one tone and hears the other's, whoever calls.
/// </summary>
public sealed class TwoNetworksTests
{
    private const int PhoneTone = 1_000, CarrierTone = 600;
    private const string User = "onthelan", Password = "correct-horse-1", Outside = "+15559990001";

    /// <summary>In the gate the carrier has IPv6 and the phone IPv4.</summary>
    public static TheoryData<bool> Carriers => Depth.Rows(gate: [true], deep: [false]);

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_phone_of_the_LAN_and_a_carrier_of_another_network_call_each_other_and_hear(bool isVersion6)
    {
        using var world = TwoNetworks.Create(isVersion6);
        int port = FreePort.Udp();
        var door = new IPEndPoint(world.OnFar, port);
        await using var node = new RunningNode("--allow-targets", $"{world.OnLan}/30", "--sip", $"{door}") { Host = world.OnLan };
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string connection = await ConnectionAsync(customer);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });

        string place = isVersion6 ? $"[{world.Carrier}]" : $"{world.Carrier}";
        string own = $"{world.OnLan}:{node.SipPort}";
        await using var phone = new Baresip(PhoneTone,
            $"auth_user={User};auth_pass={Password};audio_codecs=pcmu;regint=3600;answermode=auto", address: $"sip:{User}@{own}",
            host: $"{world.Phone}", before: world.BeforePhone);
        phone.Beside = () => node.Output;
        await phone.SaysAsync("[1 binding]");
        await using (var carrier = new Baresip(CarrierTone, "regint=0;audio_codecs=pcmu;answermode=auto", address: $"sip:{Outside}@{place}",
            host: place, before: world.BeforeCarrier))
        {
            phone.Beside = () => $"the node:\n{node.Output}\nthe carrier:\n{carrier.Log}";
            await carrier.SaysAsync("baresip is ready");
            await AddTrunkAsync(node, world.Carrier, carrier.Port);
            await phone.ReachAsync($"sip:{Outside}@{own}");
            await HearEachOtherAsync(phone, 1, carrier);
            await carrier.EndAsync();
        }

        await using var caller = new Baresip(CarrierTone, "regint=0;audio_codecs=pcmu", address: $"sip:{Outside}@{place}", host: place,
            before: world.BeforeCarrier);
        caller.Beside = phone.Beside = () => node.Output;
        await caller.SaysAsync("baresip is ready");
        await caller.ReachAsync($"sip:{customer.Number}@{door}");
        await HearEachOtherAsync(phone, 2, caller);
    }

    /// <param name="nth">Which of the phone's calls it is.</param>
    private static async Task HearEachOtherAsync(Baresip phone, int nth, Baresip carrier)
    {
        await phone.SaysAsync("Call established", nth);
        await carrier.SaysAsync("Call established");
        await Task.WhenAll(phone.HearsAsync(CarrierTone), carrier.HearsAsync(PhoneTone));
    }

    private static async Task<string> ConnectionAsync(Customer customer)
    {
        await customer.SendAsync(HttpMethod.Patch, $"outbound_voice_profiles/{customer.Profile}",
            new() { ["name"] = "Profile", ["whitelisted_destinations"] = new JsonArray("US", "DE") });
        return (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = User,
            ["user_name"] = User,
            ["password"] = Password,
            ["outbound"] = new JsonObject
            {
                ["outbound_voice_profile_id"] = customer.Profile, ["ani_override"] = customer.Number, ["ani_override_type"] = "always"
            },
        }))["id"]!;
    }

    private static async Task AddTrunkAsync(RunningNode node, IPAddress carrier, int port)
    {
        string trunk = (string)(await OperateAsync(node, "trunks", new()
        {
            ["name"] = "far", ["host"] = $"{carrier}", ["port"] = port, ["probe_seconds"] = 0, ["sources"] = new JsonArray($"{carrier}"),
        }))["id"]!;
        await OperateAsync(node, "routes", new() { ["trunk_id"] = trunk, ["prefix"] = "+1555999" });
    }

    private static async Task<JsonNode> OperateAsync(RunningNode node, string path, JsonObject body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(node.Admin, "operator/v1/" + path), content, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
