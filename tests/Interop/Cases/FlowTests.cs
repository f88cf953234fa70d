using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Flows of the dialer's API on calls: a flow without a call places them.</summary>
public sealed class FlowTests(RunningNode node) : CallCase(node), IAsyncLifetime
{
    private const string One = "00000000-0000-4000-8000-000000000001", Two = "00000000-0000-4000-8000-000000000002";

    private static int _accounts;

    private DocumentServer _web = null!;        // set before each test, like those below
    private HttpClient _http = null!;
    private string _accesskey = "", _number = "";

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _web = await DocumentServer.StartAsync();
        string name = $"flows {Guid.NewGuid():N}";
        _number = $"+1555041{Interlocked.Increment(ref _accounts):D4}";
        _accesskey = (string)(await Node.NewTenantAsync(name))["voipbin_accesskey"]!;
        await Node.ImportNumbersAsync([_number], name);
        _http = new() { BaseAddress = new(Node.Api, "/v1.0/") };
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _web.DisposeAsync();
        _http.Dispose();
    }

    private async Task<JsonObject> AskAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, $"{path}?accesskey={_accesskey}");
        if (body is not null) request.Content = JsonContent.Create(body);
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>A call to a phone, which these actions command when it has answered.</summary>
    private async Task<PhoneCall> CallAsync(string actions, Phone? phone = null)
    {
        phone ??= NewPhone();
        await AskAsync(HttpMethod.Post, "activeflows", new JsonObject
        {
            ["actions"] = new JsonArray(new JsonObject
            {
                ["type"] = "call",
                ["option"] = new JsonObject
                {
                    ["source"] = new JsonObject { ["type"] = "tel", ["target"] = _number },
                    ["destinations"] = new JsonArray(new JsonObject { ["type"] = "sip", ["target"] = phone.Uri["sip:".Length..] }),
                    ["actions"] = JsonNode.Parse(actions),
                },
            }),
        });
        return await phone.RingsAsync();
    }

    /// <summary>The run that has commanded a call, as soon as it is over.</summary>
    private async Task<JsonNode> EndedAsync() => await Eventually.SomeAsync(async () =>
        (await AskAsync(HttpMethod.Get, "activeflows"))["result"]!.AsArray()
            .FirstOrDefault(run => (string?)run!["reference_type"] == "call" && (string?)run["status"] == "ended"), "the run is over");

    /// <returns>The id of the run that commands a call, as soon as it has begun such an action.</returns>
    private async Task<string> AtAsync(string action) => await Eventually.SomeAsync(async () =>
        (string?)(await AskAsync(HttpMethod.Get, "activeflows"))["result"]!.AsArray().FirstOrDefault(run =>
            (string?)run!["reference_type"] == "call" && (string?)run["current_action"]?["type"] == action)?["id"], $"{action} has begun");

    private async Task<Asked> HookedAsync(string path) => await Eventually.SomeAsync(
        () => ValueTask.FromResult(_web.All.FirstOrDefault(asked => asked.Path == path)),
        () => $"{path} is asked; asked were {string.Join(", ", _web.All.Select(asked => asked.Path))}\n{Node.Output}");

    private string Hook(string path) => $$$"""{"type":"webhook_send","option":{"uri":"{{{_web.Root}}}{{{path}}}","data":"${voipbin.call.amd.status}"}}""";

    private static string Sleep(int millis) => $$$"""[{"type":"sleep","option":{"duration":{{{millis}}} } }]""";

    [Fact] // case 74
    public async Task An_empty_flow_hangs_up_at_once()
    {
        var call = await CallAsync("[]");
        var second = await CallAsync(Sleep(1_000));
        await call.AcceptAsync();
        await second.AcceptAsync();
        await second.ReceivesAsync("BYE");
        Assert.NotEmpty(call.Received("BYE"));
    }

    [Fact, Depth("the gate has a flow that is empty, and one that is stopped")] // case 75
    public async Task The_end_of_a_flow_hangs_up()
    {
        var call = await CallAsync(Sleep(2_000));
        var begun = Stopwatch.StartNew();
        await call.AcceptAsync();
        await call.ReceivesAsync("BYE");
        // How much later it is told is the machine's.
        Assert.True(begun.Elapsed > TimeSpan.FromSeconds(1.9), $"it was hung up after {begun.Elapsed}");
        var run = await EndedAsync();
        Assert.Equal("sleep", (string?)run["executed_actions"]![0]!["type"]);
        Assert.Null(run["current_action"]);
    }

    [Depth("the gate has machines that are hung up, runs that are stopped, and flows that end")]
    [Theory] // case 77
    [InlineData("1", true), InlineData("2", false)]
    public async Task A_key_chooses_between_a_recording_and_the_end(string key, bool isRecorded)
    {
        var call = await CallAsync($$$"""
            [{"type":"digits_receive","option":{"length":1,"duration":20000}},
             {"type":"branch","option":{"target_ids":{"1":"{{{One}}}","2":"{{{Two}}}"} } },{"type":"hangup"},
             {"id":"{{{One}}}","type":"recording_start","option":{"format":"wav"}},{"type":"sleep","option":{"duration":1500}},
             {"type":"webhook_send","option":{"uri":"{{{_web.Root}}}recorded","sync":true,"data":"${voipbin.recording.id}"}},
             {"type":"stop"},
             {"id":"{{{Two}}}","type":"hangup"}]
            """);
        await call.AcceptAsync();
        // Nobody listens for keys at once. From here on one is enough.
        await AtAsync("digits_receive");
        call.Audio.Press(key);
        await call.ReceivesAsync("BYE");
        string[] done = [.. (await EndedAsync())["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!)];
        Assert.Equal(isRecorded ? ["digits_receive", "branch", "recording_start", "sleep", "webhook_send", "stop"]
            : ["digits_receive", "branch", "hangup"], done);
        if (isRecorded) Assert.True(Guid.TryParse((await HookedAsync("recorded")).Body, out _));
    }

    [Fact] // case 70: who talks on is a machine
    public async Task A_greeting_is_a_machines_and_is_hung_up()
    {
        var call = await CallAsync($$$"""[{"type":"amd","option":{"machine_handle":"hangup"}},{{{Hook("human")}}}]""");
        call.Audio.Play(Speak("You have reached the voice mail of the Miller family. We cannot come to the telephone right now. "
            + "Please leave your name and your number and we will call you back as soon as we can."));
        await call.AcceptAsync();
        await call.ReceivesAsync("BYE");
        Assert.DoesNotContain(_web.All, asked => asked.Path == "human");
        var run = await EndedAsync();
        Assert.Equal(["amd"], run["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!));
    }

    [Depth("the gate hangs up on a machine; persons are told apart in MachineDetectionTests")]
    [Fact] // case 71: who says a word and waits is a person
    public async Task A_word_and_silence_are_a_person()
    {
        var call = await CallAsync($$$"""[{"type":"amd","option":{"machine_handle":"hangup"}},{{{Hook("human")}}}]""");
        // Said again where the flow begins to listen later.
        short[] rest = new short[2_400], hello = Speak("Hello?"), waits = new short[8 * 2_500];
        call.Audio.Play(rest, hello, waits, hello, waits, hello, waits, hello);
        await call.AcceptAsync();
        Assert.Equal("human", (await HookedAsync("human")).Body);
    }

    [Fact, Depth("the gate has machines that are hung up, runs that are stopped, and flows that end")]
    public async Task A_flow_says_what_it_is_told_and_joins_two()
    {
        var second = NewPhone();
        var call = await CallAsync($$$"""
            [{"type":"talk","option":{"text":"One moment, please."}},
             {"type":"connect","option":{"destinations":[{"type":"sip","target":"{{{second.Uri["sip:".Length..]}}}"}]}},
             {{{Hook("alone")}}},{"type":"sleep","option":{"duration":500}}]
            """);
        await call.AcceptAsync();
        var other = await second.RingsAsync();
        await call.Audio.HearsSomethingAsync(millis: 320);
        await other.AcceptAsync();
        await call.SpeaksToAsync(other);
        other.Bye();
        await HookedAsync("alone");
        await call.ReceivesAsync("BYE");
        // By the node's own times it has said that to its end before it called anybody.
        var run = await Eventually.SomeAsync(async () => (await AskAsync(HttpMethod.Get, "activeflows"))["result"]!.AsArray()
            .FirstOrDefault(one => (string?)one!["status"] == "ended" && BegunAt(one!, "talk") is not null), "the run is over");
        Assert.True(BegunAt(run, "connect") - BegunAt(run, "talk") >= TimeSpan.FromMilliseconds(320), run.ToJsonString());

        static DateTimeOffset? BegunAt(JsonNode of, string action) => of["executed_actions"]!.AsArray()
            .FirstOrDefault(done => (string?)done!["type"] == action) is { } found
                ? DateTimeOffset.Parse((string)found["tm_execute"]!, CultureInfo.InvariantCulture) : null;
    }

    [Fact, Depth("the gate has machines that are hung up, runs that are stopped, and flows that end")]
    public async Task Nobody_who_is_rung_takes_the_call_and_the_flow_goes_on()
    {
        var second = NewPhone();
        var call = await CallAsync($$$"""
            [{"type":"connect","option":{"destinations":[{"type":"sip","target":"{{{second.Uri["sip:".Length..]}}}"}]}},{{{Hook("on")}}}]
            """);
        await call.AcceptAsync();
        await (await second.RingsAsync()).RefuseAsync(486);
        await HookedAsync("on");
        await call.ReceivesAsync("BYE");
    }

    [Fact]
    public async Task A_run_that_is_stopped_hangs_up()
    {
        var call = await CallAsync("""[{"type":"sleep","option":{"duration":60000}}]""");
        await call.AcceptAsync();
        string id = await AtAsync("sleep");
        Assert.Equal("ended", (string?)(await AskAsync(HttpMethod.Post, $"activeflows/{id}/stop"))["status"]);
        await call.ReceivesAsync("BYE");
        Assert.Equal("ended", (string?)(await AskAsync(HttpMethod.Post, $"activeflows/{id}/stop"))["status"]);
        Assert.NotNull((await AskAsync(HttpMethod.Delete, $"activeflows/{id}"))["tm_delete"]);
    }

    /// <summary>A voice that is no part of the product's tests of detection: flite's, 8 kHz.</summary>
    private static short[] Speak(string text)
    {
        using var folder = new TempFolder();
        string wav = folder.File("said.wav"), raw = folder.File("said.raw");
        Run("flite", "-t", text, "-o", wav);
        Run("sox", wav, "-r", "8000", "-c", "1", "-b", "16", "-e", "signed-integer", "-t", "raw", raw);
        byte[] bytes = File.ReadAllBytes(raw);
        short[] samples = new short[bytes.Length / 2];
        Buffer.BlockCopy(bytes, 0, samples, 0, samples.Length * 2);
        return samples;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;  // or throws
        run.WaitForExit();
        Assert.Equal(0, run.ExitCode);
    }
}
