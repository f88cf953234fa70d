using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

public sealed class DialTests(TelnyxHost host) : IClassFixture<TelnyxHost>, IAsyncLifetime
{
    private string _application = "";

    public async ValueTask InitializeAsync()
    {
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        _application = await host.ApplicationAsync($"dial-{Guid.NewGuid()}");
    }

    public ValueTask DisposeAsync() => default;

    private Task<Answer> DialAsync(string fields) =>
        host.SendAsync("POST", "/v2/calls",
            $$"""{"connection_id":"{{_application}}","to":"+13125550100","from":"+15550100000"{{fields}}}""");

    private async Task<Answer> DialWithAsync(string to, string from = "\"+15550100000\"") =>
        await host.SendAsync("POST", "/v2/calls", $$"""{"connection_id":"{{_application}}","to":{{to}},"from":{{from}}}""");

    [Fact]
    public async Task A_dial_answers_the_call_object_that_is_not_alive_yet()
    {
        var answer = await DialAsync(""","client_state":"aGV5" """);
        Assert.True(answer.Status == 200, answer.Text);
        var data = answer.Data;
        Assert.Equal("call", (string?)data["record_type"]);
        Assert.False((bool?)data["is_alive"]);
        Assert.Equal("aGV5", (string?)data["client_state"]);
        Assert.Equal(Samples.Facts().Uuid.ToString(), (string?)data["call_leg_id"]);
        Assert.Equal(Samples.Facts().Session.ToString(), (string?)data["call_session_id"]);
        Assert.True(host.Ids.TryReadCallControl((string)data["call_control_id"]!, host.Tenant, out var leg));
        Assert.Equal(Samples.Leg, leg);
    }

    [Fact]
    public async Task A_command_id_that_an_earlier_process_heard_returns_its_call()
    {
        string commandId = $"c-{Guid.NewGuid()}";
        var facts = Samples.Facts(Direction.Outbound) with
        {
            Id = LegId.Compose(1, 0, host.Store.Node.Epoch + 1, 900, 901),
            Uuid = Guid.NewGuid(),
            Tenant = host.Tenant,
            Connection = new(long.Parse(_application)),
            StartedAt = host.Now,
            Labels = Labels.Empty,
        };
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.LegInitiated { Leg = facts, At = facts.StartedAt, CommandId = commandId }));
        int dials = host.Calls.Dials.Count;

        var again = await DialAsync($$""","command_id":"{{commandId}}" """);

        Assert.True(again.Status == 200, again.Text);
        Assert.Equal(host.Ids.CallControl(host.Tenant, facts.Id), (string?)again.Data["call_control_id"]);
        Assert.Equal(dials, host.Calls.Dials.Count);
    }

    [Fact]
    public async Task A_plain_dial_has_the_contracts_defaults()
    {
        await DialAsync("");
        var request = host.Calls.Dials[^1];
        Assert.Equal(host.Tenant, request.Tenant);
        Assert.Equal(_application, request.Connection.ToString());
        Assert.Equal(("+13125550100", "+15550100000"), (request.To, request.From));
        Assert.Equal((30, 14_400), ((int)request.RingTimeout.TotalSeconds, (int)request.TimeLimit.TotalSeconds));
        Assert.Equal(MediaEncryption.Disabled, request.Encryption);
        Assert.Null(request.CallerName);
        Assert.Null(request.PromptOnAnswer);
        Assert.True(request.OmitsSilence);
        Assert.Empty(request.Labels.Values);
    }

    [Fact]
    public async Task Zero_seconds_stand_for_the_usual_ones()
    {
        Assert.Equal(200, (await DialAsync(""","timeout_secs":0,"time_limit_secs":0""")).Status);
        var request = host.Calls.Dials[^1];
        Assert.Equal((30, 14_400), ((int)request.RingTimeout.TotalSeconds, (int)request.TimeLimit.TotalSeconds));
    }

    [Fact]
    public async Task Every_field_that_is_built_reaches_the_engine()
    {
        await DialAsync("""
            ,"timeout_secs":5,"time_limit_secs":30,"from_display_name":"Ada_Co. ~!+-1","command_id":"d-1"
            ,"client_state":"aGV5","webhook_url":"https://example.com/b","webhook_url_method":"POST","audio_url":"https://example.com/a.wav"
            ,"preferred_codecs":"PCMA, g722","custom_headers":[{"name":"X-A","value":"1"}],"sip_headers":[{"name":"User-to-User","value":"u"}]
            ,"sip_auth_username":"u","sip_auth_password":"p","answering_machine_detection":"disabled","media_encryption":"SRTP","bridge_intent":false
            ,"send_silence_when_idle":true
            """);
        var request = host.Calls.Dials[^1];
        Assert.Equal((5, 30), ((int)request.RingTimeout.TotalSeconds, (int)request.TimeLimit.TotalSeconds));
        Assert.Equal("Ada_Co. ~!+-1", request.CallerName);
        Assert.Equal("d-1", request.CommandId);
        Assert.Equal("https://example.com/b", request.Labels["telnyx.webhook_url"]);
        Assert.Equal("POST", request.Labels["telnyx.webhook_method"]);
        Assert.Equal(new PromptSource.Url("https://example.com/a.wav"), request.PromptOnAnswer);
        Assert.Equal(["PCMA", "G722"], request.PreferredCodecs);
        Assert.Equal([new CustomSipHeader("X-A", "1"), new CustomSipHeader("User-to-User", "u")], request.Headers);
        Assert.Equal(("u", "p"), (request.AuthUser, request.AuthPassword));
        Assert.Equal(MediaEncryption.Required, request.Encryption);
        Assert.False(request.OmitsSilence);
        Assert.Null(request.MachineDetection);
    }

    [Fact]
    public async Task A_dial_may_order_a_media_stream_and_have_its_socket_opened_first()
    {
        await DialAsync("");
        Assert.Equal((null, false), (host.Calls.Dials[^1].Stream, host.Calls.Dials[^1].OpensStreamFirst));
        await DialAsync("""
            ,"stream_url":"wss://media.example.com/in","stream_track":"outbound_track","stream_establish_before_call_originate":true
            ,"stream_bidirectional_mode":"rtp","stream_bidirectional_codec":"L16","stream_bidirectional_sampling_rate":24000,"stream_auth_token":"t"
            """);
        var (terms, isFirst) = (host.Calls.Dials[^1].Stream!, host.Calls.Dials[^1].OpensStreamFirst);
        Assert.True(isFirst);
        Assert.Equal(("wss://media.example.com/in", TapTracks.Heard, StreamInjection.Rtp, new StreamFormat("L16", 24_000), "t"),
            (terms.Url, terms.Tracks, terms.Injection, terms.InjectionFormat, terms.AuthToken));
    }

    [Theory]
    [InlineData("""{"pitch":0.8}""", 0.8, false, true)]
    [InlineData("""{"semitone":-14,"track":"inbound"}""", 0.44544936, true, false)]
    [InlineData("""{"octaves":1,"track":"outbound"}""", 2, false, true)]
    [InlineData("""{"pitch":4}""", 4, false, true)]
    [InlineData("""{"pitch":0.25}""", 0.25, false, true)]
    [InlineData("""{"pitch":0.8,"semitone":-2,"octaves":0.1,"track":"both"}""", 0.76387328, true, true)]
    public async Task Voices_are_asked_for_at_another_pitch(string sound, double pitch, bool isOfSaid, bool isOfHeard)
    {
        Assert.Equal(200, (await DialAsync($$""","sound_modifications":{{sound}}""")).Status);
        var asked = Assert.IsType<SoundModification>(host.Calls.Dials[^1].Sound);
        Assert.Equal(pitch, asked.Pitch, 1e-6);
        Assert.Equal((isOfSaid, isOfHeard), (asked.IsOfSaid, asked.IsOfHeard));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"pitch":1,"semitone":0,"octaves":0,"track":"both"}""")]
    [InlineData("""{"octaves":1,"semitone":-12}""")]
    public async Task A_pitch_that_stays_asks_for_nothing(string sound)
    {
        Assert.Equal(200, (await DialAsync($$""","sound_modifications":{{sound}}""")).Status);
        Assert.Null(host.Calls.Dials[^1].Sound);
    }

    [Theory]
    [InlineData("detect", MachineMode.Detect)]
    [InlineData("detect_beep", MachineMode.DetectBeep)]
    [InlineData("detect_words", MachineMode.DetectWords)]
    [InlineData("greeting_end", MachineMode.GreetingEnd)]
    public async Task Machine_detection_has_the_contracts_defaults(string word, MachineMode mode)
    {
        Assert.Equal(200, (await DialAsync($$""","answering_machine_detection":"{{word}}" """)).Status);
        Assert.Equal(new MachineDetection(mode), host.Calls.Dials[^1].MachineDetection);
    }

    [Fact]
    public async Task Premium_detection_has_time_and_takes_two_parameters()
    {
        Assert.Equal(200, (await DialAsync(""","answering_machine_detection":"premium" """)).Status);
        var usual = new MachineDetection(MachineMode.Classify) { TotalAnalysis = TimeSpan.FromSeconds(30) };
        Assert.Equal(usual, host.Calls.Dials[^1].MachineDetection);
        await DialAsync("""
            ,"answering_machine_detection":"premium","answering_machine_detection_config":{"total_analysis_time_millis":1,"after_greeting_silence_millis":2,
            "between_words_silence_millis":3,"greeting_duration_millis":4,"initial_silence_millis":5,"maximum_number_of_words":6,"maximum_word_length_millis":7,
            "silence_threshold":8,"greeting_total_analysis_time_millis":9,"greeting_silence_duration_millis":10}
            """);
        Assert.Equal(usual with { TotalAnalysis = TimeSpan.FromMilliseconds(1), GreetingDuration = TimeSpan.FromMilliseconds(4) },
            host.Calls.Dials[^1].MachineDetection);
    }

    [Fact]
    public async Task Every_parameter_of_machine_detection_reaches_the_engine()
    {
        await DialAsync("""
            ,"answering_machine_detection":"greeting_end","answering_machine_detection_config":{"total_analysis_time_millis":1,"after_greeting_silence_millis":2,
            "between_words_silence_millis":3,"greeting_duration_millis":4,"initial_silence_millis":5,"maximum_number_of_words":6,"maximum_word_length_millis":7,
            "silence_threshold":8,"greeting_total_analysis_time_millis":9,"greeting_silence_duration_millis":10}
            """);
        Assert.Equal(new MachineDetection(MachineMode.GreetingEnd)
        {
            TotalAnalysis = TimeSpan.FromMilliseconds(1),
            AfterGreetingSilence = TimeSpan.FromMilliseconds(2),
            BetweenWordsSilence = TimeSpan.FromMilliseconds(3),
            GreetingDuration = TimeSpan.FromMilliseconds(4),
            InitialSilence = TimeSpan.FromMilliseconds(5),
            MaximumWords = 6,
            MaximumWordLength = TimeSpan.FromMilliseconds(7),
            SilenceThreshold = 8,
            GreetingTotalAnalysis = TimeSpan.FromMilliseconds(9),
            GreetingSilence = TimeSpan.FromMilliseconds(10),
        }, host.Calls.Dials[^1].MachineDetection);
    }

    [Theory]
    [InlineData("\"sip:ada@example.com\"")]
    [InlineData("\"sip:ada@192.0.2.1:5070\"")]
    [InlineData("\"sip:ada@example.com;transport=udp\"")]
    [InlineData("\"sip:ada@example.com:5080;Transport=TCP\"")]
    [InlineData("\"sip:ada@example.com;foo;transport=tls;lr\"")]
    [InlineData("\"sips:ada@example.com\"")]
    [InlineData("\"sips:ada@example.com:5081;transport=tcp\"")]
    [InlineData("[\"+13125550100\"]")]
    [InlineData("\"911\"")]
    public async Task A_destination_is_a_number_a_short_number_or_a_sip_uri(string to)
    {
        Assert.Equal(200, (await DialWithAsync(to)).Status);
        Assert.Equal(JsonNode.Parse(to) is JsonArray list ? (string)list[0]! : (string)JsonNode.Parse(to)!, host.Calls.Dials[^1].To);
    }

    [Theory]
    [InlineData("\"13125550100\"", "10016"), InlineData("\"3125550100\"", "10016")]     // at home it is one number, and abroad another
    [InlineData("\"(312) 555-0100\"", "10016")]
    [InlineData("\"+03125550100\"", "10016")]
    [InlineData("\"hello\"", "10016")]
    [InlineData("\"\"", "10016")]
    [InlineData("\"sip:example.com\"", "10015")]
    [InlineData("\"sip:a@b c\"", "10015")]
    [InlineData("\"sip:a@example.com:0\"", "10015")]
    [InlineData("\"sip:a@example.com?X=1\"", "10015")]
    [InlineData("\"sips:example.com\"", "10015")]
    [InlineData("\"sips:a@example.com;transport=udp\"", "10015")]
    [InlineData("\"sip:a@example.com;transport=sctp\"", "10015")]
    [InlineData("\"sip:a@example.com;foo;Transport=WS;lr\"", "10015")]
    [InlineData("[]", "10015")]
    public async Task A_destination_that_cannot_be_called_is_refused(string to, string code) =>
        (await DialWithAsync(to)).Refuses(422, code, "/to");

    [Theory]
    [InlineData("[\"+13125550100\",\"+13125550100\"]", "10015", "/to/1")]
    [InlineData("[\"sip:a@example.com\",\"+13125550100\",\"SIP:a@example.com\"]", "10015", "/to/2")]
    [InlineData("[\"+13125550100\",\"hello\"]", "10016", "/to/1")]
    [InlineData("[\"+13125550100\",\"sip:example.com\"]", "10015", "/to/1")]
    [InlineData("[\"+1\"]", "10016", "/to/0")]
    [InlineData("[\"+13125550100\",7]", "10020", "/to/1")]
    [InlineData("[\"+13125550100\",null,\"+13125550101\"]", "10026", "/to/1")]
    public async Task The_one_of_several_destinations_that_is_wrong_is_named(string to, string code, string pointer) =>
        (await DialWithAsync(to)).Refuses(422, code, pointer);

    [Theory]
    [InlineData("UDP", SipTransport.Udp)]
    [InlineData("TCP", SipTransport.Tcp)]
    [InlineData("TLS", SipTransport.Tls)]
    public async Task The_transport_of_a_call_may_be_asked_for(string named, SipTransport transport)
    {
        Assert.Equal(200, (await DialAsync($",\"sip_transport_protocol\":\"{named}\"")).Status);
        Assert.Equal(transport, host.Calls.Dials[^1].Transport);
    }

    [Fact]
    public async Task Several_destinations_are_rung_together_up_to_the_limit()
    {
        var ten = new JsonArray([.. Enumerable.Range(0, 10).Select(i => (JsonNode)$"+1312555010{i}")]);
        Assert.Equal(200, (await DialWithAsync(ten.ToJsonString())).Status);
        Assert.Equal("+13125550100", host.Calls.Dials[^1].To);
        Assert.Equal(ten.Skip(1).Select(n => (string)n!), host.Calls.Dials[^1].AlsoTo);

        ten.Add("sip:eleven@example.com");
        (await DialWithAsync(ten.ToJsonString())).Refuses(422, "10025", "/to");
    }

    [Theory]
    [InlineData("anonymous")]
    [InlineData("sip:example.com")]
    [InlineData("sip:a@b c")]
    [InlineData("sip:a@example.com;transport=tcp")]
    [InlineData("sip:a@example.com?X=1")]
    [InlineData("sips:a@example.com")]
    public async Task From_must_be_a_number_or_a_sip_uri(string from) =>
        (await DialWithAsync("\"+13125550100\"", $"\"{from}\"")).Refuses(422, "10016", "/from");

    [Fact]
    public async Task Whether_the_sip_uri_of_from_is_the_accounts_is_judged_by_the_engine()
    {
        Assert.Equal(200, (await DialWithAsync("\"+13125550100\"", "\"sip:alice1@sip.example.com\"")).Status);
        Assert.Equal("sip:alice1@sip.example.com", host.Calls.Dials[^1].From);
    }

    [Theory]
    [InlineData(""","timeout_secs":4""", "90028", "/timeout_secs")]
    [InlineData(""","timeout_secs":601""", "90028", "/timeout_secs")]
    [InlineData(""","time_limit_secs":29""", "90029", "/time_limit_secs")]
    [InlineData(""","time_limit_secs":14401""", "90029", "/time_limit_secs")]
    [InlineData(""","client_state":"no!" """, "90017", "/client_state")]
    [InlineData(""","webhook_url":"http://10.0.0.1/x" """, "10003", "/webhook_url")]
    [InlineData(""","webhook_url_method":"PUT" """, "10032", "/webhook_url_method")]
    [InlineData(""","audio_url":"file:///etc/passwd" """, "10003", "/audio_url")]
    [InlineData(""","audio_url":"https://e.com/a.wav","media_name":"x" """, "10015", "/media_name")]
    [InlineData(""","from_display_name":"Ada & Co" """, "10015", "/from_display_name")]
    [InlineData(""","from_display_name":"+1 800 555 0199" """, "10015", "/from_display_name")]
    [InlineData(""","from_display_name":"5550199" """, "10015", "/from_display_name")]
    [InlineData(""","privacy":"yes" """, "10032", "/privacy")]
    [InlineData(""","sip_auth_username":"u" """, "10004", "/sip_auth_password")]
    [InlineData(""","sip_auth_password":"p" """, "10004", "/sip_auth_username")]
    [InlineData(""","answering_machine_detection":"exquisite" """, "10032", "/answering_machine_detection")]
    [InlineData(""","answering_machine_detection":"premium","answering_machine_detection_config":{"initial_silence_millis":60001}""",
        "10033", "/answering_machine_detection_config/initial_silence_millis")]
    [InlineData(""","answering_machine_detection":"detect","answering_machine_detection_config":{"total_analysis_time_millis":60001}""",
        "10033", "/answering_machine_detection_config/total_analysis_time_millis")]
    [InlineData(""","answering_machine_detection":"detect","answering_machine_detection_config":{"maximum_number_of_words":-1}""", "10033",
        "/answering_machine_detection_config/maximum_number_of_words")]
    [InlineData(""","billing_group_id":"6a09cdc3-8948-47f0-aa62-74ac943d6c58" """, "10015", "/billing_group_id")]
    [InlineData(""","bridge_intent":true""", "10004", "/link_to")]
    [InlineData(""","bridge_on_answer":true""", "10004", "/link_to")]
    [InlineData(""","conference_config":{"mute":true}""", "10015", "/conference_config/id")]
    [InlineData(""","enable_dialogflow":true""", "10015", "/enable_dialogflow")]
    [InlineData(""","link_to":"v3:x" """, "90015", "/link_to")]
    [InlineData(""","media_encryption":"DTLS" """, "10015", "/media_encryption")]
    [InlineData(""","record":"record-from-ringing" """, "10032", "/record")]
    [InlineData(""","record":"record-from-answer","record_max_length":14401""", "10033", "/record_max_length")]
    [InlineData(""","sip_transport_protocol":"SCTP" """, "10032", "/sip_transport_protocol")]
    [InlineData(""","stream_url":"https://e.com/" """, "10003", "/stream_url")]
    [InlineData(""","stream_url":"ws://127.0.0.1/" """, "10003", "/stream_url")]
    [InlineData(""","stream_url":"wss://e.com/","stream_bidirectional_target_legs":"all" """,
        "10032", "/stream_bidirectional_target_legs")]
    [InlineData(""","stream_establish_before_call_originate":true""", "10004", "/stream_url")]
    [InlineData(""","custom_parameters":[{"name":"a","value":"b"}]""", "10004", "/stream_url")]
    [InlineData(""","sound_modifications":{"pitch":0}""", "10033", "/sound_modifications/pitch")]
    [InlineData(""","sound_modifications":{"pitch":-1}""", "10033", "/sound_modifications/pitch")]
    [InlineData(""","sound_modifications":{"semitone":14.01}""", "10033", "/sound_modifications/semitone")]
    [InlineData(""","sound_modifications":{"semitone":-15}""", "10033", "/sound_modifications/semitone")]
    [InlineData(""","sound_modifications":{"octaves":1.1}""", "10033", "/sound_modifications/octaves")]
    [InlineData(""","sound_modifications":{"octaves":-2}""", "10033", "/sound_modifications/octaves")]
    [InlineData(""","sound_modifications":{"pitch":4.1}""", "10033", "/sound_modifications")]
    [InlineData(""","sound_modifications":{"pitch":1e308}""", "10033", "/sound_modifications")]
    [InlineData(""","sound_modifications":{"pitch":0.5,"octaves":-1,"semitone":-0.1}""", "10033", "/sound_modifications")]
    [InlineData(""","sound_modifications":{"pitch":0.8,"track":"left"}""", "10015", "/sound_modifications/track")]
    [InlineData(""","supervise_call_control_id":"v3:x" """, "90015", "/supervise_call_control_id")]
    [InlineData(""","supervisor_role":"whisper" """, "10004", "/supervise_call_control_id")]
    [InlineData(""","transcription_config":{"transcription_tracks":"both"}""", "10004", "/transcription")]
    [InlineData(""","transcription":true,"record":"record-from-answer","record_format":"wav","record_timeout_secs":5""",
        "90053", "/record_timeout_secs")]
    public async Task A_value_that_cannot_be_honoured_is_refused_and_never_ignored(string field, string code, string pointer)
    {
        int before = host.Calls.Dials.Count;
        (await DialAsync(field)).Refuses(422, code, pointer);
        Assert.Equal(before, host.Calls.Dials.Count);
    }

    [Theory]
    [InlineData("P-Asserted-Identity")]
    [InlineData("p-asserted-identity")]
    [InlineData("P-Preferred-Identity")]
    [InlineData("P-Charge-Info")]
    [InlineData("P-Charging-Vector")]
    [InlineData("P-Called-Party-ID")]
    [InlineData("Remote-Party-ID")]
    [InlineData("Identity")]
    [InlineData("y")]
    [InlineData("Diversion")]
    [InlineData("History-Info")]
    [InlineData("X-Verstat")]
    [InlineData("x-attestation-indicator")]
    [InlineData("Referred-By")]
    [InlineData("Privacy")]
    [InlineData("From")]
    [InlineData("Join")]
    [InlineData("Replaces")]
    [InlineData("Date")]
    [InlineData("User-Agent")]
    [InlineData("Server")]
    [InlineData("Organization")]
    [InlineData("m")]
    [InlineData("content-type")]
    [InlineData("Refer-To")]
    [InlineData("Max-Forwards")]
    public async Task A_header_that_is_not_the_customers_is_refused_by_its_name(string name)
    {
        int before = host.Calls.Dials.Count;
        var answer = await DialAsync($$"""
            ,"custom_headers":[{"name":"X-Order","value":"7"},{"name":"{{name}}","value":"<sip:+15550199@bank.example>"}]
            """);
        answer.Refuses(422, "10015", "/custom_headers/1");
        Assert.StartsWith($"The header {name} may not be set:", (string?)answer.Body["errors"]![0]!["detail"], StringComparison.Ordinal);
        Assert.Equal(before, host.Calls.Dials.Count);
    }

    [Theory]
    [InlineData(""","from_display_name":"555019" """)]       // an extension
    [InlineData(""","from_display_name":"+1 555 010 0000" """)]       // from itself
    [InlineData(""","from_display_name":"Office 5550199" """)]
    public async Task A_display_name_that_is_no_foreign_number_is_taken(string field) => Assert.Equal(200, (await DialAsync(field)).Status);

    [Theory]
    [InlineData("id", true)]
    [InlineData("none", false)]
    public async Task Privacy_hides_the_caller(string privacy, bool isPrivate)
    {
        await DialAsync($$""","privacy":"{{privacy}}" """);
        Assert.Equal(isPrivate, host.Calls.Dials[^1].IsPrivate);
    }

    [Fact]
    public async Task A_caller_id_that_may_not_be_shown_is_D51()
    {
        host.Calls.OnDial = _ => Dialled.Refused(Refusal.CallerIdNotOwned, "caller_id_not_owned",
            "The number of from must be one of the account's or one that it has verified.");
        var answer = await DialAsync("");
        answer.Refuses(403, "10010", "/from");
        Assert.Equal("caller_id_not_owned: Unverified origination number D51. The number of from must be one of the account's "
            + "or one that it has verified.",
            (string?)answer.Body["errors"]![0]!["detail"]);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        // What is not built first, each parameter of it; then the values.
        var answer = await DialAsync(""","enable_dialogflow":true,"link_to":"v3:x","dialogflow_config":{"analyze_sentiment":true}""");
        Assert.Equal(["/dialogflow_config", "/enable_dialogflow"], answer.Body["errors"]!.AsArray()
            .Select(e => (string?)e!["source"]!["pointer"]).Order(StringComparer.Ordinal));
        answer = await DialAsync(""","link_to":"v3:x","from_display_name":"Ada & Co","timeout_secs":1""");
        Assert.Equal(3, answer.Body["errors"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("nonsense")]
    public async Task An_unknown_application_is_refused(string id) =>
        (await host.SendAsync("POST", "/v2/calls", $$"""{"connection_id":"{{id}}","to":"+13125550100","from":"+15550100000"}"""))
            .Refuses(422, "10015", "/connection_id");

    [Fact]
    public async Task Anothers_application_is_unknown() =>
        (await host.SendAsync("POST", "/v2/calls", $$"""{"connection_id":"{{_application}}","to":"+13125550100","from":"+15550100000"}""",
            TelnyxHost.OtherTenantKey))
            .Refuses(422, "10015", "/connection_id");

    [Theory]
    [InlineData("connection_id")]
    [InlineData("to")]
    [InlineData("from")]
    public async Task Required_fields_are_required(string field)
    {
        var body = new JsonObject { ["connection_id"] = _application, ["to"] = "+13125550100", ["from"] = "+15550100000" };
        body.Remove(field);
        (await host.SendAsync("POST", "/v2/calls", body.ToJsonString())).Refuses(422, "10004", "/" + field);
    }

    [Theory]
    [InlineData(Refusal.EmergencyDestination, "emergency_number", 403, "10010", "Emergency calls not authorized with call control D37")]
    [InlineData(Refusal.PremiumDestination, "premium_number", 403, "10010")]
    [InlineData(Refusal.CountryNotAllowed, "country", 403, "10010")]
    [InlineData(Refusal.CountryNotAllowed, "whitelisted_destinations", 403, "10010",
        "Dialed number is not included in whitelisted countries D13")]
    [InlineData(Refusal.NoOutboundProfile, "no_outbound_profile", 403, "10010", "Connection has no Outbound Profile assigned D38")]
    [InlineData(Refusal.NoOutboundProfile, "profile_disabled", 403, "10010", "Outbound Profile is disabled D15")]
    [InlineData(Refusal.ConnectionInactive, "connection_inactive", 403, "10010", "Connection is disabled D16")]
    [InlineData(Refusal.DoNotCall, "do_not_call", 403, "10010")]
    [InlineData(Refusal.SpendLimit, "max_destination_rate", 403, "10010", "Maximum destination rate limit exceeded D24")]
    [InlineData(Refusal.Loop, "loop", 403, "10010")]
    [InlineData(Refusal.TenantChannelLimit, "tenant_channel_limit", 403, "90041", "User channel limit exceeded D1")]
    [InlineData(Refusal.ProfileChannelLimit, "profile_channel_limit", 403, "90042", "OB profile channel limit exceeded D2")]
    [InlineData(Refusal.ConnectionChannelLimit, "connection_channel_limit", 403, "90043", "Connection channel limit exceeded D3")]
    [InlineData(Refusal.BadDestination, "bad_destination", 422, "10016")]
    [InlineData(Refusal.NoRoute, null, 422, "10015")]
    [InlineData(Refusal.TargetForbidden, null, 422, "10015")]
    [InlineData(Refusal.LedgerUnavailable, null, 503, "10037")]
    public async Task What_the_gate_refuses_names_its_rule_and_says_the_vendors_words(Refusal refusal, string? rule, int status,
        string code, string? words = null)
    {
        host.Calls.OnDial = _ => Dialled.Refused(refusal, rule, "The gate says why.");
        var answer = await DialAsync("");
        answer.Refuses(status, code);
        Assert.Equal((rule is null ? "" : $"{rule}: ") + (words is null ? "" : $"{words}. ") + "The gate says why.",
            (string?)answer.Error["detail"]);
    }

    [Fact]
    public async Task Every_refusal_has_a_row_that_the_catalogue_knows()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            if (refusal is Refusal.None) continue;
            host.Calls.OnDial = _ => Dialled.Refused(refusal, null, null);
            var answer = await DialAsync("");
            Assert.InRange(answer.Status, 403, 503);
            Assert.NotEqual("Error", (string?)answer.Error["title"]);
        }
    }
}
