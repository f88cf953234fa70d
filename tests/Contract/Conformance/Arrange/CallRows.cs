using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Calls: dialling, every command, what is said of them, and their recordings.</summary>
internal static class CallRows
{
    public const string ApplicationName = "walk of calls";

    private const string Webhooks =
        """ "webhook_url": "$hook", "webhook_url_method": "POST", "webhook_urls": {"extra": null, "call.hangup": ["$hook"]} """;

    private const string Calling =
        """ "media_encryption": "disabled", "sip_transport_protocol": "UDP", "preferred_codecs": "PCMU", "timeout_secs": 30, "time_limit_secs": 60, "send_digits_on_answer": "w1" """;

    private const string Streaming =
        """ "stream_url": "$socket", "stream_track": "both_tracks", "stream_codec": "PCMU", "stream_bidirectional_mode": "rtp", "stream_bidirectional_codec": "L16", "stream_bidirectional_sampling_rate": 16000, "stream_bidirectional_target_legs": "opposite", "stream_auth_token": "token", "custom_parameters": [{"name": "case", "value": "walk"}] """;
    private const string Voices = """ "sound_modifications": {"pitch": 0.8, "semitone": -2, "octaves": 0.1, "track": "both"} """;

    private const string Transcribing =
        """ "transcription_engine": "A", "transcription_tracks": "both", "transcription_engine_config": {"transcription_engine": "A", "language": "en", "interim_results": true, "hints": ["walk"], "model": "phone_call", "speech_context": [{"phrases": ["case"], "boost": 1.0}]} """;
    private const string TranscribingFromAnswer = """ "record_timeout_secs": 0, "transcription": true, "transcription_config": {""" + Transcribing + "} ";

    private const string Headers =
        """ "custom_headers": [{"name": "X-Case", "value": "walk"}], "sip_headers": [{"name": "User-to-User", "value": "abc"}], "client_state": "aGVsbG8=", "command_id": "$unique" """;

    public static readonly Area Area = new(
    [
        new("DialCall", """{"connection_id": "$application", "to": "$answers", "from": "$walker"}""")
        {
            Id = "call_control_id",
            Full = """
                {"answering_machine_detection": "detect", "audio_url": "$wav", "media_name": null, "bridge_intent": false, "bridge_on_answer": false, "link_to": null,
                 "supervise_call_control_id": null, "supervisor_role": null,
                 "billing_group_id": "$CreateBillingGroup", "stream_establish_before_call_originate": true,
                 "conference_config": {"beep_enabled": "never", "conference_name": "$unique room", "early_media": false, "end_conference_on_exit": false,
                   "hold": false, "hold_audio_url": "$wav", "hold_media_name": null, "id": null, "mute": false, "soft_end_conference_on_exit": false,
                   "start_conference_on_create": true, "start_conference_on_enter": true, "supervisor_role": "barge", "whisper_call_control_ids": []},
                """ + Calling + "," + Voices + "," + Webhooks + "," + Streaming + "," + TranscribingFromAnswer + "," + Headers + "}",
            Unlike = ["is_alive", "start_time", "end_time"],
        },
        new("ListConnectionActiveCalls") { Path = ["$called_application"] },
        new("ListCallEvents")
        {
            Thing = "$answer_event", Id = "event_timestamp",       // an event has no other name
            Filters = new Dictionary<string, string>
            {
                ["application_name"] = "=" + ApplicationName, ["application_session_id"] = "call_session_id",
                ["connection_id"] = "=$application", ["failed"] = "=false", ["from"] = "=$walker", ["leg_id"] = "call_leg_id",
                ["occurred_at"] = "event_timestamp", ["outbound.outbound_voice_profile_id"] = "=$profile",
                ["product"] = "=call_control", ["status"] = "=in_progress", ["to"] = "=$answers",
            },
        },

        new("CallStartAIAssistant", """{"assistant": {"id": "$create_new_assistant_public_assistants_post"}}""")
        {
            Path = ["$call"],
            Full = """
                {"assistant": {"instructions": "Be brief.", "openai_api_key_ref": "$create_integration_secret.identifier"},
                 "greeting": "Hello", "interruption_settings": {"enable": false},
                 "transcription": {"model": "distil-whisper/distil-large-v2"}, "voice": "Telnyx.KokoroTTS.af", "voice_settings": {"voice_speed": 1},
                 "client_state": "aGVsbG8=", "command_id": "$unique"}
                """,
        },
        new("CallStopAIAssistant") { Path = ["$assisted_call"], Full = Plain },
        new("AnswerCall")
        {
            Path = ["$incoming"],
            Full = """{"preferred_codecs": "PCMU,G722", "billing_group_id": "$CreateBillingGroup", """ + Voices + "," + Webhooks + "," + Streaming + ","
                + TranscribingFromAnswer + "," + Headers + "}"
        },
        new("RejectCall", """{"cause": "USER_BUSY"}""") { Path = ["$incoming"], Full = Plain },
        new("HangupCall") { Path = ["$call"], Full = "{" + Headers + "}" },
        new("SpeakCall", """{"payload": "Hello.", "voice": "female"}""")
        {
            Path = ["$call"],
            Full = """{"language": "en-US", "payload_type": "text", "stop": "all", "loop": 2, "target_legs": "self", "voice_settings": {"voice_speed": 1.5}, "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("StartCallPlayback", """{"audio_url": "$wav"}""")
        {
            Path = ["$call"],
            Full = """{"media_name": null, "playback_content": null, "loop": 2, "overlay": false, "target_legs": "self", "stop": "all", "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("StopCallPlayback") { Path = ["$call"], Full = """{"stop": "all", "client_state": "aGVsbG8=", "command_id": "$unique"}""" },
        new("GatherCall") { Path = ["$call"], Full = "{\"initial_timeout_millis\": 5000, " + Gathering + "}" },
        new("callGatherUsingAI",
            """{"parameters": {"type": "object", "properties": {"age": {"type": "integer"}, "city": {"type": "string"}}, "required": ["age"]}}""")
        {
            Path = ["$call"],
            Full = """
                {"assistant": {"instructions": "Be brief.", "model": "some/model",
                   "openai_api_key_ref": "$create_integration_secret.identifier", "tools": [
                   {"type": "webhook", "webhook": {"name": "weather", "description": "Tells the weather.", "url": "$hook"}},
                   {"type": "transfer", "transfer": {"from": "$walker", "targets": [{"name": "desk", "to": "$answers"}]}},
                   {"type": "hangup", "hangup": {"description": "Ends the call."}}]},
                 "greeting": "Hello", "interruption_settings": {"enable": false}, "language": "en",
                 "message_history": [{"role": "assistant", "content": "Good morning."}], "user_response_timeout_ms": 5000,
                 "send_message_history_updates": true, "send_partial_results": true,
                 "transcription": {"model": "distil-whisper/distil-large-v2"}, "voice": "Telnyx.KokoroTTS.af", "voice_settings": {"voice_speed": 1},
                 "client_state": "aGVsbG8=", "command_id": "$unique"}
                """,
        },
        new("GatherUsingSpeak", """{"payload": "Press one.", "voice": "female"}""")
        {
            Path = ["$call"],
            Full = """{"payload_type": "text", "language": "en-US", "service_level": "premium", "voice_settings": {"voice_speed": 1.5}, "invalid_payload": "Again.", "maximum_tries": 2, """
                + Gathering + "}",
        },
        new("GatherUsingAudio", """{"audio_url": "$wav"}""")
        {
            Path = ["$call"], Full =
                """{"media_name": null, "invalid_audio_url": "$wav", "invalid_media_name": null, "maximum_tries": 2, """ + Gathering + "}",
        },
        new("StopCallGather") { Path = ["$call"], Full = Plain },
        new("SendDTMF", """{"digits": "12#"}""")
        {
            Path = ["$call"], Full = """{"duration_millis": 200, "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("SendSIPInfo", """{"content_type": "text/plain", "body": "hello"}""") { Path = ["$call"], Full = Plain },
        new("ReferCall", """{"sip_address": "sip:bob@192.0.2.9"}""")
        {
            Path = ["$call"],
            Full = """{"sip_auth_username": "me", "sip_auth_password": "secret", """ + Headers + "}",
        },
        new("StartCallStreaming", """{"stream_url": "$socket"}""")
        {
            Path = ["$call"],
            Full = "{" + Streaming + """, "client_state": "aGVsbG8=", "command_id": "$unique"}""",
        },
        // The id of a stream that runs is told by its webhook, not by the command's answer.
        new("StopCallStreaming")
        {
            Path = ["$streamed_call"], Full = """{"stream_id": null, "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("StartCallFork", """{"rx": "udp:127.0.0.1:9"}""")
        {
            Path = ["$call"],
            Full = """{"target": null, "tx": "udp:127.0.0.1:9", "stream_type": "decrypted", "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("StopCallFork")
        {
            Path = ["$forked_call"], Full = """{"stream_type": "decrypted", "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("StartSiprecSession", """{"connector_name": "$createSiprecConnector"}""")
        {
            Path = ["$call"],
            Full = """{"siprec_track": "inbound_track", "session_timeout_secs": 90, "sip_transport": "tls", "secure": true, "include_metadata_custom_headers": true, "client_state": "aGVsbG8="}""",
        },
        new("StopSiprecSession") { Path = ["$siprec_call"], Full = Plain },
        new("StartCallTranscription")
        {
            Path = ["$call"], Full = "{" + Transcribing + """, "client_state": "aGVsbG8=", "command_id": "$unique"}""",
        },
        new("StopCallTranscription") { Path = ["$transcribed_call"], Full = Plain },
        new("UpdateClientState", """{"client_state": "aGVsbG8="}""") { Path = ["$call"] },
        new("noiseSuppressionStart")
        {
            Path = ["$call"],
            Full = """{"direction": "both", "noise_suppression_engine": "A", "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("noiseSuppressionStop") { Path = ["$call"], Full = Plain },
        new("SwitchSupervisorRole", """{"role": "whisper"}""") { Path = ["$supervisor"] },
        new("TransferCall", """{"to": "$elsewhere"}""")
        {
            Path = ["$call"],
            Full = """{"from": "$number", "answering_machine_detection": "disabled", "audio_url": null, "media_name": null, "park_after_unbridge": "self", "target_leg_client_state": "aGVsbG8=", """
                + Calling + "," + Voices + "," + Webhooks + "," + Streaming + "," + Headers + "}",
        },
        new("BridgeCall", """{"call_control_id": "$call2"}""")
        {
            Path = ["$call"], Full = """{"queue": null, "park_after_unbridge": "self", "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("EnqueueCall", """{"queue_name": "$unique queue"}""")
        {
            Path = ["$call"], Full = """{"max_size": 5, "max_wait_time_secs": 60, "client_state": "aGVsbG8=", "command_id": "$unique"}"""
        },
        new("LeaveQueue") { Path = ["$queued_call"], Full = Plain },
        new("RetrieveCallQueue") { Path = ["$queue"] },
        new("ListQueueCalls") { Path = ["$queue"] },
        new("RetrieveCallFromQueue") { Path = ["$queue", "$call_of_queue"] },
        new("StartCallRecord", """{"format": "wav", "channels": "single"}""") { Path = ["$call"], Full = """
            {"client_state": "aGVsbG8=", "command_id": "$unique"}
            """ },
        // The id of a recording that runs is told by none of the commands' answers.
        new("PauseCallRecording") { Path = ["$recorded_call"], Full = PlainOfRecording },
        new("ResumeCallRecording") { Path = ["$paused_call"], Full = PlainOfRecording },
        new("StopCallRecording") { Path = ["$recorded_call"], Full = PlainOfRecording },

        new("GetRecordings")
        {
            Thing = "$recording", Unmatched = ["conference_id"],
            Filters = new Dictionary<string, string> { ["connection_id"] = "=$application", ["from"] = "=$walker", ["to"] = "=$answers" },
        },
        new("getRecordingTranscriptions") { Thing = "$recording_transcription" },
        new("DeleteRecordings", """{"ids": ["$recording"]}"""),
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["answers"] = words => Task.FromResult(words.Node.FarEnd.UriOf("answers")),
            ["elsewhere"] = words => Task.FromResult(words.Node.FarEnd.UriOf("elsewhere")),
            // Who calls.
            ["walker"] = words => words.Node.KeepAsync("walker", () => Task.FromResult(words.Node.NextNumber())),
            ["profile"] = words => words.Node.KeepAsync("profile", () => words.MakeAsync("CreateVoiceProfile", "{}")),
            // An application that may place calls and takes those to its number.
            ["application"] = words => words.Node.KeepAsync("application", async () =>
                await words.MakeAsync("CreateCallControlApplication",
                    $$$"""{"application_name": "{{{ApplicationName}}}", "outbound": {"outbound_voice_profile_id": "{{{await words.FillAsync("$profile")}}}"}}""")),
            ["call"] = words => DialAsync(words, "$answers", "call.answered"),
            ["supervisor"] = async words =>
                await DialAsync(words, "$answers", "call.answered", $$"""
                    , "supervise_call_control_id": "{{await words.FillAsync("$call")}}", "supervisor_role": "monitor"
                    """),
            ["incoming"] = ComeInAsync,
            ["queued_call"] = async words => (await EnqueueAsync(words)).Call,
            ["queue"] = async words => (await EnqueueAsync(words)).Queue,
            // Its UUID; the name is what customers ask for it by.
            ["queue_id"] = async words =>
                (string)(await words.Node.Owner.GetAsync($"/v2/queues/{await words.FillAsync("$queue")}")).Data!["id"]!,
            ["call_of_queue"] = async words =>
            {
                var calls = await words.Node.Owner.GetAsync($"/v2/queues/{await words.FillAsync("$queue")}/calls");
                return (string)calls.Data![0]!["call_control_id"]!;
            },
            ["recorded_call"] = words => RecordAsync(words),
            ["socket"] = words => Task.FromResult($"ws{words.Node.Sink.UrlOf("socket")["http".Length..]}"),
            ["streamed_call"] = async words =>
            {
                string call = await DialAsync(words, "$answers", "call.answered");
                await ActAsync(words, call, "streaming_start", new() { ["stream_url"] = await words.FillAsync("$socket") });
                await words.Node.Sink.NextAsync("streaming.started", "call_control_id", call);
                return call;
            },
            ["transcribed_call"] = async words =>
            {
                string call = await DialAsync(words, "$answers", "call.answered");
                await ActAsync(words, call, "transcription_start", []);
                return call;
            },
            ["assisted_call"] = async words =>
            {
                string call = await DialAsync(words, "$answers", "call.answered");
                await ActAsync(words, call, "ai_assistant_start",
                    new() { ["assistant"] = new JsonObject { ["instructions"] = "Be brief." } });
                return call;
            },
            ["siprec_call"] = async words =>
            {
                // Nobody answers there: until that is clear there is one to stop.
                string call = await DialAsync(words, "$answers", "call.answered"),
                    connector = await words.FillAsync("$createSiprecConnector");
                await ActAsync(words, call, "siprec_start", new() { ["connector_name"] = connector });
                return call;
            },
            ["forked_call"] = async words =>
            {
                string call = await DialAsync(words, "$answers", "call.answered");
                await ActAsync(words, call, "fork_start", new() { ["target"] = "udp:127.0.0.1:9" });
                await words.Node.Sink.NextAsync("call.fork.started", "call_control_id", call);
                return call;
            },
            ["paused_call"] = async words =>
            {
                string call = await RecordAsync(words);
                await ActAsync(words, call, "record_pause", []);
                return call;
            },
            ["recording"] = async words =>
            {
                string call = await RecordAsync(words);
                await ActAsync(words, call, "record_stop", []);
                return (string)(await words.Node.Sink.NextAsync("call.recording.saved", "call_control_id", call))["recording_id"]!;
            },
            ["recording_transcription"] = async words =>
            {
                string call = await RecordAsync(words, isTranscribed: true);
                await ActAsync(words, call, "record_stop", []);
                return (string)(await words.Node.Sink.NextAsync("call.recording.transcription.saved", "call_control_id", call))
                    ["recording_transcription_id"]!;
            },
            ["answer_event"] = async words =>
            {
                string leg = (string)(await words.Node.Owner.GetAsync($"/v2/calls/{Uri.EscapeDataString(await words.FillAsync("$call"))}"))
                    .Data!["call_leg_id"]!;
                var events = (await words.Node.Owner.GetAsync($"/v2/call_events?filter[leg_id]={leg}&filter[name]=call.answered")).Data!
                    .AsArray();
                return (string)events[0]!["event_timestamp"]!;
            },
            ["called_application"] = async words =>
            {
                await words.FillAsync("$call");
                return await words.FillAsync("$application");
            },
        },
    };

    private const string PlainOfRecording = """{"recording_id": null, "client_state": "aGVsbG8=", "command_id": "$unique"}""";

    private const string Plain = """{"client_state": "aGVsbG8=", "command_id": "$unique"}""";

    private const string Gathering =
        """ "minimum_digits": 1, "maximum_digits": 4, "timeout_millis": 5000, "inter_digit_timeout_millis": 1000, "terminating_digit": "#", "valid_digits": "0123456789", "client_state": "aGVsbG8=", "command_id": "$unique" """;

    /// <param name="more">Further fields of the body, with a comma before.</param>
    private static async Task<string> DialAsync(Words words, string to, string until, string more = "")
    {
        var made = await words.Node.Arrangement.MakeAsync("DialCall", new(words.Node), $$"""{"to": "{{to}}"{{more}}}""");
        await words.Node.Sink.NextAsync(until, "call_control_id", made.Id);
        await words.Node.HoldAsync(made.Id);
        return made.Id;
    }

    private static async Task<string> ComeInAsync(Words words)
    {
        string number = words.Node.NextNumber(), caller = await words.FillAsync("$stranger9"),
            application = await words.FillAsync("$application");
        var changed = await words.Node.Owner.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}",
            Ask.Json(new JsonObject { ["connection_id"] = application }));
        Assert.Equal(200, changed.Status);
        words.Node.FarEnd.Call(number, caller);
        string call = (string)(await words.Node.Sink.NextAsync("call.initiated", "from", caller))["call_control_id"]!;
        await words.Node.HoldAsync(call);
        return call;
    }

    private static async Task<string> RecordAsync(Words words, bool isTranscribed = false)
    {
        string call = await DialAsync(words, "$answers", "call.answered");
        await ActAsync(words, call, "record_start",
            new() { ["format"] = "wav", ["channels"] = "single", ["transcription"] = isTranscribed });
        return call;
    }

    private static async Task<(string Queue, string Call)> EnqueueAsync(Words words)
    {
        string call = await DialAsync(words, "$answers", "call.answered"), queue = $"walk-{Guid.NewGuid():N}";
        await ActAsync(words, call, "enqueue", new() { ["queue_name"] = queue });
        await words.Node.Sink.NextAsync("call.enqueued", "call_control_id", call);
        return (queue, call);
    }

    private static async Task ActAsync(Words words, string call, string action, JsonObject body)
    {
        var answer = await words.Node.Owner.SendAsync("POST", $"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}", Ask.Json(body));
        Assert.True(answer.Status == 200, $"{action}: {answer}");
    }
}
