using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop.Networks;

/// <summary>
/// baresip behind the kernel's NAT, registered by UDP: it is called after the router would have forgotten the way, hears and is heard, and
/// hears on when the router gives it other ports.
/// </summary>
public sealed class PhoneBehindNatTests
{
    private const int Tone = 1_000;
    private const string User = "behindnat", Password = "correct-horse-1";
    private static readonly TimeSpan Remembers = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Silence = LongRun.IsOn ? TimeSpan.FromMinutes(5) : Remembers * 1.25;

    [Fact, Depth("a minute of real silence; the simulator's phones behind a NAT are the gate's")]
    public async Task It_is_reached_when_the_router_would_have_forgotten_it_and_hears_on_when_its_ports_move()
    {
        using var world = NatWorld.Create(Remembers);
        await using var node = new RunningNode("--allow-targets", $"{world.Node}/30", "--nat-expires", "30") { Host = world.Node };
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await customer.SendAsync(HttpMethod.Patch, $"outbound_voice_profiles/{customer.Profile}",
            new() { ["name"] = "Profile", ["whitelisted_destinations"] = new JsonArray("US", "DE") });
        string connection = await ConnectionAsync(customer);
        string door = $"{world.Node}:{node.SipPort}";
        await using var phone = new Baresip(Tone, $"auth_user={User};auth_pass={Password};audio_codecs=pcmu;regint=3600;answermode=auto",
            address: $"sip:{User}@{door}", host: $"{world.Phone}", before: world.Before, lives: Silence + TimeSpan.FromSeconds(90));
        await phone.SaysAsync("[1 binding]");
        var first = await PlaceAsync(customer, connection);
        Assert.Equal($"{world.Router}", first.Host);

        // Nothing of this is longer than what the node sends to keep the way open.
        await Task.Delay(Silence, TestContext.Current.CancellationToken);
        var call = await customer.DialAsync($"sip:{User}@{door}");
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "transfer", new() { ["to"] = RunningNode.EchoNumber });
        await phone.HearsAsync(Tone);       // its own, there and back

        world.Move();
        await phone.HearsAsync(Tone);

        // Its next REGISTER comes from another port, and a call is sent there.
        await Eventually.SomeAsync(async () => (await PlaceAsync(customer, connection)).Port != first.Port ? "yes" : null,
            () => "the binding has moved", TimeSpan.FromSeconds(60));
        await customer.DialAsync($"sip:{User}@{door}");
        await customer.CountAsync("call.answered", 2);
        await phone.EndAsync();
    }

    private static async Task<string> ConnectionAsync(Customer customer) =>
        (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = User,
            ["user_name"] = User,
            ["password"] = Password,
            ["sip_uri_calling_preference"] = "internal",
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = customer.Profile },
        }))["id"]!;

    private static async Task<(string Host, int Port)> PlaceAsync(Customer customer, string connection)
    {
        var status = await customer.SendAsync(HttpMethod.Post, $"credential_connections/{connection}/actions/check_registration_status");
        return ((string)status["ip_address"]!, (int)status["port"]!);
    }
}
