using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Edge.Faults;
using Ringwright.Speech;
using Ringwright.Speech.EspeakNg;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

public sealed class EspeakNgTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Hello, this is a test.")]
    [InlineData("--version")]
    [InlineData("-w /tmp/never.wav [[ hello ]] \u0001 100S")]
    [InlineData("Grüße an Zoë & <all> \"friends\"; `id`")]
    public async Task Text_is_spoken_and_never_obeyed(string text)
    {
        Tool.Require("espeak-ng");

        byte[] wav = Spoken(await Speech().RenderAsync(Say(text), Stop));

        Assert.Equal(wav.Length - WavFile.HeaderBytes, Wav.DataBytes(wav));
        Assert.InRange(Wav.Seconds(wav), 0.3, 20);
        Assert.False(File.Exists("/tmp/never.wav"));
    }

    [Fact]
    public async Task Markup_is_read_as_SSML_only_when_it_is_SSML()
    {
        Tool.Require("espeak-ng");
        const string text = "One <break time=\"3s\"/> two";

        double ssml = Wav.Seconds(Spoken(await Speech().RenderAsync(Say(text) with { IsSsml = true }, Stop)));
        double without = Wav.Seconds(Spoken(await Speech().RenderAsync(Say("One two"), Stop)));

        Assert.InRange(ssml - without, 2.5, 4);
    }

    [Fact]
    public async Task A_speed_is_a_speed()
    {
        Tool.Require("espeak-ng");
        var text = Say("The quick brown fox has jumped over the lazy hound again today, and it will do so tomorrow.");
        double usual = Wav.Seconds(Spoken(await Speech().RenderAsync(text, Stop)));
        double fast = Wav.Seconds(Spoken(await Speech().RenderAsync(text with { Speed = 2 }, Stop)));
        double slow = Wav.Seconds(Spoken(await Speech().RenderAsync(text with { Speed = 0.5 }, Stop)));
        Assert.InRange(usual / fast, 1.6, 2.4);
        Assert.InRange(slow / usual, 1.6, 2.4);
    }

    [Fact]
    public async Task An_audio_element_opens_no_file()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("secret.wav"), Wav.Make(22_050 * 5, sampleRate: 22_050), Stop);

        byte[] wav = Spoken(await Speech()
            .RenderAsync(Say($"<speak>a <audio src=\"{folder.File("secret.wav")}\">b</audio></speak>") with { IsSsml = true }, Stop));

        Assert.InRange(Wav.Seconds(wav), 0.2, 4);
    }

    [Theory]
    [InlineData("Hi <break time=\"1s\"/> & you", true, "Hi <break time=\"1s\"/> &amp; you")]
    [InlineData("3 < 5 &#38; <emphasis level=\"strong\">AT&T</emphasis>", true,
        "3 &lt; 5 &amp; <emphasis level=\"strong\">AT&amp;T</emphasis>")]
    [InlineData("Hi <break time=\"1s\"> & you", false, "")]
    [InlineData("Hi <break time=\"1s\"/> &amp; you", true, "Hi <break time=\"1s\"/> &amp; you")]
    [InlineData("<?xml version=\"1.0\"?><speak xml:base=\"/etc\" xml:lang=\"de\">Hi</speak>", true, "<speak xml:lang=\"de\">Hi</speak>")]
    [InlineData("<audio src=\"/x.wav\"/><amazon:effect name=\"whispered\">psst</amazon:effect>", true, "psst")]
    [InlineData("<voice name=\"../x\" gender=\"male\">Hi</voice><prosody rate=\"slow\" pitch=\"/etc\">ho</prosody>", true,
        "<voice gender=\"male\">Hi</voice><prosody rate=\"slow\">ho</prosody>")]
    [InlineData("Say <lang xml:lang=\"fr-FR\">deux</lang>", true, "Say <lang xml:lang=\"fr-FR\">deux</lang>")]
    [InlineData("<SayAs interpretAs=\"digits\">12</SayAs><Break time=\"1s\"/><P>Hi</P><Lang xmlLang=\"fr-FR\">deux</Lang>", true,
        "<say-as interpret-as=\"digits\">12</say-as><break time=\"1s\"/><p>Hi</p><lang xml:lang=\"fr-FR\">deux</lang>")]
    [InlineData("<say-as interpret-as=\"date\" role=\"mdy\">5-17-2019</say-as>", true,
        "<say-as interpret-as=\"date\" format=\"mdy\">5-17-2019</say-as>")]
    [InlineData("<!DOCTYPE t><speak>Hi</speak>", false, "")]
    [InlineData("</t><t>", false, "")]
    public void Only_harmless_markup_reaches_the_program(string ssml, bool isWellFormed, string expected)
    {
        Assert.Equal(isWellFormed, Ssml.TryClean(ssml, out string clean));
        Assert.Equal(expected, clean);
    }

    [Theory]
    [InlineData("Fish&nbsp;&amp; chips at the caf&eacute;", "Fish & chips at the café")]
    [InlineData("If 3 < 5, <break time=\"1s\"/> press &quot;1&quot; &amp; #", "If 3 < 5, press \"1\" & #")]
    [InlineData("<speak>Tom & Jerry &amp; Co</speak>", "Tom & Jerry & Co")]
    [InlineData("An &odd; name", "An &odd; name")]
    public void No_words_are_lost_with_the_markup(string ssml, string expected) => Assert.Equal(expected, Ssml.ToText(ssml));

    [Fact]
    public void Names_of_characters_reach_the_program_as_characters()
    {
        Assert.True(Ssml.TryClean("<speak>caf&eacute; &rarr; 3 &lt; 5</speak>", out string clean));
        Assert.Equal("<speak>café → 3 &lt; 5</speak>", clean);
    }

    [Fact]
    public async Task Broken_markup_is_spoken_without_its_tags()
    {
        Tool.Require("espeak-ng");

        byte[] broken = Spoken(await Speech().RenderAsync(Say("One <break time=\"9s\"> two & three") with { IsSsml = true }, Stop));
        byte[] words = Spoken(await Speech().RenderAsync(Say("One two & three"), Stop));

        Assert.Equal(words, broken);
    }

    [Fact, Depth("the gate has the names that languages and voices come to, and texts of some that are spoken")]
    public async Task Every_voice_that_is_chosen_exists()
    {
        Tool.Require("espeak-ng");
        string[] languages = ["arb", "cmn-CN", "cy-GB", "da-DK", "de-DE", "en-AU", "en-GB", "en-GB-WLS", "en-IN", "en-US", "es-ES", "es-MX",
            "es-US", "fr-CA", "fr-FR", "hi-IN", "is-IS", "it-IT", "ja-JP", "ko-KR", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "pt-PT", "ro-RO",
            "ru-RU", "sv-SE", "tr-TR", "xx-YY"];

        var speech = Speech();
        foreach (string language in languages)
            Spoken(await speech.RenderAsync(new("1 2 3", "male", language, IsSsml: false), Stop));
    }

    [Theory]
    [InlineData("female", null, "en-us+f3")]
    [InlineData("male", null, "en-us+m3")]
    [InlineData("man", "de-DE", "de+m3")]
    [InlineData("woman", "en-GB", "en-gb+f3")]
    [InlineData("alice", "pt-BR", "pt-br+f3")]
    [InlineData("female", "es-MX", "es-419+f3")]
    [InlineData("female", "nb-NO", "nb+f3")]
    [InlineData("female", "xx-YY", "en-us+f3")]
    [InlineData("female", "../../etc/passwd", "en-us+f3")]
    [InlineData("AWS.Polly.Joanna", "de-DE", "en-us+f3")]
    [InlineData("AWS.Polly.Hans", null, "de+m3")]
    [InlineData("Polly.Brian-Neural", null, "en-gb+m3")]
    [InlineData("Polly.Zhiyu", "en-US", "cmn+f3")]
    [InlineData("Telnyx.KokoroTTS.af", null, "en-us+f3")]
    [InlineData("Telnyx.KokoroTTS.bm_george", null, "en-gb+m3")]
    [InlineData("Telnyx.NaturalHD.astra", null, "en-us+f3")]
    [InlineData("Telnyx.NaturalHD.astra", "fr-FR", "fr-fr+f3")]
    [InlineData("Azure.de-DE-KatjaNeural", "en-US", "de+f3")]
    [InlineData("Google.de-DE-Wavenet-B", null, "de+f3")]
    [InlineData("Google.en-GB-Neural2-A", null, "en-gb+f3")]
    [InlineData("Google.es-US-Chirp3-HD-Aoede", "en-US", "es-419+f3")]
    [InlineData("Google.cmn-CN-Standard-A", null, "cmn+f3")]
    [InlineData("Google.Aoede", "fr-FR", "fr-fr+f3")]
    [InlineData("ElevenLabs.Default.ruben", null, "en-us+f3")]
    [InlineData("", null, "en-us+f3")]
    public void A_customers_voice_becomes_a_language_and_a_man_or_a_woman(string voice, string? language, string expected) =>
        Assert.Equal(expected, EspeakVoices.Find(voice, language));

    [Fact]
    public async Task A_missing_program_says_what_to_type()
    {
        var result = await new EspeakNgSpeech("/nowhere/espeak-ng", Long, NullLogger.Instance).RenderAsync(Say("Hello"), Stop);

        Assert.Equal(PromptFailure.SpeechUnavailable, result.Failure);
        Assert.Contains("apt-get install espeak-ng", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("  \n ", false)]
    [InlineData("\u0001", false)]
    [InlineData("<speak> <break time=\"1s\"/> </speak>", true)]
    public async Task Nothing_to_say_is_bad_audio(string text, bool isSsml) =>
        Assert.Equal(PromptFailure.BadAudio, (await Speech().RenderAsync(Say(text) with { IsSsml = isSsml }, Stop)).Failure);

    [Fact]
    public async Task A_program_that_hangs_is_ended()
    {
        using var folder = new TempFolder();
        string pid = folder.File("pid");
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);

        var rendering = new EspeakNgSpeech(Script(folder, $"echo $$ > {pid}.new\nmv {pid}.new {pid}\nexec sleep 600"), Long,
            NullLogger.Instance, clock).RenderAsync(Say("Hello"), Stop).AsTask();
        await Eventually.TrueAsync(() => File.Exists(pid), "the program runs");
        clock.Advance(Long);

        Assert.Equal(PromptFailure.TimedOut, (await rendering).Failure);
        int id = int.Parse(await File.ReadAllTextAsync(pid, Stop), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{id}"), "the program is gone");
    }

    [Fact, Failure("voice-stuck")]
    public async Task A_program_that_is_stuck_is_started_once_more_and_leaves_nothing_behind()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        string pid = folder.File("pid");
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        string program = Script(folder,
            $"if mkdir {folder.File("tried")} 2>/dev/null; then echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 600; fi\nexec "
            + "espeak-ng \"$@\"");

        var rendering = new EspeakNgSpeech(program, Long, NullLogger.Instance, clock).RenderAsync(Say("Hello"), Stop).AsTask();
        await Eventually.TrueAsync(() => File.Exists(pid), "the program runs");
        clock.Advance(TimeSpan.FromSeconds(4));

        Assert.InRange(Wav.Seconds(Spoken(await rendering)), 0.3, 2);
        int id = int.Parse(await File.ReadAllTextAsync(pid, Stop), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{id}"), "the first one is gone");
    }

    [Fact]
    public async Task A_program_that_goes_on_writing_is_not_taken_to_be_stuck()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        // A piece for each file that the test makes, and then the rest.
        string go = folder.File("go");
        string program = Script(folder, $"echo >> {folder.File("starts")}\nespeak-ng \"$@\" | "
            + $"{{ for i in 1 2 3 4 5; do while [ ! -e {go}$i ]; do sleep 0.01; done; head -c 2048; done; cat; }}");

        var rendering = new EspeakNgSpeech(program, Long, NullLogger.Instance, clock).RenderAsync(Say("Hello"), Stop).AsTask();
        for (int piece = 1; piece <= 5; piece++)
        {
            clock.Advance(TimeSpan.FromSeconds(3));
            await File.WriteAllTextAsync($"{go}{piece}", "", Stop);
            // Behind the last one all is over soon.
            await Eventually.TrueAsync(() => clock.HasTimer(TimeSpan.FromSeconds(4)) || rendering.IsCompleted,
                "its piece is read, and it has its patience again");
        }

        Assert.InRange(Wav.Seconds(Spoken(await rendering)), 0.3, 2);
        Assert.Single(await File.ReadAllLinesAsync(folder.File("starts"), Stop));
    }

    [Fact]
    public async Task The_program_looks_for_no_sound_server_and_leaves_nothing_at_home()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        string home = folder.File("home"), seen = folder.File("seen");
        Directory.CreateDirectory(home);

        Spoken(await new EspeakNgSpeech(Script(folder, $"export HOME={home}\necho \"$PULSE_SERVER\" >{seen}\nexec espeak-ng \"$@\""), Long,
            NullLogger.Instance).RenderAsync(Say("Hello"), Stop));

        Assert.Equal("unix:/dev/null", (await File.ReadAllTextAsync(seen, Stop)).Trim());
        Assert.Empty(Directory.GetFileSystemEntries(home));
    }

    [Fact]
    public async Task Output_above_the_limit_ends_the_program()
    {
        using var folder = new TempFolder();

        Assert.Equal(PromptFailure.TooLarge,
            (await new EspeakNgSpeech(Script(folder, $"head -c {Limits.RenderedBytes + 1} /dev/zero\nexec sleep 600"), Long,
                NullLogger.Instance).RenderAsync(Say("Hello"), Stop)).Failure);
        Assert.Equal(PromptFailure.Failed, (await new EspeakNgSpeech(Script(folder, $"head -c {Limits.RenderedBytes} /dev/zero"), Long,
            NullLogger.Instance).RenderAsync(Say("Hello"), Stop)).Failure);
    }

    [Fact]
    public async Task What_the_program_complains_about_is_passed_on_in_short()
    {
        using var folder = new TempFolder();

        var result = await new EspeakNgSpeech(Script(folder, "echo 'no such voice' >&2\nyes noise | head -c 100000 >&2\nexit 3"), Long,
            NullLogger.Instance).RenderAsync(Say("Hello"), Stop);

        Assert.Equal(PromptFailure.Failed, result.Failure);
        Assert.Contains("(exit code 3). no such voice", result.Detail, StringComparison.Ordinal);
        Assert.InRange(result.Detail!.Length, 1, 400);      // the assertion above saw it
    }

    [Fact]
    public async Task A_caller_who_stops_waiting_cancels()
    {
        using var folder = new TempFolder();
        using var stop = new CancellationTokenSource();
        var log = new Lines();
        string started = folder.File("started");
        var rendering = new EspeakNgSpeech(Script(folder, $"touch {started}\nexec sleep 600"), Long, log)
            .RenderAsync(Say("Hello"), stop.Token).AsTask();
        await Eventually.TrueAsync(() => File.Exists(started), "the program runs");

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rendering);
        Assert.Empty(log.Of(2404));     // the program is not to blame
    }

    private static string Script(TempFolder folder, string body)
    {
        string path = folder.File($"espeak-{Guid.NewGuid():N}"), text = path + ".text";
        File.WriteAllText(text, $"#!/bin/sh\n{body}\n");
        // Written by a process of its own: were it ours, another test's program that is just starting would hold the file open for
        // writing, and it could not be run (ETXTBSY).
        using var copy = Process.Start("install", ["-m", "700", text, path]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
        return path;
    }

    private static EspeakNgSpeech Speech() => new("espeak-ng", Long, NullLogger.Instance);

    private static PromptSource.Speech Say(string text) => new(text, "female", "en-US", IsSsml: false);

    private static byte[] Spoken(AudioResult result)
    {
        Assert.Equal((PromptFailure.None, null), (result.Failure, result.Detail));
        return Assert.IsType<byte[]>(result.Bytes);
    }
}
