using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Edge.Store;
using Ringwright.Edge.Voipbin.Flows;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Testing;
using Ringwright.Voipbin;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;
using FarEnd = Ringwright.Edge.Voipbin.Flows.FarEnd;

namespace Ringwright.Edge.Voipbin;

/// <summary>A caller whom the one that a flow has joined him to hands on (REFER, or a command), who leaves before or behind that.</summary>
public sealed class HandedOnTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly LegId Third = LegId.Compose(1, 0, 1, 3, 3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>His phone has sent REFER and hangs up: the switch tells of the caller what came of it, and nothing before.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Whom_an_agent_of_a_queue_hands_on_goes_on_in_his_flow_when_he_is_alone(bool isReached)
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var work = new CallWork(new() { Store = test.Database, Egress = null! }, VoipbinContract.Read());       // nothing is fetched
        var queue = await AddAsync(test, tenant, VoipbinQueues.Stored, """{"name":"q"}""");
        await AddAsync(test, tenant, Agents.Stored, """
            {"status":"available","addresses":[{"type":"sip","target":"agent@127.0.0.1"}]}
            """);
        var (caller, agent) = (new FarEnd(tenant, Noted), new FarEnd(tenant, static _ => [], counter: 2));
        bool isRung = false;
        caller.Dials = request =>
        {
            isRung = true;
            _ = work.CreateProgram(request.Application)!.RunAsync(agent).AsTask();       // it rings
            return Dialled.Accepted(agent.Leg);
        };
        var join = new QueueJoin(work, queue).RunAsync(caller).AsTask();
        await Eventually.TrueAsync(() =>
        {
            if (!isRung) test.Time.Advance(Second);
            return isRung;
        }, "the agent rings");
        agent.Tell(static leg => new CallEvent.LegAnswered { Leg = leg, At = Script.At(3), Codec = "PCMU", SampleRate = 8000 });
        caller.Tell(leg => new CallEvent.LegBridged(agent.Leg.Id) { Leg = leg, At = Script.At(3) });
        await ShownAsync(Queuecalls.Service);
        agent.HangUp();
        // The queue has done its part, and the agent is free for others.
        await ShownAsync(Queuecalls.Done);
        await StaysAsync();
        if (isReached)
        {
            caller.Tell(static leg => new CallEvent.LegBridged(Third) { Leg = leg, At = Script.At(5) });
            await StaysAsync();
        }
        var left = isReached ? Third : agent.Leg.Id;
        caller.Tell(leg => new CallEvent.LegUnbridged(left) { Leg = leg, At = Script.At(6) });
        Assert.Equal(QueueJoinEnd.Served, await join.WaitAsync(Eventually.Deadline, Stop));

        async Task StaysAsync()
        {
            for (int i = 0; i < 5; i++)
            {
                await Task.Delay(50, Stop);
                test.Time.Advance(Second);
            }
            Assert.False(join.IsCompleted);
        }

        Task ShownAsync(string status) => Eventually.SomeAsync(async () =>
        {
            var page = await test.Database.Documents.Rows(Queuecalls.Stored).ListAsync(tenant, new(), Stop);
            return page.Rows.FirstOrDefault(row => (string?)row.Body["status"] == status);
        }, $"the queuecall is {status}");
    }

    [Fact]
    public async Task Whom_a_connected_party_hands_on_as_it_leaves_goes_on_in_his_flow_when_he_is_alone()
    {
        await using var rig = new FlowRig();
        var clock = new FakeTimeProvider();
        var parts = rig.Parts with { Time = clock };
        var (caller, other) = (new FarEnd(rig.Tenant, null), new FarEnd(rig.Tenant, static _ => [], counter: 2));
        Task? rung = null;
        parts.Calls = new OneCall(request =>
        {
            other.Leg = other.Leg with { Application = request.Application };
            rung = parts.CreateProgram(request.Application)!.RunAsync(other).AsTask();       // it rings
            return Dialled.Accepted(other.Leg);
        });
        var runner = new FlowRunner(parts, new()
        {
            Id = Guid.NewGuid(), Tenant = rig.Tenant, ReferenceType = FlowOrder.OfCall,
            Script = new(null, FlowAction.ReadAll(FlowRig.Read("""
                [{"type":"connect","option":{"destinations":[{"type":"tel","target":"+15550001111"}]}},
                 {"type":"talk","option":{"text":"bye"}}]
                """)), null),
        }, caller);
        var run = runner.RunAsync();
        await Eventually.TrueAsync(() => rung is not null, "the other rings");
        caller.Tell(leg => new CallEvent.LegBridged(other.Leg.Id) { Leg = leg, At = Script.At(3) });
        await ReadAsync('1', "1");
        other.HangUp();
        await rung!.WaitAsync(Eventually.Deadline, Stop);       // just asked for
        await ReadAsync('2', "12");
        Assert.Empty(caller.Said);
        caller.Tell(static leg => new CallEvent.LegBridged(Third) { Leg = leg, At = Script.At(4) });
        await ReadAsync('3', "123");
        Assert.Empty(caller.Said);
        caller.Tell(static leg => new CallEvent.LegUnbridged(Third) { Leg = leg, At = Script.At(5) });
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(Second);
            return run.IsCompleted;
        }, "the flow goes on");
        Assert.Equal(["bye"], caller.Said);

        // What came before it is read, too.
        async Task ReadAsync(char key, string keys)
        {
            caller.Press(key);
            await Eventually.TrueAsync(() => runner.Variables.Get(FlowVariables.Digits) == keys, $"{keys} is read");
        }
    }

    private static IEnumerable<Func<LegFacts, SubjectEvent>> Noted(LegCommand command) => command is LegCommand.Note note
        ? [leg => new CallEvent.Noted(note.Kind, note.Text) { Leg = leg, At = Script.At(6) }] : [];

    private static async Task<Guid> AddAsync(FaultyDatabase test, TenantId tenant, ResourceKind kind, string body)
    {
        var (id, now) = (Guid.NewGuid(), test.Time.GetUtcNow());
        await test.Database.Documents.Rows(kind).InsertAsync(
            new() { Id = id.ToString(), Tenant = tenant, Body = JsonNode.Parse(body)!.AsObject(), CreatedAt = now, UpdatedAt = now }, Stop);
        return id;
    }

    private sealed class OneCall(Func<DialRequest, Dialled> dials) : ICallControl
    {
        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => new(dials(request));

        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) => throw new NotSupportedException();
    }
}
