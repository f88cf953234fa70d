using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Texts that phones send, from the phone's request to both accounts' webhooks.</summary>
public sealed class PhoneSenderTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);
    private int _requests;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A phone of the account's, with a new number.</summary>
    private async Task<(Connection Connection, string Number)> PhoneAsync(string user, string? profile)
    {
        var made = await host.SendAsync("POST", "/v2/credential_connections",
            new JsonObject { ["connection_name"] = user, ["user_name"] = user, ["password"] = "correct horse" }.ToJsonString());
        Assert.True(made.Status == 201, made.Text);
        string number = await _texts.NumberAsync(profile), id = (string)made.Data["id"]!;
        var put = await host.SendAsync("PATCH", $"/v2/phone_numbers/{number}", $$"""{"connection_id":"{{id}}"}""");
        Assert.True(put.Status == 200, put.Text);
        return (host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!, number);
    }

    private async Task<PhoneTextVerdict> SendAsync(Connection phone, string to, string words, string? key = null) =>
        await host.Phones.Taker!.TakeAsync(new(phone, phone.Sip!.UserName!, to, words, key ?? $"{phone.Id}\n{++_requests}"), Stop);

    private async Task RefusesAsync(Connection phone, string to, string words, int status, string begins)
    {
        var verdict = await SendAsync(phone, to, words);
        Assert.Equal(status, verdict.Status);
        Assert.StartsWith(begins, verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_stolen_a_password_sends_no_flood_and_costs_nobody_elses_phone_a_text()
    {
        string profile = await _texts.ProfileAsync();
        var (stolen, _) = await PhoneAsync("writer05", profile);
        var (other, _) = await PhoneAsync("writer06", profile);
        // The minute of the host's clock may turn once in between.
        int taken = 0;
        while (taken <= 121 && (await SendAsync(stolen, "nobody", "Hello")).Status == 404) taken++;
        Assert.InRange(taken, 60, 120);
        await RefusesAsync(stolen, "nobody", "Hello", 503, "A phone may send 60 texts in a minute.");
        await RefusesAsync(other, "nobody", "Hello", 404, "Nobody ");
    }

    private Task<JsonObject> ReceivedAsync(string words, bool isStrangers = false) => Eventually.SomeAsync(async () =>
        await _texts.ToldAsync(isStrangers, payload => (string?)payload["text"] == words && (string?)payload["direction"] == "inbound")
            is [var told] ? told.Payload : null, "the receiver is told");

    [Fact]
    public async Task What_a_phone_writes_is_a_message_from_its_number_once_for_each_request()
    {
        var (phone, number) = await PhoneAsync("writer01", await _texts.ProfileAsync());
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        Assert.Equal(new PhoneTextVerdict(202), await SendAsync(phone, theirs, "From my desk", "one"));
        Assert.Equal(new PhoneTextVerdict(202), await SendAsync(phone, theirs, "From my desk", "one"));
        var come = await ReceivedAsync("From my desk", isStrangers: true);
        Assert.Equal((number, theirs), ((string?)come["from"]!["phone_number"], (string?)come["to"]![0]!["phone_number"]));
        var (rows, total) = await host.Store.Texts.ListAsync(host.Tenant, new() { Direction = Direction.Outbound, From = number }, Stop);
        Assert.Equal((1, "From my desk"), (total, rows[0].Words));
        var told = await _texts.ToldAsync(which: payload => (string?)payload["id"] == rows[0].Id.ToString());
        Assert.Equal(["message.sent", "message.finalized"], told.Select(one => one.Type));
        Assert.All(told, one => Assert.Equal(Texting.Hook, one.Url));
    }

    [Fact]
    public async Task A_colleague_is_written_to_by_name_and_his_phone_shows_it()
    {
        string profile = await _texts.ProfileAsync();
        var (phone, number) = await PhoneAsync("writer02", profile);
        var (_, other) = await PhoneAsync("reader02", profile);
        host.Phones.Users["reader02"] = true;
        Assert.Equal(202, (await SendAsync(phone, "reader02", "Lunch at noon")).Status);
        Assert.Equal(other, (string?)(await ReceivedAsync("Lunch at noon"))["to"]![0]!["phone_number"]);
        var shown = await Eventually.SomeAsync(() =>
            new ValueTask<PhoneText?>(host.Phones.Sent.FirstOrDefault(text => text.Words == "Lunch at noon")), "his phone shows it");
        Assert.Equal(new PhoneText("reader02", number, other, "Lunch at noon"), shown);
    }

    [Fact]
    public async Task A_message_for_phones_alone_is_valid_for_as_long_as_it_waits_for_them()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), other = await _texts.NumberAsync(profile);
        var (phone, number) = await PhoneAsync("writer08", profile);
        var (_, absent) = await PhoneAsync("reader08", null);
        Assert.Equal(1, HoursOf((await _texts.SendAsync(from, other, "For now")).Data));
        // Asked for again it is not taken for a scheduled one.
        for (int i = 0; i < 2; i++)
        {
            var body = new JsonObject { ["from"] = from, ["to"] = absent, ["text"] = "For days" };
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            content.Headers.Add("Idempotency-Key", "for days");
            var sent = await host.SendAsync("POST", "/v2/messages", content);
            Assert.True(sent.Status == 200, sent.Text);
            Assert.Equal((72, "queued"), (HoursOf(sent.Data), (string)sent.Data["to"]![0]!["status"]!));
        }
        Assert.Equal(202, (await SendAsync(phone, absent, "From my desk, for days")).Status);
        var (rows, _) = await host.Store.Texts.ListAsync(host.Tenant, new() { Direction = Direction.Outbound, From = number }, Stop);
        var written = Assert.Single(rows);
        Assert.Equal(TextLife.AtPhones, written.ValidUntil - written.ReceivedAt);

        static int HoursOf(JsonObject message) => (int)Math.Round(
            ((DateTimeOffset)message["valid_until"]! - (DateTimeOffset)message["received_at"]!).TotalHours);
    }

    [Fact]
    public async Task Who_gets_texts_on_no_profile_can_say_that_he_wants_no_more()
    {
        var (phone, number) = await PhoneAsync("reader07", null);
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        Assert.Equal(new PhoneTextVerdict(202), await SendAsync(phone, theirs, "Stop.", "stop once"));
        Assert.Equal(new PhoneTextVerdict(202), await SendAsync(phone, theirs, "Stop.", "stop once"));
        var come = await ReceivedAsync("Stop.", isStrangers: true);
        Assert.Equal((number, "STOP"), ((string?)come["from"]!["phone_number"], (string?)come["autoresponse_type"]));
        (await _texts.SendAsync(theirs, number, "Buy!", isStrangers: true)).Refuses(409, "40300");
        Assert.Equal(0, (await host.Store.Texts.ListAsync(host.Tenant, new() { From = number }, Stop)).Total);
        Assert.Equal(202, (await SendAsync(phone, theirs, "start")).Status);
        Assert.Equal(200, (await _texts.SendAsync(theirs, number, "Thanks", isStrangers: true)).Status);
        // To nobody here, and to itself.
        await RefusesAsync(phone, "+15550229996", "STOP", 403, "40305 ");
        await RefusesAsync(phone, number, "STOP", 403, "40305 ");
    }

    [Fact]
    public async Task What_the_account_may_not_send_its_phones_may_not_either()
    {
        string profile = await _texts.ProfileAsync();
        var (phone, number) = await PhoneAsync("writer03", profile);
        var (bare, _) = await PhoneAsync("writer04", null);
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        await RefusesAsync(bare, theirs, "Hello", 403, "40305 ");
        await RefusesAsync(phone, number, "Hello", 403, "40310 ");
        await RefusesAsync(phone, "nobody", "Hello", 404, "Nobody ");
        await RefusesAsync(phone, theirs, new string('x', 1_531), 413, "40302 ");
        await RefusesAsync(phone, theirs, "a\0b", 400, "A message ");
        await _texts.SentAsync(theirs, number, "STOP", isStrangers: true);
        await RefusesAsync(phone, theirs, "Hello", 403, "40300 ");
        await _texts.SentAsync(theirs, number, "START", isStrangers: true);
        await ChangeAsync("""{"whitelisted_destinations":["DE"]}""");
        await RefusesAsync(phone, theirs, "Hello", 403, "40309 ");
        await ChangeAsync("""{"whitelisted_destinations":["*"],"enabled":false}""");
        await RefusesAsync(phone, theirs, "Hello", 403, "40312 ");
        Assert.DoesNotContain((await host.Store.Texts.ListAsync(host.Tenant,
            new() { Direction = Direction.Outbound, From = number }, Stop)).Rows, text => !text.IsAutomatic);

        async Task ChangeAsync(string json)
        {
            var changed = await host.SendAsync("PATCH", $"/v2/messaging_profiles/{profile}", json);
            Assert.True(changed.Status == 200, changed.Text);
        }
    }
}
