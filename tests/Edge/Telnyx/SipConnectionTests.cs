using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>SIP connections and what belongs to them: what is written is what calls meet.</summary>
public sealed class SipConnectionTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private SipDirectory Sip => host.Store.Routing.Current.Sip;

    private Connection Find(JsonNode id) => host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse((string)id!)))!;

    private async Task<JsonObject> MakeAsync(string path, string body)
    {
        var made = await host.SendAsync("POST", path, body);
        Assert.True(made.Status == 201, made.Text);
        return made.Data;
    }

    [Fact]
    public async Task A_new_credential_connection_has_the_contracts_defaults()
    {
        var made = await MakeAsync("/v2/credential_connections",
            """{"connection_name":"plain","user_name":"plainuser","password":"correct horse"}""");
        Assert.Equal(("plainuser", "correct horse", "disabled", "1", "RFC 2833"),
            ((string?)made["user_name"], (string?)made["password"], (string?)made["sip_uri_calling_preference"],
                (string?)made["webhook_api_version"], (string?)made["dtmf_type"]));
        Assert.True((bool?)made["active"]);
        Assert.Null((string?)made["encrypted_media"]);
        Assert.Equal("""["G722","G711U","G711A","G729","OPUS","H.264"]""", made["inbound"]!["codecs"]!.ToJsonString());
        Assert.Equal((3, 90), ((int?)made["inbound"]!["timeout_1xx_secs"], (int?)made["inbound"]!["timeout_2xx_secs"]));
        Assert.True((bool?)made["outbound"]!["instant_ringback_enabled"]);
        Assert.Equal("rtp+1", (string?)made["rtcp_settings"]!["port"]);

        var connection = Find(made["id"]!);
        Assert.Equal((ConnectionKind.Credential, "plain", true), (connection.Kind, connection.Name, connection.IsActive));
        Assert.Equal(["G722", "PCMU", "PCMA", "opus"], connection.Codecs);
        Assert.True(connection.Sip!.Origination.IsDigestRequired);
        var user = Sip.FindUser("plainuser")!;
        Assert.Equal(("correct horse", host.Tenant, connection.Id, null), (user.Password, user.Tenant, user.Connection, user.Credential));
    }

    [Theory]
    [InlineData("/v2/credential_connections", """, "user_name":"adjustuser","password":"correct horse" """),
        InlineData("/v2/ip_connections", ""), InlineData("/v2/fqdn_connections", "")]
    public async Task Sound_of_equipment_may_come_from_elsewhere_unless_its_connection_says_otherwise(string path, string fields)
    {
        var made = await MakeAsync(path, $$"""{"connection_name":"adjusts {{path[4..]}}"{{fields}} }""");
        Assert.False(Find(made["id"]!).Sip!.IsRtpFixed);
        Assert.True((bool?)made["rtp_auto_adjust"]);

        var changed = await host.SendAsync("PATCH", $"{path}/{made["id"]}", """{"rtp_auto_adjust":false}""");
        Assert.False((bool?)changed.Data["rtp_auto_adjust"]);
        Assert.True(Find(made["id"]!).Sip!.IsRtpFixed);
        Assert.False((bool?)(await host.SendAsync("GET", $"{path}/{made["id"]}")).Data["rtp_auto_adjust"]);

        (await host.SendAsync("PATCH", $"{path}/{made["id"]}", """{"rtp_auto_adjust":"no"}""")).Refuses(422, "10026", "/rtp_auto_adjust");
    }

    [Theory]
    [InlineData("/v2/credential_connections", """, "user_name":"shownso","password":"correct horse" """),
        InlineData("/v2/ip_connections", ""), InlineData("/v2/fqdn_connections", "")]
    public async Task A_form_of_callers_numbers_passes_where_they_are_shown_so_and_no_other(string path, string fields)
    {
        string Body(string name, string format) =>
            $$"""{"connection_name":"{{name}} {{path[4..]}}","inbound":{"ani_number_format":"{{format}}","dnis_number_format":"+e164"}{{fields}} }""";
        var made = await MakeAsync(path, Body("shows", "+E.164"));
        Assert.Equal("+E.164", (string?)made["inbound"]!["ani_number_format"]);
        foreach (string other in (string[])["E.164", "+E.164-national"])
            (await host.SendAsync("POST", path, Body("hides", other))).Refuses(422, "10015", "/inbound/ani_number_format");
        (await host.SendAsync("PATCH", $"{path}/{made["id"]}", """{"inbound":{"ani_number_format":"E.164"}}"""))
            .Refuses(422, "10015", "/inbound/ani_number_format");
    }

    [Theory]
    [InlineData("/v2/credential_connections", """, "user_name":"takenaway","password":"correct horse" """),
        InlineData("/v2/ip_connections", ""), InlineData("/v2/fqdn_connections", "")]
    public async Task Null_and_nothing_else_takes_away_and_beside_a_change_it_says_nothing(string path, string fields)
    {
        string profile = (string)(await host.SendAsync("POST", "/v2/outbound_voice_profiles", """{"name":"taken away"}""")).Data["id"]!;
        var made = await MakeAsync(path, $$"""
            {"connection_name":"taken away {{path[4..]}}","webhook_event_url":"https://93.184.216.34/h",
             "outbound":{"ani_override":"+15550100","outbound_voice_profile_id":"{{profile}}"}{{fields}} }
            """);
        async Task<Connection> ChangeAsync(string body)
        {
            var changed = await host.SendAsync("PATCH", $"{path}/{made["id"]}", body);
            Assert.True(changed.Status == 200, changed.Text);
            return Find(made["id"]!);
        }

        var kept = await ChangeAsync("""{"tags":["x"],"webhook_event_url":null,"outbound":{"outbound_voice_profile_id":null}}""");
        Assert.Equal(("https://93.184.216.34/h", long.Parse(profile)), (kept.WebhookUrl, kept.OutboundProfile));
        // What a script sends that makes a plain trunk of a connection.
        var plain = await ChangeAsync("""{"webhook_event_url":null}""");
        Assert.Equal((null, long.Parse(profile), "+15550100"),
            (plain.WebhookUrl, plain.OutboundProfile, plain.Sip!.Origination.CallerOverride));
        Assert.Null((await ChangeAsync("""{"outbound":{"ani_override":null}}""")).Sip!.Origination.CallerOverride);
        Assert.Null((await ChangeAsync("""{"outbound":{"outbound_voice_profile_id":null}}""")).OutboundProfile);
    }

    [Fact]
    public async Task What_a_connection_says_is_what_calls_meet()
    {
        string profile = (string)(await host.SendAsync("POST", "/v2/outbound_voice_profiles", """{"name":"for the pbx"}""")).Data["id"]!;
        var made = await MakeAsync("/v2/ip_connections", $$$"""
            {"connection_name":"everything","encrypted_media":"SRTP","transport_protocol":"TLS","dtmf_type":"SIP INFO","webhook_event_url":"https://93.184.216.34/h",
             "inbound":{"codecs":["G711A","H.264"],"channel_limit":3,"dnis_number_format":"+e164","timeout_1xx_secs":7,"timeout_2xx_secs":40,
                        "default_routing_method":"round-robin","prack_enabled":true,"generate_ringback_tone":true,"sip_subdomain":"Everything","sip_subdomain_receive_settings":"only_my_connections"},
             "outbound":{"channel_limit":4,"ani_override":"+15550100","ani_override_type":"normal","call_parking_enabled":true,"tech_prefix":"1234","localization":"DE",
                         "instant_ringback_enabled":false,"generate_ringback_tone":true,"outbound_voice_profile_id":"{{{profile}}}"}}
            """);
        var connection = Find(made["id"]!);
        Assert.Equal((3, 4, long.Parse(profile)),
            (connection.InboundChannelLimit, connection.OutboundChannelLimit, connection.OutboundProfile));
        Assert.Equal("https://93.184.216.34/h", connection.WebhookUrl);
        Assert.Equal(["PCMA"], connection.Codecs);
        var sip = connection.Sip!;
        Assert.Equal((true, "TLS", DigitMethod.Info), (sip.IsSrtpRequired, sip.Transport, connection.Digits));
        Assert.Equal(new SipDelivery
        {
            CalledFormat = CalledFormat.PlusE164, ProvisionalTimeout = TimeSpan.FromSeconds(7), AnswerTimeout = TimeSpan.FromSeconds(40),
            IsPrackEnabled = true, IsRoundRobin = true, Preferred = sip.Delivery.Preferred,
        }, sip.Delivery);
        Assert.Equal(new SipOrigination
        {
            TechPrefix = "1234", CallerOverride = "+15550100", CallerOverrideUse = CallerOverrideUse.Normal,
            IsParked = true, Localization = "DE",
        }, sip.Origination);
        Assert.Same(connection, Sip.FindSubdomain("everything"));
        Assert.False(connection.IsSubdomainOpen);

        // A patch changes what it says and no more.
        var patched = await host.SendAsync("PATCH", $"/v2/ip_connections/{made["id"]}",
            """{"inbound":{"channel_limit":null},"outbound":{"ip_authentication_method":"token","ip_authentication_token":"t0ken-of-8"},"webhook_event_url":""}""");
        Assert.True(patched.Status == 200, patched.Text);
        connection = Find(made["id"]!);
        Assert.Equal((null, 4, null, "t0ken-of-8", "1234"), (connection.InboundChannelLimit, connection.OutboundChannelLimit,
            connection.WebhookUrl, connection.Sip!.Origination.Token, connection.Sip.Origination.TechPrefix));
    }

    [Theory]
    [InlineData("/v2/credential_connections", """{"connection_name":"x","user_name":"abc","password":"password-1"}""",
        "10025", "/user_name")]
    [InlineData("/v2/credential_connections",
        """{"connection_name":"x","user_name":"a234567890123456789012345678901234","password":"password-1"}""", "10025", "/user_name")]
    [InlineData("/v2/credential_connections", """{"connection_name":"x","user_name":"gencredible","password":"password-1"}""",
        "10015", "/user_name")]
    [InlineData("/v2/credential_connections",
        """{"connection_name":"x","user_name":"1digit","password":"password-1","sip_uri_calling_preference":"internal"}""",
        "10015", "/user_name")]
    [InlineData("/v2/credential_connections", """{"connection_name":"x","user_name":"goodname","password":"short"}""",
        "10025", "/password")]
    [InlineData("/v2/credential_connections", """{"user_name":"goodname","password":"password-1"}""", "10004", "/connection_name")]
    [InlineData("/v2/credential_connections",
        """{"connection_name":"x","user_name":"goodname","password":"password-1","sip_uri_calling_preference":"never"}""", "10032",
        "/sip_uri_calling_preference")]
    [InlineData("/v2/credential_connections",
        """{"connection_name":"x","user_name":"goodname","password":"password-1","webhook_event_url":"http://10.0.0.1/"}""",
        "10003", "/webhook_event_url")]
    [InlineData("/v2/credential_connections",
        """{"connection_name":"x","user_name":"goodname","password":"password-1","encrypted_media":"ZRTP"}""", "10032", "/encrypted_media")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","inbound":{"codecs":["G711A","MP3"]}}""", "10032", "/inbound/codecs/1")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","inbound":{"codecs":["H.264"]}}""", "10015", "/inbound/codecs")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","inbound":{"timeout_2xx_secs":601}}""", "10033",
        "/inbound/timeout_2xx_secs")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","inbound":{"sip_subdomain":"-no"}}""", "10015", "/inbound/sip_subdomain")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","outbound":{"tech_prefix":"12"}}""", "10015", "/outbound/tech_prefix")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","outbound":{"ani_override":"nobody"}}""", "10016",
        "/outbound/ani_override")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","outbound":{"localization":"Germany"}}""", "10015",
        "/outbound/localization")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","outbound":{"ip_authentication_method":"token"}}""", "10004",
        "/outbound/ip_authentication_token")]
    [InlineData("/v2/ip_connections",
        """{"connection_name":"x","outbound":{"ip_authentication_method":"token","ip_authentication_token":"7-chars"}}""", "10025",
        "/outbound/ip_authentication_token")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","outbound":{"channel_limit":-1}}""", "10033", "/outbound/channel_limit")]
    [InlineData("/v2/ip_connections", """{"connection_name":"x","outbound":{"outbound_voice_profile_id":"1"}}""", "10015",
        "/outbound/outbound_voice_profile_id")]
    [InlineData("/v2/fqdn_connections", """{"connection_name":"x","user_name":"abc","password":"password-1"}""", "10025", "/user_name")]
    [InlineData("/v2/fqdn_connections", """{"connection_name":"x","user_name":"gencredible","password":"password-1"}""", "10015",
        "/user_name")]
    [InlineData("/v2/fqdn_connections", """{"connection_name":"x","user_name":"goodhost","password":"short"}""", "10025", "/password")]
    [InlineData("/v2/fqdn_connections", """{"connection_name":"x","inbound":{"default_primary_fqdn_id":"1"}}""", "10015",
        "/inbound/default_primary_fqdn_id")]
    [InlineData("/v2/ips", """{"ip_address":"example.com"}""", "10015", "/ip_address")]
    [InlineData("/v2/ips", """{"ip_address":"2001:db8::1"}""", "10015", "/ip_address")]
    [InlineData("/v2/ips", """{"ip_address":"93.184.216"}""", "10015", "/ip_address")]
    [InlineData("/v2/ips", """{"ip_address":"93.184.216.034"}""", "10015", "/ip_address")]
    [InlineData("/v2/ips", """{"ip_address":"127.0.0.1"}""", "10015", "/ip_address")]
    [InlineData("/v2/ips", """{"ip_address":"169.254.1.1"}""", "10015", "/ip_address")]
    [InlineData("/v2/ips", """{"ip_address":"93.184.216.34","connection_id":"1"}""", "10015", "/connection_id")]
    [InlineData("/v2/fqdns", """{"fqdn":"no host","dns_record_type":"a","connection_id":"1"}""", "10015", "/fqdn")]
    [InlineData("/v2/fqdns", """{"fqdn":"a.example","dns_record_type":"a","connection_id":"1"}""", "10015", "/connection_id")]
    [InlineData("/v2/fqdns", """{"fqdn":"a.example","dns_record_type":"a","connection_id":"1","port":0}""", "10033", "/port")]
    public async Task A_wrong_value_is_refused_with_a_pointer(string path, string body, string code, string pointer) =>
        (await host.SendAsync("POST", path, body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_user_name_and_a_subdomain_are_taken_once_on_the_node()
    {
        var made = await MakeAsync("/v2/credential_connections",
            """{"connection_name":"first owner","user_name":"onlyone","password":"password-1"}""");
        const string Again = """{"connection_name":"second owner","user_name":"onlyone","password":"password-2"}""";
        (await host.SendAsync("POST", "/v2/credential_connections", Again)).Refuses(422, "10015", "/user_name");
        (await host.SendAsync("POST", "/v2/credential_connections", Again, TelnyxHost.OtherTenantKey)).Refuses(422, "10015", "/user_name");
        Assert.Equal(200, (await host.SendAsync("PATCH", $"/v2/credential_connections/{made["id"]}",
            """{"user_name":"onlyone","password":"password-3"}""")).Status);
        Assert.Equal("password-3", Sip.FindUser("onlyone")!.Password);

        await MakeAsync("/v2/ip_connections", """{"connection_name":"shop","inbound":{"sip_subdomain":"shop"}}""");
        (await host.SendAsync("POST", "/v2/ip_connections", """{"connection_name":"other shop","inbound":{"sip_subdomain":"SHOP"}}""",
            TelnyxHost.OtherTenantKey)).Refuses(422, "10015", "/inbound/sip_subdomain");
        (await host.SendAsync("POST", "/v2/call_control_applications",
            """{"application_name":"shop app","webhook_event_url":"https://93.184.216.34/h","inbound":{"sip_subdomain":"shop"}}"""))
            .Refuses(422, "10015", "/inbound/sip_subdomain");
    }

    [Fact]
    public async Task Equipment_with_host_names_calls_with_the_user_that_its_account_names()
    {
        const string Hosts = "/v2/fqdn_connections";
        var made = await MakeAsync(Hosts, """
            {"connection_name":"named user","active":true,"anchorsite_override":"Latency","transport_protocol":"TCP",
             "user_name":"hostuser","password":"correct horse","inbound":{"dnis_number_format":"+e164","sip_region":"US"},"outbound":{}}
            """);
        Assert.Equal(("hostuser", "correct horse", "credential-authentication"), ((string?)made["user_name"], (string?)made["password"],
            (string?)made["outbound"]!["ip_authentication_method"]));
        var user = Sip.FindUser("hostuser")!;
        Assert.Equal(("correct horse", Find(made["id"]!).Id), (user.Password, user.Connection));
        Assert.True(Find(made["id"]!).Sip!.Origination.IsDigestRequired);
        (await host.SendAsync("POST", Hosts, """{"connection_name":"second user","user_name":"hostuser","password":"password-2"}"""))
            .Refuses(422, "10015", "/user_name");

        // What is not named stays, also where it is said to be empty; and what never was is made.
        string path = $"{Hosts}/{made["id"]}";
        Assert.Equal(200, (await host.SendAsync("PATCH", path, """{"user_name":"","password":"battery staple"}""")).Status);
        Assert.Equal("battery staple", Sip.FindUser("hostuser")!.Password);
        var half = await MakeAsync(Hosts, """{"connection_name":"half named","user_name":"halfnamed"}""");
        Assert.Equal(((string?)half["password"])!, Sip.FindUser("halfnamed")!.Password);

        // Who says how it calls is taken at his word. The name rests then, and another may take it.
        var bare = await host.SendAsync("PATCH", path, """{"outbound":{"ip_authentication_method":"ip-authentication"}}""");
        Assert.True(bare.Status == 200, bare.Text);
        Assert.Null(Sip.FindUser("hostuser"));
        await MakeAsync("/v2/credential_connections", """{"connection_name":"next","user_name":"hostuser","password":"password-3"}""");
        (await host.SendAsync("PATCH", path, """{"outbound":{"ip_authentication_method":"credential-authentication"}}"""))
            .Refuses(422, "10015", "/user_name");
        var token = Find((await MakeAsync(Hosts, """
            {"connection_name":"by token","user_name":"tokenuser","password":"password-4",
             "outbound":{"ip_authentication_method":"token","ip_authentication_token":"t0ken-of-8"}}
            """))["id"]!).Sip!;
        Assert.Equal(("t0ken-of-8", false, null), (token.Origination.Token, token.Origination.IsDigestRequired, token.UserName));
    }

    [Fact]
    public async Task A_connection_name_is_taken_once_for_all_kinds()
    {
        await MakeAsync("/v2/ip_connections", """{"connection_name":"taken"}""");
        (await host.SendAsync("POST", "/v2/fqdn_connections", """{"connection_name":"taken"}""")).Refuses(422, "10015", "/connection_name");
    }

    [Fact]
    public async Task Passwords_are_sealed_in_the_database()
    {
        await MakeAsync("/v2/credential_connections", """{"connection_name":"sealed","user_name":"sealed","password":"plain-as-day"}""");
        string credential = (string)(await MakeAsync("/v2/telephony_credentials",
            $$"""{"connection_id":"{{await host.ConnectionAsync("credential")}}"}"""))["sip_password"]!;
        await using var connection =
            new SqliteConnection($"Data Source={Path.Combine(host.DataFolder, "ringwright.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (string table in (string[])["rw_connection", "rw_sip_credential"])
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"select group_concat(doc || coalesce(secret, '')) from {table}";
            string all = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
            Assert.DoesNotContain("plain-as-day", all);
            Assert.DoesNotContain(credential, all);
        }
    }

    [Fact]
    public async Task Targets_are_the_connections_addresses_with_its_preferred_one_first()
    {
        string id = (string)(await MakeAsync("/v2/ip_connections", """{"connection_name":"two places"}"""))["id"]!;
        await MakeAsync("/v2/ips", $$"""{"ip_address":"93.184.215.1","connection_id":"{{id}}"}""");
        string second = (string)(await MakeAsync("/v2/ips",
            $$"""{"ip_address":"93.184.215.2","port":5070,"connection_id":"{{id}}"}"""))["id"]!;
        (await host.SendAsync("POST", "/v2/ips", $$"""{"ip_address":"93.184.215.1","connection_id":"{{id}}"}"""))
            .Refuses(422, "10015", "/ip_address");
        Assert.Equal([new("93.184.215.1", 5060), new("93.184.215.2", 5070)], Sip.TargetsOf(Find(id)));

        var patched = await host.SendAsync("PATCH", $"/v2/ip_connections/{id}",
            $$$"""{"inbound":{"default_primary_ip_id":"{{{second}}}"}}""");
        Assert.True(patched.Status == 200, patched.Text);
        Assert.Equal(second, (string?)patched.Data["inbound"]!["default_primary_ip_id"]);
        Assert.Equal([new("93.184.215.2", 5070), new("93.184.215.1", 5060)], Sip.TargetsOf(Find(id)));
        Assert.Equal(id, Sip.FindSource(System.Net.IPAddress.Parse("93.184.215.2"))[0].Connection.Id.ToString());

        await host.SendAsync("DELETE", $"/v2/ips/{second}");
        Assert.Null((await host.SendAsync("GET", $"/v2/ip_connections/{id}")).Data["inbound"]!["default_primary_ip_id"]);
        Assert.Equal([new("93.184.215.1", 5060)], Sip.TargetsOf(Find(id)));
    }

    [Theory]
    [InlineData("203.0.113.9", 201)]     // equipment may call from there, though nothing is sent there
    [InlineData("192.0.2.9", 201)]
    [InlineData("10.1.2.3", 422)]
    [InlineData("224.0.0.1", 422)]
    [InlineData("0.0.0.0", 422)]
    public async Task An_address_is_saved_unless_it_is_nobodys_or_private(string address, int status) =>
        Assert.Equal(status, (await host.SendAsync("POST", "/v2/ips", $$"""{"ip_address":"{{address}}"}""")).Status);

    [Fact]
    public async Task An_FQDN_connection_finds_its_hosts_and_makes_its_own_credentials()
    {
        var made = await MakeAsync("/v2/fqdn_connections",
            """{"connection_name":"by name","outbound":{"ip_authentication_method":"credential-authentication"}}""");
        Assert.StartsWith("gencred", (string)made["user_name"]!);
        Assert.Equal((string?)made["password"], Sip.FindUser((string)made["user_name"]!)!.Password);
        await MakeAsync("/v2/fqdns", $$"""{"fqdn":"PBX.Example.","dns_record_type":"SRV","connection_id":"{{made["id"]}}"}""");
        await MakeAsync("/v2/fqdns", $$"""{"fqdn":"backup.example","dns_record_type":"a","port":5080,"connection_id":"{{made["id"]}}"}""");
        Assert.Equal([new("pbx.example", null), new("backup.example", 5080)], Sip.TargetsOf(Find(made["id"]!)));

        foreach (string path in (string[])["/v2/fqdn_connections", "/v2/connections"])
            Assert.Equal("by name",
                (string?)Assert.Single((await host.SendAsync("GET", $"{path}?filter[fqdn]=backup.example")).List)!["connection_name"]);
        Assert.Empty((await host.SendAsync("GET", "/v2/connections?filter[fqdn]=nowhere.example")).List);
    }

    [Fact]
    public async Task A_telephony_credential_is_a_user_until_it_expires()
    {
        string connection = await host.ConnectionAsync("credential");
        string soon = host.Time.GetUtcNow().AddHours(1).ToString("O");
        var made = await MakeAsync("/v2/telephony_credentials",
            $$"""{"connection_id":"{{connection}}","name":"desk","tag":"floor 1","expires_at":"{{soon}}"}""");
        string name = (string)made["sip_username"]!;
        Assert.Matches("^gencred[A-Za-z0-9]{20,}$", name);
        Assert.Equal(($"connection:{connection}", false, soon),
            ((string?)made["resource_id"], (bool?)made["expired"], (string?)made["expires_at"]));
        Assert.Equal((string?)made["sip_password"], Sip.FindUser(name)!.Password);

        Assert.Equal(name, await NameOf("filter[tag]=floor 1"));
        Assert.Equal(name, await NameOf("filter[tag]=floor 1&filter[status]=active"));
        Assert.Equal(name, await NameOf($"filter[sip_username]={name}&filter[resource_id]=connection:{connection}"));
        // As most programs look for those of their connection.
        Assert.Equal(name, await NameOf($"filter[connection_id]={connection}&filter[tag]=floor 1&page[size]=250"));
        Assert.Null(await NameOf("filter[connection_id]=1&filter[tag]=floor 1&page[size]=250"));
        Assert.Null(await NameOf("filter[tag]=floor 2"));
        host.Time.Advance(TimeSpan.FromHours(2));
        Assert.True(Sip.FindUser(name)!.IsExpired(host.Time.GetUtcNow()));
        Assert.True((bool?)(await host.SendAsync("GET", $"/v2/telephony_credentials/{made["id"]}")).Data["expired"]);
        Assert.Equal(name, await NameOf("filter[tag]=floor 1&filter[status]=expired"));
        Assert.Null(await NameOf("filter[tag]=floor 1&filter[status]=active"));
        (await host.SendAsync("POST", "/v2/telephony_credentials", $$"""{"connection_id":"{{connection}}","expires_at":"someday"}"""))
            .Refuses(422, "10015", "/expires_at");
        (await host.SendAsync("POST", $"/v2/telephony_credentials/{made["id"]}/token", "{}")).Refuses(501, "10041");

        async Task<string?> NameOf(string query) =>
            (string?)(await host.SendAsync("GET", "/v2/telephony_credentials?" + query)).List.FirstOrDefault()?["sip_username"];
    }

    [Fact]
    public async Task The_state_of_a_registration_is_told()
    {
        string id = (string)(await MakeAsync("/v2/credential_connections",
            """{"connection_name":"phone","user_name":"deskphone","password":"password-1"}"""))["id"]!;
        string path = $"/v2/credential_connections/{id}/actions/check_registration_status";
        var before = await host.SendAsync("POST", path);
        Assert.True(before.Status == 200, before.Text);
        Assert.Equal(("Not Registered", "deskphone", "registration_status", null), ((string?)before.Data["status"],
            (string?)before.Data["sip_username"], (string?)before.Data["record_type"], (string?)before.Data["ip_address"]));

        var at = new DateTimeOffset(2025, 3, 4, 15, 0, 1, TimeSpan.Zero);
        host.Registrations.Users["deskphone"] = new(RegistrationState.Registered, new()
        {
            User = "deskphone", Contact = "sip:x@192.0.2.5", Transport = SipTransport.Udp,
            Remote = new(System.Net.IPAddress.Parse("192.0.2.5"), 5062),
            CallId = "c", CSeq = 1, UserAgent = "Desk/1.0", RegisteredAt = at, ExpiresAt = at.AddHours(1),
        });
        var data = (await host.SendAsync("POST", path)).Data;
        Assert.Equal(("Registered", "192.0.2.5", 5062, "UDP", "Desk/1.0", "2025-03-04T15:00:01.000Z"),
            ((string?)data["status"], (string?)data["ip_address"], (int?)data["port"], (string?)data["transport"],
                (string?)data["user_agent"], (string?)data["last_registration"]));

        (await host.SendAsync("POST", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("POST", $"/v2/credential_connections/{await host.ConnectionAsync("ip")}/actions/check_registration_status"))
            .Refuses(404, "10005");
    }

    [Fact]
    public async Task A_deleted_connection_takes_its_own_with_it_and_leaves_its_numbers()
    {
        string id = (string)(await MakeAsync("/v2/credential_connections",
            """{"connection_name":"leaving","user_name":"leaving","password":"password-1"}"""))["id"]!;
        var credential = await MakeAsync("/v2/telephony_credentials", $$"""{"connection_id":"{{id}}"}""");
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new("+15550144001", host.Tenant, new(long.Parse(id))), 2000000000000000401, host.Time.GetUtcNow())],
            TestContext.Current.CancellationToken);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/credential_connections/{id}")).Status);
        (await host.SendAsync("GET", $"/v2/telephony_credentials/{credential["id"]}")).Refuses(404, "10005");
        Assert.Null(Sip.FindUser("leaving"));
        Assert.Null(Sip.FindUser((string)credential["sip_username"]!));
        Assert.Equal("", (string?)(await host.SendAsync("GET", "/v2/phone_numbers/+15550144001")).Data["connection_id"]);
    }

    [Fact]
    public async Task The_list_of_all_connections_names_each_kind()
    {
        string application = await host.ApplicationAsync("app of all");
        foreach (var (kind, id) in new[]
        {
            ("call_control_application", application), ("credential_connection", await host.ConnectionAsync("credential")),
            ("ip_connection", await host.ConnectionAsync("ip")), ("fqdn_connection", await host.ConnectionAsync("fqdn"))
        })
        {
            var got = await host.SendAsync("GET", $"/v2/connections/{id}");
            Assert.True(got.Status == 200, got.Text);
            Assert.Equal((id, kind), ((string?)got.Data["id"], (string?)got.Data["record_type"]));
            Assert.Contains((await host.SendAsync("GET", "/v2/connections")).List, c => JsonNode.DeepEquals(c, got.Data));
            Assert.Equal(200, (await host.SendAsync("GET", $"/v2/connections/{id}/active_calls")).Status);
            (await host.SendAsync("GET", $"/v2/connections/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        }
        string tagged = (string)(await MakeAsync("/v2/ip_connections",
            """{"connection_name":"one of all","tags":["x"],"webhook_event_url":"https://93.184.216.34/hooks"}"""))["id"]!;
        var shown = (await host.SendAsync("GET", $"/v2/connections/{tagged}")).Data;
        Assert.Equal(("one of all", "x", "https://93.184.216.34/hooks"),
            ((string?)shown["connection_name"], (string?)shown["tags"]![0], (string?)shown["webhook_event_url"]));
        Assert.Null(shown["password"]);
        Assert.Equal("one of all", (string?)Assert.Single(
            (await host.SendAsync("GET", "/v2/connections?filter[connection_name][contains]=E OF AL")).List)!["connection_name"]);
        (await host.SendAsync("GET", "/v2/connections?filter[kind]=ip")).Refuses(400, "10031");
        (await host.SendAsync("GET", "/v2/connections/1293384261075731499")).Refuses(404, "10005");
    }
}
