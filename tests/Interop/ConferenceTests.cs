using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>
/// Callers in one conference on a running node: who hears whom, by frequency; who is muted, on hold, supervises, leaves; and what is left
/// when the node is killed.
/// </summary>
[Collection(nameof(TurnNode))]
public sealed class ConferenceTests(TurnNode node)
{
    private const int One = 440, Two = 700, Three = 1_000, File = 1_500;

    [Fact] // cases 33, 34, 37 and 38
    public async Task Three_hear_each_other_but_not_themselves_and_who_is_muted_is_heard_by_nobody()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        await using var c = new Phone(node, Three);
        var (first, second, third) = await AnsweredAsync(customer, a, b, c);
        string name = NewName();
        var room = await CreateAsync(customer, first, name);
        string id = (string)room["id"]!;
        Assert.Equal((name, "in_progress", "conference"), ((string?)room["name"], (string?)room["status"], (string?)room["record_type"]));
        var created = await customer.NextAsync("conference.created");
        Assert.Equal((id, (string?)first["call_control_id"]), ((string?)created["conference_id"], (string?)created["call_control_id"]));
        await JoinAsync(customer, id, second);
        await JoinAsync(customer, name, third);
        await customer.CountAsync("conference.participant.joined", 3);
        await Task.WhenAll(a.HearsOnlyAsync([Two, Three], One), b.HearsOnlyAsync([One, Three], Two), c.HearsOnlyAsync([One, Two], Three));
        Assert.Equal(["joined", "joined", "joined"], (await ParticipantsAsync(customer, id)).Select(one => (string?)one!["status"]));
        await customer.CountAsync("conference.floor.changed", 1);

        (await DoAsync(customer, id, "mute", Calls(second))).IsOk();
        await Task.WhenAll(a.HearsOnlyAsync([Three], One, Two), c.HearsOnlyAsync([One], Two, Three), b.HearsOnlyAsync([One, Three], Two));
        Assert.True((bool)(await ParticipantsAsync(customer, id))[1]!["muted"]!);
        (await DoAsync(customer, id, "unmute", [])).IsOk();
        await a.HearsOnlyAsync([Two, Three], One);
        (await DoAsync(customer, NewName(), "mute", [])).Refuses(404, "90058");
        (await DoAsync(customer, id, "join", Call(third))).Refuses(422, "90044");

        (await DoAsync(customer, id, "leave", Call(third))).IsOk();
        var left = await customer.NextAsync("conference.participant.left");
        Assert.Equal((string?)third["call_control_id"], (string?)left["call_control_id"]);
        await Task.WhenAll(a.HearsOnlyAsync([Two], One, Three), c.HearsSilenceAsync());
        await customer.ActAsync(third, "speak", new() { ["payload"] = "Goodbye.", ["voice"] = "female" });
        await customer.NextAsync("call.speak.started");

        a.Hangup();
        b.Hangup();
        var ended = await customer.NextAsync("conference.ended");
        Assert.Equal((id, "all_left"), ((string?)ended["conference_id"], (string?)ended["reason"]));
        (await DoAsync(customer, id, "join", Call(third))).Refuses(422, "90019");
        Assert.Equal("completed", (string?)(await customer.GetAsync($"conferences/{id}")).Data["status"]);
        c.Hangup();
        await customer.CountAsync("call.hangup", 3);
        var types = customer.Types.ToList();
        Assert.True(types.IndexOf("conference.participant.left") < types.IndexOf("call.hangup"));
    }

    [Depth("the gate has three who hear each other, and one who is muted")]
    [Fact] // case 35
    public async Task Who_is_on_hold_hears_the_file_and_nobody_else_does()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        await using var c = new Phone(node, Three);
        var (first, second, third) = await AnsweredAsync(customer, a, b, c);
        string id = (string)(await CreateAsync(customer, first, NewName()))["id"]!;
        await JoinAsync(customer, id, second);
        await JoinAsync(customer, id, third);
        string music = customer.Sink.Serve("music.wav", Wav.Tone(File, 8_000));
        var hold = Calls(third);
        hold["audio_url"] = music;
        (await DoAsync(customer, id, "hold", hold)).IsOk();
        await Task.WhenAll(c.HearsOnlyAsync([File], One, Two), a.HearsOnlyAsync([Two], Three, File), b.HearsOnlyAsync([One], Three, File));
        (await DoAsync(customer, id, "unhold", Calls(third))).IsOk();
        await c.HearsOnlyAsync([One, Two], File);

        // What is played to all is heard by all, and told once.
        (await DoAsync(customer, id, "play", new() { ["audio_url"] = music })).IsOk();
        var started = await customer.NextAsync("conference.playback.started");
        Assert.Equal((music, null), ((string?)started["media_url"], started["call_control_id"]));
        await Task.WhenAll(a.HearsOnlyAsync([File, Two, Three], One), b.HearsOnlyAsync([File, One, Three], Two));
        (await DoAsync(customer, id, "stop", [])).IsOk();
        await customer.NextAsync("conference.playback.ended");
        await a.HearsOnlyAsync([Two, Three], File);
        var mine = Calls(second);
        (mine["payload"], mine["voice"]) = ("You alone hear this.", "female");
        (await DoAsync(customer, id, "speak", mine)).IsOk();
        await customer.NextAsync("conference.participant.speak.started");
        Assert.Equal((string?)second["call_control_id"],
            (string?)(await customer.NextAsync("conference.participant.speak.ended"))["call_control_id"]);
        foreach (var phone in (Phone[])[a, b, c]) phone.Hangup();
        await customer.NextAsync("conference.ended");
    }

    [Depth("SupervisionTests have a supervisor who barges in, whispers and listens")]
    [Fact] // case 39
    public async Task A_supervisor_is_heard_by_one_by_nobody_or_by_all()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        await using var c = new Phone(node, Three);
        var (first, second, third) = await AnsweredAsync(customer, a, b, c);
        string id = (string)(await CreateAsync(customer, first, NewName()))["id"]!;
        await JoinAsync(customer, id, second, new() { ["end_conference_on_exit"] = true });
        var whisper = new JsonObject { ["supervisor_role"] = "whisper", ["whisper_call_control_ids"] = Ids(second) };
        await JoinAsync(customer, id, third, whisper);
        await Task.WhenAll(b.HearsOnlyAsync([One, Three], Two), a.HearsOnlyAsync([Two], One, Three), c.HearsOnlyAsync([One, Two], Three));
        var monitor = Call(third);
        monitor["supervisor_role"] = "monitor";
        (await DoAsync(customer, id, "update", monitor)).IsOk();
        await Task.WhenAll(b.HearsOnlyAsync([One], Two, Three), a.HearsOnlyAsync([Two], One, Three), c.HearsOnlyAsync([One, Two], Three));
        monitor["supervisor_role"] = "barge";
        (await DoAsync(customer, id, "update", monitor)).IsOk();
        await Task.WhenAll(a.HearsOnlyAsync([Two, Three], One), b.HearsOnlyAsync([One, Three], Two));

        b.Hangup();
        Assert.Equal("host_left", (string?)(await customer.NextAsync("conference.ended"))["reason"]);
        await Task.WhenAll(a.IsOverAsync(), c.IsOverAsync());
        await customer.CountAsync("call.hangup", 3);
    }

    [Fact, Depth("the gate has three who hear each other, and one who is muted")]
    public async Task It_is_recorded_as_one_mix()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        var (first, second) = (await AnsweredAsync(customer, a, 1), await AnsweredAsync(customer, b, 2));
        string id = (string)(await CreateAsync(customer, first, NewName()))["id"]!;
        await JoinAsync(customer, id, second);
        await a.HearsOnlyAsync([Two]);
        (await DoAsync(customer, id, "record_start", new() { ["format"] = "wav" })).IsOk();
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        (await DoAsync(customer, id, "record_stop", [])).IsOk();
        var saved = await customer.NextAsync("conference.recording.saved");
        Assert.Equal((id, "single", "wav"), ((string?)saved["conference_id"], (string?)saved["channels"], (string?)saved["format"]));
        using var http = new HttpClient();
        byte[] wav = await http.GetByteArrayAsync((string)saved["recording_urls"]!["wav"]!, TestContext.Current.CancellationToken);
        Assert.True(Level(wav, One) > 1_500 && Level(wav, Two) > 1_500 && Level(wav, Three) < 300);
        var listed = (await customer.GetAsync($"recordings?filter[conference_id]={id}")).Data.AsArray();
        Assert.Equal(((string?)saved["recording_id"], "conference"), ((string?)listed[0]!["id"], (string?)listed[0]!["source"]));
        a.Hangup();
        b.Hangup();
        await customer.NextAsync("conference.ended");
    }

    [Fact]
    public async Task What_is_another_accounts_conference_or_call_is_nothing_to_a_stranger()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        string account = $"stranger {Guid.NewGuid():N}";
        const string Number = "+15550490001";
        var made = await node.NewTenantAsync(account);
        await node.ImportNumbersAsync([Number], account);
        await using var stranger = await Customer.CreateAsync(node, Number, key: (string)made["telnyx_key"]!);
        await using var a = new Phone(node, One);
        await using var b = new Phone(node, Two);
        var first = await AnsweredAsync(customer, a, 1);
        var theirs = await AnsweredAsync(stranger, b, 1);
        string name = NewName(), id = (string)(await CreateAsync(customer, first, name))["id"]!;
        foreach (string called in (string[])[id, name])
        {
            Assert.Equal(404, (await stranger.GetAsync($"conferences/{called}")).Status);
            Assert.Equal(404, (await stranger.GetAsync($"conferences/{called}/participants")).Status);
            (await DoAsync(stranger, called, "join", Call(theirs))).Refuses(404, "90058");
            (await DoAsync(stranger, called, "mute", [])).Refuses(404, "90058");
        }
        Assert.Empty((await stranger.GetAsync("conferences")).Data.AsArray());
        // A conference of the same name is another one, and my calls are none of his.
        string own = (string)(await CreateAsync(stranger, theirs, name))["id"]!;
        Assert.NotEqual(id, own);
        (await DoAsync(stranger, own, "join", Call(first))).Refuses(422, "90015");
        (await DoAsync(stranger, own, "mute", Calls(first))).Refuses(422, "90015");
        (await DoAsync(stranger, own, "update", new()
        {
            ["call_control_id"] = (string?)theirs["call_control_id"],
            ["supervisor_role"] = "whisper",
            ["whisper_call_control_ids"] = Ids(first),
        })).Refuses(422, "90015");
        await a.HearsSilenceAsync();
        a.Hangup();
        b.Hangup();
        await stranger.NextAsync("conference.ended");
    }

    [Fact, Depth("OpenActivitiesTests in Edge end rooms of a killed node; the gate kills a hundred calls")]
    public async Task Killed_while_twenty_confer_the_conference_and_each_call_end_once()
    {
        await using var killed = new RunningNode();
        await killed.InitializeAsync();
        await using var customer = await Customer.CreateAsync(killed, 0);
        var phones = Enumerable.Range(0, 20).Select(_ => new Phone(killed, One)).ToArray();
        string name = NewName(), id = "";
        for (int i = 0; i < phones.Length; i++)
        {
            var call = await AnsweredAsync(customer, phones[i], i + 1);
            if (i == 0) id = (string)(await CreateAsync(customer, call, name))["id"]!;
            else await JoinAsync(customer, id, call);
        }
        await customer.CountAsync("conference.participant.joined", 20);
        Assert.Equal(20, (await ParticipantsAsync(customer, id)).Count);

        await killed.KillAsync();
        await killed.StartAgainAsync();
        await customer.CountAsync("call.hangup", 20);
        foreach (var phone in phones) await phone.IsOverAsync();
        Assert.Equal(id, (string?)(await customer.NextAsync("conference.ended"))["conference_id"]);
        Assert.Equal("completed", (string?)(await customer.GetAsync($"conferences/{id}")).Data["status"]);
        Assert.Single(customer.Payloads("conference.ended"));
        Assert.Equal(20, customer.Payloads("call.hangup").DistinctBy(e => (string?)e["call_control_id"]).Count());
        // and the name is free
        await using var next = new Phone(killed, One);
        Assert.NotEqual(id, (string?)(await CreateAsync(customer, await AnsweredAsync(customer, next, 21), name))["id"]);
        foreach (var phone in phones) await phone.DisposeAsync();
    }

    private static string NewName() => $"room {Guid.NewGuid():N}";

    private static async Task<(JsonObject First, JsonObject Second, JsonObject Third)> AnsweredAsync(Customer customer, Phone a, Phone b,
        Phone c) =>
        (await AnsweredAsync(customer, a, 1), await AnsweredAsync(customer, b, 2), await AnsweredAsync(customer, c, 3));

    private static async Task<JsonObject> AnsweredAsync(Customer customer, Phone caller, int nth)
    {
        caller.Call(customer.Number);
        var call = await customer.NextAsync("call.initiated", nth);
        await customer.ActAsync(call, "answer");
        await customer.CountAsync("call.answered", nth);
        return call;
    }

    private static Task<JsonNode> CreateAsync(Customer customer, JsonNode call, string name) =>
        customer.SendAsync(HttpMethod.Post, "conferences",
        new() { ["call_control_id"] = (string?)call["call_control_id"], ["name"] = name });

    private static async Task JoinAsync(Customer customer, string room, JsonNode call, JsonObject? more = null)
    {
        var body = Call(call);
        foreach (var (name, value) in more ?? []) body[name] = value?.DeepClone();
        (await DoAsync(customer, room, "join", body)).IsOk();
    }

    private static Task<Answer> DoAsync(Customer customer, string room, string action, JsonObject body) =>
        customer.TryAsync(HttpMethod.Post, $"conferences/{Uri.EscapeDataString(room)}/actions/{action}", body);

    private static async Task<JsonArray> ParticipantsAsync(Customer customer, string room) =>
        (await customer.GetAsync($"conferences/{room}/participants?page[size]=250")).Data.AsArray();

    private static JsonObject Call(JsonNode call) => new() { ["call_control_id"] = (string?)call["call_control_id"] };

    private static JsonObject Calls(JsonNode call) => new() { ["call_control_ids"] = Ids(call) };

    private static JsonArray Ids(JsonNode call) => new((string?)call["call_control_id"]);

    /// <summary>Amplitude of a tone in a file of one channel.</summary>
    private static double Level(byte[] wav, int hertz)
    {
        int rate = BitConverter.ToInt32(wav, 24), first = 44, count = (wav.Length - first) / 2;
        double re = 0, im = 0;
        for (int i = 0; i < count; i++)
        {
            short sample = BitConverter.ToInt16(wav, first + 2 * i);
            re += sample * Math.Cos(2 * Math.PI * hertz * i / rate);
            im += sample * Math.Sin(2 * Math.PI * hertz * i / rate);
        }
        return 2 * Math.Sqrt(re * re + im * im) / Math.Max(1, count);
    }
}
