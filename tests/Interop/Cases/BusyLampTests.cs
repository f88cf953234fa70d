using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Phones of others watch: SIPp takes a colleague's call by what its lamp was told, baresip hears of messages.</summary>
[Collection(BusyLampTests.Lamps)]
public sealed class BusyLampTests(RunningNode node) : CallCase(node)
{
    /// <summary>Classes whose phones subscribe: subscriptions are counted.</summary>
    internal const string Lamps = "lamps";

    private const string Password = "correct-horse-1";

    private readonly string _colleague = $"desk{Guid.NewGuid():N}"[..16], _watcher = $"lamp{Guid.NewGuid():N}"[..16];

    private static async Task<string> PhoneAsync(Customer customer, string user) =>
        (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections",
            new() { ["connection_name"] = user, ["user_name"] = user, ["password"] = Password }))["id"]!;

    [Fact]
    public async Task A_call_that_rings_at_a_colleague_is_taken_by_what_the_lamp_was_told()
    {
        var customer = await CustomerAsync();
        await PhoneAsync(customer, _watcher);
        string connection = await PhoneAsync(customer, _colleague);
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = connection });
        var desk = NewPhone();
        using (var registers = Sipp.Run(Node, _colleague, "uac-register", "-au", _colleague, "-ap", Password, "-key", "contact",
            $"<sip:{_colleague}@127.0.0.1:{desk.Port}>"))
            await registers.SucceedsAsync();

        // Softphones of tests before that were killed still have theirs, and lose them some time.
        double before = await Node.MetricAsync("ringwright_subscriptions_active");
        using var lamp = Sipp.Run(Node, _watcher, "uac-busy-lamp", "-au", _watcher, "-ap", Password, "-key", "colleague", _colleague,
            "-aa");
        await lamp.HasSaidAsync(200);
        var caller = NewPhone().Call(customer.Number);
        var ringing = await desk.RingsAsync();
        ringing.Ring();
        await ringing.ReceivesAsync("CANCEL");
        await caller.ReachesAsync(200);
        await caller.ReceivesAsync("BYE");
        await lamp.SucceedsAsync();
        await Eventually.SomeAsync(async () => await Node.MetricAsync("ringwright_subscriptions_active") <= before ? "so" : null,
            "the lamp's subscription is over");
    }

    [Fact]
    public async Task Of_another_accounts_phones_nobody_learns_anything()
    {
        var customer = await CustomerAsync();
        await PhoneAsync(customer, _watcher);
        await PhoneAsync(await StrangerAsync(), _colleague);
        foreach (string whom in new[] { _colleague, "nobody" })
        {
            using var spy = Sipp.Run(Node, _watcher, "uac-busy-lamp-refused", "-au", _watcher, "-ap", Password, "-key", "colleague", whom);
            await spy.SucceedsAsync();
        }
    }

    [Fact]
    public async Task Baresip_hears_of_messages_that_wait()
    {
        var customer = await CustomerAsync();
        await PhoneAsync(customer, _watcher);
        string door = $"127.0.0.1:{Node.SipPort}";
        await using var softphone = new Baresip(440, $"auth_user={_watcher};auth_pass={Password};audio_codecs=pcmu;regint=120;mwi=yes",
            address: $"sip:{_watcher}@{door}", modules: ["mwi.so"]);
        await softphone.RegisterAsync();
        await softphone.SaysAsync("Messages-Waiting: no");
        var said = JsonNode.Parse(await Node.RunAsync("phone", "messages", _watcher, "--new", "2", "--old", "5", "--json"))!;
        Assert.Equal((2, 5), ((int)said["new"]!, (int)said["old"]!));
        await softphone.SaysAsync("Messages-Waiting: yes");
        await softphone.SaysAsync("Voice-Message: 2/5");
        // When it ends its subscription itself, it sometimes waits for half a minute before it goes.
        softphone.Kill();
        Assert.Contains("2 new, 5 old", await Node.RunAsync("phone", "messages", _watcher), StringComparison.Ordinal);
    }
}
