using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Documents answer phones: a web server of the customer's, real calls, and what is asked of that server meanwhile.</summary>
public sealed class TexmlTests(RunningNode node) : CallCase(node), IAsyncLifetime
{
    /// <summary>Nobody else's: classes beside this one call the same account, and whoever comes second joins.</summary>
    private readonly string _room = $"room {Guid.NewGuid():N}";
    private DocumentServer _web = null!;       // set before each test
    private Customer _customer = null!;        // the same
    private string _application = "";

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        _web = await DocumentServer.StartAsync();
        _customer = await CustomerAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _web.DisposeAsync();
    }

    /// <summary>The customer's number is answered by this document from now on.</summary>
    private async Task ApplyAsync(string verbs, JsonObject? more = null)
    {
        var body = new JsonObject
        {
            ["friendly_name"] = $"Documents {Guid.NewGuid():N}", ["voice_url"] = _web.Serve("voice", verbs.Trim()),
            ["status_callback"] = _web.Root + "status",
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = _customer.Profile },
        };
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        _application = (string)(await _customer.SendAsync(HttpMethod.Post, "texml_applications", body))["id"]!;
        await RouteAsync(_customer.Number);
    }

    private Task<JsonNode> RouteAsync(string number) => _customer.SendAsync(HttpMethod.Patch,
        $"phone_numbers/{Uri.EscapeDataString(number)}", new() { ["connection_id"] = _application });

    private async Task<PhoneCall> CallAsync(string from = "+13125550142")
    {
        var call = NewPhone().Call(_customer.Number, from);
        await call.ReachesAsync(200);
        return call;
    }

    private async Task<Asked> StatusAsync(string status) => await Eventually.SomeAsync(
        () => ValueTask.FromResult(_web.All.FirstOrDefault(asked => asked.Path == "status" && asked["CallStatus"] == status)),
        () => $"status {status}; there were {string.Join(", ", _web.All.Select(a => $"{a.Path} {a["CallStatus"]}"))}");

    [Fact] // case 46
    public async Task A_document_speaks_and_hangs_up_and_the_callbacks_tell_how_the_call_went()
    {
        await ApplyAsync("<Say>Hello, this is a document.</Say><Hangup/>");
        var phone = await CallAsync();
        await phone.Audio.HearsSomethingAsync();

        var asked = await _web.NextAsync("voice");
        Assert.Equal("POST", asked.Method);
        Assert.Equal(("+13125550142", _customer.Number, "ringing"), (asked["From"], asked["To"], asked["CallStatus"]));
        Assert.StartsWith("v3:", asked["CallSid"], StringComparison.Ordinal);
        Assert.True(Guid.TryParse(asked["AccountSid"], out _));
        Assert.Equal(_application, asked["ConnectionId"]);

        var completed = await StatusAsync("completed");
        Assert.Equal(asked["CallSid"], completed["CallSid"]);
        Assert.Equal(("normal_clearing", "call-progress-events", "3"),
            (completed["HangupCause"], completed["CallbackSource"], completed["SequenceNumber"]));
        Assert.InRange(int.Parse(completed["CallDuration"], System.Globalization.CultureInfo.InvariantCulture), 1, 20);
        Assert.Equal(["0", "2", "3"], _web.All.Where(a => a.Path == "status").Select(a => a["SequenceNumber"]));
        Assert.Equal("application/x-www-form-urlencoded", completed.Headers.ContentType);
        Assert.True(completed.IsSignedBy(_customer.PublicKey));
    }

    [Fact] // case 47
    public async Task A_key_goes_to_the_action_and_its_document_runs()
    {
        _web.Serve("menu/chosen", asked => asked["Digits"] == "5" ? "<Say>Five.</Say>" : "<Reject/>");
        await ApplyAsync("""
            <Gather numDigits="1" action="menu/chosen"><Say>Press a key.</Say><Pause length="2"/></Gather><Say>None.</Say>
            """);
        var phone = await CallAsync();
        await phone.Audio.HearsSomethingAsync();
        phone.Audio.Press("5");
        var chosen = await _web.NextAsync("menu/chosen");
        Assert.Equal(("POST", "5", "in-progress"), (chosen.Method, chosen["Digits"], chosen["CallStatus"]));
        await StatusAsync("completed");
        Assert.Equal("normal_clearing", (await StatusAsync("completed"))["HangupCause"]);
    }

    [Fact]
    public async Task An_action_of_a_Gather_goes_by_the_method_of_the_application_where_it_says_none()
    {
        _web.Serve("chosen", "<Hangup/>");
        await ApplyAsync("<Gather numDigits=\"1\" action=\"chosen\"><Say>Press a key.</Say><Pause length=\"2\"/></Gather>",
            new() { ["voice_method"] = "get" });
        var phone = await CallAsync();
        await phone.Audio.HearsSomethingAsync();
        phone.Audio.Press("7");
        var chosen = await _web.NextAsync("chosen");
        Assert.Equal(("GET", "7"), (chosen.Method, chosen["Digits"]));
        await StatusAsync("completed");
    }

    [Fact]
    public async Task Without_a_key_the_next_verb_comes_and_the_action_is_not_asked()
    {
        _web.Serve("after", "<Hangup/>");
        await ApplyAsync("<Gather timeout=\"1\" action=\"never\"/><Redirect method=\"GET\">after?called={{To}}</Redirect>");
        await CallAsync();
        var after = await _web.NextAsync("after");
        Assert.Equal(("GET", _customer.Number), (after.Method, after["To"]));
        Assert.Equal(_customer.Number.Replace("+", " ", StringComparison.Ordinal), after["called"]);
        await StatusAsync("completed");
        Assert.DoesNotContain(_web.All, asked => asked.Path == "never");
    }

    [Fact] // case 50
    public async Task What_a_caller_says_is_recorded_and_the_action_gets_a_link_to_it()
    {
        _web.Serve("recorded", "<Hangup/>");
        await ApplyAsync("""
            <Record maxLength="2" playBeep="false" action="recorded" recordingStatusCallback="saved" format="wav" channels="single"/>
            """);
        var phone = await CallAsync();
        phone.Audio.Say(440, 4_000);
        var recorded = await _web.NextAsync("recorded");
        Assert.Equal(("2", "completed", "1", "RecordVerb"),
            (recorded["RecordingDuration"], recorded["RecordingStatus"], recorded["RecordingChannels"], recorded["RecordingSource"]));
        var saved = await _web.NextAsync("saved");
        Assert.Equal((recorded["RecordingSid"], "2", "completed"),
            (saved["RecordingSid"], saved["RecordingDuration"], saved["RecordingStatus"]));
        using var http = new HttpClient();
        byte[] file = await http.GetByteArrayAsync(recorded["RecordingUrl"], TestContext.Current.CancellationToken);
        Assert.Equal("RIFF"u8, file.AsSpan(0, 4));
        Assert.InRange(file.Length, 30_000, 40_000);
        await StatusAsync("completed");
    }

    [Fact, Depth("fourteen recordings one after the other; the gate makes one with its link")]
    public async Task A_call_may_make_more_recordings_than_there_is_room_to_remember()
    {
        const int Most = 14;        // and their URLs are longer than all labels of a call may be
        string padding = new('p', 700);
        int left = Most;
        _web.Serve("again", _ => --left > 0 ? Verbs() : "<Hangup/>");
        await ApplyAsync(Verbs());
        var phone = await CallAsync();
        phone.Audio.Say(440, 60_000);
        await _web.NextAsync($"saved/{padding}", Most);
        await StatusAsync("completed");
        var saved = _web.All.Where(asked => asked.Path == $"saved/{padding}");
        Assert.Equal(Most, saved.Select(asked => asked["RecordingSid"]).Distinct().Count());

        string Verbs() => $"""
            <Record timeout="0" maxLength="1" playBeep="false" action="again" recordingStatusCallback="saved/{padding}"/>
            """;
    }

    [Depth("HostileDocumentTests in the gate have servers that answer all of this")]
    [Theory] // case 51
    [InlineData("status")]
    [InlineData("bomb")]
    [InlineData("html")]
    [InlineData("huge")]
    [InlineData("circle")]
    [InlineData("silent circle")]
    [InlineData("nobody")]
    public async Task When_a_document_is_not_to_be_had_the_fallback_is_asked_for(string how)
    {
        string fallback = _web.Serve("fallback", "<Say>Sorry.</Say>");
        await ApplyAsync("", new() { ["voice_url"] = BadUrl(how), ["voice_fallback_url"] = fallback });
        var phone = await CallAsync();
        await phone.Audio.HearsSomethingAsync();
        var asked = await _web.NextAsync("fallback");
        Assert.Contains(asked["ErrorCode"], (string[])["11200", "12100"]);
        Assert.NotEmpty(asked["ErrorUrl"]);
        Assert.Equal("normal_clearing", (await StatusAsync("completed"))["HangupCause"]);
    }

    [Fact, Depth("eleven seconds of waiting; the gate ends the call of one that takes longer than it may")]
    public async Task A_server_that_takes_its_time_is_waited_for()
    {
        string url = _web.Serve("slow", async (_, context) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(11), TestContext.Current.CancellationToken);
            await context.Response.WriteAsync("<Response><Say>Here it is.</Say></Response>");
        });
        await ApplyAsync("", new() { ["voice_url"] = url });
        var phone = NewPhone().Call(_customer.Number);
        await _web.NextAsync("slow");
        await phone.ReachesAsync(200);
        await phone.Audio.HearsSomethingAsync();
        Assert.Equal("normal_clearing", (await StatusAsync("completed"))["HangupCause"]);
    }

    [Fact]
    public async Task One_that_takes_longer_than_the_application_lets_it_ends_the_call()
    {
        var never = new TaskCompletionSource();
        string url = _web.Serve("slow", (_, _) => never.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        await ApplyAsync("", new() { ["voice_url"] = url, ["first_command_timeout"] = true, ["first_command_timeout_secs"] = 2 });
        NewPhone().Call(_customer.Number);
        Assert.Equal("timeout", (await StatusAsync("no-answer"))["HangupCause"]);
        never.SetResult();
    }

    [Fact] // case 51
    public async Task When_the_fallback_is_not_either_the_call_ends_as_failed_and_says_why()
    {
        await ApplyAsync("", new() { ["voice_url"] = BadUrl("status"), ["voice_fallback_url"] = BadUrl("html") });
        var phone = NewPhone().Call(_customer.Number);
        var failed = await StatusAsync("failed");
        Assert.Equal(("12100", "0", "3"), (failed["ErrorCode"], failed["CallDuration"], failed["SequenceNumber"]));
        Assert.NotEmpty(failed["ErrorMessage"]);
        await Eventually.TrueAsync(() => phone.Statuses.Any(status => status >= 300), "the phone hears of it");
    }

    private string BadUrl(string how) => how switch
    {
        "status" => _web.Serve("bad", (_, context) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        }),
        "bomb" => _web.Serve("bomb", (_, context) => context.Response.WriteAsync(
            "<!DOCTYPE Response [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><Response><Say>&b;</Say></Response>")),
        "html" => _web.Serve("html", (_, context) =>
            context.Response.WriteAsync("<html><body>Hello</body></html>")),
        "huge" => _web.Serve("huge", $"<Say>{new string('a', 300_000)}</Say>"),
        // It tries to do something, and never can.
        "silent circle" => _web.Serve("silent", "<Play>http://127.0.0.1:1/nothing.wav</Play><Redirect>silent</Redirect>"),
        "circle" => _web.Serve("circle", "<Redirect>circle</Redirect>"),
        _ => "http://127.0.0.1:1/nobody",
    };

    [Depth("the gate has waits in a queue, conferences and whispers by TexmlJoinTests")]
    [Fact] // case 49
    public async Task A_conference_waits_for_who_starts_it_and_tells_who_comes_and_goes()
    {
        const string attributes = "statusCallback=\"room\" statusCallbackEvent=\"start end join leave\" beep=\"false\"";
        await ApplyAsync($"""
            <Dial><Conference startConferenceOnEnter="false" {attributes} waitUrl="music.wav">{_room}</Conference></Dial><Say>Bye.</Say>
            """);
        _web.Serve("music.wav", (_, context) =>
        {
            context.Response.ContentType = "audio/wav";
            // Larger than a document may be.
            return context.Response.Body.WriteAsync(Wav.Tone(700, 30_000)).AsTask();
        });
        var first = await CallAsync();
        await first.Audio.HearsSomethingAsync();
        _web.Serve("voice", $"<Dial><Conference {attributes}>{_room}</Conference></Dial>");
        var second = await CallAsync("+13125550143");
        await _web.NextAsync("room", 3);
        await HearAsync(first, second);
        second.Bye();
        await _web.NextAsync("room", 4);
        first.Bye();
        await _web.NextAsync("room", 6);
        var told = _web.All.Where(asked => asked.Path == "room").ToList();
        Assert.Equal(
            ["participant-join", "participant-join", "conference-start", "participant-leave", "participant-leave", "conference-end"],
            told.Select(asked => asked["StatusCallbackEvent"]));
        Assert.Equal(told.Select(asked => asked["SequenceNumber"]).OrderBy(int.Parse), told.Select(asked => asked["SequenceNumber"]));
        Assert.All(told, asked => Assert.Equal((_room, told[0]["ConferenceSid"]), (asked["FriendlyName"], asked["ConferenceSid"])));
    }

    [Fact, Depth("the gate hears such a document behind another that leads to it")]
    public async Task Who_waits_for_a_conference_hears_what_a_document_says_that_plays_nothing()
    {
        await ApplyAsync($"""<Dial><Conference startConferenceOnEnter="false" beep="false" waitUrl="wait">{_room}</Conference></Dial>""");
        _web.Serve("wait", "<Say>Please wait for the host.</Say>");
        var caller = await CallAsync();
        await caller.Audio.HearsSomethingAsync();
        caller.Bye();
    }

    [Fact]
    public async Task Who_waits_for_a_conference_hears_what_the_document_leads_to()
    {
        await ApplyAsync($"""<Dial><Conference startConferenceOnEnter="false" beep="false" waitUrl="wait">{_room}</Conference></Dial>""");
        _web.Serve("wait", """<Redirect method="GET">lobby/said</Redirect>""");
        _web.Serve("lobby/said", "<Say>Please wait for the host.</Say>");
        var caller = await CallAsync();
        await caller.Audio.HearsSomethingAsync();
        caller.Bye();
    }

    [Fact]
    public async Task A_dialled_party_talks_to_the_caller_and_the_action_hears_how_it_went()
    {
        var callee = NewPhone();
        PhoneCall? caller = null;
        int position = 0;
        _web.Serve("done", _ =>
        {
            position = caller!.Audio.Position;      // there when he calls
            return "<Say>He is gone.</Say>";
        });
        await ApplyAsync($"""
            <Dial action="done" timeout="20"><Sip statusCallback="leg" statusCallbackEvent="initiated answered completed">{callee.Uri}</Sip></Dial>
            """);
        caller = await CallAsync();
        var called = await callee.RingsAsync();
        await called.AcceptAsync();
        await _web.NextAsync("leg", 2);
        await HearAsync(caller, called);
        await HearAsync(called, caller);
        called.Bye();
        var done = await _web.NextAsync("done");
        Assert.Equal("completed", done["DialCallStatus"]);
        Assert.NotEqual("0", done["DialCallDuration"]);
        Assert.Equal(_web.All.First(asked => asked.Path == "leg")["CallSid"], done["DialCallSid"]);
        await caller.Audio.HearsSomethingAsync(position);
        await StatusAsync("completed");
        var leg = _web.All.Where(asked => asked.Path == "leg").ToList();
        Assert.All(leg, asked => Assert.Equal(done["CallSid"], asked["ParentCallSid"]));
        Assert.Equal("completed", leg[^1]["CallStatus"]);
    }

    [Fact, Depth("TexmlHungUpTests in the gate hang up while it rings, DialResultTests in Edge while both talk")]
    public async Task When_the_caller_leaves_first_the_other_one_is_hung_up_and_the_action_hears_of_it()
    {
        var callee = NewPhone();
        _web.Serve("done", "<Say>Nobody hears this.</Say>");
        await ApplyAsync($"""
            <Dial action="done"><Sip statusCallback="leg" statusCallbackEvent="answered completed">{callee.Uri}</Sip></Dial><Say>Nor this.</Say>
            """);
        var caller = await CallAsync();
        var called = await callee.RingsAsync();
        await called.AcceptAsync();
        await HearAsync(caller, called);
        caller.Bye();
        await called.ReceivesAsync("BYE");
        var ended = await StatusAsync("completed");
        var leg = await _web.NextAsync("leg", 2);
        Assert.Equal(("completed", ended["CallSid"]), (leg["CallStatus"], leg["ParentCallSid"]));
        var done = await _web.NextAsync("done");
        Assert.Equal(("completed", "completed", ended["CallSid"], leg["CallSid"]),
            (done["DialCallStatus"], done["CallStatus"], done["CallSid"], done["DialCallSid"]));
        Assert.NotEqual("0", done["DialCallDuration"]);
    }

    /// <summary>Final answers, and the words for them.</summary>
    public static TheoryData<(int Status, string Word)> Unanswered =>
        Depth.Rows<(int, string)>([(486, "busy")], [(480, "no-answer"), (404, "failed"), (603, "failed")]);

    [Theory, MemberData(nameof(Unanswered))]
    public async Task Who_does_not_answer_is_told_in_the_action((int Status, string Word) row)
    {
        var (status, word) = row;
        var callee = NewPhone();
        _web.Serve("done", "<Hangup/>");
        await ApplyAsync($"<Dial action=\"done\"><Sip>{callee.Uri}</Sip></Dial>");
        await CallAsync();
        await (await callee.RingsAsync()).RefuseAsync(status);
        var done = await _web.NextAsync("done");
        Assert.Equal((word, "0"), (done["DialCallStatus"], done["DialCallDuration"]));
        await StatusAsync("completed");
    }

    [Depth("the gate has waits in a queue, conferences and whispers by TexmlJoinTests")]
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_called_party_hears_a_document_first_and_may_refuse(bool accepts)
    {
        var callee = NewPhone();
        _web.Serve("whisper", "<Gather numDigits=\"1\" action=\"taken\" timeout=\"10\"><Say>A call for you.</Say></Gather><Hangup/>");
        _web.Serve("taken", asked => asked["Digits"] == "1" ? "" : "<Hangup/>");
        _web.Serve("done", "<Hangup/>");
        await ApplyAsync($"<Dial action=\"done\"><Sip url=\"whisper\">{callee.Uri}</Sip></Dial>");
        var caller = await CallAsync();
        var called = await callee.RingsAsync();
        await called.AcceptAsync();
        await called.Audio.HearsSomethingAsync();
        called.Audio.Press(accepts ? "1" : "2");
        await _web.NextAsync("taken");
        if (accepts)
        {
            await HearAsync(caller, called);
            caller.Bye();
            await StatusAsync("completed");
        }
        else Assert.Equal("no-answer", (await _web.NextAsync("done"))["DialCallStatus"]);
        await called.ReceivesAsync("BYE");
    }

    [Fact, Depth("the gate has waits in a queue, conferences and whispers by TexmlJoinTests")]
    public async Task A_caller_waits_in_a_queue_until_somebody_takes_him()
    {
        _web.Serve("wait", "<Say>You wait.</Say><Pause length=\"1\"/>");
        _web.Serve("left", "<Say>That was it.</Say>");
        string queue = $"queue {Guid.NewGuid():N}";
        await ApplyAsync($"<Enqueue waitUrl=\"wait\" action=\"left\">{queue}</Enqueue>");
        var since = Stopwatch.StartNew();
        var caller = await CallAsync();
        var wait = await _web.NextAsync("wait");
        int most = (int)since.Elapsed.TotalSeconds;
        await caller.Audio.HearsSomethingAsync();
        Assert.Equal(("1", queue), (wait["QueuePosition"], wait["QueueSid"]));
        Assert.InRange(int.Parse(wait["QueueTime"]), 0, most);      // no longer than the whole call so far
        _web.Serve("voice", $"<Dial action=\"agent\"><Queue>{queue}</Queue></Dial>");
        _web.Serve("agent", "<Hangup/>");
        var agent = await CallAsync("+13125550144");
        await HearAsync(caller, agent);
        agent.Bye();
        var left = await _web.NextAsync("left");
        Assert.Equal("bridged", left["QueueResult"]);
        await caller.ReceivesAsync("BYE");
    }

    [Fact, Depth("the gate has waits in a queue, conferences and whispers by TexmlJoinTests")]
    public async Task Who_waits_hears_where_he_stands_when_those_before_him_have_gone()
    {
        _web.Serve("wait", "<Pause length=\"1\"/>");
        string queue = $"queue {Guid.NewGuid():N}";
        await ApplyAsync($"<Enqueue waitUrl=\"wait\">{queue}</Enqueue>");
        var first = await CallAsync();
        await _web.NextAsync("wait");
        await CallAsync("+13125550144");
        await PlaceAsync("+13125550144", "2", "2");
        await PlaceAsync("+13125550142", "1", "2");
        first.Bye();
        await PlaceAsync("+13125550144", "1", "1");

        Task PlaceAsync(string from, string position, string size) => Eventually.TrueAsync(
            () => _web.All.Any(asked => asked.Path == "wait" && asked["From"] == from
                && (asked["QueuePosition"], asked["CurrentQueueSize"]) == (position, size)), $"{from} is told {position} of {size}");
    }

    [Fact, Depth("SheetTests in Edge warn of each of these with its place, and HostileDocumentTests in the gate read traces")]
    public async Task What_a_document_may_not_do_stands_in_the_calls_trace()
    {
        await ApplyAsync("<Dance/><Say voice=\"woman\" colour=\"red\" loop=\"99\">Well.</Say><AIAssistant id=\"a\" join=\"b\"/>");
        await CallAsync();
        string sid = (await StatusAsync("completed"))["CallSid"];
        var trace = await _customer.GetAsync($"calls/{Uri.EscapeDataString(sid)}/trace");
        Assert.Equal(200, trace.Status);
        Assert.Contains("Dance is no verb that can stand here (line 2, column 12)", trace.Text, StringComparison.Ordinal);
        Assert.Contains("colour is no attribute of Say", trace.Text, StringComparison.Ordinal);
        Assert.Contains("loop is a whole number from 0 to 10", trace.Text, StringComparison.Ordinal);
        Assert.Contains("AIAssistant is not carried out: no assistant joins the talk of another yet", trace.Text, StringComparison.Ordinal);
    }

    /// <summary>One speaks until the other hears that, and not the rest of something else.</summary>
    private static Task HearAsync(PhoneCall from, PhoneCall to) => from.SpeaksToAsync(to);

    [Fact]
    public async Task A_caller_who_hangs_up_while_a_document_is_fetched_leaves_nothing_behind()
    {
        var slow = new TaskCompletionSource();
        string url = _web.Serve("slow", async (_, context) =>
        {
            await slow.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            await context.Response.WriteAsync("<Response><Say>Late.</Say></Response>");
        });
        await ApplyAsync("", new() { ["voice_url"] = url });
        var phone = NewPhone().Call(_customer.Number);
        await _web.NextAsync("slow");
        phone.Cancel();
        var ended = await StatusAsync("canceled");
        Assert.Equal("originator_cancel", ended["HangupCause"]);
        slow.SetResult();
        Assert.Equal(["0", "3"], _web.All.Where(a => a.Path == "status").Select(a => a["SequenceNumber"]));
    }
}
