using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Phones register, call and are called; what they are comes from connections. Cases 54, 55 and 57.</summary>
public sealed class RegistrationTests(RunningNode node) : CallCase(node)
{
    private const string Password = "correct horse";

    private static string NewUser() => $"desk{Guid.NewGuid():N}"[..16];

    private static async Task<string> ConnectionAsync(Customer customer, string user, string? uriCalling = null)
    {
        string profile = (string)(await customer.SendAsync(HttpMethod.Get, "outbound_voice_profiles"))[0]!["id"]!;
        var body = new JsonObject
        {
            ["connection_name"] = $"Phone {user}",
            ["user_name"] = user, ["password"] = Password, ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
        };
        if (uriCalling is not null) body["sip_uri_calling_preference"] = uriCalling;
        return (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", body))["id"]!;
    }

    /// <summary>SIPp registers the bench's phone: its Contact says where that listens.</summary>
    private async Task<Phone> RegisterAsync(string user)
    {
        var phone = NewPhone();
        using var sipp = Sipp.Run(Node, user, "uac-register", "-au", user, "-ap", Password, "-key", "contact",
            $"<sip:{user}@127.0.0.1:{phone.Port}>");
        await sipp.SucceedsAsync();
        return phone;
    }

    [Fact] // case 54
    public async Task A_phone_registers_with_its_password_and_the_API_knows_it()
    {
        var customer = await CustomerAsync();
        string user = NewUser();
        string connection = await ConnectionAsync(customer, user);
        var before = await customer.SendAsync(HttpMethod.Post, $"credential_connections/{connection}/actions/check_registration_status");
        Assert.Equal("Not Registered", (string?)before["status"]);
        await RegisterAsync(user);
        var status = await customer.SendAsync(HttpMethod.Post, $"credential_connections/{connection}/actions/check_registration_status");
        Assert.Equal(("Registered", user, "127.0.0.1", "SIPp phone"),
            ((string?)status["status"], (string?)status["sip_username"], (string?)status["ip_address"], (string?)status["user_agent"]));
    }

    [Theory] // case 54, but for the two Contacts: RFC 3261 section 10.3 has them both
    [InlineData("uac-register-wrong", "not the password")]
    [InlineData("uac-register-two", Password)]
    public async Task A_wrong_password_is_refused_and_two_Contacts_are_bound(string scenario, string password)
    {
        var customer = await CustomerAsync();
        string user = NewUser();
        await ConnectionAsync(customer, user);
        using var sipp = Sipp.Run(Node, user, scenario, "-au", user, "-ap", password, "-key", "contact", $"<sip:{user}@127.0.0.1:5099>");
        await sipp.SucceedsAsync();
    }

    [Fact]
    public async Task A_registered_phone_calls_the_lab_with_its_password()
    {
        var customer = await CustomerAsync();
        string user = NewUser();
        await ConnectionAsync(customer, user);
        using var sipp = Sipp.Run(Node, "+15550010001", "uac-auth", "-au", user, "-ap", Password, "-key", "caller", user);
        await sipp.SucceedsAsync();
    }

    [Fact]
    public async Task A_call_to_the_connections_number_rings_the_registered_phone_and_both_hear_each_other()
    {
        var customer = await CustomerAsync();
        string user = NewUser();
        string connection = await ConnectionAsync(customer, user);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        var desk = await RegisterAsync(user);

        var caller = NewPhone().Call(customer.Number);
        var ringing = await desk.RingsAsync();
        Assert.Equal($"sip:{user}@127.0.0.1:{desk.Port}", ringing.Offer.RequestUri);
        ringing.Ring();
        await ringing.AcceptAsync();
        await caller.ReachesAsync(200);
        await caller.SpeaksToAsync(ringing);
        await ringing.SpeaksToAsync(caller);
        caller.Bye();
        await ringing.ReceivesAsync("BYE");
    }

    [Fact]
    public async Task A_number_whose_phone_is_nowhere_is_480_and_a_busy_phone_is_486()
    {
        var customer = await CustomerAsync();
        string user = NewUser();
        string connection = await ConnectionAsync(customer, user);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        await NewPhone().Call(customer.Number).ReachesAsync(480);
        var desk = await RegisterAsync(user);
        var caller = NewPhone().Call(customer.Number);
        await (await desk.RingsAsync()).RefuseAsync(486);
        await caller.ReachesAsync(486);
    }

    [Fact] // case 55, from the API's side
    public async Task The_API_reaches_a_registered_phone_by_its_name()
    {
        var customer = await CustomerAsync();
        string user = NewUser();
        await ConnectionAsync(customer, user, "internal");
        var desk = await RegisterAsync(user);
        await customer.DialAsync($"sip:{user}@127.0.0.1:{Node.SipPort}");
        await (await desk.RingsAsync()).AcceptAsync();
        await customer.NextAsync("call.answered");
    }

    [Fact] // case 55
    public async Task A_phone_that_takes_calls_of_its_account_rings_for_a_colleague_and_not_for_another_account()
    {
        var customer = await CustomerAsync();
        string desk = NewUser(), colleague = NewUser(), stranger = NewUser();
        string connection = await ConnectionAsync(customer, desk, "internal");
        await ConnectionAsync(customer, colleague);
        var other = await StrangerAsync();
        await ConnectionAsync(other, stranger);
        var phone = await RegisterAsync(desk);

        async Task ReachesAsync(string caller)
        {
            using var sipp = Sipp.Run(Node, desk, "uac-auth", "-au", caller, "-ap", Password, "-key", "caller", caller);
            var ringing = await phone.RingsAsync();
            ringing.Ring();
            await ringing.AcceptAsync();
            await sipp.SucceedsAsync();
            await ringing.ReceivesAsync("BYE");
        }

        await ReachesAsync(colleague);
        // Another account's user is nobody to him (404), as one that was never there.
        using (var refused = Sipp.Run(Node, desk, "uac-auth-unknown", "-au", stranger, "-ap", Password, "-key", "caller", stranger))
            await refused.SucceedsAsync();
        var dialled = await other.TryAsync(HttpMethod.Post, "calls", other.DialBody($"sip:{desk}@127.0.0.1:{Node.SipPort}"));
        Assert.True(dialled.Status is >= 400 and < 500, dialled.Text);
        Assert.Equal(1, phone.InviteCount);

        await customer.SendAsync(HttpMethod.Patch, $"credential_connections/{connection}",
            new() { ["sip_uri_calling_preference"] = "unrestricted" });
        await ReachesAsync(stranger);
    }

    [Theory] // case 57
    [InlineData(503, true)]
    [InlineData(486, false)]
    public async Task The_second_host_of_a_connection_is_tried_after_503_and_not_after_486(int status, bool isTried)
    {
        var customer = await CustomerAsync();
        Phone first = NewPhone(), second = NewPhone();
        string connection = (string)(await customer.SendAsync(HttpMethod.Post, "fqdn_connections",
            new() { ["connection_name"] = $"Hosts {Guid.NewGuid():N}" }))["id"]!;
        foreach (var phone in new[] { first, second })
            await customer.SendAsync(HttpMethod.Post, "fqdns",
                new() { ["connection_id"] = connection, ["fqdn"] = "localhost", ["dns_record_type"] = "a", ["port"] = phone.Port });
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });

        var caller = NewPhone().Call(customer.Number);
        await (await first.RingsAsync()).RefuseAsync(status);
        if (isTried)
        {
            await (await second.RingsAsync()).AcceptAsync();
            await caller.ReachesAsync(200);
            caller.Bye();
        }
        else
        {
            await caller.ReachesAsync(status);
            Assert.Equal(0, second.InviteCount);
        }
    }
}
