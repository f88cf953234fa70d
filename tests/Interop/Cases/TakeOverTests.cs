using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>INVITE with Replaces (RFC 3891): SIPp, a phone of the account, takes over what rings or talks at another one.</summary>
public sealed class TakeOverTests(RunningNode node) : CallCase(node)
{
    private const string Password = "correct-horse-1";

    private readonly string _desk = $"desk{Guid.NewGuid():N}"[..16], _colleague = $"soft{Guid.NewGuid():N}"[..16];

    [Fact]
    public async Task A_call_that_rings_at_one_phone_is_picked_up_at_another()
    {
        var (caller, desk) = await CalledAsync();
        using var colleague = TakesOver(desk, _colleague, "uac-replaces", ";early-only");
        await desk.ReceivesAsync("CANCEL");
        await caller.ReachesAsync(200);
        await colleague.SucceedsAsync();        // it hangs up after a second and a half: until then nobody had
        await caller.ReceivesAsync("BYE");
        Assert.Equal([], desk.Received("BYE"));
    }

    [Fact]
    public async Task A_call_that_is_up_at_one_phone_goes_on_at_another()
    {
        var (caller, desk) = await CalledAsync();
        await desk.AcceptAsync();
        await caller.ReachesAsync(200);
        using var colleague = TakesOver(desk, _colleague, "uac-replaces");
        await desk.ReceivesAsync("BYE");
        Assert.Equal([], caller.Received("BYE"));
        await colleague.SucceedsAsync();
        await caller.ReceivesAsync("BYE");
    }

    [Fact]
    public async Task A_phone_of_another_account_gets_481_and_the_call_rings_on()
    {
        var (caller, desk) = await CalledAsync();
        var stranger = await StrangerAsync();
        string user = $"evil{Guid.NewGuid():N}"[..16];
        await ConnectionAsync(stranger, user);
        using var thief = TakesOver(desk, user, "uac-replaces-refused");
        await thief.SucceedsAsync();
        Assert.Equal([], desk.Received("CANCEL"));
        await desk.AcceptAsync();
        await caller.ReachesAsync(200);
        caller.Bye();
        await desk.ReceivesAsync("BYE");
    }

    /// <summary>Somebody calls the account's number, and the desk rings.</summary>
    private async Task<(PhoneCall Caller, PhoneCall Desk)> CalledAsync()
    {
        var customer = await CustomerAsync();
        string connection = await ConnectionAsync(customer, _desk);
        await ConnectionAsync(customer, _colleague);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        var phone = NewPhone();
        using var registration = Sipp.Run(Node, _desk, "uac-register", "-au", _desk, "-ap", Password, "-key", "contact",
            $"<sip:{_desk}@127.0.0.1:{phone.Port}>");
        await registration.SucceedsAsync();
        var caller = NewPhone().Call(customer.Number);
        var desk = await phone.RingsAsync();
        desk.Ring();
        await caller.ReachesAsync(180);
        return (caller, desk);
    }

    private Sipp TakesOver(PhoneCall call, string user, string scenario, string more = "") => Sipp.Run(Node, _desk, scenario,
        "-au", user, "-ap", Password, "-key", "caller", user, "-key", "replaces", call.Replaceable + more);

    private static async Task<string> ConnectionAsync(Customer customer, string user) =>
        (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = user,
            ["user_name"] = user,
            ["password"] = Password,
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = customer.Profile },
        }))["id"]!;
}
