using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node that has what is said written down by a server that is shaped as whisper's, and always understands the same.</summary>
public sealed class ListeningNode : IAsyncLifetime
{
    private WebApplication? _whisper;
    private RunningNode? _node;

    public RunningNode Node => _node!;      // set before any test

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _whisper = builder.Build();
        _whisper.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"text": "call me back"}""");
        });
        await _whisper.StartAsync();
        string url = _whisper.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _node = new RunningNode("--api-rate", "100000", "--recogniser-url", url + "/v1");
        await _node.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        if (_whisper is not null) await _whisper.DisposeAsync();
    }
}

/// <summary>Documents that have words written down.</summary>
public sealed class TexmlWordsTests(ListeningNode listening) : DocumentCase(listening.Node), IClassFixture<ListeningNode>
{
    [Fact]
    public async Task What_is_said_on_a_recording_is_told_to_its_callback_each_time()
    {
        int left = 2;
        Web.Serve("again", _ => --left > 0 ? Verb() : "<Hangup/>");
        Apply(Verb());
        var phone = await CallAsync();
        phone.Audio.Play(Voice(4_000));
        var written = await Web.NextAsync("written");
        Assert.Equal(("POST", "completed", "call me back"), (written.Method, written["TranscriptionStatus"], written["TranscriptionText"]));
        Assert.True(written.IsSignedBy(Customer.PublicKey));
        Assert.Equal(("v3:", true), (written["CallSid"][..3], Guid.TryParse(written["TranscriptionSid"], out _)));
        Assert.NotEmpty(await FetchAsync(written["RecordingUrl"]));
        await CompletedAsync();
        var other = await Web.NextAsync("written", 2);
        // Two jobs: the second one may be told first. Each tells of its own recording.
        Assert.Equal(Web.All.Where(asked => asked.Path == "again").Select((asked, nth) => ($"?{nth}", asked["RecordingSid"])),
            new[] { written, other }.Select(told => (told.Query, told["RecordingSid"])).Order());

        string Verb() => $"""
            <Record maxLength="1" playBeep="false" action="again" transcription="true" transcriptionCallback="written?{2 - left}"
              transcriptionEngine="{(left == 2 ? "Google" : "AssemblyAI")}"/>
            """;
    }

    [Fact, Depth("the gate has what is said on a recording, and engines by their words")]
    public async Task An_engine_that_the_node_has_not_is_a_warning_and_the_usual_one_listens()
    {
        Apply("""
            <Start><Transcription transcriptionEngine="Deepgram" model="nova-3" transcriptionCallback="words"/></Start>
            <Gather input="speech" transcriptionEngine="deepgram/nova-3" action="heard" timeout="10" speechTimeout="1"/>
            """);
        Web.Serve("heard", "<Hangup/>");
        var phone = await CallAsync();
        Assert.Equal("call me back", (await UntilAskedAsync(() => phone.Audio.Play(Voice(1_500)), "heard"))["SpeechResult"]);
        Assert.Equal("call me back", (await Web.NextAsync("words"))["Transcript"]);
        string trace = await TraceAsync((await CompletedAsync())["CallSid"]);
        const string told = "transcriptionEngine: no recogniser deepgram is configured on this node; the usual one listens";
        Assert.Equal(3, trace.Split(told).Length);
    }

    /// <summary>Nobody asks a recogniser about a tone that stands still.</summary>
    private static short[] Voice(int millis) =>
        [.. Enumerable.Range(0, 8 * millis).Select(i => (short)(12_000 * Math.Sin(Math.Tau * (300 + 37.5 * i / millis) * i / 8_000)))];
}
