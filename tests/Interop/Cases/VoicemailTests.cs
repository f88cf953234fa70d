using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Baresip leaves a message, hears of it by its lamp, and fetches it by keys (RFC 4733).</summary>
[Collection(BusyLampTests.Lamps)]
public sealed class VoicemailTests(RunningNode node) : CallCase(node)
{
    private const string Password = "correct-horse-1", Pin = "4815";
    private const int Message = 620;

    private readonly string _desk = $"desk{Guid.NewGuid():N}"[..16];

    private string Door => $"127.0.0.1:{Node.SipPort}";

    /// <summary>Its phone is given a second to be answered.</summary>
    private async Task<Customer> CustomerWithVoicemailAsync()
    {
        var customer = await CustomerAsync();
        string connection = (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = _desk, ["user_name"] = _desk, ["password"] = Password,
            ["inbound"] = new JsonObject { ["timeout_2xx_secs"] = 1 },
        }))["id"]!;
        string number = $"phone_numbers/{Uri.EscapeDataString(customer.Number)}";
        await customer.SendAsync(HttpMethod.Patch, number, new() { ["connection_id"] = connection });
        await customer.SendAsync(HttpMethod.Post, number + "/voicemail", new() { ["enabled"] = true, ["pin"] = Pin });
        return customer;
    }

    private Baresip Softphone(int hertz, string number) => new(hertz, "audio_codecs=pcmu;regint=0", $"sip:{number}@{Door}");

    /// <summary>A key that is pressed before anybody asks for one is lost.</summary>
    private static async Task GreetedAsync(Baresip phone)
    {
        await phone.SaysAsync("Call established");
        await phone.HearsSomethingAsync();
    }

    /// <summary>Keys that were pressed too early are pressed once more: one wrong PIN is forgiven.</summary>
    private static async Task LogInAsync(Baresip phone)
    {
        for (int tries = 0; ; tries++)
        {
            await PressAsync(phone, Pin + "#");
            try
            {
                await Eventually.TrueAsync(() => phone.Heard(Message) > 2_000, "the message is heard by PIN",
                    tries == 0 ? TimeSpan.FromSeconds(10) : Eventually.Deadline);
                return;
            }
            catch (Xunit.Sdk.FailException) when (tries == 0)
            {
                // Nobody had asked for it yet.
            }
        }
    }

    private static async Task PressAsync(Baresip phone, string keys)
    {
        foreach (char key in keys)
        {
            await phone.PressAsync(key);
            await phone.HearsForAsync(TimeSpan.FromMilliseconds(300));
        }
    }

    [Fact, Depth("Pure fetches messages by keys, Edge locks the PIN, BusyLampTests have the lamp of baresip")]
    public async Task A_message_that_nobody_answered_for_is_heard_by_pin_and_by_the_phone_itself_and_the_lamp_knows()
    {
        var customer = await CustomerWithVoicemailAsync();
        await using var desk = new Baresip(440, $"auth_user={_desk};auth_pass={Password};audio_codecs=pcmu;regint=120;mwi=yes",
            address: $"sip:{_desk}@{Door}", modules: ["mwi.so"]);
        await desk.RegisterAsync();
        await desk.SaysAsync("Messages-Waiting: no");

        await using (var caller = Softphone(Message, customer.Number))
        {
            await GreetedAsync(caller);
            await PressAsync(caller, "1");          // past the greeting
            await Eventually.TrueAsync(() => caller.Heard(1_000) > 2_500, "the beep is heard");
            await caller.HearsForAsync(TimeSpan.FromSeconds(2));
            await caller.EndAsync();
        }
        await desk.SaysAsync("Voice-Message: 1/0");
        await desk.SaysAsync("Messages-Waiting: yes");

        // The operator fetches it, and it is new all the same.
        var left = JsonNode.Parse(await Node.RunAsync("voicemail", "messages", customer.Number, "--json"))![0]!;
        string file = Node.PathOf($"{left["id"]}.wav");
        await Node.RunAsync("voicemail", "fetch", customer.Number, $"{left["id"]}", file);
        Assert.StartsWith("RIFF", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains($"{customer.Number}  default  on     1    0", await Node.RunAsync("voicemail", "list"), StringComparison.Ordinal);

        await using (var elsewhere = Softphone(880, customer.Number))
        {
            await GreetedAsync(elsewhere);
            await PressAsync(elsewhere, "*");
            await elsewhere.HearsForAsync(TimeSpan.FromSeconds(0.5));
            await LogInAsync(elsewhere);
            await PressAsync(elsewhere, "3");
            await desk.SaysAsync("Voice-Message: 0/1");
        }

        // Its own phone is asked for no PIN.
        await desk.DialAsync($"sip:{customer.Number}@{Door}");
        await desk.SaysAsync("Call established");
        await Eventually.TrueAsync(() => desk.Heard(Message) > 2_000, "the message is heard by its phone");
        await PressAsync(desk, "2");
        await desk.SaysAsync("Voice-Message: 0/0");
        desk.Kill();

        // Neither the message nor the keys are anybody's but the owner's.
        string mine = $"filter[to]={Uri.EscapeDataString(customer.Number)}";
        Assert.Empty((await customer.GetAsync($"recordings?{mine}")).Succeeds().Data.AsArray());
        string told = (await customer.GetAsync($"call_events?{mine}&page[size]=250")).Succeeds().Text;
        foreach (char digit in Pin) Assert.DoesNotContain($"\"digit\":\"{digit}\"", told, StringComparison.Ordinal);
    }
}
