using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// linphone as a customer's registered phone transfers whom it talks to, blind and with another of its calls, and nobody is hung up on;
/// baresip is another phone of the account.
/// </summary>
public sealed class TransferKeyTests(RunningNode node)
{
    private const int Low = 440, Middle = 700, High = 1_000;
    private const string Password = "correct-horse-1";

    private readonly string _desk = $"desk{Guid.NewGuid():N}"[..16], _other = $"soft{Guid.NewGuid():N}"[..16];

    [Fact]
    public async Task A_blind_transfer_connects_the_caller_to_another_phone()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var linphone = await DeskAsync(customer);
        await using var baresip = await OtherAsync(customer);
        await using var caller = new Interop.Phone(node, Low);
        caller.Call(customer.Number);
        await caller.HearsAsync(Middle);

        await linphone.TypeAsync($"transfer 1 sip:{_other}@127.0.0.1:{node.SipPort}");
        await HearEachOtherAsync(baresip, caller);
        await linphone.SaysAsync("ended");
    }

    [Fact, Depth("TransferKeyTests have a blind transfer; the gate has sound both ways, digits and holds")]
    public async Task An_attended_transfer_connects_the_caller_to_the_phone_that_was_asked_first()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var linphone = await DeskAsync(customer);
        await using var baresip = await OtherAsync(customer);
        await using var caller = new Interop.Phone(node, Low);
        caller.Call(customer.Number);
        await caller.HearsAsync(Middle);

        await linphone.TypeAsync("pause 1");
        await linphone.SaysAsync("paused");
        await linphone.TypeAsync($"call sip:{_other}@127.0.0.1:{node.SipPort}");
        await baresip.SaysAsync("Call established");
        await linphone.SaysAsync("for call 2 (audio)");
        Assert.False(caller.IsOver);
        await linphone.TypeAsync("transfer 1 --to-call 2");
        await HearEachOtherAsync(baresip, caller);
    }

    private async Task<Linphone> DeskAsync(Customer customer)
    {
        string connection = await ConnectionAsync(customer, _desk);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        return await Linphone.StartAsync(node, _desk, Password, Middle);
    }

    private async Task<Baresip> OtherAsync(Customer customer)
    {
        await ConnectionAsync(customer, _other);
        var baresip = new Baresip(High, $"auth_user={_other};auth_pass={Password};audio_codecs=pcmu;regint=120;answermode=auto",
            address: $"sip:{_other}@127.0.0.1:{node.SipPort}");
        await baresip.SaysAsync("[1 binding]");
        return baresip;
    }

    private async Task<string> ConnectionAsync(Customer customer, string user)
    {
        var made = await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = user,
            ["user_name"] = user,
            ["password"] = Password,
            ["sip_uri_calling_preference"] = "internal",
            ["outbound"] = new JsonObject
            {
                ["outbound_voice_profile_id"] = customer.Profile, ["ani_override"] = customer.Number, ["ani_override_type"] = "always"
            },
        });
        return (string)made["id"]!;
    }

    private static async Task HearEachOtherAsync(Baresip phone, Interop.Phone caller)
    {
        await caller.HearsAsync(High);
        await phone.HearsAsync(Low);
        Assert.False(caller.IsOver);
    }
}
