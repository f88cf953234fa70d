using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Net;

/// <summary>An engine that is node 1, and what of its commands meets node 2.</summary>
public sealed class OtherNodesTests : IAsyncLifetime
{
    private static readonly LegId Here = LegId.Compose(1, 0, 3, 1, 1), Earlier = LegId.Compose(1, 0, 2, 1, 1),
        There = LegId.Compose(2, 0, 1, 1, 1);

    private readonly Forwarder _forwarder = new();
    private readonly Elsewhere _names = new();
    private EngineRig _rig = null!;     // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ICallControl Calls => _rig.Engine.Calls;

    public async ValueTask InitializeAsync()
    {
        _rig = new(change: options => options with { Forwarder = _forwarder, Names = _names });
        await _rig.Engine.StartAsync(Stop);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_command_to_a_conference_goes_to_its_node_and_one_that_is_gone_has_ended()
    {
        var conference = Subject.Of(new ConferenceId(There.Value));
        Assert.Equal(Ack.Accepted, await Calls.SendAsync(conference, new ConferenceCommand.Mute([], IsOn: true), Stop));
        Assert.Equal(conference, Assert.Single(_forwarder.Sent));
        _forwarder.Answer = Refusal.AlreadyEnded;
        Assert.Equal(Refusal.ConferenceEnded, (await Calls.SendAsync(conference, new ConferenceCommand.End(), Stop)).Refusal);
        Assert.Equal(Refusal.AlreadyEnded, (await Calls.SendAsync(Subject.Of(There), new LegCommand.Hangup(), Stop)).Refusal);
        // Of this node, and not of this start: nobody is asked.
        _forwarder.Sent.Clear();
        Assert.Equal(Refusal.ConferenceEnded,
            (await Calls.SendAsync(Subject.Of(new ConferenceId(Earlier.Value)), new ConferenceCommand.End(), Stop)).Refusal);
        Assert.Empty(_forwarder.Sent);
    }

    [Fact]
    public async Task A_join_that_would_need_media_between_nodes_names_its_reason()
    {
        async Task<Refusal> AskAsync(LegCommand command) => (await Calls.SendAsync(Subject.Of(Here), command, Stop)).Refusal;
        Assert.Equal(Refusal.OnOtherNode, await AskAsync(new LegCommand.Bridge(There)));
        Assert.Equal(Refusal.OnOtherNode, await AskAsync(new LegCommand.JoinConference(new(There.Value))));
        _names.Ended = There;
        Assert.Equal(Refusal.AlreadyEnded, await AskAsync(new LegCommand.Bridge(There)));
        Assert.Equal(Refusal.ConferenceEnded, await AskAsync(new LegCommand.JoinConference(new(There.Value))));
        Assert.Equal(Refusal.AlreadyEnded, await AskAsync(new LegCommand.Bridge(Earlier)));
        Assert.Equal(Refusal.ConferenceEnded, await AskAsync(new LegCommand.JoinConference(new(Earlier.Value))));
        Assert.Empty(_forwarder.Sent);
    }

    [Fact]
    public async Task A_dial_that_is_to_join_what_is_elsewhere_calls_nobody()
    {
        var request = EngineRig.Request("+4989789");
        DialRequest[] refused =
        [
            request with { Link = new(There) { JoinsOnAnswer = true } },
            request with { Supervises = new(There, SupervisorRole.Monitor) },
            request with { Conference = new LegCommand.JoinConference(new(There.Value)) },
        ];
        foreach (var one in refused)
        {
            var answer = await Calls.DialAsync(one, Stop);
            Assert.Equal((Refusal.OnOtherNode, "other_node"), (answer.Ack.Refusal, answer.Rule));
            Assert.Contains("audio does not go between nodes", answer.Detail, StringComparison.Ordinal);
        }
        Assert.Empty(_rig.Events);
    }

    [Fact]
    public async Task A_conference_that_lives_elsewhere_has_its_name_there_too()
    {
        _names.Lives = (SubjectKind.Conference, "board");
        var create = new LegCommand.CreateConference(Guid.NewGuid(), "board");
        Assert.Equal(Refusal.ConferenceNameTaken, (await Calls.SendAsync(Subject.Of(Here), create, Stop)).Refusal);
        var join = create with { JoinsExisting = true };
        Assert.Equal(Refusal.OnOtherNode, (await Calls.SendAsync(Subject.Of(Here), join, Stop)).Refusal);
        Assert.Equal(Refusal.OnOtherNode,
            (await Calls.DialAsync(EngineRig.Request("+4989789") with { Conference = join }, Stop)).Ack.Refusal);
        Assert.Empty(_rig.Events);
        // Another name is free: the leg is asked, and there is none.
        Assert.Equal(Refusal.AlreadyEnded, (await Calls.SendAsync(Subject.Of(Here), join with { Name = "staff" }, Stop)).Refusal);
    }

    [Fact]
    public async Task An_agent_is_told_when_the_callers_wait_at_another_node()
    {
        using var phone = new SipPeer(_rig.Engine.Local);
        var agent = (await Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop)).Leg!.Id;
        phone.Send(phone.Response(await phone.HearAsync("INVITE "), "200 OK", phone.Sdp));
        await phone.HearAsync("ACK ");
        await _rig.EventAsync<CallEvent.LegAnswered>();
        var take = new LegCommand.BridgeQueue("support", new LegCommand.Bridge(default));
        Assert.Equal(Refusal.QueueEmpty, (await Calls.SendAsync(agent, take, Stop)).Refusal);
        (_names.Lives, _names.Asker) = ((SubjectKind.Queue, "support"), agent);
        Assert.Equal(Refusal.OnOtherNode, (await Calls.SendAsync(agent, take, Stop)).Refusal);
        Assert.True((await Calls.SendAsync(agent, new LegCommand.Hangup(), Stop)).IsAccepted);
        phone.Send(phone.Response(await phone.HearAsync("BYE "), "200 OK"));
        await _rig.EventAsync<CallEvent.LegEnded>();
    }

    [Fact]
    public async Task Who_is_to_be_told_an_answer_has_it_from_a_leg_of_this_node_and_no_other()
    {
        var told = new TaskCompletionSource<Ack>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(Calls.TrySend(Here, new LegCommand.Hangup(), told.SetResult));
        Assert.Equal(Refusal.AlreadyEnded, (await told.Task.WaitAsync(Stop)).Refusal);
        // What another node has to be asked about goes the way that waits for it.
        Assert.False(Calls.TrySend(There, new LegCommand.Hangup(), static _ => Assert.Fail("nothing was asked")));
        Assert.False(Calls.TrySend(Here, new LegCommand.Bridge(There), static _ => Assert.Fail("nothing was asked")));
        Assert.Empty(_forwarder.Sent);
    }

    private sealed class Forwarder : ICallForwarder
    {
        public ConcurrentQueue<Subject> Sent { get; } = new();
        public Ack Answer { get; set; } = Ack.Accepted;

        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
        {
            Sent.Enqueue(to);
            return new(Answer);
        }
    }

    private sealed class Elsewhere : ISharedNames
    {
        public (SubjectKind Kind, string Name) Lives { get; set; }
        public LegId Asker { get; set; } = Here;
        public LegId Ended { get; set; }

        public ValueTask<bool> IsElsewhereAsync(SubjectKind kind, TenantId account, string name, CancellationToken stop) =>
            new(account == EngineRig.Tenant && Lives == (kind, name));

        public ValueTask<bool> IsElsewhereAsync(SubjectKind kind, LegId asker, string name, CancellationToken stop) =>
            new(asker == Asker && Lives == (kind, name));

        public ValueTask<bool> HasEndedAsync(Subject there, CancellationToken stop) => new(there.Value == Ended.Value);
    }
}
