using System.Globalization;
using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;

namespace Ringwright.Edge.Texml;

/// <summary>What documents have by now that they have not always had, and what programs write that no document of the vendor has.</summary>
public sealed class NewerVerbTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private async Task<ScriptedCall> RunAsync(string verbs, string target = TwimlLanguage.Target)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        await rig.RunAsync($"<Response>{verbs}</Response>", call);
        return call;
    }

    /// <summary>As documents of voice agents have them in place of a Pause.</summary>
    [Theory, InlineData("<break time=\"2s\"/>", 2_000), InlineData("<break time=\"500ms\"/> <break time=\"1.5s\"/>", 2_000)]
    [InlineData("<p><break strength=\"strong\"/></p>", 800), InlineData("<break/>", 400), InlineData("<break time=\"90s\"/>", 10_000)]
    [InlineData("<break time=\"NaNs\"/>", 400), InlineData("<Break time=\"2s\"></Break>", 2_000)]
    public async Task Pauses_without_words_are_silence(string pauses, int milliseconds)
    {
        var call = await RunAsync($"<Say>{pauses}</Say><Gather><Say>{pauses}</Say></Gather>");
        Assert.DoesNotContain(call.Commands, command => command is LegCommand.Speak);
        Assert.Equal(new PromptSource.Tone(0, 0, 0, milliseconds, milliseconds),
            Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Prompt);
        Assert.Empty(call.Warnings);
    }

    [Theory, InlineData("0.8", 0.8), InlineData("1.25", 1.25), InlineData("2", 2), InlineData("2.5", 1), InlineData("fast", 1)]
    public async Task In_TeXML_a_Say_says_how_fast(string written, double speed)
    {
        string say = $"<Say voiceSpeed=\"{written}\">Hello.</Say>";
        var call = await RunAsync($"{say}<Gather>{say}</Gather>", target: "");
        Assert.Equal(speed, Assert.Single(call.Commands.OfType<LegCommand.Speak>()).Speech.Speed);
        var prompt = Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Prompt;
        Assert.Equal(speed, Assert.IsType<PromptSource.Speech>(prompt).Speed);
        bool isGood = double.TryParse(written, CultureInfo.InvariantCulture, out double said) && said <= 2;
        Assert.Equal(isGood ? 0 : 2, call.Warnings.Count(warning => warning.StartsWith("voiceSpeed is ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_word_that_nobody_knows_takes_no_other_with_it()
    {
        const string url = "http://127.0.0.1:9/recorded";
        var call = await RunAsync($"<Record recordingStatusCallback=\"{url}\" recordingStatusCallbackEvent=\"in-progress paused\"/>");
        var plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan;
        Assert.Equal($"POST in-progress {url}", plan.Labels![$"{TexmlLabels.Recording}RecordVerb"]);
        Assert.Single(call.Warnings);
    }

    /// <summary>What the vendor's documents have of it by now.</summary>
    [Theory, InlineData("true", 2), InlineData("false", 1)]
    public async Task In_TeXML_numbers_may_ring_in_turn_and_a_Dial_says_how_machines_are_told(string sequential, int dials)
    {
        const string url = "http://127.0.0.1:9/answered";
        string number = $"machineDetection=\"Enable\" amdStatusCallback=\"{url}\"";
        var call = await RunAsync($"""
            <Dial sequential="{sequential}" machineDetectionSilenceTimeout="4000" machineDetectionSpeechThreshold="2500"
                machineDetectionSpeechEndThreshold="900">
              <Number {number}>+15550100007</Number><Number {number}>+15550100008</Number>
            </Dial>
            """, target: "");
        Assert.Equal(dials, call.Dials.Count());
        Assert.All(call.Dials, dial =>
        {
            var detection = dial.MachineDetection;
            Assert.Equal((4_000d, 2_500d, 900d), (detection!.InitialSilence.TotalMilliseconds, detection.GreetingDuration.TotalMilliseconds,
                detection.AfterGreetingSilence.TotalMilliseconds));
            Assert.Equal($"POST amd {url}", dial.Labels[TexmlLabels.Detection]);
        });
        Assert.DoesNotContain(call.Warnings, warning => warning.Contains("attribute", StringComparison.Ordinal));
    }

    [Theory, InlineData("transcriptionLanguage=\"de-DE\"", "de-DE"), InlineData("", "en-US")]
    public async Task In_TeXML_a_Record_says_what_is_spoken(string said, string language)
    {
        var call = await RunAsync($"<Record transcription=\"true\" {said}/>", target: "");
        Assert.Equal(language, Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan.Transcription?.Language);
        Assert.DoesNotContain(call.Warnings, warning => warning.Contains("attribute", StringComparison.Ordinal));
    }

    [Theory, InlineData("Deepgram", "nova-3"), InlineData("Google", null)]
    public async Task In_TeXML_a_model_stands_beside_its_engine(string engine, string? model)
    {
        string listens = $"transcriptionEngine=\"{engine}\"";
        var call = await RunAsync($"<Gather input=\"speech\" {listens} model=\"deepgram/nova-3\"/>", target: "");
        Assert.Equal(model, Assert.Single(call.Commands.OfType<LegCommand.Gather>()).Speech?.Terms.Model);
        call = await RunAsync($"<Record transcription=\"true\" {listens} transcriptionModel=\"deepgram/nova-3\"/>", target: "");
        Assert.Equal(model, Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan.Transcription?.Model);
    }

    [Theory, InlineData("in-progress failed", "in-progress,absent"), InlineData("failed absent", "absent")]
    [InlineData("completed", "completed")]
    public async Task A_recording_that_failed_is_one_that_is_absent(string written, string events)
    {
        const string url = "http://127.0.0.1:9/recorded";
        var call = await RunAsync($"<Record recordingStatusCallback=\"{url}\" recordingStatusCallbackEvent=\"{written}\"/>");
        var plan = Assert.Single(call.Commands.OfType<LegCommand.RecordStart>()).Plan;
        Assert.Equal($"POST {events} {url}", plan.Labels![$"{TexmlLabels.Recording}RecordVerb"]);
        Assert.Empty(call.Warnings);
    }
}
