using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Telnyx;

/// <summary>Live transcription over real HTTP: what the engine is asked, and what is refused.</summary>
public sealed class TranscriptionTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private string Token => host.Ids.CallControl(host.Tenant, Samples.Leg);

    private async Task<T> AcceptsAsync<T>(string action, string body) where T : LegCommand
    {
        var answer = await host.SendAsync("POST", $"/v2/calls/{Token}/actions/{action}", body);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("""{"data":{"result":"ok"}}""", answer.Text);
        return Assert.IsType<T>(host.Calls.Last);
    }

    private async Task<TranscriptionTerms> StartsAsync(string body) =>
        (await AcceptsAsync<LegCommand.StartTranscription>("transcription_start", body)).Terms;

    private async Task RefusesAsync(string action, string body, string code, string? pointer)
    {
        int before = host.Calls.Commands.Count;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/{action}", body)).Refuses(422, code, pointer);
        Assert.Equal(before, host.Calls.Commands.Count);
    }

    [Fact]
    public async Task Nothing_said_means_final_results_of_the_party_in_English_by_the_nodes_recogniser()
    {
        var terms = await StartsAsync("{}");
        Assert.Equal(("en", TapTracks.Said, null, null, false),
            (terms.Language, terms.Tracks, terms.Recogniser, terms.Model, terms.HasInterim));
        Assert.Empty(terms.Hints);
    }

    [Fact]
    public async Task Every_field_reaches_the_engine()
    {
        var start = await AcceptsAsync<LegCommand.StartTranscription>("transcription_start", """
            {"transcription_engine":"A","transcription_tracks":"both","client_state":"aGV5","command_id":"t-1","transcription_engine_config":
              {"transcription_engine":"A","language":"de","interim_results":true,"hints":["Ringwright"],"model":"phone_call",
               "speech_context":[{"phrases":["trunk","leg"],"boost":1.0}],"enable_speaker_diarization":false,"profanity_filter":false,
               "use_enhanced":false,"min_speaker_count":2,"max_speaker_count":6}}
            """);
        Assert.Equal(("t-1", "aGV5"), (start.CommandId, start.Labels!["telnyx.client_state"]));
        Assert.Equal(("de", TapTracks.Said | TapTracks.Heard, null, true),
            (start.Terms.Language, start.Terms.Tracks, start.Terms.Recogniser, start.Terms.HasInterim));
        Assert.Equal(["Ringwright", "trunk", "leg"], start.Terms.Hints);
    }

    [Theory]
    [InlineData("inbound", TapTracks.Said)]
    [InlineData("outbound", TapTracks.Heard)]
    [InlineData("both", TapTracks.Said | TapTracks.Heard)]
    public async Task A_track_is_whose_voice_it_is(string word, TapTracks tracks) =>
        Assert.Equal(tracks, (await StartsAsync($$"""{"transcription_tracks":"{{word}}"}""")).Tracks);

    [Theory]
    [InlineData("""{"transcription_engine":"A"}""", null, null)]
    [InlineData("""{"transcription_engine":"Google"}""", null, null)]
    [InlineData("""{"transcription_engine":"B","transcription_engine_config":{"transcription_engine":"Telnyx","transcription_model":"openai/whisper-tiny"}}""", null, null)]
    [InlineData("""{"transcription_engine":"Telnyx"}""", null, null)]
    [InlineData("""{"transcription_engine":"Azure"}""", null, null)]
    [InlineData("""{"transcription_engine":"Deepgram"}""", "deepgram", null)]
    [InlineData("""{"transcription_engine":"deepgram/nova-3"}""", "deepgram", "nova-3")]
    [InlineData("""{"transcription_engine":"Deepgram","transcription_engine_config":{"transcription_model":"deepgram/nova-2"}}""", "deepgram", "nova-2")]
    [InlineData("""{"transcription_engine":"AssemblyAI"}""", "assemblyai", null)]
    public async Task An_engine_named_like_a_recogniser_is_that_one_and_all_others_the_nodes_own(
        string body, string? recogniser, string? model)
    {
        var terms = await StartsAsync(body);
        Assert.Equal((recogniser, model), (terms.Recogniser, terms.Model));
    }

    [Fact]
    public async Task Older_clients_write_the_language_beside_the_engine()
    {
        var terms = await StartsAsync("""{"transcription_engine":"B","language":"de","interim_results":true}""");
        Assert.Equal(("de", true), (terms.Language, terms.HasInterim));
        // Settings of their own go first.
        Assert.Equal("fr", (await StartsAsync(
            """{"language":"de","transcription_engine_config":{"transcription_engine":"A","language":"fr"}}""")).Language);
        await RefusesAsync("transcription_start", """{"interim_results":"perhaps"}""", "10026", "/interim_results");
    }

    [Theory]
    [InlineData("A", "iw", "he")]
    [InlineData("B", "jw", "jv")]
    [InlineData("B", "auto_detect", "und")]
    public async Task Old_words_for_languages_are_said_as_everybody_says_them(string engine, string word, string language) =>
        Assert.Equal(language, (await StartsAsync(
            $$$"""{"transcription_engine":"{{{engine}}}","transcription_engine_config":{"transcription_engine":"{{{engine}}}","language":"{{{word}}}"}}"""))
            .Language);

    [Theory]
    [InlineData("""{"transcription_tracks":"left"}""", "10015", "/transcription_tracks")]
    [InlineData("""{"transcription_engine":"C"}""", "10032", "/transcription_engine")]
    [InlineData("""{"transcription_engine":"A","transcription_engine_config":{"transcription_engine":"B"}}""",
        "10015", "/transcription_engine_config/transcription_engine")]
    [InlineData("""{"transcription_engine_config":{"transcription_engine":"A","language":"klingon"}}""",
        "90013", "/transcription_engine_config/language")]
    [InlineData("""{"transcription_engine_config":{"transcription_engine":"A","enable_speaker_diarization":true}}""",
        "10015", "/transcription_engine_config/enable_speaker_diarization")]
    [InlineData("""{"transcription_engine_config":{"transcription_engine":"A","profanity_filter":true}}""",
        "10015", "/transcription_engine_config/profanity_filter")]
    [InlineData("""{"transcription_engine_config":{"transcription_engine":"A","use_enhanced":true}}""",
        "10015", "/transcription_engine_config/use_enhanced")]
    [InlineData("""{"transcription_engine_config":{"transcription_engine":"A","speech_context":[{"phrases":["a"],"boost":9}]}}""",
        "10015", "/transcription_engine_config/speech_context/0/boost")]
    [InlineData("""{"client_state":"no base64!"}""", "90017", "/client_state")]
    public Task Bad_parameters_are_refused(string body, string code, string pointer) =>
        RefusesAsync("transcription_start", body, code, pointer);

    [Fact]
    public async Task Hints_end_at_their_limits()
    {
        static string Body(int count, int length) => $$$"""
            {"transcription_engine_config":{"transcription_engine":"A","hints":[{{{string.Join(',', Enumerable.Repeat($"\"{new string('h', length)}\"", count))}}}]}}
            """;
        Assert.Equal(500, (await StartsAsync(Body(500, 100))).Hints.Count);
        await RefusesAsync("transcription_start", Body(501, 1), "10025", "/transcription_engine_config/hints");
        await RefusesAsync("transcription_start", Body(1, 101), "10025", "/transcription_engine_config/hints");
    }

    [Fact]
    public async Task What_nobody_here_can_transcribe_is_refused_before_the_call_hears_of_it()
    {
        host.Transcriber.Cannot = (recogniser, language) => recogniser is "deepgram" ? "no recogniser deepgram is configured on this node"
            : language is "de" ? "the recogniser scripted does not know the language de" : null;
        try
        {
            await RefusesAsync("transcription_start", """{"transcription_engine":"Deepgram"}""", "10015", "/transcription_engine");
            await RefusesAsync("transcription_start", """{"transcription_engine_config":{"transcription_engine":"A","language":"de"}}""",
                "10015", "/transcription_engine");
            await RefusesAsync("answer", """{"transcription":true,"transcription_config":{"transcription_engine":"Deepgram"}}""",
                "10015", "/transcription_config/transcription_engine");
            await StartsAsync("{}");
        }
        finally
        {
            host.Transcriber.Cannot = static (_, _) => null;
        }
    }

    [Theory]
    [InlineData(Refusal.AlreadyTranscribing, "90054")]
    [InlineData(Refusal.TranscribedWithSilenceLimit, "90053")]
    [InlineData(Refusal.Confidential, "10015")]
    [InlineData(Refusal.NotYetAnswered, "90034")]
    [InlineData(Refusal.AlreadyEnded, "90018")]
    public async Task What_the_engine_refuses_has_the_contracts_code(Refusal refusal, string code)
    {
        host.Calls.Answer = refusal;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/transcription_start", "{}")).Refuses(422, code, null);
    }

    [Fact]
    public async Task Stop_is_a_command_and_refused_where_nothing_is_transcribed()
    {
        var stop = await AcceptsAsync<LegCommand.StopTranscription>("transcription_stop", """{"client_state":"aGV5","command_id":"x"}""");
        Assert.Equal(("aGV5", "x"), (stop.Labels!["telnyx.client_state"], stop.CommandId));
        host.Calls.Answer = Refusal.NotTranscribing;
        (await host.SendAsync("POST", $"/v2/calls/{Token}/actions/transcription_stop", "{}")).Refuses(422, "90055", null);
    }

    [Fact]
    public async Task Answer_orders_it_from_its_beginning_on()
    {
        var answer = await AcceptsAsync<LegCommand.Answer>("answer", """
            {"transcription":true,"transcription_config":{"transcription_engine":"B","transcription_tracks":"outbound",
             "transcription_engine_config":{"transcription_engine":"B","language":"fr"}}}
            """);
        Assert.Equal(("fr", TapTracks.Heard), (answer.Transcription!.Language, answer.Transcription.Tracks));
        Assert.NotNull((await AcceptsAsync<LegCommand.Answer>("answer", """{"transcription":true}""")).Transcription);
        Assert.Null((await AcceptsAsync<LegCommand.Answer>("answer", """{"transcription":false,"transcription_config":{"transcription_engine":"B"}}"""))
            .Transcription);
        Assert.Null((await AcceptsAsync<LegCommand.Answer>("answer", "{}")).Transcription);
    }

    [Theory]
    [InlineData("""{"transcription_config":{"transcription_tracks":"both"}}""", "10004", "/transcription")]
    [InlineData("""{"transcription":true,"transcription_config":{"client_state":"aGV5"}}""", "10015", "/transcription_config/client_state")]
    [InlineData("""{"transcription":true,"transcription_config":{"transcription_tracks":"left"}}""",
        "10015", "/transcription_config/transcription_tracks")]
    [InlineData("""{"transcription":true,"record":"record-from-answer","record_format":"wav","record_timeout_secs":5}""",
        "90053", "/record_timeout_secs")]
    public Task What_an_answer_cannot_order_is_refused(string body, string code, string pointer) =>
        RefusesAsync("answer", body, code, pointer);

    [Fact]
    public async Task A_dial_may_order_a_transcription()
    {
        await DialAsync("");
        Assert.Null(host.Calls.Dials[^1].Transcription);
        await DialAsync(""","transcription":true,"transcription_config":{"transcription_engine":"deepgram/nova-3","transcription_tracks":"both"}""");
        var terms = host.Calls.Dials[^1].Transcription!;
        Assert.Equal(("deepgram", "nova-3", TapTracks.Said | TapTracks.Heard), (terms.Recogniser, terms.Model, terms.Tracks));
    }

    [Theory]
    [InlineData("Google", "A"), InlineData("Telnyx", "Telnyx"), InlineData("Deepgram", "deepgram/nova-3"),
        InlineData("AssemblyAI", "AssemblyAI"), InlineData("Soniox", null)]
    public async Task Engines_that_newer_clients_name_are_known(string engine, string? form)
    {
        // However it is spelt.
        string own = form is null ? "" : $$""" "transcription_engine":"{{form}}", """;
        var known = await DialAsync(
            $$$""","transcription":true,"transcription_config":{"transcription_engine":"{{{engine}}}","transcription_engine_config":{ {{{own}}} "interim_results":true}}""");
        Assert.True(known.Status == 200, known.Text);
        Assert.True(host.Calls.Dials[^1].Transcription!.HasInterim);
        (await DialAsync(""","transcription_config":{"transcription_engine":"Nobody"}"""))
            .Refuses(422, "10032", "/transcription_config/transcription_engine");
    }

    private async Task<Answer> DialAsync(string fields)
    {
        host.Calls.OnDial = request => Dialled.Accepted(RecordingCalls.FactsOf(request));
        string application = await host.ApplicationAsync($"dial-{Guid.NewGuid()}");
        return await host.SendAsync("POST", "/v2/calls",
            $$"""{"connection_id":"{{application}}","to":"+13125550100","from":"+15550100000"{{fields}}}""");
    }
}
