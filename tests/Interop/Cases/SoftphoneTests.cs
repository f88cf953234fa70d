using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// baresip as a customer's registered phone, by UDP: it is called and calls, holds and dials digits;
/// what both ends hear is measured by frequency and level.
/// </summary>
public sealed class SoftphoneTests(RunningNode node)
{
    private const int Low = 440, High = 1_000;
    /// <summary>The lab's echo.</summary>
    private const string Echo = "+15550080000";
    private const string Password = "correct-horse-1";

    private readonly string _user = $"soft{Guid.NewGuid():N}"[..16];

    [Fact]
    public async Task It_registers_and_the_API_knows_it()
    {
        await using var customer = await CustomerAsync();
        string connection = await ConnectionAsync(customer);
        await using var softphone = await RegisteredAsync();
        var status = await customer.SendAsync(HttpMethod.Post, $"credential_connections/{connection}/actions/check_registration_status");
        Assert.Equal(("Registered", _user, "127.0.0.1"),
            ((string?)status["status"], (string?)status["sip_username"], (string?)status["ip_address"]));
        Assert.StartsWith("baresip", (string?)status["user_agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_calls_out_and_hears_its_own_echo()
    {
        await using var customer = await CustomerAsync();
        await ConnectionAsync(customer);
        await using var softphone = Softphone("regint=0", Echo);
        await softphone.SaysAsync("Call established");
        await softphone.HearsAsync(High);
    }

    [Fact]
    public async Task Dialled_by_the_API_it_and_the_other_party_hear_each_other()
    {
        await using var customer = await CustomerAsync();
        await ConnectionAsync(customer);
        await using var callee = new Interop.Phone(node, Low);
        await using var softphone = await RegisteredAsync();
        var call = await customer.DialAsync($"sip:{_user}@127.0.0.1:{node.SipPort}");
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}" });
        await HearEachOtherAsync(softphone, callee);
    }

    [Fact]
    public async Task Called_by_its_connections_number_it_and_the_caller_hear_each_other()
    {
        await using var customer = await CustomerAsync();
        string connection = await ConnectionAsync(customer);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        await using var softphone = await RegisteredAsync();
        await using var caller = new Interop.Phone(node, Low);
        caller.Call(customer.Number);
        await HearEachOtherAsync(softphone, caller);
    }

    [Fact, Depth("TransferKeyTests have a blind transfer; the gate has sound both ways, digits and holds")]
    public async Task Its_transfer_key_connects_the_caller_to_somebody_else_and_nobody_is_hung_up_on()
    {
        await using var customer = await CustomerAsync();
        string connection = await ConnectionAsync(customer);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        await using var softphone = await RegisteredAsync(hears: false);
        await using var caller = new Interop.Phone(node, Low);
        caller.Call(customer.Number);
        await caller.HearsAsync(High);

        foreach (char key in $"/transfer sip:{Echo}@127.0.0.1:{node.SipPort}\n") await softphone.PressAsync(key);
        await caller.HearsAsync(Low);       // its own echo
        await softphone.SaysAsync("terminated");
        Assert.False(caller.IsOver);
        caller.Hangup();
    }

    [Fact]
    public async Task Held_by_it_the_other_party_hears_silence_until_it_resumes()
    {
        await using var customer = await CustomerAsync();
        await ConnectionAsync(customer);
        await using var callee = new Interop.Phone(node, Low);
        await using var softphone = Softphone("regint=0", customer.Number, hears: false);
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        await customer.ActAsync(call, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}" });
        await callee.HearsAsync(High);

        await softphone.PressAsync('x');
        await callee.HearsSilenceAsync();
        await softphone.PressAsync('X');
        await callee.HearsAsync(High);
    }

    [Fact]
    public async Task Digits_pressed_on_it_are_webhooks_and_digits_sent_to_it_arrive()
    {
        await using var customer = await CustomerAsync();
        await ConnectionAsync(customer);
        await using var softphone = Softphone("regint=0", customer.Number);
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        await softphone.SaysAsync("Call established");

        const string pressed = "17#";
        for (int i = 0; i < pressed.Length; i++)
        {
            await softphone.PressAsync(pressed[i]);
            Assert.Equal($"{pressed[i]}", (string?)(await customer.NextAsync("call.dtmf.received", i + 1))["digit"]);
        }

        await customer.ActAsync(call, "send_dtmf", new() { ["digits"] = "4*" });
        await softphone.SaysAsync("received event: '4' (end=1)");
        await softphone.SaysAsync("received event: '*' (end=1)");
        Assert.Equal(pressed.Length, customer.Types.Count(t => t == "call.dtmf.received"));
    }

    private Task<Customer> CustomerAsync() => Customer.CreateAsync(node, node.NextNumber());

    private async Task<string> ConnectionAsync(Customer customer)
    {
        string profile = (string)(await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles"))[0]!["id"]!;
        return (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = _user,
            ["user_name"] = _user,
            ["password"] = Password,
            ["sip_uri_calling_preference"] = "internal",
            ["outbound"] = new JsonObject
            {
                ["outbound_voice_profile_id"] = profile, ["ani_override"] = customer.Number, ["ani_override_type"] = "always"
            },
        }))["id"]!;
    }

    private async Task<Baresip> RegisteredAsync(bool hears = true)
    {
        var softphone = Softphone("regint=120;answermode=auto", hears: hears);
        await softphone.SaysAsync("[1 binding]");
        return softphone;
    }

    /// <param name="number">What it calls at once.</param>
    private Baresip Softphone(string account, string? number = null, bool hears = true)
    {
        string door = $"127.0.0.1:{node.SipPort}";
        return new(High, $"auth_user={_user};auth_pass={Password};audio_codecs=pcmu;{account}",
            number is null ? null : $"sip:{number}@{door}", $"sip:{_user}@{door}", hears: hears);
    }

    private static async Task HearEachOtherAsync(Baresip softphone, Interop.Phone other)
    {
        await other.HearsAsync(High);
        await softphone.HearsAsync(Low);
    }
}
