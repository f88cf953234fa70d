using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Codes that prove that somebody has a number: how they get there, what they are worth, and who learns of them.</summary>
public sealed class VerifyTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private const string Path = "/v2/verifications", Hook = "https://93.184.216.34/codes";
    private readonly Texting _texts = new(host);
    private string _person = "";

    /// <summary>The account has a number that texts, and there is a person of another account; every test has a day of its own.</summary>
    public async ValueTask InitializeAsync()
    {
        host.Speech.HasVoice = true;
        host.Speech.Failure = PromptFailure.SpeechUnavailable;
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        host.Time.Advance(TimeSpan.FromDays(1));
        await _texts.NumberAsync(await _texts.ProfileAsync());
        _person = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
    }

    public ValueTask DisposeAsync() => default;

    private async Task<string> ProfileAsync(string more = "", string key = TelnyxHost.Key)
    {
        var made = await host.SendAsync("POST", "/v2/verify_profiles", $$"""
            {"name":"Shop","webhook_url":"{{Hook}}","sms":{"whitelisted_destinations":["US"],"app_name":"Cheese"},
             "call":{"code_length":4}{{more}}}
            """, key);
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Data["id"]!;
    }

    private Task<Answer> AskAsync(string number, string profile, string way = "sms", string more = "", string key = TelnyxHost.Key) =>
        host.SendAsync("POST", $"{Path}/{way}", $$"""{"phone_number":"{{number}}","verify_profile_id":"{{profile}}"{{more}}}""", key);

    private async Task<string> AskedAsync(string number, string profile, string way = "sms", string more = "")
    {
        var asked = await AskAsync(number, profile, way, more);
        Assert.True(asked.Status == 200, asked.Text);
        Assert.Equal((number, profile, "pending", way, "verification"), ((string?)asked.Data["phone_number"],
            (string?)asked.Data["verify_profile_id"], (string?)asked.Data["status"], (string?)asked.Data["type"],
            (string?)asked.Data["record_type"]));
        return (string)asked.Data["id"]!;
    }

    private async Task<string?> SaidAsync(string id, string body, string key = TelnyxHost.Key)
    {
        var said = await host.SendAsync("POST", $"{Path}/{id}/actions/verify", body, key);
        Assert.True(said.Status == 200, said.Text);
        return (string?)said.Data["response_code"];
    }

    private Task<string?> CodeAsync(string id, string code) => SaidAsync(id, $$"""{"code":"{{code}}"}""");

    private async Task<string?> StatusAsync(string id) => (string?)(await host.SendAsync("GET", $"{Path}/{id}")).Data["status"];

    private async Task<JsonNode> RecordAsync(string id) =>
        Assert.Single((await host.SendAsync("GET", $"/v2/detail_records?filter[record_type]=verify&filter[id]={id}")).List)!;

    /// <summary>The last text that came to the person, once there are so many.</summary>
    private async Task<string> ComeAsync(int count = 1) => (await Eventually.SomeAsync(async () =>
        await _texts.ToldAsync(isStrangers: true, p => (string?)p["direction"] == "inbound"
            && (string?)p["to"]![0]!["phone_number"] == _person) is var come && come.Count >= count ? come : null,
        $"{count} texts have come"))[^1].Payload["text"]!.GetValue<string>();

    private static string CodeOf(string text) => Regex.Match(text, "[0-9]{4,}").Value;

    private static string Not(string code) => code == "00000" ? "00001" : "00000";

    [Fact]
    public async Task An_older_client_names_the_way_in_a_field()
    {
        string profile = await ProfileAsync();
        var asked = await host.SendAsync("POST", Path,
            $$"""{"phone_number":"{{_person}}","verify_profile_id":"{{profile}}","type":"sms"}""");
        Assert.True(asked.Status == 200, asked.Text);
        Assert.Equal((_person, "sms", "pending"), ((string?)asked.Data["phone_number"], (string?)asked.Data["type"],
            (string?)asked.Data["status"]));
        Assert.Equal("accepted", await CodeAsync((string)asked.Data["id"]!, CodeOf(await ComeAsync())));
        (await host.SendAsync("POST", Path, $$"""{"phone_number":"{{_person}}","verify_profile_id":"{{profile}}","type":"psd2"}"""))
            .Refuses(400, "10015", "/type");
        (await host.SendAsync("POST", Path, "{}")).Refuses(400, "10016", "/phone_number");
    }

    [Fact]
    public async Task A_text_tells_a_code_and_whoever_says_it_once_has_the_number()
    {
        string id = await AskedAsync(_person, await ProfileAsync());
        string text = await ComeAsync(), code = CodeOf(text);
        Assert.Equal(5, code.Length);
        Assert.Contains("Cheese", text, StringComparison.Ordinal);
        Assert.Equal("rejected", await CodeAsync(id, Not(code)));
        Assert.Equal("pending", await StatusAsync(id));
        Assert.Equal("accepted", await CodeAsync(id, code));
        Assert.Equal("rejected", await CodeAsync(id, code));
        Assert.Equal("accepted", await StatusAsync(id));

        var listed = await host.SendAsync("GET", $"{Path}/by_phone_number/{Uri.EscapeDataString(_person)}");
        Assert.Equal(id, (string?)Assert.Single(listed.List)!["id"]);
        Assert.Equal(1, (int)listed.Body["meta"]!["total_results"]!);
        var record = await RecordAsync(id);
        Assert.Equal(("verification_detail_record", _person, "sms", "accepted", "delivered"), ((string?)record["record_type"],
            (string?)record["destination_phone_number"], (string?)record["verify_channel_type"], (string?)record["verification_status"],
            (string?)record["delivery_status"]));

        // The account is told of the code's way, and nowhere sees the code.
        var told = await _texts.ToldAsync(which: p => (string?)p["id"] == id, family: "verify.");
        Assert.Equal(["verify.sent", "verify.delivered"], told.Select(t => t.Type));
        Assert.All(told, t => Assert.Equal((Hook, _person, "sms"),
            (t.Url, (string?)t.Payload["phone_number"], (string?)t.Payload["type"])));
        Assert.All(told, t => Assert.Equal(("verification", "pending", 0),
            ((string?)t.Payload["record_type"], (string?)t.Payload["status"], (int)t.Payload["failed_attempts"]!)));
        Assert.DoesNotContain(told, t => t.Payload.ToJsonString().Contains(code, StringComparison.Ordinal));
        Assert.Empty(await _texts.ToldAsync(which: p => (string?)p["to"]?[0]?["phone_number"] == _person));
    }

    [Fact]
    public async Task Five_wrong_codes_spoil_it()
    {
        string id = await AskedAsync(_person, await ProfileAsync());
        string code = CodeOf(await ComeAsync());
        for (int i = 0; i < 5; i++) Assert.Equal("rejected", await CodeAsync(id, Not(code)));
        Assert.Equal("invalid", await StatusAsync(id));
        Assert.Equal("rejected", await CodeAsync(id, code));
    }

    [Fact]
    public async Task A_late_code_and_one_that_a_later_one_replaced_are_worth_nothing()
    {
        string profile = await ProfileAsync(), first = await AskedAsync(_person, profile);
        string one = CodeOf(await ComeAsync());
        host.Time.Advance(TimeSpan.FromSeconds(30));
        string second = await AskedAsync(_person, profile, more: ",\"timeout_secs\":60");
        string two = CodeOf(await ComeAsync(2));
        Assert.Equal("expired", await StatusAsync(first));
        if (one != two) Assert.Equal("rejected", await CodeAsync(first, one));
        host.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("expired", await StatusAsync(second));
        Assert.Equal("expired", (string?)(await RecordAsync(second))["verification_status"]);
        Assert.Equal("rejected", await CodeAsync(second, two));
    }

    [Fact]
    public async Task A_code_whose_text_does_not_arrive_is_an_error()
    {
        string id = await AskedAsync("+12125550177", await ProfileAsync(), more: ",\"custom_code\":\"77777\"");
        Assert.Equal("error", await Eventually.SomeAsync(async () => await StatusAsync(id) is var now and not "pending" ? now : null,
            "the text has failed"));
        Assert.Equal("rejected", await CodeAsync(id, "77777"));
        var (type, payload, _, _) = Assert.Single(await _texts.ToldAsync(which: p => (string?)p["id"] == id, family: "verify."));
        Assert.Equal(("verify.failed", "sending_failed", "40001", "error"),
            (type, (string?)payload["delivery_status"], (string?)payload["errors"]![0]!["code"], (string?)payload["status"]));
    }

    [Fact]
    public async Task Whoever_chooses_the_code_may_say_what_came_of_it()
    {
        string profile = await ProfileAsync();
        var asked = await AskAsync(_person, profile, more: ",\"custom_code\":\"424242\"");
        Assert.Equal("424242", (string?)asked.Data["custom_code"]);
        string id = (string)asked.Data["id"]!;
        Assert.Contains("424242", await ComeAsync(), StringComparison.Ordinal);
        Assert.Null((await host.SendAsync("GET", $"{Path}/{id}")).Data["custom_code"]);
        Assert.Equal("accepted", await SaidAsync(id, """{"status":"accepted"}"""));
        host.Time.Advance(TimeSpan.FromSeconds(30));
        string other = await AskedAsync(_person, profile, more: ",\"custom_code\":\"424242\"");
        Assert.Equal("rejected", await SaidAsync(other, """{"status":"rejected"}"""));
        Assert.Equal("invalid", await StatusAsync(other));
        host.Time.Advance(TimeSpan.FromSeconds(30));
        string ours = await AskedAsync(_person, profile);
        (await host.SendAsync("POST", $"{Path}/{ours}/actions/verify", """{"status":"accepted"}""")).Refuses(400, "10015", "/status");
        (await host.SendAsync("POST", $"{Path}/{ours}/actions/verify", "{}")).Refuses(400, "10015", "/code");
    }

    [Fact]
    public async Task A_call_says_the_code_three_times_and_the_number_is_enough_to_verify_it()
    {
        string profile = await ProfileAsync();
        await AskedAsync("+12125550178", profile, "call");
        var call = host.Calls.Dials[^1];
        Assert.Equal((host.Tenant, default(ConnectionId), "+12125550178"), (call.Tenant, call.Connection, call.To));
        Assert.Equal(call.From, call.BroughtCaller);
        var said = Assert.IsType<PromptSource.Speech>(call.Announcement);
        var codes = Regex.Matches(said.Text, "[0-9](, [0-9]){3}").Select(m => m.Value).ToList();
        Assert.Equal((3, "en-US"), (codes.Count, said.Language));
        string code = string.Concat(Assert.Single(codes.Distinct()).Where(char.IsAsciiDigit));

        Task<Answer> SayAsync(string by, string number = "+12125550178", string key = TelnyxHost.Key) =>
            host.SendAsync("POST", $"{Path}/by_phone_number/{Uri.EscapeDataString(number)}/actions/verify",
                $$"""{"code":"{{code}}","verify_profile_id":"{{by}}"}""", key);
        (await SayAsync(await ProfileAsync())).Refuses(404, "10005");
        (await SayAsync(profile, "+12125550179")).Refuses(404, "10005");
        (await SayAsync(profile, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal("accepted", (string?)(await SayAsync(profile)).Data["response_code"]);
        Assert.Equal("rejected", (string?)(await SayAsync(profile)).Data["response_code"]);
    }

    [Fact]
    public async Task A_number_may_be_typed_and_the_last_code_needs_no_profile()
    {
        string typed = $"+1 ({_person[2..5]}) {_person[5..8]}-{_person[8..]}";
        var asked = await AskAsync(typed, await ProfileAsync(), more: ",\"custom_code\":\"424242\"");
        Assert.True(asked.Status == 200, asked.Text);
        Assert.Equal(_person, (string?)asked.Data["phone_number"]);
        Task<Answer> SayAsync(string number, string code) => host.SendAsync("POST",
            $"{Path}/by_phone_number/{Uri.EscapeDataString(number)}/actions/verify", $$"""{"code":"{{code}}"}""");
        Assert.Equal("rejected", (string?)(await SayAsync(_person, "424243")).Data["response_code"]);
        Assert.Equal("accepted", (string?)(await SayAsync(typed, "424242")).Data["response_code"]);
        (await SayAsync("+12125550133", "424242")).Refuses(404, "10005");
    }

    [Theory]
    [InlineData("42 42 42")]
    [InlineData("424-242")]
    [InlineData("\u0664\u0662\u0664\u0662\u0664\u0662")]     // as keyboards in Arabic have them
    public async Task A_code_may_be_typed_with_what_stands_between_its_digits(string typed)
    {
        string id = await AskedAsync(_person, await ProfileAsync(), more: ",\"custom_code\":\"424242\"");
        string byNumber = $"{Path}/by_phone_number/{Uri.EscapeDataString(_person)}/actions/verify", byId = $"{Path}/{id}/actions/verify";
        // Nothing is no guess, and uses no try up.
        for (int i = 0; i < 5; i++)
            foreach (string path in (string[])[byNumber, byId])
                (await host.SendAsync("POST", path, """{"code":" "}""")).Refuses(400, "10015", "/code");
        Assert.Equal("accepted", await CodeAsync(id, typed));
    }

    [Fact]
    public async Task A_call_that_only_rings_has_the_code_at_the_end_of_the_number_that_it_is_from()
    {
        string profile = await ProfileAsync(""","flashcall":{"whitelisted_destinations":["US"],"default_verification_timeout_secs":60}""");
        (await AskAsync("+49301234567", profile, "flashcall")).Refuses(400, "10015", "/phone_number");
        string earlier = await AskedAsync("+12125550182", profile, "flashcall"), old = host.Calls.Dials[^1].From[^5..];
        host.Time.Advance(TimeSpan.FromSeconds(30));
        string id = await AskedAsync("+12125550182", profile, "flashcall");
        Assert.Equal("rejected", await CodeAsync(earlier, old));
        var call = host.Calls.Dials[^1];
        Assert.Equal((default(ConnectionId), "+12125550182", call.BroughtCaller, TimeSpan.FromSeconds(1.5)),
            (call.Connection, call.To, call.From, call.RingsFor));
        Assert.Null(call.Announcement);
        Assert.StartsWith("+15550199", call.From, StringComparison.Ordinal);
        var shown = (await host.SendAsync("GET", $"{Path}/{id}")).Data;
        Assert.Equal(("flashcall", 60), ((string?)shown["type"], (int)shown["timeout_secs"]!));
        string code = call.From[^5..];
        Assert.Equal("rejected", await CodeAsync(id, Not(code)));
        Assert.Equal("accepted", await CodeAsync(id, code));
        Assert.Equal("rejected", await CodeAsync(id, code));
        // As the page that speaks of moving here has it.
        var older = await host.SendAsync("POST", Path,
            $$"""{"phone_number":"+12125550184","verify_profile_id":"{{profile}}","type":"flash_call"}""");
        Assert.True(older.Status == 200, older.Text);
        Assert.Equal("flashcall", (string?)older.Data["type"]);
        // Another spelling is a slip, and refused as one.
        (await host.SendAsync("POST", Path, $$"""{"phone_number":"+12125550184","verify_profile_id":"{{profile}}","type":"flash__call"}"""))
            .Refuses(400, "10015", "/type");
        host.Calls.OnDial = _ => Dialled.Refused(Refusal.NoRoute, null, null);
        Assert.InRange((await AskAsync("+12125550183", profile, "flashcall")).Status, 400, 499);
        Assert.Empty((await host.SendAsync("GET", $"{Path}/by_phone_number/%2B12125550183")).List);
    }

    [Fact]
    public async Task A_call_that_is_refused_leaves_nothing_behind()
    {
        string profile = await ProfileAsync();
        host.Calls.OnDial = _ => Dialled.Refused(Refusal.NoRoute, null, null);
        Assert.InRange((await AskAsync("+12125550180", profile, "call")).Status, 400, 499);
        Assert.Empty((await host.SendAsync("GET", $"{Path}/by_phone_number/%2B12125550180")).List);
        host.Speech.HasVoice = false;
        (await AskAsync("+12125550180", profile, "call")).Refuses(503, "10037");
        host.Speech.Failure = PromptFailure.Failed;
        (await AskAsync("+12125550180", profile, "call")).Refuses(400, "10015", "/verify_profile_id");
    }

    [Fact]
    public async Task A_code_counts_until_another_one_is_on_its_way()
    {
        string profile = await ProfileAsync();
        string first = await AskedAsync(_person, profile);
        string code = CodeOf(await ComeAsync());
        host.Time.Advance(TimeSpan.FromSeconds(30));
        host.Calls.OnDial = _ => Dialled.Refused(Refusal.NoRoute, null, null);
        Assert.InRange((await AskAsync(_person, profile, "call")).Status, 400, 499);
        Assert.Equal("accepted", await CodeAsync(first, code));
    }

    [Fact]
    public async Task What_a_code_was_told_with_is_not_kept_once_it_has_left()
    {
        string id = await AskedAsync("+12125550181", await ProfileAsync(), more: ",\"custom_code\":\"918273\"");
        await Eventually.SomeAsync(async () => await StatusAsync(id) is var now and not "pending" ? now : null, "the text has failed");
        var text = (await host.Store.SentCodes.FindAsync(host.Tenant, Guid.Parse(id), TestContext.Current.CancellationToken))!.Text!.Value;
        Assert.Equal("", (await host.Store.Texts.FindAsync(host.Tenant, text, TestContext.Current.CancellationToken))!.Words);
    }

    [Fact]
    public async Task Nobody_gets_codes_too_often()
    {
        string profile = await ProfileAsync();
        await AskedAsync(_person, profile);
        (await AskAsync(_person, profile)).Refuses(429, "10011", "/phone_number");
        (await AskAsync(_person, profile, "call")).Refuses(429, "10011");
        for (int i = 1; i < 5; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(30));
            await AskedAsync(_person, profile);
        }
        host.Time.Advance(TimeSpan.FromSeconds(30));
        (await AskAsync(_person, profile)).Refuses(429, "10011");
    }

    [Fact]
    public async Task Who_wants_no_more_texts_gets_no_codes()
    {
        string profile = await ProfileAsync();
        await AskedAsync(_person, profile);
        await ComeAsync();
        var come = (await _texts.ToldAsync(isStrangers: true, p => (string?)p["direction"] == "inbound"
            && (string?)p["to"]![0]!["phone_number"] == _person))[^1];
        await _texts.SentAsync(_person, (string)come.Payload["from"]!["phone_number"]!, "STOP", isStrangers: true);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        (await AskAsync(_person, profile)).Refuses(400, "40300");
        Assert.Single((await host.SendAsync("GET", $"{Path}/by_phone_number/{Uri.EscapeDataString(_person)}")).List);
    }

    [Fact]
    public async Task Nobody_sees_or_uses_what_is_anothers()
    {
        string profile = await ProfileAsync(), id = await AskedAsync(_person, profile);
        (await host.SendAsync("GET", $"{Path}/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("POST", $"{Path}/{id}/actions/verify", """{"code":"12345"}""", TelnyxHost.OtherTenantKey))
            .Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", $"{Path}/by_phone_number/{Uri.EscapeDataString(_person)}",
            key: TelnyxHost.OtherTenantKey)).List);
        (await AskAsync(_person, profile, key: TelnyxHost.OtherTenantKey)).Refuses(422, "10015", "/verify_profile_id");
        (await host.SendAsync("GET", $"/v2/verify_profiles/{profile}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Theory]
    [InlineData("sms", "+49301234567", "", 400, "10015", "/phone_number")]       // a country that the profile does not list
    [InlineData("sms", "+1212", "", 400, "10016", "/phone_number")]
    [InlineData("sms", "hello", "", 400, "10016", "/phone_number")]
    [InlineData("call", "+12125550181", ",\"custom_code\":\"123\"", 400, "10015", "/custom_code")]
    [InlineData("call", "+12125550181", ",\"custom_code\":\"12a45\"", 400, "10015", "/custom_code")]
    [InlineData("call", "+12125550181", ",\"timeout_secs\":29", 400, "10015", "/timeout_secs")]
    public async Task What_cannot_be_asked_is_refused_by_name(string way, string number, string more, int status, string code, string at) =>
        (await AskAsync(number, await ProfileAsync(), way, more)).Refuses(status, code, at);

    [Fact]
    public async Task A_profile_has_only_the_ways_that_it_names()
    {
        var made = await host.SendAsync("POST", "/v2/verify_profiles", """{"name":"Calls","call":{"whitelisted_destinations":["US"]}}""");
        Assert.Equal(200, made.Status);
        Assert.Null(made.Data["sms"]);
        Assert.Null(made.Data["flashcall"]);
        Assert.Equal((5, 300), ((int)made.Data["call"]!["code_length"]!, (int)made.Data["call"]!["default_verification_timeout_secs"]!));
        string id = (string)made.Data["id"]!;
        (await AskAsync(_person, id)).Refuses(400, "10015", "/verify_profile_id");
        var changed = await host.SendAsync("PATCH", $"/v2/verify_profiles/{id}", """{"call":{"code_length":8}}""");
        var call = changed.Data["call"]!;
        Assert.Equal((8, "US"), ((int)call["code_length"]!, (string?)call["whitelisted_destinations"]![0]));
        (await host.SendAsync("PATCH", $"/v2/verify_profiles/{id}", """{"call":{"code_length":11}}""")).Refuses(400, "10015",
            "/call/code_length");
        (await host.SendAsync("PATCH", $"/v2/verify_profiles/{id}", """{"sms":{"code_length":6}}""")).Refuses(400, "10015",
            "/sms/whitelisted_destinations");
        (await AskAsync(_person, id, "flashcall")).Refuses(400, "10015", "/verify_profile_id");
        (await host.SendAsync("PATCH", $"/v2/verify_profiles/{id}", """{"flashcall":{"default_verification_timeout_secs":10}}"""))
            .Refuses(400, "10015", "/flashcall/default_verification_timeout_secs");
    }

    [Fact]
    public async Task A_code_is_from_the_name_of_a_messaging_profile_where_networks_take_names()
    {
        await _texts.ProfileAsync(",\"alpha_sender\":\"Cheese 1\"");
        string abroad = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true, prefix: "+44770090");
        var made = await host.SendAsync("POST", "/v2/verify_profiles",
            """{"name":"Named","sms":{"whitelisted_destinations":["GB","US"],"alpha_sender":"Cheese 1"}}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal("Cheese 1", (string?)made.Data["sms"]!["alpha_sender"]);
        string id = (string)made.Data["id"]!, path = $"/v2/verify_profiles/{id}";
        async Task<string?> FromAsync(string to)
        {
            await AskedAsync(to, id);
            var come = await Eventually.SomeAsync(async () => await _texts.ToldAsync(isStrangers: true,
                p => (string?)p["direction"] == "inbound" && (string?)p["to"]![0]!["phone_number"] == to) is { Count: > 0 } texts
                ? texts : null, "the code has come");
            return (string?)come[^1].Payload["from"]!["phone_number"];
        }
        Assert.Equal("Cheese 1", await FromAsync(abroad));
        Assert.StartsWith("+1555", await FromAsync(_person));
        // Digits alone would be a short code.
        (await host.SendAsync("PATCH", path, """{"sms":{"alpha_sender":"12345"}}""")).Refuses(400, "10015", "/sms/alpha_sender");
        foreach (string none in (string[])["\"\"", "null", "\"Telnyx\""])
        {
            var unnamed = await host.SendAsync("PATCH", path, $$$"""{"sms":{"alpha_sender":{{{none}}}}}""");
            Assert.True(unnamed.Status == 200, unnamed.Text);
            Assert.Null((string?)unnamed.Data["sms"]!["alpha_sender"]);
        }
        string later = (string)(await host.SendAsync("POST", "/v2/verify_profiles", """{"name":"Later","call":{}}""")).Data["id"]!;
        var added = await host.SendAsync("PATCH", $"/v2/verify_profiles/{later}", """{"sms":{"whitelisted_destinations":["US"]}}""");
        Assert.True(added.Status == 200, added.Text);
        Assert.Null((string?)added.Data["sms"]!["alpha_sender"]);
    }

    [Fact]
    public async Task A_profile_takes_a_name_that_is_empty_and_countries_in_small_letters()
    {
        var made = await host.SendAsync("POST", "/v2/verify_profiles",
            """
            {"name":"Built","sms":{"whitelisted_destinations":["us"],"app_name":""},"call":{"app_name":"Bank"},
             "flashcall":{"app_name":"Example Secure App","default_verification_timeout_secs":300}}
            """);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("US", null, "Bank"), ((string?)made.Data["sms"]!["whitelisted_destinations"]![0],
            (string?)made.Data["sms"]!["app_name"], (string?)made.Data["call"]!["app_name"]));
        Assert.Equal("Example Secure App", (string?)made.Data["flashcall"]!["app_name"]);
        Assert.Equal(200, (await AskAsync(_person, (string)made.Data["id"]!)).Status);
        var unnamed = await host.SendAsync("PATCH", $"/v2/verify_profiles/{made.Data["id"]}", """{"call":{"app_name":""}}""");
        Assert.True(unnamed.Status == 200, unnamed.Text);
        Assert.Null((string?)unnamed.Data["call"]!["app_name"]);
    }

    [Fact]
    public async Task A_profile_may_allow_all_countries_and_say_its_time_as_guides_do()
    {
        var made = await host.SendAsync("POST", "/v2/verify_profiles",
            """{"name":"All","sms":{"whitelisted_destinations":["*"],"default_timeout_secs":120},"call":{"default_timeout_secs":600}}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("*", 120, 600), ((string?)made.Data["sms"]!["whitelisted_destinations"]![0],
            (int)made.Data["sms"]!["default_verification_timeout_secs"]!, (int)made.Data["call"]!["default_verification_timeout_secs"]!));
        Assert.Null(made.Data["sms"]!["default_timeout_secs"]);
        string id = (string)made.Data["id"]!;
        Assert.Equal(200, (await AskAsync(_person, id)).Status);
        // Programs leave the plus away in a path.
        Assert.Single((await host.SendAsync("GET", $"{Path}/by_phone_number/{_person.TrimStart('+')}")).List);
        (await host.SendAsync("PATCH", $"/v2/verify_profiles/{id}", """{"call":{"default_timeout_secs":"soon"}}""")).Refuses(400, "10015",
            "/call/default_timeout_secs");
    }

    [Fact]
    public async Task Codes_are_told_in_the_accounts_own_words()
    {
        var made = await host.SendAsync("POST", "/v2/verify_profiles/templates", """{"text":"{{app_name}}: {{ code }} it is."}""");
        string template = (string)made.Data["id"]!;
        var listed = (await host.SendAsync("GET", "/v2/verify_profiles/templates")).List;
        Assert.Contains(listed, t => (string?)t!["id"] == template);
        Assert.Equal(2, (await host.SendAsync("GET", "/v2/verify_profiles/templates", key: TelnyxHost.OtherTenantKey)).List.Count);
        var shop = await host.SendAsync("POST", "/v2/verify_profiles", $$"""
            {"name":"Shop","sms":{"whitelisted_destinations":["US"],"messaging_template_id":"{{template}}"} }
            """);
        await host.SendAsync("PATCH", $"/v2/verify_profiles/templates/{template}", """{"text":"{{app_name}} says {{code}}."}""");
        await AskedAsync(_person, (string)shop.Data["id"]!);
        Assert.Matches("^Shop says [0-9]{5}\\.$", await ComeAsync());
        await host.SendAsync("PATCH", $"/v2/verify_profiles/templates/{template}",
            "{\"text\":\"{{code}}" + new string('Ж', 900) + "\"}");
        (await AskAsync(_person, (string)shop.Data["id"]!)).Refuses(400, "40302", "/verify_profile_id");
        (await host.SendAsync("POST", "/v2/verify_profiles/templates", """{"text":"no code"}""")).Refuses(400, "10015", "/text");
        (await host.SendAsync("POST", "/v2/verify_profiles/templates", """{"text":"{{code}} {{name}}"}""")).Refuses(400, "10015", "/text");
        (await host.SendAsync("PATCH", $"/v2/verify_profiles/templates/{listed[0]!["id"]}", """{"text":"{{code}}"}"""))
            .Refuses(404, "10005");
        (await host.SendAsync("POST", "/v2/verify_profiles", $$"""
            {"name":"Other","sms":{"whitelisted_destinations":["US"],"messaging_template_id":"{{Guid.NewGuid()}}"} }
            """)).Refuses(400, "10015", "/sms/messaging_template_id");
    }
}
