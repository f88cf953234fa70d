using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Telnyx;

namespace Ringwright.Edge.Dialects;

/// <summary>What belongs to no dialect: whoever makes or changes it, the others show it in their words, over HTTP.</summary>
public sealed class SharedRecordTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private string Account => $"/operator/v1/accounts/{host.Tenant}";

    private async Task<JsonObject> OperatorAsync(string method, string path, string? body = null) =>
        await DataAsync(method, Account + path, body, TelnyxHost.OperatorKey);

    private async Task<JsonObject> TelnyxAsync(string method, string path, string? body = null) =>
        await DataAsync(method, "/v2" + path, body, TelnyxHost.Key);

    private async Task<JsonObject> TinyAsync(string method, string path, string? body = null) =>
        await DataAsync(method, Tiny.Root + path, body, TelnyxHost.Key);

    private async Task<JsonObject> DataAsync(string method, string path, string? body, string key)
    {
        var answer = await host.SendAsync(method, path, body, key);
        Assert.True(answer.Status is 200 or 201, $"{method} {path}: {answer.Status} {answer.Text}");
        return answer.Data;
    }

    [Fact]
    public async Task What_the_operator_makes_each_dialect_shows()
    {
        var profile = await OperatorAsync("POST", "/profiles",
            """{"name":"Abroad","destinations":["DE","SIP"],"daily_spend_limit_micros":2500000,"concurrent_call_limit":3}""");
        var made = await OperatorAsync("POST", "/connections",
            $$"""{"kind":"application","name":"Front desk","webhook_url":"https://example.com/hook","outbound_profile_id":"{{profile["id"]}}","inbound_channel_limit":4}""");
        string id = (string)made["id"]!;
        var number = await OperatorAsync("POST", "/numbers",
            $$"""{"phone_number":"+15550191001","connection_id":"{{id}}","tags":["vip"],"country":"US"}""");

        var application = await TelnyxAsync("GET", $"/call_control_applications/{id}");
        Assert.Equal(("Front desk", "https://example.com/hook", true),
            ((string)application["application_name"]!, (string)application["webhook_event_url"]!, (bool)application["active"]!));
        Assert.Equal(((string)profile["id"]!, 4),
            ((string)application["outbound"]!["outbound_voice_profile_id"]!, (int)application["inbound"]!["channel_limit"]!));
        var voiceProfile = await TelnyxAsync("GET", $"/outbound_voice_profiles/{profile["id"]}");
        Assert.Equal(("""["DE","SIP"]""", "2.50", true, 3),
            (voiceProfile["whitelisted_destinations"]!.ToJsonString(), (string)voiceProfile["daily_spend_limit"]!,
                (bool)voiceProfile["daily_spend_limit_enabled"]!, (int)voiceProfile["concurrent_call_limit"]!));
        var phone = await TelnyxAsync("GET", "/phone_numbers/+15550191001");
        Assert.Equal(((string)number["id"]!, id, "Front desk", "active", "US"), ((string)phone["id"]!, (string)phone["connection_id"]!,
            (string)phone["connection_name"]!, (string)phone["status"]!, (string)phone["country_iso_alpha2"]!));
        // Its lists find it by fields that only its document has, and by those of the record.
        foreach (string filter in new[]
        {
            "filter[tag]=vip", "filter[number_type][eq]=local", "filter[phone_number]=15550191001", "filter[status]=active"
        })
            Assert.Contains((await host.SendAsync("GET", $"/v2/phone_numbers?{filter}")).Body["data"]!.AsArray(),
                shown => (string)shown!["id"]! == (string)number["id"]!);

        Assert.Equal(("Front desk", "https://example.com/hook"),
            (await TinyAsync("GET", $"/desks/{id}") is var desk ? ((string)desk["title"]!, (string)desk["hook"]!) : default));
        var line = await TinyAsync("GET", $"/lines/{number["id"]}");
        Assert.Equal(("+15550191001", id, "grey"), ((string)line["call"]!, (string)line["desk"]!, (string)line["colour"]!));

        // And calls go by it.
        Assert.Equal(id, host.Store.Routing.Current.FindNumber("+15550191001")!.Connection.ToString());
    }

    [Fact]
    public async Task What_one_dialect_makes_and_another_changes_all_show()
    {
        var desk = await TinyAsync("POST", "/desks", """{"title":"Tiny desk","hook":"https://example.com/tiny"}""");
        string id = (string)desk["id"]!;
        var line = await TinyAsync("POST", "/lines", $$"""{"call":"+15550191002","desk":"{{id}}","colour":"red"}""");
        Assert.Equal("Tiny desk", (string)(await TelnyxAsync("GET", $"/call_control_applications/{id}"))["application_name"]!);
        Assert.Equal(("application", "Tiny desk"),
            (await OperatorAsync("GET", $"/connections/{id}") is var seen ? ((string)seen["kind"]!, (string)seen["name"]!) : default));

        // Telnyx's customer renames it and says more than the others have words for.
        await TelnyxAsync("PATCH", $"/call_control_applications/{id}",
            """{"application_name":"Renamed","webhook_event_url":"https://example.com/other","first_command_timeout":true,"first_command_timeout_secs":7,"anchorsite_override":"\"Latency\""}""");
        Assert.Equal(("Renamed", "https://example.com/other"),
            (await TinyAsync("GET", $"/desks/{id}") is var now ? ((string)now["title"]!, (string)now["hook"]!) : default));

        // Tiny changes one thing: what it has no words for stays, in the record and in the other's document.
        await TinyAsync("PATCH", $"/desks/{id}", """{"title":"Again"}""");
        var application = await TelnyxAsync("GET", $"/call_control_applications/{id}");
        Assert.Equal(("Again", 7, "\"Latency\""), ((string)application["application_name"]!,
            (int)application["first_command_timeout_secs"]!, (string)application["anchorsite_override"]!));
        Assert.Equal(TimeSpan.FromSeconds(7),
            host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.FirstCommandTimeout);

        // The operator takes the number away from it; the line keeps the colour that only Tiny knows.
        await OperatorAsync("PATCH", $"/numbers/{line["id"]}", """{"connection_id":null,"tags":["spare"]}""");
        var phone = await TelnyxAsync("GET", $"/phone_numbers/{line["id"]}");
        Assert.Equal(("", """["spare"]"""), ((string)phone["connection_id"]!, phone["tags"]!.ToJsonString()));
        Assert.Equal((null, "red"),
            (await TinyAsync("GET", $"/lines/{line["id"]}") is var left ? ((string?)left["desk"], (string)left["colour"]!) : default));

        await TelnyxAsync("PATCH", $"/phone_numbers/{line["id"]}", """{"customer_reference":"ours"}""");
        await TinyAsync("PATCH", $"/lines/{line["id"]}", """{"colour":"blue"}""");
        phone = await TelnyxAsync("GET", $"/phone_numbers/{line["id"]}");
        Assert.Equal(("ours", """["spare"]"""), ((string)phone["customer_reference"]!, phone["tags"]!.ToJsonString()));

        await TinyAsync("DELETE", $"/desks/{id}");
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/call_control_applications/{id}")).Status);
        await OperatorAsync("DELETE", $"/numbers/{line["id"]}");
        Assert.Equal((404, 404), ((await host.SendAsync("GET", $"/v2/phone_numbers/{line["id"]}")).Status,
            (await host.SendAsync("GET", $"{Tiny.Root}/lines/{line["id"]}")).Status));
    }

    [Fact]
    public async Task A_change_by_a_dialect_leaves_what_it_has_no_words_for()
    {
        var made = await OperatorAsync("POST", "/connections",
            """{"kind":"application","name":"Echo by name","application":{"kind":"script","target":"menu"}}""");
        string id = (string)made["id"]!;
        await TelnyxAsync("PATCH", $"/call_control_applications/{id}",
            """{"application_name":"Echo renamed","webhook_event_url":"https://example.com/x"}""");
        var now = await OperatorAsync("GET", $"/connections/{id}");
        Assert.Equal(("Echo renamed", """{"kind":"script","target":"menu"}"""), ((string)now["name"]!, now["application"]!.ToJsonString()));
        Assert.Equal(new Application(ApplicationKind.Script, "menu"),
            host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.Application);
    }

    [Fact]
    public async Task How_calls_are_told_of_is_the_operators_to_say_for_equipment_and_for_documents()
    {
        var made = await OperatorAsync("POST", "/connections", """
            {"kind":"ip","name":"PBX that is told of","webhook_url":"https://example.com/hook",
             "webhook_failover_url":"https://example.com/other","webhook_version":"1","webhook_timeout_seconds":7,"webhook_retry_schedule":"long"}
            """);
        string id = (string)made["id"]!;
        Assert.Equal(("1", 7, "long"), ((string)made["webhook_version"]!, (int)made["webhook_timeout_seconds"]!,
            (string)made["webhook_retry_schedule"]!));
        Assert.Equal(new EventSink("https://example.com/hook")
        {
            FailoverUrl = "https://example.com/other", Version = "1", Timeout = TimeSpan.FromSeconds(7), Retries = RetrySchedule.Long,
        }, host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.Events);
        var shown = await TelnyxAsync("GET", $"/ip_connections/{id}");
        Assert.Equal(("1", 7), ((string)shown["webhook_api_version"]!, (int)shown["webhook_timeout_secs"]!));
        var usual = await OperatorAsync("PATCH", $"/connections/{id}",
            """{"webhook_timeout_seconds":null,"webhook_retry_schedule":null,"webhook_version":"2"}""");
        Assert.Equal(("2", (int?)null, (string?)null), ((string)usual["webhook_version"]!, (int?)usual["webhook_timeout_seconds"],
            (string?)usual["webhook_retry_schedule"]));

        const string Documents = """{"kind":"document","name":"IVR","webhook_url":"https://example.com/voice","webhook_version":"1"}""";
        var refused = await host.SendAsync("POST", Account + "/connections", Documents, TelnyxHost.OperatorKey);
        Assert.Contains("no webhook_version", refused.Text, StringComparison.Ordinal);
        Assert.InRange(refused.Status, 400, 422);
        var told = await OperatorAsync("POST", "/connections", Documents.Replace("\"webhook_version\":\"1\"",
            "\"status_url\":\"https://example.com/status\",\"status_method\":\"GET\"", StringComparison.Ordinal));
        Assert.Equal(("https://example.com/status", "GET", (string?)null),
            ((string)told["status_url"]!, (string)told["status_method"]!, (string?)told["webhook_version"]));
        Assert.Equal(new EventSink("https://example.com/status") { Method = "GET" },
            host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse((string)told["id"]!)))!.Status);
        var none = await host.SendAsync("PATCH", $"{Account}/connections/{id}", """{"status_url":"https://example.com/status"}""",
            TelnyxHost.OperatorKey);
        Assert.Contains("no status_url", none.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_phone_of_the_operators_registers_with_its_password_and_no_answer_tells_it()
    {
        const string Body =
            """{"kind":"credential","name":"Desk phone","user_name":"opphone1","password":"a-long-password","sip_uri_calling":"internal"}""";
        var answer = await host.SendAsync("POST", Account + "/connections", Body, TelnyxHost.OperatorKey);
        Assert.Equal(201, answer.Status);
        string id = (string)answer.Data["id"]!;
        var shown = await host.SendAsync("GET", $"/v2/credential_connections/{id}");
        Assert.Equal(("opphone1", "internal"), ((string)shown.Data["user_name"]!, (string)shown.Data["sip_uri_calling_preference"]!));
        Assert.Equal("a-long-password", host.Store.Routing.Current.Sip.FindUser("opphone1")!.Password);
        await TelnyxAsync("PATCH", $"/credential_connections/{id}", """{"connection_name":"Desk phone 2"}""");
        await OperatorAsync("PATCH", $"/connections/{id}", """{"enabled":false}""");
        Assert.Equal("a-long-password", host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.Sip!.Password);
        Assert.False((bool)(await TelnyxAsync("GET", $"/credential_connections/{id}"))["active"]!);
        string said = answer.Text + (await host.SendAsync("GET", "/v2/audit_events?page[size]=100")).Text
            + (await host.SendAsync("GET", Account + "/connections", (string?)null, TelnyxHost.OperatorKey)).Text;
        Assert.DoesNotContain("a-long-password", said, StringComparison.Ordinal);
        Assert.Equal(409,
            (await host.SendAsync("POST", Account + "/connections", Body.Replace("Desk phone", "Another"), TelnyxHost.OperatorKey)).Status);
    }

    [Fact]
    public async Task Who_may_refer_is_the_operators_to_say_and_stays_when_the_customer_changes_the_rest()
    {
        var pbx = await OperatorAsync("POST", "/connections", """{"kind":"ip","name":"PBX that refers"}""");
        string id = (string)pbx["id"]!;
        Assert.False((bool)pbx["may_refer"]!);
        Assert.True((bool)(await OperatorAsync("PATCH", $"/connections/{id}", """{"may_refer":true}"""))["may_refer"]!);
        await TelnyxAsync("PATCH", $"/ip_connections/{id}", """{"connection_name":"PBX that refers on"}""");
        Assert.True(host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.MayRefer(isUser: false));
        var phone = await OperatorAsync("POST", "/connections",
            """{"kind":"credential","name":"Phone that refers","user_name":"refers1","password":"a-long-password"}""");
        Assert.True((bool)phone["may_refer"]!);
        await OperatorAsync("PATCH", $"/connections/{phone["id"]}", """{"may_refer":false}""");
        await TelnyxAsync("PATCH", $"/credential_connections/{phone["id"]}", """{"user_name":"refers2"}""");
        var connection = host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse((string)phone["id"]!)))!;
        Assert.Equal(("refers2", false), (connection.Sip!.UserName, connection.MayRefer(isUser: true)));
    }

    [Fact]
    public async Task The_operator_is_told_what_is_wrong_and_the_accounts_trail_says_who_did_it()
    {
        (string Method, string Path, string Body, int Status, string Pointer)[] wrong =
        [
            ("POST", "/numbers", """{"phone_number":"0155"}""", 422, "/phone_number"),
            ("POST", "/numbers", """{"phone_number":"+15550191009","connection_id":"77"}""", 422, "/connection_id"),
            ("POST", "/numbers", """{"phone_number":"+15550191009","color":"red"}""", 422, "/color"),
            ("POST", "/connections", """{"kind":"application","name":"  "}""", 422, "/name"),
            ("POST", "/connections", """{"kind":"carrier","name":"x"}""", 422, "/kind"),
            ("POST", "/connections", """{"kind":"credential","name":"x"}""", 422, "/user_name"),
            ("POST", "/connections", """{"kind":"ip","name":"x","user_name":"abcd"}""", 422, "/user_name"),
            ("POST", "/connections", """{"kind":"ip","name":"x","application":{"kind":"echo"}}""", 422, "/application"),
            ("POST", "/connections", """{"kind":"application","name":"x","may_refer":true}""", 422, "/may_refer"),
            ("POST", "/connections", """{"kind":"application","name":"x","webhook_url":"ftp://x"}""", 422, "/webhook_url"),
            ("POST", "/connections", """{"kind":"application","name":"x","outbound_profile_id":"1"}""", 422, "/outbound_profile_id"),
            ("POST", "/profiles", """{"name":"x","destinations":["Germany"]}""", 422, "/destinations/0"),
        ];
        foreach (var (method, path, body, status, pointer) in wrong)
        {
            var answer = await host.SendAsync(method, Account + path, body, TelnyxHost.OperatorKey);
            Assert.True(answer.Status == status && answer.Text.Contains($"\"{pointer}\"", StringComparison.Ordinal),
                $"{body}: {answer.Status} {answer.Text}");
        }
        Assert.Equal(404,
            (await host.SendAsync("GET", $"/operator/v1/accounts/{Guid.NewGuid()}/numbers", (string?)null, TelnyxHost.OperatorKey)).Status);
        // A customer's key opens none of this, and another account's record is not under this account.
        Assert.Equal(401, (await host.SendAsync("GET", Account + "/numbers")).Status);
        var number = await OperatorAsync("POST", "/numbers", """{"phone_number":"+15550191003"}""");
        Assert.Equal(404, (await host.SendAsync("GET", $"/operator/v1/accounts/{host.Stranger}/numbers/{number["id"]}", (string?)null,
            TelnyxHost.OperatorKey)).Status);
        Assert.Equal(409, (await host.SendAsync("POST", $"/operator/v1/accounts/{host.Stranger}/numbers",
            """{"phone_number":"+15550191003"}""", TelnyxHost.OperatorKey)).Status);

        await OperatorAsync("PATCH", $"/numbers/{number["id"]}", """{"tags":["a"]}""");
        await OperatorAsync("DELETE", $"/numbers/{number["id"]}");
        var trail = (await host.SendAsync("GET", "/v2/audit_events?page[size]=100")).Body["data"]!.AsArray()
            .Where(e => (string?)e!["resource_id"] == (string)number["id"]!).ToList();
        Assert.Equal(3, trail.Count);
    }

    [Fact]
    public async Task What_comes_of_a_change_is_committed_with_it()
    {
        async Task<string[]> ToldAsync() =>
            [.. await Task.WhenAll((await host.Store.Outbox.ListPendingAsync(0, 1_000, TestContext.Current.CancellationToken))
                .Where(entry => entry.OrderKey == "tickets").Select(async entry =>
                    (await host.Store.Outbox.FindAsync(host.Tenant, entry.Id, TestContext.Current.CancellationToken))!.EventType))];

        var ticket = await TinyAsync("POST", "/tickets", """{"title":"Broken phone"}""");
        await TinyAsync("PATCH", $"/tickets/{ticket["id"]}", """{"title":"Broken phone on the desk"}""");
        Assert.Equal("closed", (string)(await TinyAsync("POST", $"/tickets/{ticket["id"]}/close"))["status"]!);
        Assert.Equal(["ticket.created", "ticket.updated", "ticket.closed"], await ToldAsync());
        // One that is refused tells nothing.
        Assert.Equal(409, (await host.SendAsync("POST", $"{Tiny.Root}/tickets/{ticket["id"]}/close")).Status);
        Assert.Equal(3, (await ToldAsync()).Length);
        await TinyAsync("DELETE", $"/tickets/{ticket["id"]}");
        Assert.Equal("ticket.deleted", (await ToldAsync())[^1]);
        var jobs = await host.Store.Jobs.ListAsync(host.Tenant, "file_ticket", 0, 10, TestContext.Current.CancellationToken);
        Assert.Equal((string)ticket["id"]!, (string)Assert.Single(jobs.Jobs).Input["ticket"]!);
    }

    [Fact]
    public async Task Applications_made_by_the_operator_may_be_programs()
    {
        var made = await OperatorAsync("POST", "/connections",
            """{"kind":"application","name":"Test line","application":{"kind":"echo"}}""");
        Assert.Equal(ApplicationKind.Echo,
            host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse((string)made["id"]!)))!.Application.Kind);
    }
}
