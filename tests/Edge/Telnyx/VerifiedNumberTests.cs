using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>Proving that a number is one's own: the call that tells a code, what a code is worth, and what a thief gets.</summary>
public sealed class VerifiedNumberTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private const string Path = "/v2/verified_numbers";
    private static int _count;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        host.Speech.HasVoice = true;
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        // Each account has a number that its calls can come from; every test begins on a day of its own.
        await host.Store.Numbers.ImportAsync(
        [
            Imported.Number(new("+15550188001", host.Tenant, null), 3_000_000_000_000_000_001, host.Time.GetUtcNow()),
            Imported.Number(new("+15550188002", host.Stranger, null), 3_000_000_000_000_000_002, host.Time.GetUtcNow()),
        ], Stop);
        host.Time.Advance(TimeSpan.FromDays(1));
    }

    public ValueTask DisposeAsync() => default;

    private static string Fresh() => $"+1555019{Interlocked.Increment(ref _count):D4}";

    private Task<Answer> AskAsync(string number, string key = TelnyxHost.Key, string method = "call") =>
        host.SendAsync("POST", Path, $$"""{"phone_number":"{{number}}","verification_method":"{{method}}"}""", key);

    private Task<Answer> SayAsync(string number, string code, string key = TelnyxHost.Key) =>
        host.SendAsync("POST", $"{Path}/{Uri.EscapeDataString(number)}/actions/verify", $$"""{"verification_code":"{{code}}"}""", key);

    private Task<Answer> GetAsync(string number, string key = TelnyxHost.Key) =>
        host.SendAsync("GET", $"{Path}/{Uri.EscapeDataString(number)}", key: key);

    /// <summary>Asks for a call, and listens to what it says.</summary>
    private async Task<string> CodeAsync(string number, string key = TelnyxHost.Key)
    {
        var asked = await AskAsync(number, key);
        Assert.True(asked.Status == 200, asked.Text);
        string said = Assert.IsType<PromptSource.Speech>(host.Calls.Dials[^1].Announcement).Text;
        string code = string.Concat(Regex.Match(said, "(?<=The code is )[0-9, ]+").Value.Where(char.IsAsciiDigit));
        Assert.Equal(6, code.Length);
        return code;
    }

    private static string Not(string code) => code == "000000" ? "000001" : "000000";

    [Fact]
    public async Task A_call_tells_a_code_and_the_code_proves_the_number()
    {
        string number = Fresh();
        string code = await CodeAsync(number);
        var call = host.Calls.Dials[^1];
        Assert.Equal((host.Tenant, default, "+15550188001", number), (call.Tenant, call.Connection, call.From, call.To));
        Assert.Equal(call.From, call.BroughtCaller);      // by trunks that take no foreign numbers too
        Assert.Null(call.PromptOnAnswer);
        (await GetAsync(number)).Refuses(404, "10005");
        Assert.False(host.Store.Routing.Current.IsVerified(host.Tenant, number));

        var proved = await SayAsync(number, code);
        Assert.True(proved.Status == 200, proved.Text);
        Assert.Equal((number, "verified_number"), ((string?)proved.Data["phone_number"], (string?)proved.Data["record_type"]));
        Assert.True(host.Store.Routing.Current.IsVerified(host.Tenant, number));
        Assert.Equal(proved.Data.ToJsonString(), (await GetAsync(number)).Data.ToJsonString());
        Assert.Contains(number, (await host.SendAsync("GET", Path + "?page[size]=250")).List.Select(n => (string?)n!["phone_number"]));

        // A code proves once.
        (await SayAsync(number, code)).Refuses(404, "10005");
        (await AskAsync(number)).Refuses(422, "10015", "/phone_number");

        var removed = await host.SendAsync("DELETE", $"{Path}/{Uri.EscapeDataString(number)}");
        Assert.Equal((200, number), (removed.Status, (string?)removed.Data["phone_number"]));
        Assert.False(host.Store.Routing.Current.IsVerified(host.Tenant, number));
        (await GetAsync(number)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"{Path}/{Uri.EscapeDataString(number)}")).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_code_is_tried_three_times_and_no_oftener()
    {
        string number = Fresh();
        string code = await CodeAsync(number);
        for (int i = 0; i < VerificationLimits.WrongCodes; i++)
            (await SayAsync(number, Not(code))).Refuses(422, "10015", "/verification_code");
        (await SayAsync(number, code)).Refuses(422, "10015", "/verification_code");
        Assert.False(host.Store.Routing.Current.IsVerified(host.Tenant, number));

        // One below the limit: the last try counts.
        host.Time.Advance(VerificationLimits.CallPause);
        code = await CodeAsync(number);
        for (int i = 1; i < VerificationLimits.WrongCodes; i++)
            (await SayAsync(number, Not(code))).Refuses(422, "10015", "/verification_code");
        Assert.Equal(200, (await SayAsync(number, code)).Status);
    }

    [Fact]
    public async Task A_code_may_be_typed_as_it_was_heard()
    {
        string number = Fresh();
        string code = await CodeAsync(number);
        for (int i = 0; i < VerificationLimits.WrongCodes; i++)
            (await SayAsync(number, " ")).Refuses(422, "10015", "/verification_code");
        Assert.Equal(200, (await SayAsync(number, string.Join(' ', code.AsEnumerable()))).Status);
    }

    [Fact]
    public async Task A_code_lives_for_ten_minutes()
    {
        string late = Fresh(), early = Fresh();
        string code = await CodeAsync(late), other = await CodeAsync(early);
        host.Time.Advance(VerificationLimits.CodeLife - TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await SayAsync(early, other)).Status);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await SayAsync(late, code)).Refuses(422, "10015", "/verification_code");
    }

    [Fact]
    public async Task A_second_call_makes_the_first_ones_code_worthless()
    {
        string number = Fresh();
        string first = await CodeAsync(number);
        host.Time.Advance(VerificationLimits.CallPause);
        string second = await CodeAsync(number);
        if (first != second) (await SayAsync(number, first)).Refuses(422, "10015", "/verification_code");
        Assert.Equal(200, (await SayAsync(number.TrimStart('+'), second)).Status);       // as many programs write it
    }

    [Fact]
    public async Task Nobody_is_called_too_often_whoever_asks()
    {
        string number = Fresh();
        var begin = host.Time.GetUtcNow();
        await CodeAsync(number);
        (await AskAsync(number)).Refuses(429, "10011");
        (await AskAsync(number, TelnyxHost.OtherTenantKey)).Refuses(429, "10011");        // not even another account's second call
        for (int i = 1; i < VerificationLimits.CallsToNumberAnHour; i++)
        {
            host.Time.Advance(VerificationLimits.CallPause);
            await CodeAsync(number, i % 2 == 0 ? TelnyxHost.Key : TelnyxHost.OtherTenantKey);
        }
        host.Time.Advance(VerificationLimits.CallPause);
        (await AskAsync(number)).Refuses(429, "10011");
        for (int i = VerificationLimits.CallsToNumberAnHour; i < VerificationLimits.CallsToNumberADay; i++)
        {
            host.Time.Advance(TimeSpan.FromHours(1));
            await CodeAsync(number);
        }
        host.Time.Advance(TimeSpan.FromHours(2));
        (await AskAsync(number)).Refuses(429, "10011");
        host.Time.Advance(begin + TimeSpan.FromDays(1) - host.Time.GetUtcNow());
        await CodeAsync(number);
    }

    [Fact]
    public async Task An_account_asks_for_so_many_calls_a_day()
    {
        for (int i = 0; i < VerificationLimits.CallsOfTenantADay; i++) await CodeAsync(Fresh());
        (await AskAsync(Fresh())).Refuses(429, "10011");
        await CodeAsync(Fresh(), TelnyxHost.OtherTenantKey);
    }

    [Fact]
    public async Task A_call_that_is_refused_says_why_and_does_not_count()
    {
        string number = Fresh();
        host.Calls.OnDial = _ => Dialled.Refused(Refusal.CountryNotAllowed, "whitelisted_destinations",
            "The outbound voice profile does not allow calls to FR.");
        for (int i = 0; i < 2; i++) (await AskAsync(number)).Refuses(403, "10010", "/phone_number");
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        await CodeAsync(number);
    }

    [Fact]
    public async Task A_node_without_a_voice_makes_no_silent_call()
    {
        host.Speech.HasVoice = false;
        int dials = host.Calls.Dials.Count;
        (await AskAsync(Fresh())).Refuses(503, "10037");
        Assert.Equal(dials, host.Calls.Dials.Count);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_by_name()
    {
        (await AskAsync(Fresh(), method: "letter")).Refuses(422, "10032", "/verification_method");
        // No number of the account's is on a messaging profile; and what was not sent does not count.
        string number = Fresh();
        for (int i = 0; i < 2; i++) (await AskAsync(number, method: "sms")).Refuses(422, "10015", "/phone_number");
        (await AskAsync("555 0100")).Refuses(422, "10016", "/phone_number");
        (await AskAsync("sip:somebody@example.com")).Refuses(422, "10016", "/phone_number");
        (await SayAsync(Fresh(), "123456")).Refuses(404, "10005");
        (await GetAsync("nonsense")).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_thief_sees_and_uses_nothing_of_anothers_verification()
    {
        string number = Fresh();
        string code = await CodeAsync(number);
        (await SayAsync(number, code, TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal(200, (await SayAsync(number, code)).Status);
        (await GetAsync(number, TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.DoesNotContain(number, (await host.SendAsync("GET", Path + "?page[size]=250", key: TelnyxHost.OtherTenantKey)).Text,
            StringComparison.Ordinal);
        (await host.SendAsync("DELETE", $"{Path}/{Uri.EscapeDataString(number)}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.True(host.Store.Routing.Current.IsVerified(host.Tenant, number));
        Assert.False(host.Store.Routing.Current.IsVerified(host.Stranger, number));
    }

    [Fact]
    public async Task A_number_of_this_node_is_its_owners_and_cannot_be_proved_away()
    {
        int dials = host.Calls.Dials.Count;
        (await AskAsync("+15550188002")).Refuses(422, "10015", "/phone_number");      // another account's
        (await AskAsync("+15550188001")).Refuses(422, "10015", "/phone_number");      // its own
        Assert.Equal(dials, host.Calls.Dials.Count);

        // It comes to this node, to another account, while the code is on its way; and after it was proved.
        string underway = Fresh(), proved = Fresh();
        string code = await CodeAsync(underway), other = await CodeAsync(proved);
        Assert.Equal(200, (await SayAsync(proved, other)).Status);
        await host.Store.Numbers.ImportAsync([.. new[] { underway, proved }.Select((text, i) =>
            Imported.Number(new(text, host.Stranger, null), 3_100_000_000_000_000_000 + i, host.Time.GetUtcNow()))], Stop);
        (await SayAsync(underway, code)).Refuses(422, "10015", "/phone_number");
        Assert.False(host.Store.Routing.Current.IsVerified(host.Tenant, underway));
        Assert.False(host.Store.Routing.Current.IsVerified(host.Tenant, proved));
        (await GetAsync(proved)).Refuses(404, "10005");
    }

    [Fact]
    public async Task The_operators_word_stands_for_a_call()
    {
        string number = Fresh();
        Task<Answer> OperateAsync(string method, string path, string? body = null) =>
            host.SendAsync(method, "/operator/v1" + path, body, TelnyxHost.OperatorKey);

        var made = await OperateAsync("POST", "/verified_numbers", $$"""{"account":"acme","phone_number":"{{number}}"}""");
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(("acme", "operator"), ((string?)made.Data["account"], (string?)made.Data["verified_by"]));
        Assert.True(host.Store.Routing.Current.IsVerified(host.Tenant, number));
        Assert.Equal(200, (await GetAsync(number)).Status);
        Assert.Contains((await OperateAsync("GET", "/verified_numbers?page[size]=250")).List, n => (string?)n!["phone_number"] == number);
        (await OperateAsync("POST", "/verified_numbers", """{"account":"acme","phone_number":"+15550188002"}"""))
            .Refuses(409, "in_use", "/phone_number");
        (await OperateAsync("POST", "/verified_numbers", $$"""{"account":"nobody","phone_number":"{{number}}"}"""))
            .Refuses(422, "unknown_reference", "/account");
        (await OperateAsync("POST", "/verified_numbers", """{"account":"acme","phone_number":"5550100"}"""))
            .Refuses(422, "invalid", "/phone_number");

        (await OperateAsync("DELETE", $"/verified_numbers/{host.Stranger}/{Uri.EscapeDataString(number)}")).Refuses(404, "not_found");
        Assert.Equal(200, (await OperateAsync("DELETE", $"/verified_numbers/{host.Tenant}/{Uri.EscapeDataString(number)}")).Status);
        Assert.False(host.Store.Routing.Current.IsVerified(host.Tenant, number));

        // The account's trail has both.
        var trail = (await host.SendAsync("GET", "/v2/audit_events?page[size]=250")).List.Where(e => (string?)e!["resource_id"] == number)
            .Select(e => (string?)e!["change_type"]);
        Assert.Equal(["created", "deleted"], trail.Order(StringComparer.Ordinal));
    }
}
