// Longer than others: what each command asks of the engine is one fact, and one list has what each refuses.
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>
/// Each command over real HTTP: what the engine is asked, what the reply is, what is refused and where the pointer points.
/// </summary>
public sealed class CallCommandTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private string Token => host.Ids.CallControl(host.Tenant, Samples.Leg);

    private async Task<T> AcceptsAsync<T>(string action, string body, string method = "POST") where T : LegCommand
    {
        var answer = await host.SendAsync(method, $"/v2/calls/{Token}/actions/{action}", body);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("""{"data":{"result":"ok"}}""", answer.Text);
        Assert.Equal(Samples.Leg, host.Calls.Commands[^1].Leg);
        return Assert.IsType<T>(host.Calls.Last);
    }

    private async Task RefusesAsync(string action, string body, string code, string pointer, string method = "POST")
    {
        int before = host.Calls.Commands.Count;
        var answer = await host.SendAsync(method, $"/v2/calls/{Token}/actions/{action}", body);
        answer.Refuses(422, code, pointer);
        Assert.Equal(before, host.Calls.Commands.Count);
    }

    [Fact]
    public async Task Answer_becomes_an_answer_with_its_labels_headers_and_codecs()
    {
        var command = await AcceptsAsync<LegCommand.Answer>("answer", """
            {"client_state":"aGV5","command_id":"c-1","webhook_url":"https://example.com/other","webhook_url_method":"GET","preferred_codecs":"G722,PCMU",
             "custom_headers":[{"name":"head_1","value":"1"}],"sip_headers":[{"name":"User-to-User","value":"abc"}]}
            """);
        Assert.Equal("c-1", command.CommandId);
        Assert.Equal("aGV5", command.Labels!["telnyx.client_state"]);
        Assert.Equal("https://example.com/other", command.Labels["telnyx.webhook_url"]);
        Assert.Equal("GET", command.Labels["telnyx.webhook_method"]);
        Assert.Equal(["G722", "PCMU"], command.PreferredCodecs);
        Assert.Equal([new CustomSipHeader("head_1", "1"), new CustomSipHeader("User-to-User", "abc")], command.Headers);
    }

    [Theory]
    [InlineData("""{"send_silence_when_idle":true}""", false)]
    [InlineData("""{"send_silence_when_idle":false}""", true)]
    [InlineData("{}", true)]
    public async Task Answer_says_whether_silence_is_sent_while_the_call_is_idle(string body, bool isOmitted) =>
        Assert.Equal(isOmitted, (await AcceptsAsync<LegCommand.Answer>("answer", body)).OmitsSilence);

    [Fact]
    public async Task A_command_without_a_body_is_a_command_without_parameters() =>
        Assert.Null((await AcceptsAsync<LegCommand.Hangup>("hangup", "{}")).Labels);

    [Theory]
    [InlineData("CALL_REJECTED", false)]
    [InlineData("USER_BUSY", true)]
    public async Task Reject_names_its_cause(string cause, bool isBusy) =>
        Assert.Equal(isBusy, (await AcceptsAsync<LegCommand.Reject>("reject", $$"""{"cause":"{{cause}}"}""")).IsBusy);

    [Fact]
    public async Task Speak_carries_text_voice_language_and_stop()
    {
        var command = await AcceptsAsync<LegCommand.Speak>("speak",
            """{"payload":"<speak>Hi</speak>","payload_type":"ssml","voice":"female","language":"en-US","stop":"current"}""");
        Assert.Equal(new PromptSource.Speech("<speak>Hi</speak>", "female", "en-US", IsSsml: true), command.Speech);
        Assert.Equal(StopWhat.Current, command.Stop);
    }

    [Fact]
    public async Task Speech_is_repeated_as_often_as_the_command_says()
    {
        Assert.Equal(1,
            (await AcceptsAsync<LegCommand.Speak>("speak", """{"payload":"Hi","voice":"female","target_legs":"self"}""")).Loops);
        Assert.Equal(3, (await AcceptsAsync<LegCommand.Speak>("speak", """{"payload":"Hi","voice":"female","loop":3}""")).Loops);
        Assert.Equal((1, 1.5), ((await AcceptsAsync<LegCommand.Speak>("speak", """{"payload":"Hi","voice":"female"}""")).Speech.Speed,
            (await AcceptsAsync<LegCommand.Speak>("speak", """{"payload":"Hi","voice":"female","voice_settings":{"voice_speed":1.5}}"""))
                .Speech.Speed));
        Assert.Equal(0, (await AcceptsAsync<LegCommand.Speak>("speak", """{"payload":"Hi","voice":"female","loop":"infinity"}""")).Loops);
    }

    [Theory]
    [InlineData("""{"type":"telnyx","voice_speed":1.5}""", 1.5), InlineData("""{"type":"minimax","speed":0.8}""", 0.8)]
    [InlineData("""{"type":"elevenlabs"}""", 1)]
    public async Task Settings_of_a_voice_act_as_newer_clients_write_them(string settings, double speed)
    {
        string body = $$"""{"payload":"Hi","voice":"female","voice_settings":{{settings}}}""";
        Assert.Equal(speed, (await AcceptsAsync<LegCommand.Speak>("speak", body)).Speech.Speed);
    }

    [Theory, InlineData("male"), InlineData("AWS.Polly.Joanna"), InlineData("Telnyx.KokoroTTS.af"), InlineData("ElevenLabs.Default.x"),
        InlineData("Azure.de-DE-KatjaNeural")]
    public async Task A_voice_of_a_known_provider_is_taken(string voice) =>
        await AcceptsAsync<LegCommand.Speak>("speak", $$"""{"payload":"Hi","voice":"{{voice}}"}""");

    [Theory, InlineData("speak"), InlineData("gather_using_speak")]
    public async Task A_voice_that_another_speaks_for_is_told_in_the_reply_or_refused(string action)
    {
        string url = $"/v2/calls/{Token}/actions/{action}", body = """{"payload":"Hi","voice":"AWS.Polly.Joanna"}""";
        var usual = host.Speech.Stands;
        host.Speech.Stands = static voice => new(voice, "another speaks", Refusal: null);
        var told = await host.SendAsync("POST", url, body);
        host.Speech.Stands = static voice => new(voice, Warning: null, "no alias");
        var refused = await host.SendAsync("POST", url, body);
        host.Speech.Stands = usual;
        Assert.Equal("another speaks", (string?)told.Data["warning"]);
        refused.Refuses(422, "90012", "/voice");
        Assert.Null((await host.SendAsync("POST", url, body)).Data["warning"]);
    }

    [Fact]
    public async Task Headers_of_a_hangup_are_those_of_its_BYE()
    {
        var command = await AcceptsAsync<LegCommand.Hangup>("hangup", """{"custom_headers":[{"name":"X-Outcome","value":"sold"}]}""");
        Assert.Equal([new CustomSipHeader("X-Outcome", "sold")], command.Headers);
        await RefusesAsync("hangup", """{"custom_headers":[{"name":"Via","value":"nowhere"}]}""", "10015", "/custom_headers/0");
    }

    [Fact]
    public async Task Headers_that_no_message_holds_together_are_refused()
    {
        var headers = Enumerable.Range(0, 32).Select(i => new { name = $"X-{new string('a', 300)}{i}", value = new string('b', 1_024) });
        string body = System.Text.Json.JsonSerializer.Serialize(new { custom_headers = headers });
        await RefusesAsync("hangup", body, "10025", "/custom_headers");
    }

    [Fact]
    public async Task A_transfer_says_what_the_new_leg_is_sent_and_whether_it_is_recorded()
    {
        var command = await AcceptsAsync<LegCommand.Transfer>("transfer", """
            {"to":"+15550100001","send_digits_on_answer":"w200#","preferred_codecs":"G722,PCMU","record":"record-from-answer","record_format":"wav","record_channels":"single"}
            """);
        Assert.Equal("w200#", command.DigitsOnAnswer);
        Assert.Equal(["G722", "PCMU"], command.PreferredCodecs);
        Assert.Equal((RecordFormat.Wav, false), (command.Record!.Format, command.Record.IsDual));
        Assert.Equal(command.Record.Id.ToString(), command.TargetLabels["telnyx.recording_id"]);
        await RefusesAsync("transfer", """{"to":"+15550100001","send_digits_on_answer":"2x"}""", "90014", "/send_digits_on_answer");
        await RefusesAsync("transfer", $$"""{"to":"+15550100001","send_digits_on_answer":"{{new string('1', 65)}}"}""", "90014",
            "/send_digits_on_answer");
    }

    [Fact]
    public async Task Webhooks_of_a_type_go_to_the_URL_of_that_type()
    {
        var command = await AcceptsAsync<LegCommand.Answer>("answer",
            """{"webhook_urls":{"call.hangup":["https://example.com/ends"]},"webhook_urls_method":"GET"}""");
        Assert.Equal(("https://example.com/ends", "GET"),
            (command.Labels!["telnyx.webhook_urls.call.hangup"], command.Labels["telnyx.webhook_urls_method"]));
        await RefusesAsync("answer", """{"webhook_urls":{"call.nonsense":["https://example.com/"]}}""", "90057",
            "/webhook_urls/call.nonsense");
        await RefusesAsync("answer", """{"webhook_urls":{"call.hangup":["ftp://example.com/"]}}""", "10003", "/webhook_urls/call.hangup");
        await RefusesAsync("answer", """{"webhook_urls":{"call.hangup":["https://example.com/","https://example.com/2"]}}""", "10015",
            "/webhook_urls/call.hangup");
    }

    [Theory]
    [InlineData("answer",
        """{"transcription":false,"stream_url":"","stream_track":"inbound_track","webhook_retries_policies":{},"assistant":null}""")]
    [InlineData("hangup", """{"custom_headers":[]}""")]
    public async Task Asking_for_nothing_by_a_refused_parameter_is_no_fault(string action, string body)
    {
        Assert.Equal(200, (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/{action}", body)).Status);
    }

    [Fact]
    public async Task Playback_of_a_url_is_cached_and_played_once_unless_said_otherwise()
    {
        var command = await AcceptsAsync<LegCommand.Play>("playback_start", """{"audio_url":"https://example.com/a.wav"}""");
        Assert.Equal(new PromptSource.Url("https://example.com/a.wav") { IsCached = true }, command.Source);
        Assert.Equal(1, command.Loops);
        Assert.Equal(StopWhat.Nothing, command.Stop);

        command = await AcceptsAsync<LegCommand.Play>("playback_start",
            """{"audio_url":"https://example.com/a.wav","cache_audio":false,"loop":"infinity","stop":"all"}""");
        Assert.False(Assert.IsType<PromptSource.Url>(command.Source).IsCached);
        Assert.Equal(0, command.Loops);
        Assert.Equal(StopWhat.All, command.Stop);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("\"7\"", 7)]
    [InlineData("100", 100)]
    public async Task Loop_counts_come_as_numbers_or_text(string loop, int loops) =>
        Assert.Equal(loops, (await AcceptsAsync<LegCommand.Play>("playback_start",
            $$"""{"audio_url":"https://example.com/a.wav","loop":{{loop}}}""")).Loops);

    [Fact]
    public async Task Gather_using_audio_plays_a_file_tells_of_it_and_gives_three_tries()
    {
        var command = await AcceptsAsync<LegCommand.Gather>("gather_using_audio", """
            {"audio_url":"https://example.com/a.mp3","invalid_media_name":"wrong","maximum_tries":2,"maximum_digits":4,"timeout_millis":9000,"inter_digit_timeout_millis":700}
            """);
        Assert.Equal((new PromptSource.Url("https://example.com/a.mp3"), new PromptSource.Stored("wrong")),
            (command.Prompt, command.InvalidPrompt));
        Assert.Equal((true, 2, 4), (command.IsPromptReported, command.MaximumTries, command.MaximumDigits));
        Assert.Equal((TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9), TimeSpan.FromMilliseconds(700)),
            (command.TotalTimeout, command.InitialTimeout, command.InterDigitTimeout));
        Assert.Equal(3, (await AcceptsAsync<LegCommand.Gather>("gather_using_audio", """{"media_name":"menu"}""")).MaximumTries);

        await RefusesAsync("gather_using_audio", "{}", "10004", "/audio_url");
        await RefusesAsync("gather_using_audio", """{"audio_url":"https://example.com/a.mp3","media_name":"menu"}""",
            "10015", "/media_name");
        await RefusesAsync("gather_using_audio", """{"audio_url":"https://example.com/a.mp3","invalid_audio_url":"nonsense"}""",
            "10003", "/invalid_audio_url");
        await RefusesAsync("gather_using_audio", """{"media_name":"menu","maximum_tries":0}""", "90024", "/maximum_tries");
    }

    [Fact]
    public async Task Sip_info_carries_a_body_of_a_type()
    {
        Assert.Equal(new LegCommand.SendInfo("application/json; charset=utf-8", "{}"),
            await AcceptsAsync<LegCommand.SendInfo>("send_sip_info", """{"content_type":"application/json; charset=utf-8","body":"{}"}"""));
        Assert.Equal(1_400, (await AcceptsAsync<LegCommand.SendInfo>("send_sip_info",
            $$"""{"content_type":"text/plain","body":"{{new string('a', 1_400)}}"}""")).Body.Length);

        await RefusesAsync("send_sip_info", $$"""{"content_type":"text/plain","body":"{{new string('a', 1_401)}}"}""", "10025", "/body");
        await RefusesAsync("send_sip_info", """{"content_type":"text/plain","body":""}""", "10025", "/body");
        await RefusesAsync("send_sip_info", """{"content_type":"nonsense","body":"a"}""", "10015", "/content_type");
        await RefusesAsync("send_sip_info", """{"content_type":"text/plain\r\nX-Evil: 1","body":"a"}""", "10015", "/content_type");
    }

    [Fact]
    public async Task A_refer_names_a_sip_uri()
    {
        var refer = await AcceptsAsync<LegCommand.Refer>("refer", """
            {"sip_address":"sip:bob@sip.example.com;transport=tcp","sip_auth_username":"me","sip_auth_password":"secret",
             "custom_headers":[{"name":"X-Why","value":"shift"}],"sip_headers":[{"name":"User-to-User","value":"abc"}]}
            """);
        Assert.Equal(("sip:bob@sip.example.com;transport=tcp", "me", "secret"), (refer.To, refer.AuthUser, refer.AuthPassword));
        Assert.Equal(["X-Why", "User-to-User"], refer.Headers.Select(header => header.Name));

        foreach (string bad in (string[])["+15550100000", "", "sip:bob", "tel:+15550100000", "sip:bob@host>;x=<sip:eve@host"])
            await RefusesAsync("refer", $$"""{"sip_address":"{{bad}}"}""", "10015", "/sip_address");
        await RefusesAsync("refer", """{"sip_address":"sips:bob@host;transport=udp"}""", "10015", "/sip_address");
        await RefusesAsync("refer", """{"sip_address":"sip:bob@host","sip_auth_username":"me"}""", "10004", "/sip_auth_password");
        await RefusesAsync("refer", """{"sip_address":"sip:bob@host","custom_headers":[{"name":"Refer-To","value":"<sip:eve@x>"}]}""",
            "10015", "/custom_headers/0");
    }

    [Fact]
    public async Task Playback_of_a_kept_file_names_it()
    {
        Assert.Equal(new PromptSource.Stored("welcome"),
            (await AcceptsAsync<LegCommand.Play>("playback_start", """{"media_name":"welcome"}""")).Source);
        await RefusesAsync("playback_start", $$"""{"media_name":"{{new string('n', 256)}}"}""", "10025", "/media_name");
    }

    [Fact]
    public async Task Playback_content_is_decoded()
    {
        var command = await AcceptsAsync<LegCommand.Play>("playback_start", """{"playback_content":"UklGRg==","audio_type":"wav"}""");
        Assert.Equal("RIFF"u8.ToArray(), Assert.IsType<PromptSource.Content>(command.Source).Bytes.ToArray());
    }

    [Theory]
    [InlineData("data:audio/wav;base64,UklGRvv/"), InlineData("DATA:audio/x-wav;codecs=1;Base64,UklGRvv/")]
    [InlineData("UklGRvv_"), InlineData("UklG\\nRvv/\\n"), InlineData("data:;base64,UklGRvv_")]
    [InlineData("UklGRvs", 1), InlineData("UklGRvs=", 1)]
    public async Task Playback_content_may_be_a_data_URI_or_of_the_alphabet_of_URLs_or_lack_its_padding(string content, int left = 0)
    {
        var command = await AcceptsAsync<LegCommand.Play>("playback_start", $$"""{"playback_content":"{{content}}"}""");
        byte[] expected = [.. "RIFF"u8, 0xFB, 0xFF];
        Assert.Equal(expected[..^left], Assert.IsType<PromptSource.Content>(command.Source).Bytes.ToArray());
    }

    [Fact]
    public async Task A_file_can_be_heard_over_another_and_by_the_opposite_leg()
    {
        var command = await AcceptsAsync<LegCommand.Play>("playback_start", """{"media_name":"a","overlay":true,"stop":"overlay"}""");
        Assert.Equal((true, StopWhat.Overlays, TargetLegs.Self), (command.IsOverlay, command.Stop, command.Targets));
        command = await AcceptsAsync<LegCommand.Play>("playback_start", """{"media_name":"a","target_legs":"opposite"}""");
        Assert.Equal((false, TargetLegs.Opposite), (command.IsOverlay, command.Targets));
        var speak = await AcceptsAsync<LegCommand.Speak>("speak", """{"payload":"Hi","voice":"female","target_legs":"both"}""");
        Assert.Equal(TargetLegs.Both, speak.Targets);
    }

    [Theory]
    [InlineData("""{"overlay":true}""", StopWhat.All, true)]
    [InlineData("""{"stop":"overlay"}""", StopWhat.All, true)]
    [InlineData("""{"stop":"current","overlay":true}""", StopWhat.Current, true)]
    [InlineData("""{"stop":"all","overlay":false}""", StopWhat.All, false)]
    public async Task Playback_stop_ends_those_that_are_heard_over_others(string body, StopWhat what, bool isOfOverlays)
    {
        var command = await AcceptsAsync<LegCommand.StopPlayback>("playback_stop", body);
        Assert.Equal((what, isOfOverlays), (command.What, command.IsOfOverlays));
    }

    [Fact]
    public async Task Playback_stop_means_all_unless_it_says_current()
    {
        Assert.Equal(StopWhat.All, (await AcceptsAsync<LegCommand.StopPlayback>("playback_stop", "{}")).What);
        Assert.Equal(StopWhat.Current, (await AcceptsAsync<LegCommand.StopPlayback>("playback_stop", """{"stop":"current"}""")).What);
    }

    [Fact]
    public async Task Gather_has_the_contracts_defaults_and_an_id_of_its_own()
    {
        var command = await AcceptsAsync<LegCommand.Gather>("gather", "{}");
        Assert.Equal((1, 128, "#", "0123456789#*", 1),
            (command.MinimumDigits, command.MaximumDigits, command.TerminatingDigits, command.ValidDigits, command.MaximumTries));
        Assert.Equal((5, 5, 60), ((int)command.InitialTimeout.TotalSeconds, (int)command.InterDigitTimeout.TotalSeconds,
            (int)command.TotalTimeout.TotalSeconds));
        Assert.NotEmpty(command.GatherId!);
        Assert.Null(command.Prompt);

        command = await AcceptsAsync<LegCommand.Gather>("gather", """
            {"minimum_digits":2,"maximum_digits":4,"terminating_digit":"*","valid_digits":"12ab","initial_timeout_millis":700,"inter_digit_timeout_millis":800,"timeout_millis":900,"gather_id":"menu"}
            """);
        Assert.Equal((2, 4, "*", "12AB", "menu"),
            (command.MinimumDigits, command.MaximumDigits, command.TerminatingDigits, command.ValidDigits, command.GatherId));
        Assert.Equal((700, 800, 900), ((int)command.InitialTimeout.TotalMilliseconds, (int)command.InterDigitTimeout.TotalMilliseconds,
            (int)command.TotalTimeout.TotalMilliseconds));
    }

    [Fact]
    public async Task Gather_using_speak_prompts_each_try_and_has_only_the_whole_trys_time()
    {
        var command = await AcceptsAsync<LegCommand.Gather>("gather_using_speak", """
            {"payload":"Press one","invalid_payload":"Try again","voice":"male","maximum_tries":2,"valid_digits":"12","maximum_digits":1,"timeout_millis":7000}
            """);
        Assert.Equal("Press one", Assert.IsType<PromptSource.Speech>(command.Prompt).Text);
        Assert.Equal("Try again", Assert.IsType<PromptSource.Speech>(command.InvalidPrompt).Text);
        Assert.Equal((2, 1), (command.MaximumTries, command.MaximumDigits));
        Assert.Equal(command.TotalTimeout, command.InitialTimeout);
        Assert.Equal(3,
            (await AcceptsAsync<LegCommand.Gather>("gather_using_speak", """{"payload":"Press one","voice":"male"}""")).MaximumTries);
    }

    [Fact]
    public async Task Gather_stop_stops() => await AcceptsAsync<LegCommand.StopGather>("gather_stop", """{"command_id":"x"}""");

    [Fact]
    public async Task Send_dtmf_keeps_pauses_and_raises_letters()
    {
        var command = await AcceptsAsync<LegCommand.SendDigits>("send_dtmf", """{"digits":"1www2WabCD*#9","duration_millis":500}""");
        Assert.Equal("1www2WABCD*#9", command.Digits);
        Assert.Equal(500, command.DigitMilliseconds);
        foreach (string usual in (string[])["""{"digits":"1"}""", """{"digits":"1","duration_millis":0}"""])
            Assert.Equal(250, (await AcceptsAsync<LegCommand.SendDigits>("send_dtmf", usual)).DigitMilliseconds);
    }

    [Fact]
    public async Task Client_state_update_changes_only_the_labels() =>
        Assert.Equal("aGV5", (await AcceptsAsync<LegCommand.SetLabels>("client_state_update", """{"client_state":"aGV5"}""", "PUT"))
            .Labels!["telnyx.client_state"]);

    [Theory]
    // client_state is on every command.
    [InlineData("answer", """{"client_state":"not base64!"}""", "90017", "/client_state")]
    [InlineData("hangup", """{"client_state":"abc"}""", "90017", "/client_state")]
    [InlineData("hangup", """{"client_state":"aGV5 "}""", "90017", "/client_state")]
    [InlineData("reject", """{"cause":"NO"}""", "10032", "/cause")]
    [InlineData("reject", "{}", "10004", "/cause")]
    [InlineData("speak", """{"voice":"female"}""", "10004", "/payload")]
    [InlineData("speak", """{"payload":"Hi"}""", "10004", "/voice")]
    [InlineData("speak", """{"payload":"","voice":"female"}""", "90010", "/payload")]
    [InlineData("speak", """{"payload":"Hi","voice":""}""", "90012", "/voice")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","payload_type":"rtf"}""", "90011", "/payload_type")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","language":"tlh"}""", "90013", "/language")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","service_level":"gold"}""", "90030", "/service_level")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","service_level":"basic","payload_type":"ssml"}""", "90011", "/payload_type")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","service_level":"basic","language":"de-DE"}""", "90013", "/language")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","stop":"some"}""", "90016", "/stop")]
    [InlineData("speak", """{"payload":"Hi","voice":"ElevenLabs.x.y","voice_settings":{"api_key_ref":"k"}}""", "10015",
        "/voice_settings/api_key_ref")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","voice_settings":{"type":"gramophone"}}""",
        "10015", "/voice_settings/type")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","voice_settings":{"type":"minimax","speed":9}}""",
        "10033", "/voice_settings/speed")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","voice_settings":{"type":"minimax","vol":2}}""",
        "10015", "/voice_settings/vol")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","voice_settings":{"voice_speed":0.4}}""", "10033", "/voice_settings/voice_speed")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","voice_settings":{"pitch":2}}""", "10015", "/voice_settings/pitch")]
    [InlineData("speak", """{"payload":"Hi","voice":"nonsense"}""", "90012", "/voice")]
    [InlineData("speak", """{"payload":"Hi","voice":"Nobody.x"}""", "90012", "/voice")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","loop":101}""", "90009", "/loop")]
    [InlineData("speak", """{"payload":"Hi","voice":"female","target_legs":"all"}""", "10032", "/target_legs")]
    [InlineData("playback_start", "{}", "10004", "/audio_url")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","playback_content":"UklGRg=="}""", "10015", "/audio_url")]
    [InlineData("playback_start", """{"audio_url":"ftp://e.com/a.wav"}""", "10003", "/audio_url")]
    [InlineData("playback_start", """{"audio_url":"http://127.0.0.1/a.wav"}""", "10003", "/audio_url")]
    [InlineData("playback_start", """{"audio_url":"http://169.254.169.254/latest"}""", "10003", "/audio_url")]
    [InlineData("playback_start", """{"media_name":"","audio_url":"","playback_content":""}""", "10004", "/audio_url")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","overlay":true,"target_legs":"both"}""", "10015", "/overlay")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","loop":0}""", "90009", "/loop")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","loop":101}""", "90009", "/loop")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","loop":"forever"}""", "90009", "/loop")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","target_legs":"others"}""", "10015", "/target_legs")]
    [InlineData("playback_start", """{"audio_url":"https://e.com/a.wav","stop":"overlays"}""", "90016", "/stop")]
    [InlineData("playback_start", """{"playback_content":"%%%"}""", "10015", "/playback_content")]
    [InlineData("playback_start", """{"playback_content":"UklGR"}""", "10015", "/playback_content")]
    [InlineData("playback_start", """{"playback_content":"data:audio/wav,RIFF"}""", "10015", "/playback_content")]
    [InlineData("playback_start", """{"playback_content":"data:audio/wav;base64,"}""", "10015", "/playback_content")]
    [InlineData("playback_stop", """{"stop":"none"}""", "90016", "/stop")]
    [InlineData("gather", """{"minimum_digits":0}""", "90022", "/minimum_digits")]
    [InlineData("gather", """{"maximum_digits":129}""", "90023", "/maximum_digits")]
    [InlineData("gather", """{"minimum_digits":5,"maximum_digits":4}""", "90022", "/minimum_digits")]
    [InlineData("gather", """{"terminating_digit":"##"}""", "90007", "/terminating_digit")]
    [InlineData("gather", """{"valid_digits":"12x"}""", "90008", "/valid_digits")]
    [InlineData("gather", """{"timeout_millis":0}""", "90025", "/timeout_millis")]
    [InlineData("gather", """{"inter_digit_timeout_millis":120001}""", "90026", "/inter_digit_timeout_millis")]
    [InlineData("gather", """{"initial_timeout_millis":120001}""", "90056", "/initial_timeout_millis")]
    [InlineData("gather_using_speak", """{"payload":"Hi","voice":"male","maximum_tries":129}""", "90024", "/maximum_tries")]
    [InlineData("gather_using_speak", """{"payload":" ","voice":"male"}""", "90010", "/payload")]
    [InlineData("send_dtmf", "{}", "10004", "/digits")]
    [InlineData("send_dtmf", """{"digits":"12E"}""", "90014", "/digits")]
    [InlineData("send_dtmf", """{"digits":"1","duration_millis":99}""", "90027", "/duration_millis")]
    [InlineData("send_dtmf", """{"digits":"1","duration_millis":501}""", "90027", "/duration_millis")]
    [InlineData("answer", """{"record":"record-from-answer","record_format":"flac"}""", "10032", "/record_format")]
    [InlineData("answer", """{"webhook_url":"nonsense"}""", "10003", "/webhook_url")]
    [InlineData("answer", """{"custom_headers":[{"name":"Via","value":"x"}]}""", "10015", "/custom_headers/0")]
    [InlineData("answer", """{"custom_headers":[{"name":"X-A","value":"1"},{"name":"X-B","value":"a\r\nEvil: 1"}]}""",
        "10015", "/custom_headers/1")]
    [InlineData("answer", """{"custom_headers":[{"name":"P-Asserted-Identity","value":"<sip:+15550199@x>"}]}""",
        "10015", "/custom_headers/0")]
    [InlineData("transfer", """{"to":"+13125550100","custom_headers":[{"name":"Diversion","value":"<sip:+15550199@x>"}]}""",
        "10015", "/custom_headers/0")]
    [InlineData("transfer", """{"to":"+13125550100","privacy":"full"}""", "10032", "/privacy")]
    [InlineData("transfer", """{"to":"+13125550100","from_display_name":"8005550199"}""", "10015", "/from_display_name")]
    [InlineData("answer", """{"preferred_codecs":"PCMU,MP3"}""", "10015", "/preferred_codecs")]
    public async Task A_wrong_value_is_refused_with_its_own_code_and_pointer(string action, string body, string code, string pointer) =>
        await RefusesAsync(action, body, code, pointer);

    [Theory]
    [InlineData("""{"client_state":"%"}""", "90017")]
    [InlineData("{}", "10004")]
    public async Task Client_state_update_needs_base64(string body, string code) =>
        await RefusesAsync("client_state_update", body, code, "/client_state", "PUT");

    [Fact]
    public async Task Limits_hold_at_the_limit_and_refuse_one_above()
    {
        await AcceptsAsync<LegCommand.Speak>("speak", $$"""{"payload":"{{new string('a', 3_000)}}","voice":"female"}""");
        await RefusesAsync("speak", $$"""{"payload":"{{new string('a', 3_001)}}","voice":"female"}""", "90010", "/payload");
        await AcceptsAsync<LegCommand.Hangup>("hangup", $$"""{"client_state":"{{new string('A', 6_000)}}"}""");
        await RefusesAsync("hangup", $$"""{"client_state":"{{new string('A', 6_004)}}"}""", "90017", "/client_state");
        await AcceptsAsync<LegCommand.SendDigits>("send_dtmf", $$"""{"digits":"{{new string('1', 128)}}"}""");
        await RefusesAsync("send_dtmf", $$"""{"digits":"{{new string('1', 129)}}"}""", "90014", "/digits");
        await AcceptsAsync<LegCommand.Hangup>("hangup", $$"""{"command_id":"{{new string('c', 256)}}"}""");
        await RefusesAsync("hangup", $$"""{"command_id":"{{new string('c', 257)}}"}""", "10025", "/command_id");
    }

    [Theory]
    [InlineData("not-a-call")]
    [InlineData("v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg")]
    [InlineData("v2%3Axyz")]
    public async Task Random_text_as_call_control_id_is_refused_with_90015(string token)
    {
        foreach (string action in new[] { "answer", "hangup", "speak", "playback_start", "gather", "send_dtmf" })
            (await host.SendAsync("POST", $"/v2/calls/{token}/actions/{action}", "{}")).Refuses(422, "90015");
        Assert.Equal(404, (await host.SendAsync("GET", $"/v2/calls/{token}")).Status);
    }

    [Fact]
    public async Task A_token_of_another_account_is_refused_with_90015() =>
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/hangup", "{}", TelnyxHost.OtherTenantKey)).Refuses(422, "90015");

    [Fact]
    public async Task A_token_may_be_percent_encoded() =>
        Assert.Equal(200, (await host.SendAsync("POST", $"/v2/calls/{Uri.EscapeDataString(Token)}/actions/hangup", "{}")).Status);

    [Theory]
    [InlineData(Refusal.AlreadyEnded, 422, "90018")]
    [InlineData(Refusal.NotYetAnswered, 422, "90034")]
    [InlineData(Refusal.WrongDirection, 422, "90102")]
    [InlineData(Refusal.WrongState, 422, "10015")]
    [InlineData(Refusal.TooManyRecordings, 422, "10015")]
    [InlineData(Refusal.TooManyPrompts, 422, "10015")]
    [InlineData(Refusal.TooManyDigits, 422, "10015")]
    [InlineData(Refusal.TooManyLabels, 422, "10015")]
    [InlineData(Refusal.Overloaded, 429, "10011")]
    [InlineData(Refusal.Draining, 503, "10037")]
    public async Task A_refusal_of_the_engine_has_its_row(Refusal refusal, int status, string code)
    {
        host.Calls.Answer = refusal;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/answer", "{}")).Refuses(status, code);
    }

    [Fact]
    public async Task A_queue_is_named_and_may_have_a_size_and_a_longest_wait()
    {
        Assert.Equal(new LegCommand.Enqueue("support"), await AcceptsAsync<LegCommand.Enqueue>("enqueue", """{"queue_name":"support"}"""));
        var command = await AcceptsAsync<LegCommand.Enqueue>("enqueue",
            """{"queue_name":"support","max_size":20,"max_wait_time_secs":600,"command_id":"c","client_state":"aGV5"}""");
        Assert.Equal((20, TimeSpan.FromMinutes(10), "c"), (command.MaxSize, command.MaxWait, command.CommandId));
        Assert.Equal("aGV5", command.Labels!["telnyx.client_state"]);
        await AcceptsAsync<LegCommand.LeaveQueue>("leave_queue", "{}");
        await RefusesAsync("enqueue", """{"queue_name":""}""", "10025", "/queue_name");
        await RefusesAsync("enqueue", $$"""{"queue_name":"{{new string('q', 256)}}"}""", "10025", "/queue_name");
        await AcceptsAsync<LegCommand.Enqueue>("enqueue", $$"""{"queue_name":"{{new string('q', 255)}}","max_size":10000}""");
        await RefusesAsync("enqueue", """{"queue_name":"q","max_size":0}""", "10033", "/max_size");
        await RefusesAsync("enqueue", """{"queue_name":"q","max_size":10001}""", "10033", "/max_size");
        Assert.Null((await AcceptsAsync<LegCommand.Enqueue>("enqueue", """{"queue_name":"q","max_wait_time_secs":0}""")).MaxWait);
        await RefusesAsync("enqueue", """{"queue_name":"q","max_wait_time_secs":-1}""", "10033", "/max_wait_time_secs");
        await RefusesAsync("enqueue", """{"queue_name":"q","max_wait_time_secs":86401}""", "10033", "/max_wait_time_secs");
    }

    [Fact]
    public async Task A_bridge_names_a_call_or_a_queue()
    {
        var command = await AcceptsAsync<LegCommand.BridgeQueue>("bridge",
            """{"queue":"support","park_after_unbridge":"self","play_ringtone":true,"command_id":"c"}""");
        Assert.Equal(("support", true, "c"), (command.Queue, command.Terms.ParksAfterUnbridge, command.CommandId));
        Assert.NotNull(command.Terms.Ringback);
        await RefusesAsync("bridge", $$"""{"queue":"support","call_control_id":"{{Token}}"}""", "10015", "/queue");
        await RefusesAsync("bridge", "{}", "90015", "/call_control_id");
    }

    [Theory]
    [InlineData(Refusal.NotQueued, "90035", null)]
    [InlineData(Refusal.QueueFull, "90036", "/queue_name")]
    [InlineData(Refusal.QueueSizeFixed, "90037", "/max_size")]
    [InlineData(Refusal.AlreadyQueued, "90038", null)]
    public async Task What_a_queue_refuses_has_the_contracts_code(Refusal refusal, string code, string? pointer)
    {
        host.Calls.Answer = refusal;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/enqueue", """{"queue_name":"support"}""")).Refuses(422, code, pointer);
    }
}
