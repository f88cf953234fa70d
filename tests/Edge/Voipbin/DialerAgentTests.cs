using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Voipbin;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Agents as campaigns see them, and what processes leave that die.</summary>
public sealed class DialerAgentTests : IAsyncLifetime
{
    private CallingHost _host = null!;       // set before each test, like the account
    private TenantId _tenant;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CallingHost.StartAsync();
        _host.Work.Programs = application => new ActionsProgram(_host.Work, _host.Api.Node.Node.Database, application);
        _tenant = new(Guid.Parse((string)(await _host.Api.DoneAsync("GET", "/customer"))["id"]!));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task D79_D86_D87_only_available_agents_who_share_a_tag_and_can_be_rung_are_free()
    {
        string x = (string)(await _host.Api.DoneAsync("POST", "/tags", """{"name":"x"}"""))["id"]!;
        string tagged = await _host.QueueAsync($$""","tag_ids":["{{x}}"]"""), any = await _host.QueueAsync();
        Assert.Equal(new QueueRoom(0, 0), await RoomAsync(tagged));
        string without = await _host.AgentAsync("now-a-1");
        Assert.Equal((0, 1), ((await RoomAsync(tagged)).Free, (await RoomAsync(any)).Free));
        await _host.Api.DoneAsync("PUT", $"/agents/{without}/tag_ids", $$"""{"tag_ids":["{{x}}"]}""");
        Assert.Equal((1, 1), ((await RoomAsync(tagged)).Free, (await RoomAsync(any)).Free));
        foreach (string status in new[] { "away", "busy", "offline" })
        {
            await _host.StatusAsync(without, status);
            Assert.Equal(0, (await RoomAsync(tagged)).Free);
            // Who has gone is not about to be free.
            foreach (string queue in new[] { tagged, any })
                Assert.Equal(status is "busy" ? 1 : 0,
                    await _host.Work.QueueAgents.CountBusyAsync(_tenant, Guid.Parse(queue), Stop));
        }
        await _host.StatusAsync(without, "available");
        // Nobody could ring them.
        await _host.Api.DoneAsync("PUT", $"/agents/{without}/addresses", """{"addresses":[]}""");
        Assert.Equal(0, (await RoomAsync(any)).Free);
        await _host.Api.DoneAsync("PUT", $"/agents/{without}/addresses", $$"""{"addresses":[{{_host.Far.Address("now-a-1")}}]}""");
        for (int i = 0; i < 3; i++) await _host.AgentAsync($"now-b{i}-1");
        Assert.Equal((1, 4), ((await RoomAsync(tagged)).Free, (await RoomAsync(any)).Free));
        await _host.Api.DoneAsync("DELETE", "/agents/" + without);
        Assert.Equal((0, 3), ((await RoomAsync(tagged)).Free, (await RoomAsync(any)).Free));
        await _host.Api.DoneAsync("DELETE", "/queues/" + any);
        Assert.Null(await _host.Work.QueueAgents.AskAsync(_tenant, Guid.Parse(any), Guid.NewGuid(), Stop));
        Assert.Equal(0, await _host.Work.QueueAgents.CountBusyAsync(_tenant, Guid.Parse(any), Stop));
        // Another account has no such queue.
        Assert.Null(await _host.Work.QueueAgents.AskAsync(new(Guid.NewGuid()), Guid.Parse(tagged), Guid.NewGuid(), Stop));

        // Lists of agents by tag and status.
        Assert.Equal(3, (await _host.Api.DoneAsync("GET", "/agents?status=available"))["result"]!.AsArray()
            .Count(one => one!["tm_delete"] is null));
        Assert.Empty((await _host.Api.DoneAsync("GET", $"/agents?status=busy&tag_ids={x}"))["result"]!.AsArray());
        Assert.Single((await _host.Api.DoneAsync("GET", $"/agents?tag_ids={x},{Guid.NewGuid()}"))["result"]!.AsArray());
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task D81_D85_who_was_called_and_waits_takes_room_until_an_agent_is_rung_for_him()
    {
        string queue = await _host.QueueAsync();
        var store = _host.Api.Node.Node.Database;
        var flow = await _host.Api.DoneAsync("POST", "/flows",
            $$$"""{"name":"f","actions":[{"type":"queue_join","option":{"queue_id":"{{{queue}}}"}}]}""");
        var now = DateTimeOffset.UtcNow;
        var list = new TargetList(Guid.CreateVersion7(now), _tenant, "list", now);
        await store.Targets.AddListAsync(list, Stop);
        var terms = new CampaignTerms
        {
            From = ["+15559876543"], Tries = [1, 0, 0, 0, 0], RetryInterval = TimeSpan.FromSeconds(60),
            Application = new(ApplicationKind.Flow, (string)flow["id"]!),
        };
        var campaign = new Campaign
        {
            Id = Guid.CreateVersion7(now), Tenant = _tenant, Name = "campaign", State = CampaignState.Stop, List = list.Id,
            Terms = terms.Write(), CreatedAt = now, UpdatedAt = now,
        };
        await store.Campaigns.AddAsync(campaign, note: null, Stop);
        foreach (string user in new[] { "now-one-700", "now-two-600" })
            await store.Targets.AddAsync(
            [
                new()
                {
                    Id = Guid.CreateVersion7(), Tenant = _tenant, List = list.Id, Name = user, DueAt = now, CreatedAt = now,
                    UpdatedAt = now, Destinations = [$"sip:{user}@127.0.0.1:{_host.Far.Port}", null, null, null, null],
                },
            ], Stop);
        Assert.Null(await CampaignSwitch.StartAsync(store, _tenant, campaign.Id, now, note: null, Stop));
        await UntilAsync(queue, campaign.Id, new(0, 2));
        string agent = await _host.AgentAsync("ring-agent-1000");
        await UntilAsync(queue, campaign.Id, new(0, 1));
        var rung = await _host.Far.CalledAsync("ring-agent-1000");
        // Whom the campaign has called.
        Assert.StartsWith("\"now-", rung.From, StringComparison.Ordinal);
        rung.Answer();
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
        await UntilAsync(queue, campaign.Id, new(0, 1));
        foreach (var far in _host.Far.Calls.Where(far => far.User.StartsWith("now-", StringComparison.Ordinal))) far.Hangup();
        await UntilAsync(queue, campaign.Id, new(0, 0));
    }

    [Fact]
    public async Task What_a_process_left_that_was_killed_is_closed_and_its_agents_are_there_again()
    {
        string queue = await _host.QueueAsync(), agent = await _host.AgentAsync("now-agent-1000", "available");
        var store = _host.Api.Node.Node.Database;
        string dead = $"{store.Node.Node} {store.Node.Epoch - 1}";
        // As a kill leaves them: a caller for whom an agent rang, one who talked, and a group of calls.
        var waiting = await LeftAsync("voipbin_queuecall", new()
        {
            ["queue_id"] = queue, ["reference_type"] = "call", ["reference_id"] = Guid.NewGuid().ToString(), ["status"] = "connecting",
            ["owner"] = dead,
        });
        var talking = await LeftAsync("voipbin_queuecall", new()
        {
            ["queue_id"] = queue, ["reference_type"] = "call", ["reference_id"] = Guid.NewGuid().ToString(), ["status"] = "service",
            ["tm_service"] = "2026-01-01 00:00:00.000000", ["owner"] = dead,
        });
        var group = await LeftAsync("voipbin_groupcall", new() { ["status"] = "progressing", ["owner"] = dead });
        var rows = store.Documents.Rows(Agents.Stored);
        var row = (await rows.FindAsync(_tenant, agent, Stop))!;
        var body = row.Body.DeepClone().AsObject();
        (body["status"], body["rung_for"], body["owner"]) = ("ringing", waiting, dead);
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(row with { Body = body },
            new() { Entry = new(Agents.RecordType, agent, row.CreatedAt, null) }, Stop));
        var call = await _host.QueuedAsync("now-caller-700", queue);
        await _host.QueuecallAsync(call);

        await _host.Work.SweepAsync(Stop);
        Assert.Equal("abandoned", (string?)(await _host.Api.DoneAsync("GET", "/queuecalls/" + waiting))["status"]);
        Assert.Equal("done", (string?)(await _host.Api.DoneAsync("GET", "/queuecalls/" + talking))["status"]);
        Assert.Equal("hangup", (string?)(await _host.Api.DoneAsync("GET", "/groupcalls/" + group))["status"]);
        // He is rung for who lives.
        var rung = await _host.Far.CalledAsync("now-agent-1000");
        await rung.HearsAsync(700);
        await Eventually.TrueAsync(() => _host.EventsOf(waiting).Contains("queuecall_abandoned"), "it is told");
        await _host.Work.SweepAsync(Stop);
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(call))["id"], "status", "service");

        async Task<string> LeftAsync(string kind, JsonObject left)
        {
            string id = Guid.NewGuid().ToString();
            var at = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(5);
            await store.Documents.Rows(new ResourceKind(kind) { Deletes = DeleteStyle.Keep }).InsertAsync(
                new() { Id = id, Tenant = _tenant, Body = left, CreatedAt = at, UpdatedAt = at },
                new() { Entry = new(kind, id, at, null) }, Stop);
            return id;
        }
    }

    [Fact, Depth("the gate has an agent who is rung when it can be written, and what a killed process left of a queue")]
    public async Task A_caller_whose_leaving_could_not_be_written_stands_before_nobody()
    {
        string queue = await _host.QueueAsync();
        string left = (string)(await _host.QueuecallAsync(await _host.QueuedAsync("now-first-700", queue)))["id"]!;
        await _host.ShownAsync("/queuecalls/" + left, "status", "waiting");
        string behind = (string)(await _host.QueuecallAsync(await _host.QueuedAsync("now-second-600", queue)))["id"]!;
        await _host.ShownAsync("/queuecalls/" + behind, "status", "waiting");
        await CanChangeAsync(left, false);
        (await _host.Far.CalledAsync("now-first-700")).Hangup();
        await Eventually.TrueAsync(() => _host.Work.Floor.Find(left) is null, "he is forgotten");
        await _host.AgentAsync("now-agent-1000");
        await _host.ShownAsync("/queuecalls/" + behind, "status", "service");
    }

    [Fact]
    public async Task An_agent_who_was_taken_when_nothing_could_be_written_is_rung_when_it_can()
    {
        string queue = await _host.QueueAsync();
        string caller = (string)(await _host.QueuecallAsync(await _host.QueuedAsync("now-caller-700", queue)))["id"]!;
        await _host.ShownAsync("/queuecalls/" + caller, "status", "waiting");
        await CanChangeAsync(caller, false);
        string agent = await _host.AgentAsync("now-agent-1000");
        await _host.ShownAsync("/agents/" + agent, "status", "ringing");
        await CanChangeAsync(caller, true);
        await _host.ShownAsync("/queuecalls/" + caller, "status", "service");
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
    }

    [Fact, Depth("the gate has an agent who is rung when it can be written, and what a killed process left of a queue")]
    public async Task Two_who_begin_to_talk_when_nothing_can_be_written_talk_on_and_it_is_written_at_their_end()
    {
        string queue = await _host.QueueAsync(), agent = await _host.AgentAsync("ring-agent-1000");
        string caller = (string)(await _host.QueuecallAsync(await _host.QueuedAsync("now-caller-700", queue)))["id"]!;
        var rung = await _host.Far.CalledAsync("ring-agent-1000");
        await CanChangeAsync(caller, false);
        rung.Answer();
        await rung.HearsAsync(700);
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
        Assert.True(rung.IsUp && !rung.IsOver);
        await CanChangeAsync(caller, true);
        rung.Hangup();
        var done = await _host.ShownAsync("/queuecalls/" + caller, "status", "done");
        Assert.Equal(agent, (string?)done["service_agent_id"]);
        Assert.NotNull(done["tm_service"]);
        await _host.ToldAsync(caller, "queuecall_created", "queuecall_waiting", "queuecall_connecting", "queuecall_serviced",
            "queuecall_done");
    }

    /// <summary>As where the database is away in that moment: nobody can change the queuecall.</summary>
    private async Task CanChangeAsync(string queuecall, bool can)
    {
        var rows = _host.Api.Node.Node.Database.Documents.Rows(Queuecalls.Stored);
        var row = (await rows.FindAsync(_tenant, queuecall, Stop))!;
        var body = row.Body.DeepClone().AsObject();
        if (can) body.Remove(ResourceKind.DeletedField);
        else body[ResourceKind.DeletedField] = "no moment";
        Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(row with { Body = body }, Stop));
    }

    [Fact, Depth("the gate has an agent who is rung when it can be written, and what a killed process left of a queue")]
    public async Task Whom_a_killed_process_left_in_a_talk_or_behind_it_is_available_when_his_time_is_over()
    {
        string talked = await _host.AgentAsync("now-a-1"), rested = await _host.AgentAsync("now-b-1"),
            said = await _host.AgentAsync("now-c-1"), early = await _host.AgentAsync("now-d-1");
        var store = _host.Api.Node.Node.Database;
        var rows = store.Documents.Rows(Agents.Stored);
        string past = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("O", CultureInfo.InvariantCulture),
            later = DateTimeOffset.UtcNow.AddHours(1).ToString("O", CultureInfo.InvariantCulture);
        await LeaveAsync(talked, new()
        {
            ["serves"] = Guid.NewGuid().ToString(), ["rest"] = 1L, ["owner"] = $"{store.Node.Node} {store.Node.Epoch - 1}",
        });
        await LeaveAsync(rested, new() { ["due_at"] = past });
        await LeaveAsync(said, new() { ["due_at"] = past, ["stays"] = true });
        await LeaveAsync(early, new() { ["due_at"] = later });

        await _host.Work.SweepAsync(Stop);
        foreach (string agent in new[] { talked, rested }) await _host.ShownAsync("/agents/" + agent, "status", "available");
        foreach (string agent in new[] { said, early })
            Assert.Equal("busy", (string?)(await _host.Api.DoneAsync("GET", "/agents/" + agent))["status"]);
        // Who says that he is busy is no longer waited for.
        await _host.StatusAsync(early, "busy");
        Assert.True((await rows.FindAsync(_tenant, early, Stop))!.Body.ContainsKey("stays"));

        async Task LeaveAsync(string agent, JsonObject left)
        {
            var row = (await rows.FindAsync(_tenant, agent, Stop))!;
            var body = row.Body.DeepClone().AsObject();
            body["status"] = "busy";
            foreach (var (name, value) in left) body[name] = value?.DeepClone();
            Assert.Equal(WriteOutcome.Done, await rows.UpdateAsync(row with { Body = body },
                new() { Entry = new(Agents.RecordType, agent, row.CreatedAt, null) }, Stop));
        }
    }

    private async ValueTask<QueueRoom> RoomAsync(string queue) =>
        await _host.Work.QueueAgents.AskAsync(_tenant, Guid.Parse(queue), Guid.NewGuid(), Stop)
            ?? throw new InvalidOperationException("it is gone");

    private async Task UntilAsync(string queue, Guid campaign, QueueRoom room)
    {
        QueueRoom? last = null;
        await Eventually.SomeAsync(async () =>
            (last = await _host.Work.QueueAgents.AskAsync(_tenant, Guid.Parse(queue), campaign, Stop)) == room ? "so" : null,
            () => $"the room is {room}, and not {last}");
    }
}
