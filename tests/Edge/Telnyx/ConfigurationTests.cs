using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Http;

namespace Ringwright.Edge.Telnyx;

/// <summary>Applications, profiles, numbers and the key: what is written is what calls meet.</summary>
public sealed class ConfigurationTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    [Fact]
    public async Task A_new_application_has_the_contracts_defaults_and_version_2()
    {
        var made = await host.SendAsync("POST", "/v2/call_control_applications",
            """{"application_name":"router","webhook_event_url":"https://93.184.216.34/h"}""");
        Assert.True(made.Status == 201, made.Text);
        var data = made.Data;
        Assert.Matches("^[0-9]{19}$", (string?)data["id"]);
        Assert.Equal("call_control_application", (string?)data["record_type"]);
        Assert.Equal("2", (string?)data["webhook_api_version"]);
        Assert.True((bool?)data["active"]);
        Assert.False((bool?)data["first_command_timeout"]);
        Assert.Equal(30, (int?)data["first_command_timeout_secs"]);
        Assert.Equal("RFC 2833", (string?)data["dtmf_type"]);
        Assert.Matches("^2025-03-04T15:.*Z$", (string?)data["created_at"]);

        var got = await host.SendAsync("GET", $"/v2/call_control_applications/{data["id"]}");
        Assert.True(JsonNode.DeepEquals(data, got.Data), got.Text);
    }

    /// <summary>A client of .NET has a number and a truth for them, and sends both where nobody has said either.</summary>
    [Theory]
    [InlineData("call_control_applications", "\"application_name\":\"no timeout\",\"webhook_event_url\":\"https://93.184.216.34/h\"")]
    [InlineData("texml_applications", "\"friendly_name\":\"no timeout\",\"voice_url\":\"https://93.184.216.34/v\"")]
    public async Task No_timeout_of_0_seconds_is_none(string path, string fields)
    {
        const string none = "\"first_command_timeout\":false,\"first_command_timeout_secs\":0";
        var made = await host.SendAsync("POST", $"/v2/{path}", $$"""{{{fields}},{{none}}}""");
        Assert.True(made.Status is 200 or 201, made.Text);
        Assert.Equal((false, 30), ((bool?)made.Data["first_command_timeout"], (int?)made.Data["first_command_timeout_secs"]));
        string one = $"/v2/{path}/{made.Data["id"]}";
        (await host.SendAsync("PATCH", one,
            """{"first_command_timeout":true,"first_command_timeout_secs":0}""")).Refuses(422, "10033", "/first_command_timeout_secs");
        // Also where it says nothing of what is kept.
        const string alone = """{"first_command_timeout_secs":0}""";
        var changed = await host.SendAsync("PATCH", one, alone);
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal((false, 30), ((bool?)changed.Data["first_command_timeout"], (int?)changed.Data["first_command_timeout_secs"]));
        Assert.Equal(200, (await host.SendAsync("PATCH", one, """{"first_command_timeout":true}""")).Status);
        (await host.SendAsync("PATCH", one, alone)).Refuses(422, "10033", "/first_command_timeout_secs");
    }

    [Theory]
    [InlineData("call_control_applications",
        """{"application_name":"unset","webhook_event_url":"https://93.184.216.34/h","webhook_timeout_secs":null}""")]
    [InlineData("credential_connections", """{"connection_name":"unset c","user_name":"unsetuser1","password":"unsetpass1"}""")]
    [InlineData("ip_connections", """{"connection_name":"unset i"}""")]
    [InlineData("fqdn_connections", """{"connection_name":"unset f"}""")]
    [InlineData("outbound_voice_profiles", """{"name":"unset"}""")]
    public async Task A_number_that_is_unset_is_left_out_of_answers(string path, string body)
    {
        var made = (await host.SendAsync("POST", $"/v2/{path}", body)).Data.AsObject();
        var got = (await host.SendAsync("GET", $"/v2/{path}/{made["id"]}")).Data.AsObject();
        foreach (var data in new[] { made, got })
        {
            foreach (string field in new[] { "webhook_timeout_secs", "rtp_timeout_secs", "concurrent_call_limit" })
                Assert.False(data.ContainsKey(field), field);
            foreach (string field in new[] { "inbound", "outbound" })
                if (data[field] is JsonObject part) Assert.False(part.ContainsKey("channel_limit"), field);
        }
    }

    [Fact]
    public async Task Names_of_applications_and_profiles_may_stand_twice()
    {
        foreach (string name in new[] { "twin one", "twin two" })
        {
            string first = await host.ApplicationAsync("twin"), second = await host.ApplicationAsync("twin");
            Assert.NotEqual(first, second);
            var listed = JsonNode.Parse((await host.SendAsync("GET",
                "/v2/call_control_applications?filter[application_name][contains]=twin&page[size]=250")).Text)!["data"]!.AsArray();
            Assert.All(new[] { first, second },
                id => Assert.Contains(listed, a => (string?)a!["id"] == id && (string?)a["application_name"] == "twin"));
            Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/call_control_applications/{first}",
                $$"""{"application_name":"{{name}}","webhook_event_url":"https://93.184.216.34/h"}""")).Status);
            Assert.Equal(200, (await host.SendAsync("POST", "/v2/outbound_voice_profiles", """{"name":"twin"}""")).Status);
        }
    }

    [Fact]
    public async Task Updates_at_the_same_time_are_all_made()
    {
        string id = await host.ApplicationAsync("busy place");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.SendAsync("PATCH", $"/v2/call_control_applications/{id}",
            $$"""{"application_name":"busy place","webhook_event_url":"https://93.184.216.34/hooks","tags":["t{{i}}"]}""")));
        Assert.All(answers, answer => Assert.True(answer.Status == 200, answer.Text));
    }

    [Fact]
    public async Task What_an_application_says_is_what_calls_meet()
    {
        var profile = await host.SendAsync("POST", "/v2/outbound_voice_profiles",
            """{"name":"all of it","concurrent_call_limit":3,"whitelisted_destinations":["DE","FR"]}""");
        Assert.True(profile.Status == 200, profile.Text);
        string id = await host.ApplicationAsync("full", $$"""
            ,"webhook_event_failover_url":"https://93.184.216.34/f","webhook_timeout_secs":25,"webhook_api_version":"1","first_command_timeout":true,"first_command_timeout_secs":10
            ,"inbound":{"channel_limit":4},"outbound":{"channel_limit":5,"outbound_voice_profile_id":"{{profile.Data["id"]}}"},"redact_dtmf_debug_logging":true,"dtmf_type":"Inband"
            """);
        var connection = host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!;
        Assert.Equal((ConnectionKind.CallControl, "full", true), (connection.Kind, connection.Name, connection.IsActive));
        Assert.Equal(("https://93.184.216.34/hooks", "https://93.184.216.34/f", "1"),
            (connection.WebhookUrl, connection.WebhookFailoverUrl, connection.WebhookVersion));
        Assert.Equal((25, 10),
            ((int)connection.WebhookTimeout!.Value.TotalSeconds, (int)connection.FirstCommandTimeout!.Value.TotalSeconds));
        Assert.Equal((4, 5), (connection.InboundChannelLimit, connection.OutboundChannelLimit));
        Assert.True(connection.IsDtmfRedacted);
        Assert.Equal(DigitMethod.Tones, connection.Digits);

        var stored = host.Store.Routing.Current.FindProfile(host.Tenant, connection.OutboundProfile!.Value)!;
        Assert.Equal(("all of it", 3), (stored.Name, stored.ConcurrentCallLimit));
        Assert.Equal(["DE", "FR"], stored.Destinations);
        Assert.Equal(1, (int?)(await host.SendAsync("GET", $"/v2/outbound_voice_profiles/{profile.Data["id"]}")).Data["connections_count"]);
        (await host.SendAsync("DELETE", $"/v2/outbound_voice_profiles/{profile.Data["id"]}")).Refuses(422, "10021");

        var changed = await host.SendAsync("PATCH", $"/v2/call_control_applications/{id}",
            """{"application_name":"full","webhook_event_url":"https://93.184.216.34/new","outbound":{"outbound_voice_profile_id":""},"active":false}""");
        Assert.True(changed.Status == 200, changed.Text);
        connection = host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!;
        Assert.Equal(("https://93.184.216.34/new", false, null, 5),
            (connection.WebhookUrl, connection.IsActive, connection.OutboundProfile, connection.OutboundChannelLimit));
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/outbound_voice_profiles/{profile.Data["id"]}")).Status);
    }

    [Theory]
    [InlineData("call_control_applications", """
        {"application_name":"part","webhook_event_url":"https://93.184.216.34/h","webhook_event_failover_url":"https://93.184.216.34/f",
         "inbound":{"channel_limit":4},"outbound":{"channel_limit":6}}
        """, """{"first_command_timeout":true,"inbound":{"channel_limit":5}}""")]
    [InlineData("texml_applications", """
        {"friendly_name":"part","voice_url":"https://93.184.216.34/v","voice_fallback_url":"https://93.184.216.34/f","voice_method":"get"}
        """, """{"status_callback":"https://93.184.216.34/s"}""")]
    [InlineData("outbound_voice_profiles", """
        {"name":"part","concurrent_call_limit":3,"whitelisted_destinations":["DE"],"max_destination_rate":0.5}
        """, """{"enabled":false}""")]
    [InlineData("messaging_profiles", """
        {"name":"part","whitelisted_destinations":["US"],"webhook_url":"https://93.184.216.34/m",
         "number_pool_settings":{"toll_free_weight":3,"long_code_weight":1,"skip_unhealthy":true}}
        """, """{"number_pool_settings":{"long_code_weight":2}}""")]
    public async Task A_change_of_some_fields_leaves_the_others(string path, string body, string some)
    {
        var made = await host.SendAsync("POST", $"/v2/{path}", body);
        Assert.True(made.Status is 200 or 201, made.Text);
        var changed = await host.SendAsync("PATCH", $"/v2/{path}/{made.Data["id"]}", some);
        Assert.True(changed.Status == 200, changed.Text);
        var expected = made.Data.DeepClone().AsObject();
        Lay(expected, JsonNode.Parse(some)!.AsObject());
        expected["updated_at"] = changed.Data["updated_at"]?.DeepClone();
        Assert.True(JsonNode.DeepEquals(expected, changed.Data), changed.Text);

        static void Lay(JsonObject on, JsonObject given)
        {
            foreach (var (name, value) in given)
                if (value is JsonObject members && on[name] is JsonObject there) Lay(there, members);
                else on[name] = value?.DeepClone();
        }
    }

    [Fact]
    public async Task Null_takes_a_limit_away()
    {
        string id = await host.ApplicationAsync("unlimited", ""","inbound":{"channel_limit":4}""");
        var changed = await host.SendAsync("PATCH", $"/v2/call_control_applications/{id}",
            """{"application_name":"unlimited","webhook_event_url":"https://93.184.216.34/h","inbound":{"channel_limit":null}}""");
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Null((int?)changed.Data["inbound"]!["channel_limit"]);
        Assert.Null(host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.InboundChannelLimit);
    }

    [Fact]
    public async Task A_deleted_application_is_shown_once_more_and_gone()
    {
        string id = await host.ApplicationAsync("short-lived");
        var gone = await host.SendAsync("DELETE", $"/v2/call_control_applications/{id}");
        Assert.Equal("short-lived", (string?)gone.Data["application_name"]);
        (await host.SendAsync("GET", $"/v2/call_control_applications/{id}")).Refuses(404, "10005");
        Assert.Null(host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id))));
    }

    [Fact]
    public async Task Another_account_sees_none_of_it()
    {
        string id = await host.ApplicationAsync("private");
        (await host.SendAsync("GET", $"/v2/call_control_applications/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/call_control_applications/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Empty((await host.SendAsync("GET", "/v2/call_control_applications", key: TelnyxHost.OtherTenantKey)).List);
    }

    [Theory]
    [InlineData("""{"webhook_event_url":"https://93.184.216.34/h"}""", "10004", "/application_name")]
    [InlineData("""{"application_name":"x"}""", "10004", "/webhook_event_url")]
    [InlineData("""{"application_name":" ","webhook_event_url":"https://93.184.216.34/h"}""", "10025", "/application_name")]
    [InlineData("""{"application_name":"x","webhook_event_url":"nonsense"}""", "10003", "/webhook_event_url")]
    [InlineData("""{"application_name":"x","webhook_event_url":"http://127.0.0.1:9/h"}""", "10003", "/webhook_event_url")]
    [InlineData("""{"application_name":"x","webhook_event_url":"http://localhost/h"}""", "10003", "/webhook_event_url")]
    [InlineData("""{"application_name":"x","webhook_event_url":"http://169.254.169.254/"}""", "10003", "/webhook_event_url")]
    [InlineData(
        """{"application_name":"x","webhook_event_url":"https://93.184.216.34/h","webhook_event_failover_url":"http://10.1.2.3/"}""",
        "10003", "/webhook_event_failover_url")]
    [InlineData("""{"application_name":"x","webhook_event_url":"https://93.184.216.34/h","webhook_timeout_secs":31}""", "10033",
        "/webhook_timeout_secs")]
    [InlineData("""{"application_name":"x","webhook_event_url":"https://93.184.216.34/h","webhook_api_version":"3"}""", "10032",
        "/webhook_api_version")]
    [InlineData("""{"application_name":"x","webhook_event_url":"https://93.184.216.34/h","first_command_timeout_secs":0}""", "10033",
        "/first_command_timeout_secs")]
    [InlineData("""{"application_name":"x","webhook_event_url":"https://93.184.216.34/h","inbound":{"channel_limit":-1}}""", "10033",
        "/inbound/channel_limit")]
    [InlineData("""{"application_name":"x","webhook_event_url":"https://93.184.216.34/h","outbound":{"outbound_voice_profile_id":"1"}}""",
        "10015", "/outbound/outbound_voice_profile_id")]
    public async Task A_wrong_application_is_refused_with_a_pointer(string body, string code, string pointer) =>
        (await host.SendAsync("POST", "/v2/call_control_applications", body)).Refuses(422, code, pointer);

    [Fact]
    public async Task Applications_are_filtered_by_name_and_profile()
    {
        await host.ApplicationAsync("filter-alpha");
        await host.ApplicationAsync("filter-beta");
        var found = await host.SendAsync("GET", "/v2/call_control_applications?filter[application_name][contains]=ALPHA");
        Assert.Equal("filter-alpha", (string?)Assert.Single(found.List)!["application_name"]);
        Assert.Empty((await host.SendAsync("GET", "/v2/call_control_applications?filter[outbound.outbound_voice_profile_id]=77")).List);
        (await host.SendAsync("GET", "/v2/call_control_applications?filter[colour]=red")).Refuses(400, "10031");
    }

    [Theory]
    [InlineData("""{"name":"ab"}""", "10025", "/name")]
    [InlineData("{}", "10004", "/name")]
    [InlineData("""{"name":"abc","whitelisted_destinations":["DE","germany"]}""", "10015", "/whitelisted_destinations/1")]
    [InlineData("""{"name":"abc","concurrent_call_limit":-1}""", "10033", "/concurrent_call_limit")]
    [InlineData("""{"name":"abc","daily_spend_limit":"lots"}""", "10015", "/daily_spend_limit")]
    [InlineData("""{"name":"abc","traffic_type":"loud"}""", "10032", "/traffic_type")]
    [InlineData("""{"name":"abc","max_destination_rate":-1}""", "10033", "/max_destination_rate")]
    [InlineData("""{"name":"abc","billing_group_id":"6a09cdc3-8948-47f0-aa62-74ac943d6c58"}""", "10015", "/billing_group_id")]
    [InlineData("""{"name":"abc","call_recording":{"call_recording_caller_phone_numbers":["bob"]}}""", "10016",
        "/call_recording/call_recording_caller_phone_numbers/0")]
    [InlineData("""{"name":"abc","call_recording":{"call_recording_type":"some"}}""", "10032", "/call_recording/call_recording_type")]
    public async Task A_wrong_profile_is_refused_with_a_pointer(string body, string code, string pointer) =>
        (await host.SendAsync("POST", "/v2/outbound_voice_profiles", body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_new_profile_allows_two_countries_and_has_no_limit()
    {
        var made = await host.SendAsync("POST", "/v2/outbound_voice_profiles", """{"name":"plain"}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal("""["US","CA"]""", made.Data["whitelisted_destinations"]!.ToJsonString());
        Assert.Null((int?)made.Data["concurrent_call_limit"]);
        Assert.Equal(0, (int?)made.Data["connections_count"]);
        Assert.Equal("outbound_voice_profile", (string?)made.Data["record_type"]);
    }

    [Fact]
    public async Task Numbers_are_found_by_id_by_their_text_and_by_filters()
    {
        string application = await host.ApplicationAsync("numbers");
        await host.Store.Numbers.ImportAsync(
        [
            Imported.Number(new("+15550177001", host.Tenant, new(long.Parse(application))) { Tags = ["vip"] }, 2000000000000000001,
                host.Time.GetUtcNow(), "US"),
            Imported.Number(new("+15550177002", host.Tenant, null), 2000000000000000002, host.Time.GetUtcNow(), "US"),
            Imported.Number(new("+15550177003", host.Stranger, null), 2000000000000000003, host.Time.GetUtcNow(), "US"),
        ], TestContext.Current.CancellationToken);

        var byId = await host.SendAsync("GET", "/v2/phone_numbers/2000000000000000001");
        var byText = await host.SendAsync("GET", "/v2/phone_numbers/+15550177001");
        Assert.True(byId.Status == 200, byId.Text);
        Assert.Equal(byId.Text, byText.Text);
        Assert.Equal("numbers", (string?)byId.Data["connection_name"]);
        Assert.Equal("active", (string?)byId.Data["status"]);
        Assert.Equal("phone_number", (string?)byId.Data["record_type"]);
        Assert.Equal("", (string?)(await host.SendAsync("GET", "/v2/phone_numbers/%2B15550177002")).Data["connection_id"]);
        (await host.SendAsync("GET", "/v2/phone_numbers/+15550177003")).Refuses(404, "10005");

        Assert.Equal(["+15550177001"], await Texts("filter[tag]=vip&filter[phone_number]=5501770"));
        Assert.Equal(["+15550177002"], await Texts("filter[phone_number]=177002"));
        Assert.Equal(["+15550177002"], await Texts("filter[phone_number]=%2B15550177002"));
        Assert.Equal(["+15550177002"], await Texts("filter[phone_number]=+15550177002"));
        Assert.Equal(["+15550177001"], await Texts($"filter[connection_id]={application}"));
        Assert.Equal(["+15550177001"], await Texts("filter[voice.connection_name][contains]=umbers&filter[phone_number]=5501770"));
        Assert.Equal(["+15550177002", "+15550177001"],
            await Texts("filter[status]=active&filter[phone_number]=5501770&sort=-phone_number"));
        Assert.Equal(["+15550177002"], await Texts("filter[without_tags]=true&filter[phone_number]=5501770"));
        Assert.Empty(await Texts("filter[phone_number]=17"));
        Assert.Empty(await Texts("filter[phone_number]=177abc"));
        Assert.Empty(await Texts("filter[status]=deleted&filter[phone_number]=5501770"));
    }

    private async Task<string[]> Texts(string query)
    {
        var answer = await host.SendAsync("GET", "/v2/phone_numbers?" + query);
        Assert.True(answer.Status == 200, answer.Text);
        return [.. answer.List.Select(number => (string)number!["phone_number"]!)];
    }

    [Fact]
    public async Task A_number_moves_to_another_application_and_off_again()
    {
        string application = await host.ApplicationAsync("mover");
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new("+15550166001", host.Tenant, null), 2000000000000000011, host.Time.GetUtcNow())],
            TestContext.Current.CancellationToken);

        var moved = await host.SendAsync("PATCH", "/v2/phone_numbers/+15550166001",
            $$"""{"connection_id":"{{application}}","tags":["a","b"],"customer_reference":"r-1","external_pin":"1234"}""");
        Assert.True(moved.Status == 200, moved.Text);
        Assert.Equal(("mover", "r-1", "1234"),
            ((string?)moved.Data["connection_name"], (string?)moved.Data["customer_reference"], (string?)moved.Data["external_pin"]));
        Assert.Equal(application, host.Store.Routing.Current.FindNumber("+15550166001")!.Connection.ToString());

        Assert.Equal(["a", "b"], host.Store.Routing.Current.FindNumber("+15550166001")!.Tags);

        var off = await host.SendAsync("PATCH", "/v2/phone_numbers/2000000000000000011", """{"connection_id":""}""");
        Assert.Equal(("", ""), ((string?)off.Data["connection_id"], (string?)off.Data["connection_name"]));
        Assert.Equal("""["a","b"]""", off.Data["tags"]!.ToJsonString());
        Assert.Null(host.Store.Routing.Current.FindNumber("+15550166001")!.Connection);

        // Null and nothing else, as programs write it; beside a change it is what clients send that write unset members.
        foreach (var (body, isKept) in new[]
        {
            ("""{"tags":["c"],"connection_id":null,"customer_reference":null}""", true), ("""{"connection_id":null}""", false),
            ("""{"connection_id":null,"messaging_profile_id":null}""", false),
        })
        {
            await host.SendAsync("PATCH", "/v2/phone_numbers/+15550166001", $$"""{"connection_id":"{{application}}"}""");
            Assert.Equal(200, (await host.SendAsync("PATCH", "/v2/phone_numbers/+15550166001", body)).Status);
            Assert.Equal(isKept, host.Store.Routing.Current.FindNumber("+15550166001")!.Connection is not null);
        }

        (await host.SendAsync("PATCH", "/v2/phone_numbers/+15550166001", """{"connection_id":"1"}"""))
            .Refuses(422, "10015", "/connection_id");
        (await host.SendAsync("PATCH", "/v2/phone_numbers/+15550166001", """{"billing_group_id":"x"}"""))
            .Refuses(422, "10015", "/billing_group_id");
    }

    [Fact]
    public async Task What_a_profile_says_of_money_and_recording_is_kept()
    {
        var made = await host.SendAsync("POST", "/v2/outbound_voice_profiles", """
            {"name":"careful","daily_spend_limit":"12.50","daily_spend_limit_enabled":true,"max_destination_rate":0.0125,
             "call_recording":{"call_recording_type":"by_caller_phone_number","call_recording_caller_phone_numbers":["+15550100"],"call_recording_channels":"dual","call_recording_format":"mp3"}}
            """);
        Assert.True(made.Status == 200, made.Text);
        var stored = host.Store.Routing.Current.FindProfile(host.Tenant, long.Parse((string)made.Data["id"]!))!;
        Assert.Equal((12_500_000, 12_500), (stored.DailySpendLimitMicros, stored.MaxRateMicros));
        Assert.Equal((new AutoRecording("mp3", IsDual: true), true), (stored.Recording!.Recording, stored.Recording.IsByCaller));
        Assert.Equal(["+15550100"], stored.Recording.Callers);

        var changed = await host.SendAsync("PATCH", $"/v2/outbound_voice_profiles/{made.Data["id"]}",
            """{"name":"careful","daily_spend_limit_enabled":false,"call_recording":{"call_recording_type":"none"}}""");
        Assert.Equal(("none", "mp3"), ((string?)changed.Data["call_recording"]!["call_recording_type"],
            (string?)changed.Data["call_recording"]!["call_recording_format"]));
        stored = host.Store.Routing.Current.FindProfile(host.Tenant, stored.Id)!;
        Assert.Equal((null, null), (stored.DailySpendLimitMicros, stored.Recording));
    }

    [Fact]
    public async Task The_public_key_verifies_what_the_account_signs()
    {
        var answer = await host.SendAsync("GET", "/v2/public_key");
        byte[] key = Convert.FromBase64String((string)answer.Data["public"]!);
        Assert.Equal(32, key.Length);

        var stored = (await host.Store.SigningKeys.FindAsync(host.Tenant, TestContext.Current.CancellationToken))!;
        var signer = new Signer(stored.Seed.Span, stored.WebhookSecret);
        byte[] body = "{}"u8.ToArray();
        byte[] signature = Convert.FromBase64String(signer.Sign("1741100400", body));
        Assert.True(Signer.Verify(key, "1741100400|{}"u8, signature));
        Assert.NotEqual(answer.Text, (await host.SendAsync("GET", "/v2/public_key", key: TelnyxHost.OtherTenantKey)).Text);
    }

    [Fact]
    public async Task A_key_says_whose_it_is_by_the_name_that_paths_of_TeXML_have()
    {
        var answer = await host.SendAsync("GET", "/v2/whoami");
        Assert.Equal((200, host.Tenant.ToString()), (answer.Status, (string?)answer.Data["organization_id"]));
        Assert.Equal(host.Tenant.ToString(), (string?)answer.Data["user_id"]);
        Assert.Equal(200, (await host.SendAsync("GET", $"/v2/texml/Accounts/{answer.Data["organization_id"]}/Calls")).Status);
        Assert.NotEqual(answer.Text, (await host.SendAsync("GET", "/v2/whoami", key: TelnyxHost.OtherTenantKey)).Text);
        (await host.SendAsync("GET", "/v2/whoami", key: "KEYwrong")).Refuses(401, "10009");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("KEYwrong")]
    public async Task Without_a_good_key_nothing_is_answered(string? key)
    {
        (await host.SendAsync("GET", "/v2/call_control_applications", key: key)).Refuses(401, "10009");
        (await host.SendAsync("POST", "/v2/calls", "{}", key)).Refuses(401, "10009");
        (await host.SendAsync("GET", "/v2/public_key", key: key)).Refuses(401, "10009");
    }

    [Fact]
    public async Task Lists_are_paged_and_sizes_are_bounded()
    {
        for (int i = 0; i < 3; i++) await host.ApplicationAsync($"page-{i}");
        var met = new List<string>();
        for (int number = 1; ; number++)
        {
            var page = await host.SendAsync("GET",
                $"/v2/call_control_applications?filter[application_name][contains]=page-&page[number]={number}&page[size]=1");
            if (page.List.Count == 0) break;
            Assert.Equal((3, 3), ((int?)page.Body["meta"]!["total_pages"], (int?)page.Body["meta"]!["total_results"]));
            met.Add((string)page.List[0]!["application_name"]!);
        }
        Assert.Equal(["page-0", "page-1", "page-2"], met);
        Assert.InRange((await host.SendAsync("GET", "/v2/call_control_applications?page[size]=251")).Status, 400, 422);
        Assert.Equal("page-2", (string?)(await host.SendAsync("GET",
            "/v2/call_control_applications?filter[application_name][contains]=page-&sort=-created_at")).List[0]!["application_name"]);
    }
}
