using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Conferences and queues of all accounts, over the operator's listener and as the commands ask for them.</summary>
public sealed class OperatorLiveTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;
    private TenantId _account, _other;
    private Ledger _ledger = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
        await _client.DataAsync("POST", "/accounts", """{"name":"other"}""");
        var accounts = await _client.DataAsync("GET", "/accounts");
        (_account, _other) = (new(Guid.Parse((string)accounts[0]!["id"]!)), new(Guid.Parse((string)accounts[1]!["id"]!)));
        _ledger = new(_node.Node.Database, Script.Anchor, [], NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Calls_that_are_up_are_listed_and_ended_by_any_of_their_names()
    {
        Script a = new(_account, 1, Direction.Inbound), b = new(_account, 2), c = new(_other, 3), over = new(_other, 4);
        await AppendAsync(a.Initiated(1), b.Initiated(2), b.Answered(3), c.Initiated(4), c.Ringing(5), over.Initiated(6), over.Ended(7));

        var listed = (await _client.DataAsync("GET", "/calls")).AsArray();
        Assert.Equal([$"{c.Facts.Uuid}", $"{b.Facts.Uuid}", $"{a.Facts.Uuid}"], listed.Select(call => (string?)call!["leg_id"]));
        Assert.Equal(["ringing", "answered", "initiated"], listed.Select(call => (string?)call!["state"]));
        Assert.Equal(["other", "default", "default"], listed.Select(call => (string?)call!["account"]));
        Assert.Equal((true, false), (listed[0]!["answered_at"] is null, listed[1]!["answered_at"] is null));
        Assert.Equal([$"{c.Facts.Uuid}"],
            (await _client.DataAsync("GET", $"/calls?account_id={_other}")).AsArray().Select(call => (string?)call!["leg_id"]));
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "account_id", "GET", "/calls?account_id=nobody");

        var ended = Assert.Single((await _client.DataAsync("GET", "/calls/recent")).AsArray())!;
        Assert.Equal(($"{over.Facts.Uuid}", "other", "remote", "remote hangup (SIP 200)"), ((string?)ended["leg_id"],
            (string?)ended["account"], (string?)ended["ended_by"], ((string?)ended["says"])?.Split(';')[0]));
        Assert.Empty((await _client.DataAsync("GET", $"/calls/recent?account_id={_account}")).AsArray());
        Assert.Empty((await _client.DataAsync("GET", "/streams")).AsArray());

        // The ledger has them and the engine does not: their end is as if they had ended meanwhile.
        foreach (string name in new[] { $"{a.Facts.Uuid}", $"{listed[2]!["session_id"]}", $"{a.Facts.Id}" })
        {
            var hungUp = await _client.DataAsync("POST", $"/calls/{name}/actions/hangup");
            Assert.Equal(($"{a.Facts.Id}", false), ((string?)hungUp["leg"], (bool)hungUp["live"]!));
        }
        await _client.RefusesAsync(HttpStatusCode.NotFound, "no such call", "POST", $"/calls/{Guid.NewGuid()}/actions/hangup");
    }

    [Fact]
    public async Task Phones_are_listed_with_whose_they_are_until_they_lapse()
    {
        Assert.Empty((await _client.DataAsync("GET", "/phones")).AsArray());
        using var made = await _node.Api.PostAsync("/v2/credential_connections", new StringContent(
            """{"connection_name":"Phones","user_name":"reception","password":"a long password"}""", null, "application/json"), Stop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var now = DateTimeOffset.UtcNow;
        foreach (var (user, seconds) in new[] { ("reception", 3_600), ("nobodys", 3_600), ("lapsed", -1) })
            _node.Node.Database.Registrations.Save(new()
            {
                User = user, Contact = $"sip:{user}@192.0.2.7", Transport = SipTransport.Udp,
                Remote = new(IPAddress.Parse("192.0.2.7"), 5060), CallId = user, CSeq = 1, UserAgent = "desk phone", RegisteredAt = now,
                ExpiresAt = now.AddSeconds(seconds),
            });

        // Nobody waits for these rows.
        var phones = await Eventually.SomeAsync(async () => (await _client.DataAsync("GET", "/phones")).AsArray() is { Count: 2 } both
            ? both : null, "two phones are listed");
        Assert.Equal([(null, "nobodys"), ("default", "reception")],
            phones.Select(phone => ((string?)phone!["account"], (string?)phone["user_name"])));
        Assert.Equal(("udp", "192.0.2.7:5060", "desk phone", 1), ((string?)phones[1]!["transport"], (string?)phones[1]!["remote"],
            (string?)phones[1]!["user_agent"], (int)phones[1]!["node"]!));
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task Conferences_are_shown_by_id_and_to_commands_by_name_where_one_alone_has_it()
    {
        Assert.Empty((await _client.DataAsync("GET", "/conferences")).AsArray());
        Script a = new(_account, 1, Direction.Inbound), b = new(_account, 2), c = new(_other, 3);
        Conferring mine = new(a, 50, "board"), theirs = new(c, 51, "board");
        await AppendAsync(a.Initiated(), b.Initiated(), c.Initiated(), mine.Began(2), mine.Joined(a, 3, new() { IsMuted = true }),
            mine.Joined(b, 4, new() { Role = SupervisorRole.Whisper, WhispersTo = [a.Facts.Id] }));

        var listed = Assert.Single((await _client.DataAsync("GET", "/conferences")).AsArray())!;
        Assert.Equal(("default", "board", "in_progress", 2, 1, 0, 1), ((string?)listed["account"], (string?)listed["name"],
            (string?)listed["status"], (int)listed["size"]!, (int)listed["muted"]!, (int)listed["on_hold"]!, (int)listed["supervisors"]!));
        Assert.Equal(listed.ToJsonString(), (await _client.DataAsync("GET", $"/conferences/{mine.Uuid}")).ToJsonString());
        var inside = (await _client.DataAsync("GET", $"/conferences/{mine.Uuid}/participants")).AsArray();
        Assert.Equal([$"{a.Facts.Uuid}", $"{b.Facts.Uuid}"], inside.Select(one => (string?)one!["leg_id"]));
        Assert.Equal(("inbound", "+15550100001", "whisper", $"{a.Facts.Uuid}"), ((string?)inside[0]!["direction"],
            (string?)inside[0]!["from"], (string?)inside[1]!["supervisor_role"], (string?)inside[1]!["whispers_to"]![0]));

        var rooms = LiveClient.Conferences;
        foreach (string named in new[] { "board", $"{mine.Uuid}" })
            Assert.Equal(2, (await rooms.GetAsync(_node.Socket, named, null, Stop))["participants"]!.AsArray().Count);
        // One account's conference may be called by the id of another's, or as another's is.
        var thief = new Conferring(c, 52, $"{mine.Uuid}");
        await AppendAsync(theirs.Began(5), thief.Began(6));
        Assert.Equal($"{mine.Uuid}", (string?)(await rooms.GetAsync(_node.Socket, $"{mine.Uuid}", null, Stop))["id"]);
        Assert.Equal($"{thief.Uuid}", (string?)(await rooms.GetAsync(_node.Socket, $"{mine.Uuid}", "other", Stop))["id"]);
        Assert.Equal($"{theirs.Uuid}", (string?)(await rooms.GetAsync(_node.Socket, "board", "other", Stop))["id"]);
        Assert.Equal(2, (await rooms.ListAsync(_node.Socket, "other", Stop)).Count);
        await RefusesAsync("there are 2 live conferences 'board': name one by its id", rooms.GetAsync(_node.Socket, "board", null, Stop));
        await RefusesAsync("there is no live conference 'nobody'", rooms.GetAsync(_node.Socket, "nobody", null, Stop));
        await RefusesAsync("there is no account 'nobody'", rooms.ListAsync(_node.Socket, "nobody", Stop));
        await _client.RefusesAsync(HttpStatusCode.NotFound, "there is no live conference", "GET", $"/conferences/{Guid.NewGuid()}");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "there is no live conference", "GET", "/conferences/board/participants");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "names no account", "GET", "/conferences?account_id=other");

        await AppendAsync(mine.Ended(9));
        await _client.RefusesAsync(HttpStatusCode.NotFound, "there is no live conference", "GET", $"/conferences/{mine.Uuid}");
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task Queues_are_shown_with_their_waits()
    {
        Script a = new(_account, 1, Direction.Inbound), b = new(_account, 2, Direction.Inbound);
        var queue = new QueueFacts(new(LegId.Compose(1, 0, 1, 50, 9).Value), Guid.NewGuid(), _account, "support", 20, Script.At(1));
        await AppendAsync(a.Initiated(), b.Initiated(), new QueueEvent.QueueBegan { Queue = queue, At = Script.At(1) }, In(a, 1, 2),
            In(b, 2, 12));
        var shown = await LiveClient.Queues.GetAsync(_node.Socket, "support", "default", Stop);
        Assert.Equal(("support", 2, 20), ((string?)shown["name"], (int)shown["size"]!, (int)shown["max_size"]!));
        Assert.InRange((long)shown["longest_wait_seconds"]! - (long)shown["average_wait_seconds"]!, 4, 6);
        Assert.Equal([(1, $"{a.Facts.Uuid}"), (2, $"{b.Facts.Uuid}")],
            shown["calls"]!.AsArray().Select(call => ((int)call!["position"]!, (string?)call["leg_id"])));
        Assert.Equal(2, (int)Assert.Single((await _client.DataAsync("GET", "/queues?name=support")).AsArray())!["size"]!);
        await RefusesAsync("there is no live queue 'sales'", LiveClient.Queues.GetAsync(_node.Socket, "sales", null, Stop));
        await RefusesAsync("there is no live queue 'support'", LiveClient.Queues.GetAsync(_node.Socket, "support", "other", Stop));
        await _client.RefusesAsync(HttpStatusCode.NotFound, "nobody waits in a queue", "GET", $"/queues/{Guid.NewGuid()}/calls");

        CallEvent In(Script leg, long entry, double at) => new CallEvent.LegEnqueued(queue.Id, queue.Name, entry)
        {
            Leg = leg.Facts, At = Script.At(at), Position = (int)entry, AverageWait = TimeSpan.Zero,
        };
    }

    [Fact]
    public async Task A_node_without_a_lab_has_none_of_its_calls() =>
        await _client.RefusesAsync(HttpStatusCode.ServiceUnavailable, "--lab", "GET", "/lab/calls");

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task Where_no_node_runs_nothing_is_live()
    {
        using var folder = new TempFolder();
        var settings = RunningNode.SettingsIn(folder.Path);
        await using var offline = await OfflineNode.StartAsync(settings, NullLoggerFactory.Instance, TextWriter.Null, Stop);
        using var socket = new AdminClient(folder.Path);
        foreach (var live in new[] { LiveClient.Conferences, LiveClient.Queues })
            await RefusesAsync("live in a running node, and none runs here", live.ListAsync(socket, null, Stop));
    }

    private async Task AppendAsync(params SubjectEvent[] events)
    {
        foreach (var happened in events) Assert.True(await _ledger.AppendAsync(happened), happened.ToString());
    }

    private static async Task RefusesAsync(string sentence, Task asked) =>
        Assert.Contains(sentence, (await Assert.ThrowsAsync<StartRefused>(() => asked)).Message, StringComparison.Ordinal);
}
