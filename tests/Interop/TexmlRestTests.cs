using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>
/// The REST operations of documents on a running node: who is dialled into a conference and what he hears, what is recorded and streamed,
/// who waits, and that none of it is another account's. Bodies are forms, as clients send them.
/// </summary>
[Collection(nameof(TurnNode))]
public sealed class TexmlRestTests(TurnNode node) : IAsyncLifetime
{
    private const int One = 440, Two = 700, File = 1_500, Spoken = 1_000;

    private DocumentServer _web = null!;       // set before each test, as the next
    private Customer _customer = null!;
    private HttpClient _http = null!;
    private string _account = "", _application = "";

    public async ValueTask InitializeAsync()
    {
        _web = await DocumentServer.StartAsync();
        _customer = await Customer.CreateAsync(node, node.NextNumber());
        _http = new() { BaseAddress = node.Api };
        var group = await _customer.SendAsync(HttpMethod.Post, "billing_groups", new() { ["name"] = $"rest {Guid.NewGuid():N}" });
        _account = (string)group["organization_id"]!;
        foreach (var (path, hertz) in new[] { ("music.wav", File), ("said.wav", Spoken) })
            _web.Serve(path, (_, context) =>
            {
                context.Response.ContentType = "audio/wav";
                return context.Response.Body.WriteAsync(Wav.Tone(hertz, 4_000)).AsTask();
            });
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _customer.DisposeAsync();
        await _web.DisposeAsync();
    }

    [Fact, Depth("the gate has a recording of each kind, and one of a conference that nobody's silence ends")]
    public async Task Who_is_dialled_into_a_conference_is_heard_by_the_others_and_changed_by_his_label()
    {
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        string name = $"room {Guid.NewGuid():N}";
        await ApplyAsync($"<Dial><Conference beep=\"false\" participantLabel=\"ann\">{name}</Conference></Dial><Pause length=\"60\"/>");
        a.Call(_customer.Number);
        var conference = await ConferenceAsync(name);
        string room = $"Conferences/{conference["sid"]}", people = $"{room}/Participants", bob = $"{people}/bob";
        Assert.Equal((_account, "in-progress", name),
            ((string?)conference["account_sid"], (string?)conference["status"], (string?)conference["friendly_name"]));

        var dialled = await DoAsync(people, $"To={Uri.EscapeDataString(UriOf(b))}&From={Plus(_customer.Number)}&Label=bob&Beep=false"
            + $"&StatusCallback={_web.Root}leg&StatusCallbackEvent=answered completed&ConferenceStatusCallback={_web.Root}room"
            + "&ConferenceStatusCallbackEvent=join leave");
        Assert.Equal("connecting", (string?)dialled["status"]);
        // He is there at every moment, also between his answer and his coming in.
        string his = $"{people}/{Uri.EscapeDataString((string)dialled["call_sid"]!)}";
        await Eventually.SomeAsync(async () => (string?)(await GetAsync(his))["status"] is "connected" ? his : null, "bob takes part");
        await Task.WhenAll(a.HearsOnlyAsync([Two], One), b.HearsOnlyAsync([One], Two));
        Assert.Equal("participant-join", (await _web.NextAsync("room"))["StatusCallbackEvent"]);
        Assert.Equal((string?)dialled["call_sid"], (await _web.NextAsync("leg"))["CallSid"]);
        var there = (await GetAsync(people))["participants"]!.AsArray();
        Assert.Equal(["ann", "bob"], there.Select(one => (string?)one!["label"]));
        Assert.All(there, one => Assert.Equal("connected", (string?)one!["status"]));
        Assert.Equal((string?)dialled["call_sid"], (string?)(await GetAsync(bob))["call_sid"]);

        // He alone hears the music, and nobody hears him.
        Assert.True((bool)(await DoAsync(bob, $"Hold=true&HoldMethod=GET&HoldUrl={_web.Root}music.wav"))["hold"]!);
        await Task.WhenAll(b.HearsOnlyAsync([File], One), a.HearsSilenceAsync());
        await DoAsync(bob, "Hold=false");
        await Task.WhenAll(a.HearsOnlyAsync([Two], One, File), b.HearsOnlyAsync([One], File));

        // What its document plays before is heard once.
        _web.Serve("hold", "<Play>said.wav</Play><Play loop=\"0\">music.wav</Play>");
        await DoAsync(bob, $"Hold=true&HoldUrl={_web.Root}hold");
        await Task.WhenAll(b.HearsOnlyAsync([File], One, Spoken), a.HearsSilenceAsync());
        await DoAsync(bob, "Hold=false");
        await Task.WhenAll(a.HearsOnlyAsync([Two], One, File), b.HearsOnlyAsync([One], File));

        // One hears it, then all do, from a document that another leads to.
        _web.Serve("announce", "<Redirect method=\"GET\">announced</Redirect>");
        _web.Serve("announced", "<Play>said.wav</Play>");
        await DoAsync(bob, $"AnnounceUrl={_web.Root}said.wav&AnnounceMethod=GET");
        await b.HearsOnlyAsync([Spoken]);
        await a.HearsOnlyAsync([Two], Spoken);
        await b.HearsOnlyAsync([One], Spoken);
        await DoAsync(room, $"AnnounceUrl={_web.Root}announce");
        Assert.Equal((string?)conference["sid"], (await _web.NextAsync("announce"))["ConferenceSid"]);
        await Task.WhenAll(a.HearsOnlyAsync([Spoken, Two], One), b.HearsOnlyAsync([Spoken, One], Two));

        Assert.True((bool)(await DoAsync(bob, "Muted=true"))["muted"]!);
        await a.HearsSilenceAsync();
        await DoAsync(bob, "Muted=false&EndConferenceOnExit=true&BeepOnExit=true");
        Assert.True((bool)(await GetAsync(bob))["end_conference_on_exit"]!);

        // Out of the conference he has nothing to do, and takes the others with him as was just said.
        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, bob)).Status);
        await b.IsOverAsync();
        var over = await EndedAsync(room);
        Assert.Equal("participant-with-end-conference-on-exit-left", (string?)over["reason_conference_ended"]);
        Assert.Equal((string?)dialled["call_sid"], (string?)over["call_sid_ending_conference"]);
        Assert.Equal("participant-leave", (await _web.NextAsync("room", 2))["StatusCallbackEvent"]);
        Assert.Empty((await GetAsync(people))["participants"]!.AsArray());
        Assert.False(a.IsOver);     // goes on with its document
        a.Hangup();
        foreach (string path in (string[])[bob, $"{people}/{dialled["call_sid"]}"])
            Assert.Equal(404, (await SendAsync(HttpMethod.Get, path)).Status);
        (await SendAsync(HttpMethod.Post, people, $"To={UriOf(b)}&From={Plus(_customer.Number)}")).Refuses(422, "90019");
    }

    [Fact]
    public async Task A_conference_is_ended_and_all_are_hung_up()
    {
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        string name = $"room {Guid.NewGuid():N}";
        await ApplyAsync($"<Dial><Conference beep=\"false\">{name}</Conference></Dial><Pause length=\"60\"/>");
        a.Call(_customer.Number);
        string room = $"Conferences/{(await ConferenceAsync(name))["sid"]}";
        b.Call(_customer.Number);
        await Task.WhenAll(a.HearsOnlyAsync([Two]), b.HearsOnlyAsync([One]));
        (await SendAsync(HttpMethod.Post, room, $"AnnounceUrl={_web.Root}nothing")).Refuses(422, "10015");
        (await SendAsync(HttpMethod.Post, room, "Status=paused")).Refuses(422, "10015");

        var ended = await DoAsync(room, "Status=completed");
        Assert.Equal(("completed", "conference-ended-via-api"), ((string?)ended["status"], (string?)ended["reason_conference_ended"]));
        await Task.WhenAll(a.IsOverAsync(), b.IsOverAsync());
        Assert.Empty((await GetAsync($"{room}/Participants"))["participants"]!.AsArray());
        (await SendAsync(HttpMethod.Post, room, "Status=completed")).Refuses(422, "90019");
        var listed = await GetAsync($"Conferences?FriendlyName={Uri.EscapeDataString(name)}&Status=completed");
        Assert.Equal((string?)ended["sid"], (string?)Assert.Single(listed["conferences"]!.AsArray())!["sid"]);
        var live = await GetAsync($"Conferences?FriendlyName={Uri.EscapeDataString(name)}&Status=in-progress");
        Assert.Empty(live["conferences"]!.AsArray());
    }

    [Fact]
    public async Task Recordings_tell_what_began_them_and_are_listed_stopped_and_deleted()
    {
        await using var b = new Phone(node, Two);
        await ApplyAsync("<Pause length=\"60\"/>");
        var placed = (await _customer.TryAsync(HttpMethod.Post, $"texml/Accounts/{_account}/Calls", new()
        {
            ["ApplicationSid"] = _application, ["To"] = UriOf(b), ["From"] = _customer.Number, ["Record"] = true,
            ["RecordingStatusCallback"] = _web.Root + "outbound", ["RecordingStatusCallbackEvent"] = "in-progress completed",
        })).Succeeds().Body;
        string call = $"Calls/{Uri.EscapeDataString((string)placed["sid"]!)}";
        Assert.Equal("OutboundAPI", (await _web.NextAsync("outbound"))["RecordingSource"]);

        var begun = await DoAsync($"{call}/Recordings.json", $"RecordingStatusCallback={_web.Root}rest"
            + "&RecordingStatusCallbackEvent=in-progress completed&RecordingChannels=single&RecordingTrack=inbound&PlayBeep=false"
            + "&SendRecordingUrl=false");
        Assert.Equal(("StartCallRecordingAPI", 1, "inbound", (string?)placed["sid"]),
            ((string?)begun["source"], (int)begun["channels"]!, (string?)begun["track"], (string?)begun["call_sid"]));
        var told = await _web.NextAsync("rest");
        Assert.Equal(((string?)begun["sid"], "in-progress", "StartCallRecordingAPI"),
            (told["RecordingSid"], told["RecordingStatus"], told["RecordingSource"]));
        Assert.Equal(["in-progress", "in-progress"], await StatesAsync($"{call}/Recordings.json"));
        string one = $"{call}/Recordings/{begun["sid"]}.json";
        await DoAsync(one, "Status=paused");
        await DoAsync(one, "Status=in-progress");
        await Task.Delay(1_100, TestContext.Current.CancellationToken);
        (await SendAsync(HttpMethod.Delete, $"Recordings/{begun["sid"]}.json")).Refuses(422, "10015");
        await DoAsync(one, "Status=stopped");
        var saved = await _web.NextAsync("rest", 2);
        Assert.Equal(((string?)begun["sid"], "completed", "StartCallRecordingAPI"),
            (saved["RecordingSid"], saved["RecordingStatus"], saved["RecordingSource"]));
        Assert.Equal("", saved["RecordingUrl"]);
        await DoAsync(one, "Status=stopped");       // stays stopped

        var kept = await GetAsync($"Recordings/{begun["sid"]}.json");
        Assert.Equal(("completed", (string?)placed["sid"]), ((string?)kept["status"], (string?)kept["call_sid"]));
        byte[] file = await _http.GetByteArrayAsync((string)kept["media_url"]!, TestContext.Current.CancellationToken);
        Assert.True(file.Length > 1_000, $"{file.Length} bytes");
        b.Hangup();
        var outbound = await _web.NextAsync("outbound", 2);
        Assert.Equal("completed", outbound["RecordingStatus"]);
        Assert.NotEqual("", outbound["RecordingUrl"]);
        Assert.Equal(["completed", "completed"], await StatesAsync($"{call}/Recordings.json"));
        var day = DateTimeOffset.UtcNow;
        Assert.Equal(2, (await GetAsync($"Recordings.json?DateCreated={day:yyyy-MM-dd}"))["recordings"]!.AsArray()
            .Count(row => (string?)row!["call_sid"] == (string?)placed["sid"]));
        Assert.Empty((await GetAsync($"Recordings.json?DateCreated>={day.AddDays(2):yyyy-MM-dd}"))["recordings"]!.AsArray());

        Assert.Equal(204, (await SendAsync(HttpMethod.Delete, $"Recordings/{begun["sid"]}.json")).Status);
        Assert.Equal(404, (await SendAsync(HttpMethod.Get, $"Recordings/{begun["sid"]}.json")).Status);
        Assert.Single(await StatesAsync($"{call}/Recordings.json"));
    }

    [Fact]
    public async Task A_conference_is_recorded_for_who_is_dialled_into_it()
    {
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        string name = $"room {Guid.NewGuid():N}";
        await ApplyAsync($"<Dial><Conference beep=\"false\">{name}</Conference></Dial>");
        a.Call(_customer.Number);
        string room = $"Conferences/{(await ConferenceAsync(name))["sid"]}";
        await DoAsync($"{room}/Participants", $"To={UriOf(b)}&From={Plus(_customer.Number)}&ConferenceRecord=record-from-start"
            + $"&ConferenceRecordingStatusCallback={_web.Root}recorded&ConferenceRecordingStatusCallbackEvent=in-progress completed"
            + "&EndConferenceOnExit=true");
        var begun = await _web.NextAsync("recorded");
        Assert.Equal(("in-progress", "StartConferenceRecordingAPI", room.Split('/')[1]),
            (begun["RecordingStatus"], begun["RecordingSource"], begun["ConferenceSid"]));
        await Task.WhenAll(a.HearsOnlyAsync([Two]), b.HearsOnlyAsync([One]));
        Assert.Equal("processing", (string?)(await GetAsync($"{room}/Recordings"))["recordings"]![0]!["status"]);
        b.Hangup();
        Assert.Equal(begun["RecordingSid"], (await _web.NextAsync("recorded", 2))["RecordingSid"]);
        var kept = (await GetAsync($"{room}/Recordings.json"))["recordings"]![0]!;
        Assert.Equal((begun["RecordingSid"], "StartConferenceRecordingAPI", "completed", room.Split('/')[1]),
            ((string?)kept["sid"], (string?)kept["source"], (string?)kept["status"], (string?)kept["conference_sid"]));
        await a.IsOverAsync();
    }

    [Fact]
    public async Task A_stream_reaches_its_socket_until_it_is_stopped()
    {
        await using var a = new Phone(node, One);
        await ApplyAsync("<Play>said.wav</Play><Pause length=\"60\"/>");
        a.Call(_customer.Number);
        string call = $"Calls/{Uri.EscapeDataString((await _web.NextAsync("voice"))["CallSid"])}";
        var frames = new List<string>();
        _web.Serve("socket", async (_, context) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            byte[] buffer = new byte[64 * 1024];
            var stop = TestContext.Current.CancellationToken;
            while (await socket.ReceiveAsync(buffer, stop) is { MessageType: WebSocketMessageType.Text } got)
                lock (frames) frames.Add(Encoding.UTF8.GetString(buffer, 0, got.Count));
        });
        await AnsweredAsync(a);
        string url = Uri.EscapeDataString($"ws{_web.Root["http".Length..]}socket");
        var begun = await DoAsync($"{call}/Streams.json", $"Url={url}&Name=ears&Track=inbound_track&StatusCallback={_web.Root}stream");
        Assert.Equal(("in-progress", "ears"), ((string?)begun["status"], (string?)begun["name"]));
        var told = await _web.NextAsync("stream");
        Assert.Equal(("stream-started", "ears", (string?)begun["sid"]), (told["StreamEvent"], told["StreamName"], told["StreamSid"]));
        await Eventually.TrueAsync(() =>
        {
            lock (frames) return frames.Count(frame => frame.Contains("\"media\"", StringComparison.Ordinal)) > 20;
        }, "frames come");
        Assert.Equal(404, (await SendAsync(HttpMethod.Post, $"{call}/Streams/{Guid.NewGuid()}.json", "Status=stopped")).Status);
        Assert.Equal("stopped", (string?)(await DoAsync($"{call}/Streams/{begun["sid"]}.json", "Status=stopped"))["status"]);
        Assert.Equal("stream-stopped", (await _web.NextAsync("stream", 2))["StreamEvent"]);
        a.Hangup();
    }

    [Fact]
    public async Task Who_waits_in_a_queue_is_listed_and_sent_to_another_document()
    {
        await using var a = new Phone(node, One);
        string name = $"queue {Guid.NewGuid():N}";
        await ApplyAsync($"<Enqueue action=\"left\">{name}</Enqueue>");
        a.Call(_customer.Number);
        string sid = (await _web.NextAsync("voice"))["CallSid"];
        string queue = $"Queues/{Uri.EscapeDataString(name)}";
        var there = await Eventually.SomeAsync(async () =>
            await SendAsync(HttpMethod.Get, queue) is { Status: 200 } found && (int)found.Body["current_size"]! > 0 ? found.Body : null,
            "somebody waits");
        Assert.Equal((name, 1), ((string?)there["friendly_name"], (int)there["current_size"]!));
        Assert.Contains((await GetAsync("Queues"))["queues"]!.AsArray(), one => (string?)one!["sid"] == (string?)there["sid"]);
        var members = (await GetAsync($"Queues/{there["sid"]}/Members"))["queue_members"]!.AsArray();
        Assert.Equal((sid, 1), ((string?)members[0]!["call_sid"], (int)members[0]!["position"]!));
        Assert.Equal(sid, (string?)(await GetAsync($"{queue}/Members/Front"))["call_sid"]);
        Assert.Equal(sid, (string?)(await GetAsync($"{queue}/Members/{Uri.EscapeDataString(sid)}"))["call_sid"]);

        _web.Serve("next", "<Play>said.wav</Play><Pause length=\"60\"/>");
        await DoAsync($"{queue}/Members/Front", $"Url={_web.Root}next");
        await a.HearsOnlyAsync([Spoken]);
        await Eventually.SomeAsync(async () => await SendAsync(HttpMethod.Get, queue) is { Status: 404 } gone ? gone : null,
            "nobody waits there any more");
        a.Hangup();
    }

    [Fact]
    public async Task A_secret_is_filled_into_documents_and_seen_by_nobody()
    {
        await using var a = new Phone(node, One);
        string value = $"hidden-{Guid.NewGuid():N}";
        foreach (string one in (string[])["before", value])
        {
            var made = await _customer.SendAsync(HttpMethod.Post, "texml/secrets", new() { ["name"] = "Door Key", ["value"] = one });
            Assert.Equal(("Door Key", "REDACTED"), ((string?)made["name"], (string?)made["value"]));
        }
        await ApplyAsync("<Redirect method=\"GET\">opened?key={{Door Key}}</Redirect>");
        _web.Serve("opened", "<Dance key=\"{{Door Key}}\">{{Door Key}}</Dance><Play>http://127.0.0.1:1/{{Door Key}}</Play><Hangup/>");
        a.Call(_customer.Number);
        var opened = await _web.NextAsync("opened");
        Assert.Equal(value, opened["key"]);
        await a.IsOverAsync();
        var trace = await _customer.GetAsync($"calls/{Uri.EscapeDataString(opened["CallSid"])}/trace");
        Assert.Contains("/opened fetched by GET", trace.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("?key=", trace.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(value, node.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(value, (await _customer.GetAsync("audit_events")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_another_account_is_found_or_changed()
    {
        string name = $"room {Guid.NewGuid():N}", number = node.NextNumber();
        var made = await node.NewTenantAsync($"stranger {Guid.NewGuid():N}");
        await node.ImportNumbersAsync([$"+1555077{Random.Shared.Next(1_000, 9_999)}"]);
        string key = (string)made["telnyx_key"]!;
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        await ApplyAsync($"<Dial><Conference beep=\"false\" participantLabel=\"ann\">{name}</Conference></Dial>");
        a.Call(_customer.Number);
        string room = $"Conferences/{(await ConferenceAsync(name))["sid"]}";
        b.Call(_customer.Number);
        await Task.WhenAll(a.HearsOnlyAsync([Two]), b.HearsOnlyAsync([One]));
        string sid = (string)(await GetAsync($"{room}/Participants/ann"))["call_sid"]!;
        string call = $"Calls/{Uri.EscapeDataString(sid)}";
        var recording = await DoAsync($"{call}/Recordings.json", "PlayBeep=false");

        string theirs;
        using (var http = new HttpClient { BaseAddress = node.Api })
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            var stop = TestContext.Current.CancellationToken;
            using var body = new StringContent("""{"name":"theirs"}""", Encoding.UTF8, "application/json");
            using var group = await http.PostAsync("billing_groups", body, stop);
            theirs = (string)JsonNode.Parse(await group.Content.ReadAsStringAsync(stop))!["data"]!["organization_id"]!;
        }
        (HttpMethod Method, string Path, string? Form)[] tried =
        [
            (HttpMethod.Get, call, null), (HttpMethod.Post, call, "Status=completed"),
            (HttpMethod.Get, $"{call}/Recordings.json", null), (HttpMethod.Post, $"{call}/Recordings.json", ""),
            (HttpMethod.Post, $"{call}/Recordings/{recording["sid"]}.json", "Status=stopped"),
            (HttpMethod.Post, $"{call}/Streams.json", "Url=ws://127.0.0.1:9/"),
            (HttpMethod.Get, $"Recordings/{recording["sid"]}.json", null), (HttpMethod.Delete, $"Recordings/{recording["sid"]}.json", null),
            (HttpMethod.Get, room, null), (HttpMethod.Post, room, "Status=completed"),
            (HttpMethod.Get, $"Conferences/{Uri.EscapeDataString(name)}", null), (HttpMethod.Get, $"{room}/Participants", null),
            (HttpMethod.Get, $"{room}/Participants/ann", null), (HttpMethod.Post, $"{room}/Participants/ann", "Muted=true"),
            (HttpMethod.Delete, $"{room}/Participants/{Uri.EscapeDataString(sid)}", null),
            (HttpMethod.Get, $"{room}/Recordings.json", null),
        ];
        foreach (var (method, path, form) in tried)
        {
            foreach (string account in (string[])[theirs, _account])
                Assert.True((await SendAsync(method, path, form, key, account)).Status == 404, $"{method} {path} below {account}");
            // and our own key below their account
            Assert.Equal(404, (await SendAsync(method, path, form, account: theirs)).Status);
        }
        foreach (string list in (string[])["Calls", "Conferences", "Recordings.json", "Transcriptions.json", "Queues"])
        {
            Assert.Equal(404, (await SendAsync(HttpMethod.Get, list, key: key, account: _account)).Status);
            var own = await SendAsync(HttpMethod.Get, list, key: key, account: theirs);
            Assert.Empty(own.Body[list.Split('.')[0].ToLowerInvariant()]!.AsArray());
        }
        await Task.WhenAll(a.HearsOnlyAsync([Two]), b.HearsOnlyAsync([One]));
        Assert.Equal(["in-progress"], await StatesAsync($"{call}/Recordings.json"));
        // A call of ours that one of theirs is to coach is none to them.
        a.Hangup();
        b.Hangup();
    }

    [Fact]
    public async Task The_pages_of_calls_have_each_call_once_and_its_times()
    {
        await ApplyAsync("<Reject/>");
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        for (int i = 0; i < 5; i++)
        {
            await using var phone = new Phone(node, One);
            phone.Call(_customer.Number);
            await _web.NextAsync("voice", i + 1);
        }
        string mine = $"To={Plus(_customer.Number)}";
        await Eventually.SomeAsync(async () =>
            (await GetAsync($"Calls?{mine}&Status=failed"))["calls"]!.AsArray() is { Count: 5 } all ? all : null, "five calls ended");
        var seen = new List<string>();
        string? path = $"Calls?{mine}&PageSize=2";
        for (int pages = 0; path is not null; pages++)
        {
            Assert.True(pages < 4, "the walk has an end");
            var page = await GetAsync(path);
            seen.AddRange(page["calls"]!.AsArray().Select(call => (string)call!["sid"]!));
            Assert.Equal((pages, pages * 2), ((int)page["page"]!, (int)page["start"]!));
            path = (string?)page["next_page_uri"] is { } next ? next[(next.IndexOf("/Calls", StringComparison.Ordinal) + 1)..] : null;
        }
        Assert.Equal(5, seen.Count);
        Assert.Equal(_web.All.Where(asked => asked.Path == "voice").Select(asked => asked["CallSid"]).Reverse(), seen);
        var first = await GetAsync($"Calls/{Uri.EscapeDataString(seen[0])}");
        var started = DateTimeOffset.Parse((string)first["start_time"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(started, before, DateTimeOffset.UtcNow);
        Assert.InRange(DateTimeOffset.Parse((string)first["end_time"]!, System.Globalization.CultureInfo.InvariantCulture), started,
            DateTimeOffset.UtcNow);
        Assert.Equal(("inbound", "failed"), ((string?)first["direction"], (string?)first["status"]));
        var tomorrow = started.AddDays(1);
        Assert.Equal(5, await CountAsync($"{mine}&StartTime={started:yyyy-MM-dd}"));
        Assert.Equal(5, await CountAsync($"{mine}&StartTime_gt={started:yyyy-MM-dd}&EndTime_lt={tomorrow.AddDays(1):yyyy-MM-dd}"));
        Assert.Equal(0, await CountAsync($"{mine}&StartTime_gt={tomorrow:yyyy-MM-dd}"));
        Assert.Equal(0, await CountAsync($"{mine}&EndTime_lt={started:yyyy-MM-dd}"));
        Assert.Equal(0, await CountAsync($"{mine}&Status=completed"));
        (await SendAsync(HttpMethod.Get, "Calls?StartTime=yesterday")).Refuses(422, "10015");
        Assert.Equal(404, (await SendAsync(HttpMethod.Get, "Calls", account: Guid.NewGuid().ToString())).Status);

        async Task<int> CountAsync(string query) => (await GetAsync($"Calls?{query}"))["calls"]!.AsArray().Count;
    }

    /// <summary>The customer's number is answered by this document from now on.</summary>
    private async Task ApplyAsync(string verbs)
    {
        _application = (string)(await _customer.SendAsync(HttpMethod.Post, "texml_applications", new()
        {
            ["friendly_name"] = $"Documents {Guid.NewGuid():N}", ["voice_url"] = _web.Serve("voice", verbs),
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = _customer.Profile },
        }))["id"]!;
        await _customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(_customer.Number)}",
            new() { ["connection_id"] = _application });
    }

    private async Task<JsonNode> ConferenceAsync(string name) => await Eventually.SomeAsync(async () =>
        (await GetAsync($"Conferences?FriendlyName={Uri.EscapeDataString(name)}"))["conferences"]!.AsArray().FirstOrDefault(),
        "the conference is there");

    private async Task<JsonNode> EndedAsync(string room) => await Eventually.SomeAsync(async () =>
        await GetAsync(room) is var now && (string?)now["status"] == "completed" ? now : null, "the conference is over");

    private async Task<IEnumerable<string?>> StatesAsync(string path) =>
        [.. (await GetAsync(path))["recordings"]!.AsArray().Select(row => (string?)row!["status"])];

    private static async Task AnsweredAsync(Phone phone) => await Eventually.TrueAsync(() => phone.IsUp, "the phone is answered");

    private static string UriOf(Phone phone) => $"sip:phone@127.0.0.1:{phone.Port}";

    private static string Plus(string number) => Uri.EscapeDataString(number);

    private async Task<JsonNode> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path)).Succeeds().Body;

    private async Task<JsonNode> DoAsync(string path, string form) => (await SendAsync(HttpMethod.Post, path, form)).Succeeds().Body;

    /// <param name="form">As it is sent, blanks aside.</param>
    private async Task<Answer> SendAsync(HttpMethod method, string path, string? form = null, string? key = null, string? account = null)
    {
        using var request = new HttpRequestMessage(method, $"texml/Accounts/{account ?? _account}/{path}");
        request.Headers.Authorization = new("Bearer", key ?? node.Key);
        if (form is not null)
            request.Content = new StringContent(form.Replace(' ', '+'), new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Headers, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
