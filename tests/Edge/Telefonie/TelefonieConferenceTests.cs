using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

public sealed class TelefonieConferencesOnSqlite : TelefonieConferenceTests
{
    private protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class TelefonieConferencesOnPostgres : TelefonieConferenceTests
{
    private protected override async Task<string?> DatabaseAsync() => await Migrated.OnPostgresAsync(ofNode: true);
}

/// <summary>Conferences by Telefonie's API: made, begun by who is put in, looked at, commanded and ended; and who may see them.</summary>
public abstract class TelefonieConferenceTests : IAsyncLifetime
{
    private const string Root = "/voice/conferences";

    private TelefonieHost _host = null!;       // set before each test

    private protected abstract Task<string?> DatabaseAsync();

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(await DatabaseAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_conference_begins_with_who_is_put_in_is_recorded_and_is_over_when_all_have_left()
    {
        var made = await _host.DoneAsync(201, "POST", Root, """{"friendly_name":"Stand-up","max_participants":2,"record":true}""");
        Assert.Equal(("Stand-up", "init", 0, 2), ((string?)made["friendly_name"], (string?)made["status"], (int)made["participant_count"]!,
            (int)made["max_participants"]!));
        Assert.EndsWith("Z", (string?)made["date_created"], StringComparison.Ordinal);
        string path = $"{Root}/{made["id"]}";
        Assert.True(JsonNode.DeepEquals(made, await _host.DoneAsync(200, "GET", path)));
        Assert.Empty(await ParticipantsAsync(path));

        var first = await AddAsync(path, "wait");
        Assert.Equal(((string?)made["id"], false, false, "queued"), ((string?)first["conference_id"], (bool)first["muted"]!,
            (bool)first["hold"]!, (string?)first["status"]));
        Assert.Equal((string?)first["call_id"], (string?)Assert.Single(await ParticipantsAsync(path))["call_id"]);
        await TakesPartAsync(path, first);
        var begun = await ShownAsync(path, "in-progress");
        Assert.Equal(("in-progress", 1, (string?)made["date_created"]),
            ((string?)begun["status"], (int)begun["participant_count"]!, (string?)begun["date_created"]));

        var second = await AddAsync(path, "wait", ",\"muted\":true");
        Assert.True((bool)(await TakesPartAsync(path, second))["muted"]!);
        Assert.Equal([(string?)first["call_id"], (string?)second["call_id"]],
            (await ParticipantsAsync(path)).Select(one => (string?)one["call_id"]));
        await _host.RefusesAsync(429, "limit_reached", "POST", path + "/participants", Somebody("wait"));
        var runs = await Eventually.SomeAsync(async () =>
            (await _host.DoneAsync(200, "GET", "/recordings/recordings"))["recordings"]!.AsArray() is [JsonObject one] ? one : null,
            "it is recorded");
        Assert.Equal(("in-progress", "conference", (string?)made["id"]),
            ((string?)runs["status"], (string?)runs["source"], (string?)runs["conference_id"]));

        // One is sent out, and his call ends with it; the other hangs up himself.
        await _host.GoneAsync($"{path}/participants/{second["call_id"]}");
        Assert.Equal((string?)first["call_id"], (string?)Assert.Single(await ParticipantsAsync(path))["call_id"]);
        await _host.ShownAsync(new() { ["id"] = (string)second["call_id"]! }, "completed");
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{first["call_id"]}");
        var over = await ShownAsync(path, "completed");
        Assert.Equal(0, (int)over["participant_count"]!);
        Assert.Empty(await ParticipantsAsync(path));
        await _host.RefusesAsync(409, "invalid_state", "POST", path + "/participants", Somebody("wait"));
        await Eventually.SomeAsync(async () => (int)(await _host.DoneAsync(200, "GET",
            "/recordings/recordings?status=completed"))["total"]! == 1 ? "" : null, "it is kept");
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task Who_takes_part_is_muted_and_held_and_who_rings_is_not()
    {
        string path = $"{Root}/{(await _host.DoneAsync(201, "POST", Root))["id"]}";
        var talks = await AddAsync(path, "wait");
        var rings = await AddAsync(path, "ring");
        await TakesPartAsync(path, talks);
        string his = $"{path}/participants/{talks["call_id"]}", other = $"{path}/participants/{rings["call_id"]}";
        foreach (var (json, muted, hold) in new[]
        {
            ("""{"muted":true}""", true, false), ("""{"hold":true}""", true, true), ("""{"muted":false,"hold":false}""", false, false),
            ("{}", false, false),
        })
        {
            var changed = await _host.SettledAsync(his, json,
                shown => (muted, hold) == ((bool)shown["muted"]!, (bool)shown["hold"]!));
            Assert.True(JsonNode.DeepEquals(changed, await _host.DoneAsync(200, "GET", his)));
        }
        await ShownAsync(other, "ringing");
        await _host.RefusesAsync(409, "invalid_state", "POST", other, """{"muted":true}""");
        var error = await _host.RefusesAsync(400, "invalid_request", "POST", his, """{"volume":3}""");
        Assert.Equal("/volume", (string?)error["details"]![0]!["pointer"]);
        await _host.RefusesAsync(400, "invalid_request", "POST", his, """{"muted":"yes"}""");
        await _host.RefusesAsync(404, "not_found", "GET", $"{path}/participants/{Guid.NewGuid()}");
        string hex = Guid.Parse((string)talks["call_id"]!).ToString("N");
        Assert.Equal((string?)talks["call_id"], (string?)(await _host.DoneAsync(200, "GET", $"{path}/participants/CA{hex}"))["call_id"]);

        await _host.GoneAsync(other);
        await _host.ShownAsync(new() { ["id"] = (string)rings["call_id"]! }, "canceled");
        await _host.RefusesAsync(404, "not_found", "DELETE", other);
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task A_conference_is_ended_with_all_who_take_part_or_ring()
    {
        string path = $"{Root}/{(await _host.DoneAsync(201, "POST", Root))["id"]}";
        var talks = await AddAsync(path, "wait");
        var rings = await AddAsync(path, "ring");
        await TakesPartAsync(path, talks);
        await _host.RefusesAsync(400, "invalid_request", "POST", path, """{"status":"init"}""");
        await _host.RefusesAsync(400, "invalid_request", "POST", path, """{"state":"completed"}""");
        await _host.SettledAsync(path, """{"status":"completed"}""", shown => (string?)shown["status"] == "completed");
        var ended = await ShownAsync(path, "completed");
        await _host.ShownAsync(new() { ["id"] = (string)talks["call_id"]! }, "completed");
        await _host.ShownAsync(new() { ["id"] = (string)rings["call_id"]! }, "canceled");
        await Eventually.TrueAsync(() => _host.Far.Of(TelefonieHost.Number("wait")).Single().ByeAt is not null, "it is hung up");
        Assert.True(JsonNode.DeepEquals(ended, await _host.DoneAsync(200, "POST", path, """{"status":"completed"}""")));

        // One to which nobody has come.
        string empty = $"{Root}/{(await _host.DoneAsync(201, "POST", Root))["id"]}";
        var called = await AddAsync(empty, "ring");
        Assert.Equal("completed", (string?)(await _host.DoneAsync(200, "POST", empty, """{"status":"completed"}"""))["status"]);
        Assert.Equal("completed", (string?)(await _host.DoneAsync(200, "GET", empty))["status"]);
        await _host.ShownAsync(new() { ["id"] = (string)called["call_id"]! }, "canceled");
        await _host.RefusesAsync(409, "invalid_state", "POST", empty + "/participants", Somebody("wait"));
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task Who_makes_a_conference_is_told_that_it_is_there_that_it_begins_and_that_it_is_over()
    {
        string json = $$"""{"friendly_name":"R&D +1","status_callback":"{{_host.Hook.Url}}/conference"}""";
        var made = await _host.DoneAsync(201, "POST", Root, json);
        string path = $"{Root}/{made["id"]}";
        var first = await AddAsync(path, "wait");
        await TakesPartAsync(path, first);
        await TakesPartAsync(path, await AddAsync(path, "wait"));
        await _host.DoneAsync(200, "POST", path, """{"status":"completed"}""");
        var over = await ShownAsync(path, "completed");
        var begun = over.DeepClone().AsObject();
        (begun["status"], begun["participant_count"]) = ("in-progress", 1);
        await ToldAsync([1, 2, 3], made, begun, over);

        // One to which nobody comes.
        var empty = await _host.DoneAsync(201, "POST", Root, json);
        var ended = await _host.DoneAsync(200, "POST", $"{Root}/{empty["id"]}", """{"status":"completed"}""");
        await ToldAsync([1, 3], empty, ended);
    }

    private async Task ToldAsync(int[] sequences, params JsonObject[] shown)
    {
        List<JsonObject> Told() =>
        [
            .. _host.Hook.All.Select(received => JsonNode.Parse(received.Text)!.AsObject())
                .Where(told => (string?)told["conference"]?["id"] == (string?)shown[0]["id"]),
        ];
        await Eventually.TrueAsync(() => Told().Count == shown.Length, "all is told");
        foreach (var (i, told) in Told().Index())
        {
            Assert.Equal(("conference.status", sequences[i]), ((string?)told["event"], (int)told["sequence"]!));
            Assert.True(JsonNode.DeepEquals(shown[i], told["conference"]), told.ToJsonString());
            Assert.True(Guid.TryParse((string?)told["event_id"], out _) && ((string)told["timestamp"]!).EndsWith('Z'), told.ToJsonString());
        }
    }

    [Fact, Depth("WaitingCallTests hold calls in the switch, and TrunkLimitTests count them")]
    public async Task Who_waits_for_room_is_put_in_once_there_is_some_and_is_let_go_when_all_have_left()
    {
        await _host.Operator.DataAsync("PATCH", $"/trunks/{_host.Trunk}", """{"channel_limit":1}""");
        var other = await _host.CallAsync("wait", hasCallback: false);
        await _host.ShownAsync(other, "in-progress");
        string path = $"{Root}/{(await _host.DoneAsync(201, "POST", Root))["id"]}";
        var first = await AddAsync(path, "wait");
        // Longer than it takes to ask for room.
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Equal("queued", (string?)Assert.Single(await ParticipantsAsync(path))["status"]);
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{other["id"]}");
        await TakesPartAsync(path, first);

        var second = await AddAsync(path, "ring");
        Assert.Equal("queued", (string?)second["status"]);
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{first["call_id"]}");
        await ShownAsync(path, "completed");
        await _host.ShownAsync(new() { ["id"] = (string)second["call_id"]! }, "canceled");
    }

    /// <summary>As PHP, Zapier and n8n write it.</summary>
    [Fact]
    public async Task Numbers_come_as_texts_texts_as_numbers_and_an_object_without_members_as_a_list()
    {
        var made = await _host.DoneAsync(201, "POST", Root, """{"friendly_name":7,"max_participants":"5","record":"false"}""");
        Assert.Equal(("7", 5), ((string?)made["friendly_name"], (int)made["max_participants"]!));
        await _host.DoneAsync(201, "POST", Root, "[]");
    }

    [Fact]
    public async Task TF14_what_is_wrong_is_named_and_calls_nobody()
    {
        foreach (var (json, pointer) in new[]
        {
            ("""{"friendly_name":""}""", "/friendly_name"), ("""{"friendly_name":[7]}""", "/friendly_name"),
            ("""{"max_participants":1}""", "/max_participants"), ("""{"max_participants":801}""", "/max_participants"),
            ("""{"record":"yes"}""", "/record"), ("""{"colour":1}""", "/colour"),
            ("""{"status_callback":"gopher://x"}""", "/status_callback"), ("""{"status_callback":7}""", "/status_callback"),
        })
        {
            var (status, body) = await _host.AskAsync("POST", Root, json);
            Assert.True(status is 400, $"{json}: {status} {body.ToJsonString()}");
            Assert.Contains(body["error"]!["details"]!.AsArray(), detail => (string?)detail!["pointer"] == pointer);
        }
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", Root))["total"]!);

        string path = $"{Root}/{(await _host.DoneAsync(201, "POST", Root))["id"]}/participants", from = TelefonieHost.FirstNumber;
        foreach (var (json, pointer) in new[]
        {
            ($$"""{"from":"{{from}}"}""", "/to"), ($$"""{"to":"5550100","from":"{{from}}"}""", "/to"),
            ($$"""{"to":"+99900000000","from":"{{from}}"}""", "/to"), ($$"""{"to":"{{TelefonieHost.Number("wait")}}"}""", "/from"),
            ($$"""{"to":"{{TelefonieHost.Number("wait")}}","from":"{{from}}","hold":true}""", "/hold"),
        })
        {
            var (status, body) = await _host.AskAsync("POST", path, json);
            Assert.True(status is 400 or 422, $"{json}: {status} {body.ToJsonString()}");
            Assert.Contains(body["error"]!["details"]!.AsArray(), detail => (string?)detail!["pointer"] == pointer);
        }
        await _host.RefusesAsync(403, "caller_not_allowed", "POST", path,
            $$"""{"to":"{{TelefonieHost.Number("wait")}}","from":"{{TelefonieHost.SecondNumber}}"}""");
        Assert.Empty(_host.Far.Calls);
    }

    [Fact]
    public async Task TF17_a_conference_is_its_accounts_alone()
    {
        var made = await _host.DoneAsync(201, "POST", Root, """{"friendly_name":"ours"}""");
        string path = $"{Root}/{made["id"]}";
        var talks = await AddAsync(path, "wait");
        await TakesPartAsync(path, talks);
        string his = $"{path}/participants/{talks["call_id"]}";
        foreach (var (method, there, json) in new[]
        {
            ("GET", path, null), ("POST", path, """{"status":"completed"}"""), ("GET", path + "/participants", null),
            ("POST", path + "/participants", Somebody("wait", TelefonieHost.SecondNumber)), ("GET", his, null),
            ("POST", his, """{"muted":true}"""), ("DELETE", his, (string?)null),
        })
        {
            var theirs = await _host.RefusesAsync(404, "not_found", method, there, json, _host.Second);
            var nobodys = await _host.RefusesAsync(404, "not_found", method,
                there.Replace((string)made["id"]!, Guid.NewGuid().ToString(), StringComparison.Ordinal), json, _host.Second);
            Assert.Equal((string?)nobodys["message"], (string?)theirs["message"]);
        }
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", Root, key: _host.Second))["total"]!);
        // Nor is the call anybody's in a conference of the thief's own.
        string own = $"{Root}/{(await _host.DoneAsync(201, "POST", Root, key: _host.Second))["id"]}";
        await _host.RefusesAsync(404, "not_found", "DELETE", $"{own}/participants/{talks["call_id"]}", key: _host.Second);
        var still = await _host.DoneAsync(200, "GET", his);
        Assert.Equal(("in-progress", false), ((string?)still["status"], (bool)still["muted"]!));
        Assert.Equal("in-progress", (string?)(await _host.DoneAsync(200, "GET", path))["status"]);
        Assert.Single(_host.Far.Calls);
        foreach (string odd in (string[])["abc", Guid.Empty.ToString(), "CF12", "%00"])
        {
            using var response = await _host.SendAsync("GET", $"{TelefonieHost.Root}{Root}/{odd}/participants", key: _host.First);
            Assert.True((int)response.StatusCode is 400 or 404, $"{odd}: {response.StatusCode}");
        }
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF20_TF21_conferences_have_pages_and_a_status()
    {
        var ids = new List<string>();
        for (int i = 0; i < 3; i++) ids.Add((string)(await _host.DoneAsync(201, "POST", Root, $$"""{"friendly_name":"{{i}}"}"""))["id"]!);
        var talks = await AddAsync($"{Root}/{ids[0]}", "wait");
        await TakesPartAsync($"{Root}/{ids[0]}", talks);
        await _host.DoneAsync(200, "POST", $"{Root}/{ids[2]}", """{"status":"completed"}""");
        ids.Reverse();
        var all = await _host.DoneAsync(200, "GET", Root);
        Assert.Equal((3, 1, 50), ((int)all["total"]!, (int)all["page"]!, (int)all["page_size"]!));
        Assert.Equal(ids, all["conferences"]!.AsArray().Select(one => (string)one!["id"]!));
        Assert.Equal([0, 0, 1], all["conferences"]!.AsArray().Select(one => (int)one!["participant_count"]!));
        foreach (var (status, id) in new[] { ("completed", ids[0]), ("init", ids[1]), ("in-progress", ids[2]) })
        {
            var those = await _host.DoneAsync(200, "GET", $"{Root}?status={status}");
            Assert.Equal(1, (int)those["total"]!);
            Assert.Equal(id, (string?)Assert.Single(those["conferences"]!.AsArray())!["id"]);
        }
        var second = await _host.DoneAsync(200, "GET", Root + "?page_size=2&page=2");
        Assert.Equal(ids[2], (string?)Assert.Single(second["conferences"]!.AsArray())!["id"]);
        foreach (string wrong in (string[])["page_size=101", "page=0", "status=over"])
            await _host.RefusesAsync(400, "invalid_parameter", "GET", $"{Root}?{wrong}");
    }

    private static string Somebody(string script, string from = TelefonieHost.FirstNumber, string more = "") =>
        $$"""{"to":"{{TelefonieHost.Number(script)}}","from":"{{from}}"{{more}}}""";

    private Task<JsonObject> AddAsync(string path, string script, string more = "") =>
        _host.DoneAsync(201, "POST", path + "/participants", Somebody(script, more: more));

    private async Task<IReadOnlyList<JsonObject>> ParticipantsAsync(string path) =>
        [.. (await _host.DoneAsync(200, "GET", path + "/participants"))["participants"]!.AsArray().Select(one => one!.AsObject())];

    private Task<JsonObject> TakesPartAsync(string path, JsonObject participant) => Eventually.SomeAsync(async () =>
        await _host.AskAsync("GET", $"{path}/participants/{participant["call_id"]}") is (200, var one)
            && (string?)one["status"] is "in-progress" ? one : null, "he takes part");

    private Task<JsonObject> ShownAsync(string path, string status) => Eventually.SomeAsync(async () =>
        await _host.DoneAsync(200, "GET", path) is { } one && (string?)one["status"] == status ? one : null, $"it is {status}");
}
