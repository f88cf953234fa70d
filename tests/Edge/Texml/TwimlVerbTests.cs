using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>What only documents of TwiML can say, as it is asked of the call.</summary>
public sealed class TwimlVerbTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private async Task<ScriptedCall> RunAsync(string verbs, string target = TwimlLanguage.Target)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        await rig.RunAsync($"<Response>{verbs}</Response>", call);
        return call;
    }

    private static string[] Spoken(ScriptedCall call) =>
        [.. call.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text)];

    [Theory, InlineData(TwimlLanguage.Target, "#"), InlineData("", null)]
    public async Task Which_key_has_ended_an_entry_is_told(string target, string? key)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), Presses = "12#" };
        var step = await rig.RunAsync("<Response><Gather action=\"/next\"/></Response>", call);
        var told = Assert.IsType<Step.Go>(step).More;
        Assert.Equal("12", told.Single(field => field.Key == "Digits").Value);
        Assert.Equal(key, told.Where(field => field.Key == "FinishedOnKey").Select(field => field.Value).SingleOrDefault());
    }

    [Theory, InlineData("deepgram_nova-3", "deepgram", "nova-3"), InlineData("deepgram_nova-2", "deepgram", "nova-2")]
    [InlineData("phone_call", null, null), InlineData("default", null, null), InlineData("numbers_and_commands", null, null)]
    [InlineData("googlev2_telephony", null, null), InlineData("", null, null)]
    public async Task Whose_model_listens_to_an_answer_is_named_with_it(string named, string? recogniser, string? model)
    {
        var call = await RunAsync($"<Gather input=\"speech\" speechModel=\"{named}\"><Say>Say it.</Say></Gather>");
        var speech = Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Speech;
        Assert.NotNull(speech);
        Assert.Equal((recogniser, model), (speech.Terms.Recogniser, speech.Terms.Model));
    }

    [Theory, InlineData("transcriptionEngine=\"deepgram\" speechModel=\"nova-3\"", "deepgram", "nova-3")]
    [InlineData("transcriptionEngine=\"google\" speechModel=\"telephony\"", null, null)]
    [InlineData("speechModel=\"telephony\"", null, null)]
    public async Task A_model_is_of_the_engine_that_is_named_and_of_no_other(string attributes, string? recogniser, string? model)
    {
        var call = await RunAsync($"<Start><Transcription {attributes}/></Start>");
        var terms = Assert.Single(call.Commands.OfType<LegCommand.StartTranscription>()).Terms;
        Assert.Equal((recogniser, model), (terms.Recogniser, terms.Model));
    }

    /// <summary>Samples of servers for such streams check it before they take the socket.</summary>
    [Theory, InlineData(TwimlLanguage.Target, "Connect", true), InlineData(TwimlLanguage.Target, "Start", true)]
    [InlineData("", "Connect", false)]
    public async Task The_handshake_of_a_stream_is_signed_over_the_url_as_it_is_written(string target, string verb, bool isSigned)
    {
        const string url = "ws://127.0.0.1:9/audio";
        var (account, token) = await rig.AccountAsync();
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), Tenant = account };
        await rig.RunAsync($"<Response><{verb}><Stream url=\"{url}\"/></{verb}></Response>", call);
        var headers = Assert.Single(call.Commands.OfType<LegCommand.StartStream>()).Terms.Headers;
        if (isSigned) Assert.Equal(TwimlSignature.Header(token, url, []), Assert.Single(headers));
        else Assert.Empty(headers);
    }

    /// <summary>As a program says it that does not know its own name: the server is the document's, and the socket as safe.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:9/calls/first?id=7", "/audio?a=b:c", "ws://127.0.0.1:9/audio?a=b:c", null)]
    [InlineData("http://127.0.0.1:9/calls/first?id=7", "audio", "ws://127.0.0.1:9/calls/audio", null)]
    [InlineData("https://127.0.0.1/calls/first", "/audio", "wss://127.0.0.1/audio", null)]
    [InlineData("https://127.0.0.1/calls/first", "//127.0.0.1:8443/audio", "wss://127.0.0.1:8443/audio", null)]
    [InlineData("https://me:secret@127.0.0.1/calls/first", "/audio", "wss://me:secret@127.0.0.1/audio", "wss://127.0.0.1/audio")]
    public async Task The_URL_of_a_stream_may_be_relative_to_the_document(string document, string said, string url, string? signed)
    {
        var (account, token) = await rig.AccountAsync();
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), Tenant = account };
        await rig.RunAsync($"<Response><Start><Stream url=\"{said}\"/></Start></Response>", call, document);
        var terms = Assert.Single(call.Commands.OfType<LegCommand.StartStream>()).Terms;
        Assert.Equal(url, terms.Url);
        Assert.Equal(TwimlSignature.Header(token, signed ?? url, []), Assert.Single(terms.Headers));
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("bargeIn=\"false\"", true), InlineData("bargeIn=\"true\"", false), InlineData("", false)]
    public async Task What_may_not_be_cut_short_is_heard_before_keys_count(string attribute, bool isUncut)
    {
        var call = await RunAsync($"<Gather {attribute}><Say>One.</Say><Pause length=\"2\"/><Say loop=\"2\">Two.</Say></Gather>");
        Assert.Equal(isUncut ? ["One.", "Two.", "Two."] : [], Spoken(call));
        var gather = Assert.Single(call.Commands.OfType<LegCommand.Gather>());
        Assert.Equal(isUncut, gather.Prompt is null && gather.MorePrompts.Count == 0);
        Assert.IsType<LegCommand.Gather>(call.Commands.Last(command => command is LegCommand.Gather or LegCommand.Speak));
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData(TwimlLanguage.Target, 5_000, true), InlineData(TwimlLanguage.Target, 5_001, false), InlineData("", 3_000, true)]
    [InlineData("", 3_001, false)]
    public async Task As_much_is_said_as_the_language_has_it(string target, int characters, bool isSaid)
    {
        var call = await RunAsync($"<Say>{new string('a', characters)}</Say>", target);
        Assert.Equal(isSaid ? 1 : 0, Spoken(call).Length);
        Assert.Equal(isSaid, call.Warnings.Count == 0);
    }

    [Theory, InlineData(TwimlLanguage.Target, 600, 600), InlineData(TwimlLanguage.Target, 601, 5), InlineData("", 121, 5)]
    public async Task Input_is_waited_for_as_long_as_the_language_has_it(string target, int written, int seconds)
    {
        var call = await RunAsync($"<Gather timeout=\"{written}\"/>", target);
        var gather = Assert.Single(call.Commands.OfType<LegCommand.Gather>());
        Assert.Equal(TimeSpan.FromSeconds(seconds), gather.InitialTimeout);
        Assert.Equal(TimeSpan.FromSeconds(seconds), gather.InterDigitTimeout);
        Assert.Equal(written != seconds, call.Warnings.Count > 0);
    }

    [Theory, InlineData(TwimlLanguage.Target, "", 5), InlineData(TwimlLanguage.Target, "timeout=\"3\"", 3)]
    [InlineData(TwimlLanguage.Target, "timeout=\"90\"", 60), InlineData(TwimlLanguage.Target, "speechTimeout=\"auto\"", 0)]
    [InlineData(TwimlLanguage.Target, "timeout=\"9\" speechTimeout=\"2\"", 2), InlineData("", "timeout=\"3\"", 0)]
    public async Task Who_pauses_may_go_on_for_as_long_as_the_language_has_it(string target, string written, int seconds)
    {
        var call = await RunAsync($"<Gather input=\"speech\" {written}/>", target);
        Assert.Equal(seconds, Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Speech!.EndSilence.TotalSeconds);
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData(TwimlLanguage.Target, 30, 30), InlineData(TwimlLanguage.Target, 601, null), InlineData("", 30, null)]
    public async Task Who_speaks_is_listened_to_as_long_as_the_language_has_it(string target, int written, int? seconds)
    {
        var call = await RunAsync($"<Gather input=\"speech\" maxSpeechTime=\"{written}\"/>", target);
        Assert.Equal(seconds, (int?)Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Speech!.LongestSpeech?.TotalSeconds);
        Assert.Equal(seconds is null, call.Warnings.Count > 0);
    }

    [Theory, InlineData(TwimlLanguage.Target, "", 5), InlineData(TwimlLanguage.Target, "timeout=\"300\"", 300)]
    [InlineData("", "timeout=\"120\"", 120), InlineData("", "timeout=\"300\"", null)]
    public async Task Silence_ends_a_recording_when_the_language_has_it(string target, string written, int? seconds)
    {
        var call = await RunAsync($"<Record {written}/>", target);
        var plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan;
        Assert.Equal(seconds, (int?)plan.SilenceLimit?.TotalSeconds);
    }

    [Fact]
    public async Task In_TeXML_a_key_always_ends_what_is_heard()
    {
        var call = await RunAsync("<Gather bargeIn=\"false\"><Say>One.</Say></Gather>", target: "");
        Assert.Empty(Spoken(call));
        Assert.Contains(call.Warnings, warning => warning.StartsWith("bargeIn is no attribute of Gather", StringComparison.Ordinal));
    }

    [Theory, InlineData("true", 3), InlineData("false", 1)]
    public async Task Numbers_ring_one_after_the_other_or_all_at_once(string sequential, int dials)
    {
        var call = await RunAsync($"""
            <Dial sequential="{sequential}"><Number>+15550100007</Number><Number>+15550100008</Number>
            <Number>+15550100009</Number></Dial><Say>Nobody.</Say>
            """);
        Assert.Equal(dials, call.Dials.Count());
        Assert.Equal(["+15550100007", "+15550100008", "+15550100009"], call.Dials.SelectMany(dial => dial.AlsoTo.Prepend(dial.To)));
        Assert.Equal(["Nobody."], Spoken(call));
    }

    [Fact]
    public async Task Secure_of_a_sip_uri_encrypts_the_media_or_is_refused()
    {
        var dial = Assert.Single((await RunAsync("<Dial><Sip>sip:bob@example.com;secure=srtp</Sip></Dial>")).Dials);
        Assert.Equal(("sip:bob@example.com;secure=srtp", MediaEncryption.Required), (dial.To, dial.Encryption));
        Assert.Equal(MediaEncryption.Disabled,
            Assert.Single((await RunAsync("<Dial><Sip>sip:bob@example.com</Sip></Dial>")).Dials).Encryption);
        // Whoever rings beside it rings as ever.
        var both = Assert.Single(
            (await RunAsync("<Dial><Number>+15550100007</Number><Sip>sip:bob@example.com;secure=true</Sip></Dial>")).Dials);
        Assert.Equal((MediaEncryption.Disabled, MediaEncryption.Required), (both.Encryption, Assert.Single(both.Also).Encryption));
        var refused = await RunAsync("<Dial><Sip>sip:bob@example.com;secure=dtls</Sip></Dial>");
        Assert.Empty(refused.Dials);
        Assert.Contains(refused.Warnings, warning => warning.Contains("secure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_coaches_is_heard_by_that_call_alone()
    {
        var leg = LegId.Compose(3, 1, 77, 12, 0xABCDEF);
        var call = await RunAsync($"<Dial><Conference coach=\"{TwimlSids.Call(leg)}\" muted=\"true\">room</Conference></Dial>");
        var part = Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).As;
        Assert.Equal((SupervisorRole.Whisper, true), (part.Role, part.IsMuted));
        Assert.Equal([leg], part.WhispersTo);
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("", "true"), InlineData(" startConferenceOnEnter=\"false\"", "false")]
    public async Task Whether_a_conference_starts_with_him_is_kept_with_his_call(string attribute, string kept)
    {
        var call = await RunAsync($"<Dial><Conference{attribute}>room</Conference></Dial>");
        var labels = Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).Labels;
        Assert.Equal(kept, labels?[TexmlLabels.StartsConference]);
    }

    /// <summary>As the vendor's sample of a conference that is left has it.</summary>
    [Theory, InlineData(TwimlLanguage.Target, 30, "answered"), InlineData("", 60, "completed")]
    public async Task Whose_time_in_a_conference_is_over_leaves_it_and_goes_on(string target, int seconds, string word)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), StaysInConference = true };
        var step = await rig.RunAsync($"""
            <Response><Dial action="/left" hangupOnStar="true" timeLimit="{seconds}"><Conference>room</Conference></Dial></Response>
            """, call);
        Assert.Contains(call.Commands, command => command is LegCommand.Park);
        var go = Assert.IsType<Step.Go>(step);
        Assert.EndsWith("/left", go.Url, StringComparison.Ordinal);
        Assert.Contains(KeyValuePair.Create("DialCallStatus", word), go.More);
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("nobody"), InlineData("CA00000000000000000000000000000000x")]
    public async Task Who_would_coach_nobody_is_not_let_in_to_be_heard_by_all(string coached)
    {
        var call = await RunAsync($"<Dial><Conference coach=\"{coached}\">room</Conference></Dial><Say>Behind it.</Say>");
        Assert.Empty(call.Commands.OfType<LegCommand.CreateConference>());
        Assert.Contains("coach names no call (line 1, column 18)", call.Warnings);
        Assert.Equal(["Behind it."], Spoken(call));
    }

    [Theory]
    [InlineData("<Dial action=\"/done\"><Client>joey</Client></Dial>", "DialCallStatus", "failed")]
    [InlineData("<Dial action=\"/done\"><Conference/></Dial>", "DialCallStatus", "failed")]
    [InlineData("<Dial action=\"/done\"><Queue/></Dial>", "DialCallStatus", "failed")]
    [InlineData("<Enqueue action=\"/done\" workflowSid=\"WW01\"><Task>{\"account\": 1}</Task></Enqueue>", "QueueResult", "error")]
    public async Task Action_hears_of_a_verb_that_names_nobody_whom_there_is(string verb, string field, string word)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target) };
        var step = await rig.RunAsync($"<Response>{verb}<Say>Behind it.</Say></Response>", call);
        Assert.Contains(KeyValuePair.Create(field, word), Assert.IsType<Step.Go>(step).More);
        Assert.DoesNotContain(call.Commands, command => command is LegCommand.Enqueue or LegCommand.CreateConference or LegCommand.Speak);
        Assert.NotEmpty(call.Warnings);
    }

    /// <summary>As each guide to Record has it: what was recorded is played to who has recorded it.</summary>
    [Theory, InlineData("https://calls.example.com"), InlineData("http://127.0.0.1:8080"), InlineData("")]
    public async Task A_recording_of_the_account_is_played_from_where_it_is_kept(string host)
    {
        var (account, recording) = (new TenantId(Guid.NewGuid()), Guid.NewGuid());
        string url = $"{host}/2010-04-01/Accounts/{TwimlSids.Account(account)}/Recordings/{TwimlSids.Recording(recording)}";
        foreach (string behind in (string[])["", ".wav", ".mp3", ".mp3?Download=false"])
            Assert.Equal(new PromptSource.Recording(recording), await PlayedAsync(TwimlLanguage.Target, account, url + behind));
        Assert.Equal(new PromptSource.Recording(recording),
            await PlayedAsync("", account, $"{host}/recordings/{account}/{recording}/call.mp3?expires=1&amp;signature=x"));
    }

    [Fact]
    public async Task A_recording_of_the_account_is_heard_by_who_waits()
    {
        var (account, recording) = (new TenantId(Guid.NewGuid()), Guid.NewGuid());
        string url = $"http://127.0.0.1:9/2010-04-01/Accounts/{TwimlSids.Account(account)}/Recordings/{TwimlSids.Recording(recording)}";
        var kept = new PromptSource.Recording(recording);

        var queued = await WaitAsync($"<Enqueue waitUrl=\"{url}.wav\">support</Enqueue>");
        Assert.Contains(queued.Commands.OfType<LegCommand.Play>(), play => play is { Loops: 0 } && play.Source == kept);
        var conferred = await WaitAsync($"<Dial><Conference startConferenceOnEnter=\"false\" waitUrl=\"{url}\">room</Conference></Dial>");
        Assert.Equal(kept, Assert.Single(conferred.Commands.OfType<LegCommand.CreateConference>()).HoldAudio);

        async Task<ScriptedCall> WaitAsync(string verb)
        {
            var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), Tenant = account };
            await rig.RunAsync($"<Response>{verb}</Response>", call);
            Assert.Empty(call.Warnings);
            return call;
        }
    }

    [Theory, InlineData("AC0123456789abcdef0123456789abcdef/Recordings/RE0123456789abcdef0123456789abcdef")]
    [InlineData("hello.mp3?of=/2010-04-01/Accounts/")]
    public async Task Any_other_sound_is_fetched(string path)
    {
        string url = $"https://calls.example.com/2010-04-01/Accounts/{path}";
        Assert.Equal(new PromptSource.Url(url), await PlayedAsync(TwimlLanguage.Target, new(Guid.NewGuid()), url));
    }

    private async Task<PromptSource> PlayedAsync(string target, TenantId account, string url)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), Tenant = account };
        await rig.RunAsync($"<Response><Play>{url}</Play></Response>", call);
        Assert.Empty(call.Warnings);
        return Assert.Single(call.Commands.OfType<LegCommand.Play>()).Source;
    }

    [Fact]
    public async Task A_stream_has_one_codec_both_ways()
    {
        var call = await RunAsync("<Connect><Stream url=\"ws://127.0.0.1:9/\"/></Connect>");
        var terms = Assert.Single(call.Commands.OfType<LegCommand.StartStream>()).Terms;
        Assert.Equal((StreamFormat.Pcmu, StreamInjection.Rtp, StreamFormat.Pcmu), (terms.Format, terms.Injection, terms.InjectionFormat));
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("true"), InlineData("record-from-answer")]
    public async Task A_recording_of_a_Dial_is_told_with_its_URL(string record)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), AnswersDials = true };
        var step = await rig.RunAsync($"""
            <Response>
            <Dial action="/over" record="{record}" recordingStatusCallback="/saved"><Number>+15550100007</Number></Dial>
            </Response>
            """, call);
        // Of the caller's call, and with him on the first channel.
        Assert.Null(Assert.Single(call.Dials).Record);
        var plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan;
        Assert.Equal(RecordFormat.Wav, plan.Format);
        Assert.Equal(("DialVerb", false),
            RecordingSource.TargetOf(plan) is var (source, target) ? (source, target.Wants(TexmlLabels.WithoutUrl)) : default);
        Assert.Equal(plan.Id, Assert.Single(call.Commands.OfType<LegCommand.RecordStop>()).Recording);
        Assert.Contains(KeyValuePair.Create("RecordingSid", TwimlSids.Recording(plan.Id)), Assert.IsType<Step.Go>(step).More);
        Assert.Empty(call.Warnings);
    }

    /// <summary>The caller's leg in TwiML; in the plain language that of who was dialled, to whom the caller is what he hears.</summary>
    [Theory]
    [InlineData("inbound", TwimlLanguage.Target, RecordTrack.Inbound), InlineData("outbound", TwimlLanguage.Target, RecordTrack.Outbound)]
    [InlineData("both", TwimlLanguage.Target, RecordTrack.Both), InlineData("inbound", "plain", RecordTrack.Outbound)]
    [InlineData("outbound", "plain", RecordTrack.Inbound)]
    public async Task A_recording_of_a_Dial_has_the_track_that_it_names(string word, string target, RecordTrack track)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), AnswersDials = true };
        await rig.RunAsync($"""
            <Response><Dial record="record-from-answer-dual" recordingTrack="{word}"><Number>+15550100007</Number></Dial></Response>
            """, call);
        var plan = call.Commands.OfType<LegCommand.RecordStart>().SingleOrDefault()?.Plan ?? Assert.Single(call.Dials).Record!;
        Assert.Equal((track, track is RecordTrack.Both ? 2 : 1), (plan.Track, plan.Channels));
        Assert.Empty(call.Warnings);
    }

    [Fact]
    public async Task Of_a_Dial_of_TeXML_the_other_leg_is_recorded()
    {
        var call = await RunAsync("<Dial record=\"record-from-answer\"><Number>+15550100007</Number></Dial>", target: "");
        Assert.NotNull(Assert.Single(call.Dials).Record);
    }

    [Fact]
    public async Task Who_talks_to_nobody_is_not_recorded()
    {
        var call = await RunAsync(
            "<Dial record=\"true\" sequential=\"true\"><Number>+15550100007</Number><Number>+15550100008</Number></Dial>");
        Assert.Equal(2, call.Dials.Count());
        Assert.All(call.Dials, dial => Assert.Null(dial.Record));
        Assert.Empty(call.Commands.OfType<LegCommand.RecordStart>());
    }

    [Theory]
    [InlineData("", "", 2, RecordTrack.Both), InlineData("", TwimlLanguage.Target, 2, RecordTrack.Both)]
    [InlineData("channels=\"mono\"", "", 1, RecordTrack.Both), InlineData("channels=\"single\"", "", 1, RecordTrack.Both)]
    [InlineData("track=\"inbound\"", "", 1, RecordTrack.Inbound)]
    [InlineData("channels=\"dual\" track=\"outbound\"", TwimlLanguage.Target, 1, RecordTrack.Outbound)]
    public async Task A_recording_beside_the_call_has_the_track_and_channels_that_it_is_to_have(string attributes, string target,
        int channels, RecordTrack track)
    {
        var call = await RunAsync($"<Start><Recording {attributes}/></Start>", target);
        var plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan;
        Assert.Equal((channels, track), (plan.Channels, plan.Track));
        Assert.Empty(call.Warnings);
    }

    [Fact]
    public async Task A_Dial_that_is_not_to_be_recorded_may_say_so_in_one_word() =>
        Assert.Null(Assert.Single((await RunAsync("<Dial record=\"false\">+15550100007</Dial>")).Dials).Record);

    [Fact]
    public async Task A_conference_is_recorded_as_the_language_has_it_and_its_action_hears_that_the_call_was_answered()
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target) };
        var step = await rig.RunAsync("""
            <Response><Dial action="/left"><Conference record="record-from-start" recordingStatusCallback="/saved">room</Conference></Dial>
            </Response>
            """, call);
        var plan = Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).Record!;
        Assert.Equal((RecordFormat.Wav, true), (plan.Format, plan.TrimsSilence));
        Assert.False(RecordingSource.TargetOf(plan)!.Value.Target.Wants(TexmlLabels.WithoutUrl));
        Assert.Contains(KeyValuePair.Create("DialCallStatus", "answered"), Assert.IsType<Step.Go>(step).More);
    }

    [Theory, InlineData("eventCallbackUrl=\"/old\"", "/old"), InlineData("recordingStatusCallback=\"/saved\"", "/saved")]
    [InlineData("eventCallbackUrl=\"/old\" recordingStatusCallback=\"/saved\"", "/saved"), InlineData("", null)]
    public async Task What_becomes_of_a_conferences_recording_is_told_where_its_old_name_says_too(string attributes, string? path)
    {
        var call = await RunAsync($"<Dial><Conference record=\"record-from-start\" {attributes}>room</Conference></Dial>");
        var plan = Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).Record!;
        Assert.Equal(path is null ? null : $"http://127.0.0.1:9{path}", RecordingSource.TargetOf(plan)?.Target.Url);
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("Enable", MachineMode.Detect, "amd"), InlineData("DetectMessageEnd", MachineMode.GreetingEnd, "amd,end")]
    public async Task Who_has_answered_is_told_where_the_number_says(string word, MachineMode mode, string events)
    {
        var dial = Assert.Single((await RunAsync($"""
            <Dial><Number machineDetection="{word}" machineDetectionSpeechThreshold="1500" machineDetectionSilenceTimeout="2500"
              machineDetectionSpeechEndThreshold="900" amdStatusCallback="/amd">+15550100007</Number></Dial>
            """)).Dials);
        var detection = dial.MachineDetection!;
        Assert.Equal((mode, 1_500d, 2_500d, 900d), (detection.Mode, detection.GreetingDuration.TotalMilliseconds,
            detection.InitialSilence.TotalMilliseconds, detection.AfterGreetingSilence.TotalMilliseconds));
        Assert.Equal($"POST {events} http://127.0.0.1:9/amd", dial.Labels[TexmlLabels.Detection]);
    }

    /// <summary>As long as the guide to Number lets it take.</summary>
    [Theory, InlineData("60", 60, false), InlineData("3", 3, false), InlineData("61", 30, true)]
    public async Task A_machine_is_looked_for_as_long_as_the_number_says(string written, int seconds, bool isTold)
    {
        var call = await RunAsync(
            $"<Dial><Number machineDetection=\"Enable\" machineDetectionTimeout=\"{written}\">+15550100007</Number></Dial>");
        Assert.Equal(seconds, Assert.Single(call.Dials).MachineDetection!.TotalAnalysis.TotalSeconds);
        Assert.Equal(isTold, call.Warnings.Any(warning => warning.StartsWith("machineDetectionTimeout", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_recording_is_told_with_has_its_beginning_and_the_name_of_its_text()
    {
        var call = await RunAsync("<Record recordingStatusCallback=\"/saved\" transcribe=\"true\" transcribeCallback=\"/text\"/>");
        var plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan;
        var (leg, at, text) = (call.Leg, Script.Anchor.Wall, Guid.NewGuid());
        var saved = new CallEvent.RecordingSaved
        {
            Leg = leg, At = Script.At(9), Plan = plan, Reason = RecordEndReason.Stopped, Bytes = 1, Blob = "",
            StartedAt = leg.StartedAt + TimeSpan.FromSeconds(2), EndedAt = Script.At(8), Length = TimeSpan.FromSeconds(5),
        };
        var fields = FieldsOf(saved);
        Assert.Equal((TexmlTime.Text(at.AddSeconds(2)), "both"),
            ((string?)fields["RecordingStartTime"], (string?)fields["RecordingTrack"]));
        var written = new CallEvent.RecordingTranscribed(plan.Id, text, "hello", null)
        {
            // As the ledger has it of a call that is over: who commanded it is not among its columns.
            Leg = leg with { Application = Application.Webhook }, At = Script.At(9), Tag = plan.Transcription!.Tag,
        };
        Assert.Equal($"TR{text:N}", (string?)FieldsOf(written)["TranscriptionSid"]);
        Assert.EndsWith($"/Transcriptions/TR{text:N}", (string?)FieldsOf(written)["TranscriptionUrl"], StringComparison.Ordinal);

        JsonNode FieldsOf(CallEvent happened) => JsonNode.Parse(Assert.Single(rig.Projector.Project(happened, at, startedAt: at)).Body)!;
    }

    [Theory, InlineData(TwimlLanguage.Target, 5, 5), InlineData(TwimlLanguage.Target, 0, 1_000), InlineData("", 5, null)]
    public async Task Who_comes_is_let_in_where_no_more_wait_than_the_document_says(string target, int written, int? most)
    {
        var call = await RunAsync($"<Enqueue maxQueueSize=\"{written}\">support</Enqueue>", target);
        Assert.Equal(most, Assert.Single(call.Commands.OfType<LegCommand.Enqueue>()).MostWaiting);
        Assert.Equal(most != written, call.Warnings.Count > 0);
    }

    [Theory, InlineData("", TwimlLanguage.Target, true), InlineData("waitUrl=\"\"", TwimlLanguage.Target, false), InlineData("", "", false)]
    public async Task Who_waits_without_a_sound_of_the_documents_hears_a_tone(string attribute, string target, bool hears)
    {
        var call = await RunAsync($"<Enqueue {attribute}>support</Enqueue>", target);
        Assert.Equal(hears, call.Commands.OfType<LegCommand.Play>().Any(play => play is { Source: PromptSource.Tone, Loops: 0 }));
        call = await RunAsync($"<Dial><Conference startConferenceOnEnter=\"false\" {attribute}>room</Conference></Dial>", target);
        Assert.Equal(hears, Assert.Single(call.Commands.OfType<LegCommand.CreateConference>()).HoldAudio is PromptSource.Tone);
        Assert.Empty(call.Warnings);
    }
}
