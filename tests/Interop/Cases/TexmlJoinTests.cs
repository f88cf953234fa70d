using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Documents that join callers in conferences and out of queues, record them, and dial in the words of who called.</summary>
public sealed class TexmlJoinTests(RunningNode node) : DocumentCase(node)
{
    /// <summary>Nobody else's: classes beside this one call the same account, and whoever comes second joins.</summary>
    private readonly string _room = $"room {Guid.NewGuid():N}";

    [Depth("the gate has a recording of each kind, and one of a conference that nobody's silence ends")]
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_conference_is_recorded_from_its_start_as_its_first_document_says(bool tellsUrl)
    {
        Apply($"""
            <Dial><Conference record="record-from-start" recordBeep="false" beep="false" recordingStatusCallback="recorded"
              recordingStatusCallbackEvent="in-progress completed" sendRecordingUrl="{tellsUrl}">{_room}</Conference></Dial>
            """);
        var first = await CallAsync();
        var second = await CallAsync("+13125550143");
        await Web.NextAsync("recorded");
        await HearAsync(first, second);
        first.Audio.Say(440, 1_000);
        await first.Audio.SaidAsync();
        second.Audio.Say(1_000, 1_000);
        // What was said last is in the jitter buffer, which holds half a second at most.
        second.Audio.Rest(600);
        await second.Audio.SaidAsync();
        first.Bye();
        second.Bye();
        await CompletedAsync(2);
        var saved = await Web.NextAsync("recorded", 2);
        Assert.Equal(("in-progress", "completed"), ((await Web.NextAsync("recorded"))["RecordingStatus"], saved["RecordingStatus"]));
        Assert.Equal(("Conference", "1"), (saved["RecordingSource"], saved["RecordingChannels"]));
        Assert.True(Guid.TryParse(saved["ConferenceSid"], out _));
        Assert.True(saved.IsSignedBy(Customer.PublicKey));
        Assert.Equal(2, Web.All.Count(asked => asked.Path == "recorded"));
        Assert.Contains("record does nothing: the conference is there", await TraceAsync((await CompletedAsync(2))["CallSid"])
            + await TraceAsync((await CompletedAsync())["CallSid"]), StringComparison.Ordinal);
        if (!tellsUrl)
        {
            Assert.Equal("", saved["RecordingUrl"]);
            return;
        }
        var file = Recorded.OfMp3(await FetchAsync(saved["RecordingUrl"]));
        Assert.InRange(file.MillisOf(440), 600, 10_000);
        Assert.InRange(file.MillisOf(1_000), 400, 1_200);
    }

    [Fact]
    public async Task Nobodys_silence_ends_the_recording_of_a_conference()
    {
        Apply($"""
            <Dial><Conference record="record-from-start" recordingTimeout="1" trim="trim-silence"
              recordingStatusCallback="recorded">{_room}</Conference></Dial>
            """);
        var phone = await CallAsync();
        // It begins when he is in the room and has heard the beep; words that come too early are not recorded.
        var saved = await UntilAskedAsync(() =>
        {
            phone.Audio.Say(700, 1_200);
            phone.Audio.Say(440, 600);
        }, "recorded");
        Assert.Equal("completed", saved["RecordingStatus"]);
        // What he says without a pause behind words that are recorded is recorded, wherever among them it began.
        var file = Recorded.OfMp3(await FetchAsync(saved["RecordingUrl"]));
        int before = file.MillisOf(700), behind = file.MillisOf(440);
        Assert.InRange(before, 0, 2_600);
        Assert.InRange(behind, before > 0 ? 300 : 20, 1_400);
        // Of the second of silence behind them there is only what an ending keeps and an MP3 adds.
        Assert.InRange(file.OnsetOf(0), 0, 400);
        Assert.InRange(file.RestOf(0), 0, 500);
        Assert.InRange(1_000 * int.Parse(saved["RecordingDuration"]), file.Millis - 700, file.Millis + 700);
        Assert.Empty(phone.Received("BYE"));
        phone.Bye();
        await CompletedAsync();
    }

    [Fact]
    public async Task Who_waited_in_a_queue_hears_a_document_before_he_is_joined()
    {
        string queue = $"queue {Guid.NewGuid():N}";
        Web.Serve("wait", "<Say>You wait.</Say><Pause length=\"1\"/>");
        Web.Serve("whisper", """
            <Gather numDigits="1" action="ready" timeout="20"><Say>Press a key when you are ready.</Say></Gather><Hangup/>
            """);
        Web.Serve("ready", "");
        Web.Serve("left", "<Hangup/>");
        Apply($"<Enqueue waitUrl=\"wait\" action=\"left\">{queue}</Enqueue>");
        var caller = await CallAsync();
        string sid = (await Web.NextAsync("wait"))["CallSid"];
        Apply($"<Dial action=\"agent\"><Queue url=\"whisper\" method=\"GET\">{queue}</Queue></Dial>");
        Web.Serve("agent", "<Hangup/>");
        var agent = await CallAsync("+13125550144");
        var whisper = await Web.NextAsync("whisper");
        Assert.Equal(("GET", sid, queue), (whisper.Method, whisper["CallSid"], whisper["QueueSid"]));
        Assert.StartsWith("v3:", whisper["DequeingCallSid"], StringComparison.Ordinal);
        Assert.NotEqual(sid, whisper["DequeingCallSid"]);
        int position = agent.Audio.Position;
        await caller.Audio.HearsSomethingAsync(caller.Audio.Position);
        Assert.Equal(0, agent.Audio.Heard(position).LoudMillis);

        Assert.Equal(sid, (await UntilAskedAsync(() => caller.Audio.Press("1"), "ready"))["CallSid"]);
        await HearAsync(caller, agent);
        await HearAsync(agent, caller);
        agent.Bye();
        Assert.Equal("bridged", (await Web.NextAsync("left"))["QueueResult"]);
        await caller.ReceivesAsync("BYE");
    }

    [Fact]
    public async Task One_who_hangs_up_at_the_whisper_makes_room_for_the_next()
    {
        string queue = $"queue {Guid.NewGuid():N}";
        int whispers = 0;
        Web.Serve("whisper", _ => Interlocked.Increment(ref whispers) == 1 ? "<Pause length=\"30\"/>" : "");
        Apply($"<Enqueue action=\"left\">{queue}</Enqueue>");
        var impatient = await CallAsync();
        await QueuedAsync(queue, 1);
        var patient = await CallAsync("+13125550143");
        await QueuedAsync(queue, 2);
        Apply($"<Dial><Queue url=\"whisper\">{queue}</Queue></Dial>");
        var agent = await CallAsync("+13125550144");
        await Web.NextAsync("whisper");
        impatient.Bye();
        await Web.NextAsync("whisper", 2);
        await HearAsync(agent, patient);
        patient.Bye();
        await agent.ReceivesAsync("BYE");
    }

    [Fact]
    public async Task An_agent_who_leaves_at_the_whisper_leaves_the_caller_his_place()
    {
        string queue = $"queue {Guid.NewGuid():N}";
        Web.Serve("wait", "<Pause length=\"30\"/>");
        Web.Serve("whisper", "<Pause length=\"20\"/>");
        Apply($"<Enqueue waitUrl=\"wait\">{queue}</Enqueue>");
        var caller = await CallAsync();
        await Web.NextAsync("wait");
        Apply($"<Dial><Queue url=\"whisper\">{queue}</Queue></Dial>");
        var agent = await CallAsync("+13125550144");
        await Web.NextAsync("whisper");
        agent.Bye();
        await Web.NextAsync("wait", 2);
        await QueuedAsync(queue, 1);
        Web.Serve("whisper", "");
        var other = await CallAsync("+13125550145");
        await HearAsync(other, caller);
        other.Bye();
        await caller.ReceivesAsync("BYE");
    }

    private async Task QueuedAsync(string queue, int count) => await Eventually.SomeAsync(async () =>
        await Customer.GetAsync($"queues/{Uri.EscapeDataString(queue)}") is { Status: 200 } found
            && (int)found.Data["current_size"]! == count ? found : null, $"{count} wait");

    [Fact]
    public async Task A_dialled_call_that_is_recorded_tells_its_action_where_and_the_caller_hears_a_sound_of_the_documents()
    {
        var callee = NewPhone();
        Web.Serve("done", "<Hangup/>");
        Web.Serve("tone.wav", (_, context) =>
        {
            context.Response.ContentType = "audio/wav";
            return context.Response.Body.WriteAsync(Wav.Tone(700, 1_000)).AsTask();
        });
        Apply($"<Dial action=\"done\" record=\"record-from-answer\" audioUrl=\"tone.wav\"><Sip>{callee.Uri}</Sip></Dial>");
        var caller = await CallAsync();
        var called = await callee.RingsAsync();
        await Eventually.TrueAsync(() => caller.Audio.Heard().MillisOf(700) > 300, "the caller hears it");
        await called.AcceptAsync();
        await HearAsync(called, caller);
        int position = caller.Audio.Position;
        await HearAsync(caller, called);
        Assert.Equal(0, caller.Audio.Heard(position).MillisOf(700));
        called.Bye();
        var done = await Web.NextAsync("done");
        Assert.Equal("completed", done["DialCallStatus"]);
        Assert.True(Guid.TryParse(done["RecordingSid"], out _));
        Assert.InRange(Recorded.OfMp3(await FetchAsync(done["RecordingUrl"])).Millis, 200, 60_000);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_Diversion_that_the_network_brought_goes_on_where_the_document_says_so(bool passes)
    {
        var (carrier, number) = await CarrierAsync();
        Apply($"<Dial callerId=\"{Customer.Number}\" passDiversionHeader=\"{passes}\"><Number>{number}</Number></Dial>");
        await CallAsync(header: "Diversion: <sip:+15550199999@carrier.example>;reason=user-busy");
        var ringing = await carrier.RingsAsync();
        Assert.Equal(passes ? 1 : 0, ringing.Offer.All("Diversion").Count());
        if (passes) Assert.Contains("+15550199999", ringing.Offer["Diversion"], StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has a recording of each kind, and one of a conference that nobody's silence ends")]
    public async Task Each_recording_that_a_document_starts_is_stopped_by_its_name()
    {
        const string form = "format=\"wav\" channels=\"single\"";
        Apply($"""
            <Start><Recording name="long" recordingStatusCallback="long" {form}/></Start>
            <Start><Recording name="short" recordingStatusCallback="short" {form}/></Start>
            <Say voice="alice">Hello.</Say><Say gender="male">And a man.</Say><Stop><Recording name="short"/></Stop>
            <Stop><Recording name="none"/></Stop><Pause length="2"/>
            """);
        await CallAsync();
        // The one that ends first may be told last.
        Asked brief = await Web.NextAsync("short"), whole = await Web.NextAsync("long");
        Assert.NotEqual(brief["RecordingSid"], whole["RecordingSid"]);
        Assert.InRange(int.Parse(whole["RecordingDuration"]) - int.Parse(brief["RecordingDuration"]), 1, 10);
        Assert.Contains("Stop finds no Recording of the name none (line ", await TraceAsync((await CompletedAsync())["CallSid"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_presses_a_star_leaves_the_conference_and_his_document_goes_on()
    {
        Web.Serve("out", "<Hangup/>");
        Apply($"<Dial hangupOnStar=\"true\" action=\"out\"><Conference beep=\"false\">{_room}</Conference></Dial>");
        var phone = await CallAsync();
        Assert.Equal("completed", (await UntilAskedAsync(() => phone.Audio.Press("*"), "out"))["DialCallStatus"]);
        Assert.Equal("completed", (await CompletedAsync())["CallStatus"]);
    }
}
