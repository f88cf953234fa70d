using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Server;
using Ringwright.Server.Doctor;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Speech.EspeakNg;
using Ringwright.Speech.Recognition;

namespace Ringwright.Edge.Server;

public sealed class RecogniserSettingsTests : IDisposable
{
    private readonly EgressClient _egress = new(TargetPolicy.Strict, TimeProvider.System);

    public void Dispose() => _egress.Dispose();

    [Fact]
    public void Who_is_set_up_is_there_and_the_first_of_them_is_asked()
    {
        Assert.Null(Recognisers().Default);
        Assert.Null(Recognisers().Find("openai"));
        Assert.Equal("built-in", Recognisers().Find("built-in")?.Name);
        // It prepares itself at once, by twenty processes that nobody here waits for: this one has no program to ask.
        var mute = new EspeakNgSpeech("no-espeak-ng", TimeSpan.FromSeconds(1), NullLogger.Instance);
        Assert.Equal("built-in", new Recognisers(Read("--recogniser", "built-in").Recognition, mute, _egress, TimeProvider.System,
            NullLogger.Instance).Default?.Name);
        Assert.Equal("openai", Recognisers("--recogniser-url", "http://127.0.0.1:8000/v1", "--deepgram-key", "k").Default?.Name);
        var both = Recognisers("--recogniser-url", "http://127.0.0.1:8000/v1", "--deepgram-key", "k", "--recogniser", "deepgram");
        Assert.Equal(("deepgram", 16_000), (both.Default?.Name, both.Default?.SampleRate));
        Assert.NotNull(both.Find("openai"));
        Assert.Equal("assemblyai", Recognisers("--assemblyai-url", "ws://127.0.0.1:9").Default?.Name);
    }

    [Fact]
    public void Addresses_keys_and_models_are_as_they_were_set()
    {
        var options = Read("--deepgram-key", "dg", "--assemblyai-key", "aai", "--assemblyai-url", "wss://streaming.eu.assemblyai.com/",
            "--recogniser-url", "http://10.0.0.5:8000/v1/", "--recogniser-model", "large-v3").Recognition;
        Assert.Equal(("wss://api.deepgram.com", "dg", null), (options.Deepgram!.Url, options.Deepgram.Key, options.Deepgram.Model));
        Assert.Equal(("wss://streaming.eu.assemblyai.com", "aai"), (options.AssemblyAi!.Url, options.AssemblyAi.Key));
        Assert.Equal(("http://10.0.0.5:8000/v1", null, "large-v3"), (options.OpenAi!.Url, options.OpenAi.Key, options.OpenAi.Model));
    }

    [Theory]
    [InlineData("--recogniser-url", "--recogniser", "openai")]
    [InlineData("--deepgram-key", "--recogniser", "deepgram")]
    [InlineData("--assemblyai-key", "--recogniser", "assemblyai")]
    [InlineData("--recogniser-url", "--recogniser-key", "k")]
    [InlineData("openai or deepgram or assemblyai or built-in", "--recogniser", "sphinx")]
    [InlineData("ws or wss", "--deepgram-url", "https://api.deepgram.com")]
    public void What_does_not_fit_together_ends_the_start(string says, params string[] typed) =>
        Assert.Contains(says, Assert.Throws<StartRefused>(() => Read(typed)).Message, StringComparison.Ordinal);

    [Fact]
    public void No_text_of_the_settings_has_a_key_and_the_doctor_names_who_is_set_up()
    {
        var options = Read("--deepgram-key", "dg-secret", "--recogniser-url", "http://127.0.0.1:8000/v1", "--recogniser-key", "sk-secret")
            .Recognition;
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
        var finding = SystemChecks.Recognition(options);
        Assert.Equal("openai is asked; set up: openai (http://127.0.0.1:8000/v1), deepgram (wss://api.deepgram.com), "
            + "built-in knows isolated digits, yes and no", finding.Says);
        Assert.StartsWith("none is set up", SystemChecks.Recognition(new()).Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Voices_are_told_by_energy_unless_the_model_is_asked_for()
    {
        Assert.False(Read("--recogniser", "built-in").HasSileroVoice);
        Assert.False(Read("--voice-detector", "energy").HasSileroVoice);
        Assert.True(Read("--voice-detector", "silero").HasSileroVoice);
        Assert.Contains("silero or energy", Assert.Throws<StartRefused>(() => Read("--voice-detector", "webrtc")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_has_them()
    {
        await using var node = await RunningNode.StartAsync();
        Assert.Equal("built-in", node.Node.Recognisers.Find("built-in")?.Name);
    }

    private Recognisers Recognisers(params string[] typed) =>
        NodeRecognisers.Create(Read(typed), _egress, TimeProvider.System, NullLoggerFactory.Instance);

    private static ServeSettings Read(params string[] typed)
    {
        var flags = typed.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        return ServeFlags.Read(name => flags.GetValueOrDefault(name), _ => null);
    }
}
