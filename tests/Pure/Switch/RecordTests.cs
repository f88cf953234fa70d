using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Recordings as activities of a leg: media makes them, each goes to be kept exactly once.</summary>
public sealed class RecordTests
{
    private static readonly RecordPlan Plan = new() { Id = Guid.Parse("5f0b0d6a-0000-4000-8000-000000000001") },
        Other = new() { Id = Guid.Parse("5f0b0d6a-0000-4000-8000-000000000002") };

    private readonly ShardRig _rig = new();
    private string _ok = "";

    [Fact]
    public void A_recording_begins_is_stopped_and_kept_once()
    {
        Establish();
        Assert.True(_rig.Command(new LegCommand.RecordStart(Plan)).IsAccepted);
        Assert.Equal(Plan, Assert.IsType<CallEvent.RecordingStarted>(_rig.Events[^1]).Plan);
        Assert.Equal(Plan, Assert.IsType<MediaCommand.StartRecord>(_rig.Commands[^1]).Plan);

        Assert.True(_rig.Command(new LegCommand.RecordStop(Plan.Id)).IsAccepted);
        Assert.Equal(Plan.Id, Assert.IsType<MediaCommand.StopRecord>(_rig.Commands[^1]).Id);
        Assert.Empty(_rig.Recordings);
        Ended(Plan, RecordEndReason.Stopped);
        Ended(Plan, RecordEndReason.Stopped);
        var kept = Assert.Single(_rig.Recordings);
        Assert.Equal((Plan, RecordEndReason.Stopped, _rig.Leg), (kept.Plan, kept.Reason, kept.Leg.Id));
        HangUp();
        Assert.Single(_rig.Recordings);
    }

    [Fact]
    public void Without_an_id_all_recordings_are_meant()
    {
        Establish();
        _rig.Command(new LegCommand.RecordStart(Plan));
        _rig.Command(new LegCommand.RecordStart(Other));
        int before = _rig.Commands.Count;
        _rig.Command(new LegCommand.RecordPause(null));
        _rig.Command(new LegCommand.RecordResume(Other.Id));
        _rig.Command(new LegCommand.RecordStop(null));
        Assert.Equal(
        [
            new MediaCommand.PauseRecord(Port, Plan.Id), new MediaCommand.PauseRecord(Port, Other.Id),
            new MediaCommand.ResumeRecord(Port, Other.Id),
            new MediaCommand.StopRecord(Port, Plan.Id), new MediaCommand.StopRecord(Port, Other.Id),
        ], _rig.Commands.Skip(before));
        Finish();
    }

    [Fact]
    public void What_is_not_recorded_cannot_be_paused_resumed_or_stopped()
    {
        Establish();
        LegCommand[] commands = [new LegCommand.RecordPause(null), new LegCommand.RecordResume(null), new LegCommand.RecordStop(null),
            new LegCommand.RecordStop(Plan.Id)];
        Assert.All(commands, command => Assert.Equal(Refusal.NotRecording, _rig.Command(command).Refusal));
        _rig.Command(new LegCommand.RecordStart(Plan));
        Assert.Equal(Refusal.NotRecording, _rig.Command(new LegCommand.RecordPause(Other.Id)).Refusal);
        Finish();
    }

    [Fact]
    public void To_stop_what_is_over_already_is_no_mistake()
    {
        Establish();
        _rig.Command(new LegCommand.RecordStart(Plan));
        Ended(Plan, RecordEndReason.MaxLength);
        Assert.True(_rig.Command(new LegCommand.RecordStop(Plan.Id)).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.RecordStop(null)).IsAccepted);
        Assert.Equal(Refusal.NotRecording, _rig.Command(new LegCommand.RecordPause(Plan.Id)).Refusal);
        Finish();
    }

    [Fact]
    public void A_leg_has_no_more_than_so_many_recordings_at_once()
    {
        Establish();
        for (int i = 0; i < CallLimits.Recordings; i++)
            Assert.True(_rig.Command(new LegCommand.RecordStart(new() { Id = Guid.NewGuid() })).IsAccepted);
        Assert.Equal(Refusal.TooManyRecordings, _rig.Command(new LegCommand.RecordStart(Plan)).Refusal);
        Finish();
    }

    [Fact]
    public void A_hang_up_keeps_what_media_ends_before_the_leg_is_told_ended()
    {
        Establish();
        _rig.ClosesPorts = false;
        _rig.Command(new LegCommand.RecordStart(Plan));
        HangUp();
        Assert.Empty(_rig.Recordings);
        Ended(Plan, RecordEndReason.Hangup);
        Assert.Equal(RecordEndReason.Hangup, Assert.Single(_rig.Recordings).Reason);
        Assert.IsNotType<CallEvent.LegEnded>(_rig.Events[^1]);
        Close();
        Assert.IsType<CallEvent.LegEnded>(_rig.Events[^1]);
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_media_plane_that_says_nothing_more_costs_the_end_and_not_the_recording()
    {
        Establish();
        _rig.ClosesPorts = false;
        _rig.Command(new LegCommand.RecordStart(Plan));
        HangUp();
        _rig.Advance(2);
        Assert.IsType<CallEvent.LegEnded>(_rig.Events[^1]);
        Assert.Equal(RecordEndReason.Hangup, Assert.Single(_rig.Recordings).Reason);
        _rig.OpenPorts.Clear();
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void An_answer_may_begin_a_recording()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer { Record = Plan });
        Assert.Equal([nameof(CallEvent.LegInitiated), nameof(CallEvent.LegAnswered), nameof(CallEvent.RecordingStarted)], _rig.Kinds);
        Assert.IsType<MediaCommand.Connect>(_rig.Commands[^2]);
        Assert.IsType<MediaCommand.StartRecord>(_rig.Commands[^1]);
        _ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(_ok, "ACK", 1, "z9hG4bKack"));
        Finish();
    }

    [Fact]
    public void A_dial_may_ask_for_a_recording_from_the_answer_on()
    {
        _rig.Dial(Request() with { Record = Plan });
        Assert.DoesNotContain(_rig.Commands, command => command is MediaCommand.StartRecord);
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Offer.Replace("8 0 101", "0 101")));
        Assert.IsType<CallEvent.RecordingStarted>(_rig.Events[^1]);
        Assert.IsType<MediaCommand.StartRecord>(_rig.Commands[^1]);
        Ended(Plan, RecordEndReason.MaxLength);
        Assert.Single(_rig.Recordings);
    }

    [Fact]
    public void A_dial_that_nobody_answers_is_not_recorded()
    {
        _rig.Dial(Request() with { Record = Plan });
        _rig.Receive(Response(_rig.SentLast("INVITE"), "486 Busy Here"));
        Assert.Empty(_rig.Recordings);
        Assert.DoesNotContain(_rig.Events, happened => happened is CallEvent.RecordingStarted);
        _rig.AssertNothingLeft();
    }

    [Theory]
    [InlineData("wav", true), InlineData("mp3", false)]
    public void Calls_to_a_number_may_be_recorded_without_being_asked(string format, bool isDual)
    {
        _rig.Current =
            Snapshot(numbers: [new("+4989456", Sample.Tenant, Sample.Connection) { Voice = new() { Recording = new(format, isDual) } }]);
        Establish();
        var plan = Assert.Single(_rig.Events.OfType<CallEvent.RecordingStarted>()).Plan;
        Assert.Equal((format == "mp3" ? RecordFormat.Mp3 : RecordFormat.Wav, isDual), (plan.Format, plan.IsDual));
        Ended(plan, RecordEndReason.Hangup);
        Finish();
    }

    [Fact]
    public void What_an_answer_asks_for_takes_the_place_of_what_the_number_does()
    {
        _rig.Current =
            Snapshot(numbers: [new("+4989456", Sample.Tenant, Sample.Connection) { Voice = new() { Recording = new("wav", false) } }]);
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer { Record = Plan });
        Assert.Equal(Plan, Assert.Single(_rig.Events.OfType<CallEvent.RecordingStarted>()).Plan);
    }

    [Theory]
    [InlineData(false, "+1", true), InlineData(true, "+4930123", true), InlineData(true, "+1", false)]
    public void Calls_of_a_profile_may_be_recorded_all_or_by_caller(bool isByCaller, string caller, bool isRecorded)
    {
        _rig.Current = new([new() { Id = Sample.Tenant, Name = "one" }], [App with { OutboundProfile = 5 }], [],
            [new()
            {
                Id = 5, Tenant = Sample.Tenant, Name = "p",
                Recording = new(new("wav", true)) { IsByCaller = isByCaller, Callers = [caller] }
            }], [], []);
        _rig.Dial();
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Offer.Replace("8 0 101", "0 101")));
        Assert.Equal(isRecorded, _rig.Events.Any(happened => happened is CallEvent.RecordingStarted { Plan.IsDual: true }));
    }

    [Fact]
    public void A_bridge_may_begin_a_recording_when_both_hear_each_other()
    {
        Establish();
        var callee = _rig.Dial();
        Assert.True(Bridge(callee.Id).IsAccepted);
        Assert.DoesNotContain(_rig.Commands, command => command is MediaCommand.StartRecord);
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Offer.Replace("8 0 101", "0 101")));
        var start = Assert.Single(_rig.Commands.OfType<MediaCommand.StartRecord>());
        Assert.Equal((Plan, _rig.Commands.OfType<MediaCommand.Connect>().First().Port), (start.Plan, start.Port));
    }

    [Fact]
    public void A_bridge_that_never_comes_about_leaves_nothing_to_record()
    {
        Establish();
        var callee = _rig.Dial();
        Bridge(callee.Id);
        _rig.Receive(Response(_rig.SentLast("INVITE"), "486 Busy Here"));
        Assert.DoesNotContain(_rig.Commands, command => command is MediaCommand.StartRecord);
    }

    [Fact]
    public void Legs_that_lose_their_media_together_end_for_that_and_not_for_each_other()
    {
        Establish();
        var callee = _rig.Dial();
        Bridge(callee.Id);
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Offer.Replace("8 0 101", "0 101")));
        PortId[] ports = [.. _rig.OpenPorts];
        _rig.Handle(new ShardMessage.MediaLost([new(_rig.Leg, ports[0], "It died."), new(callee.Id, ports[1], "It died.")]));
        Assert.Equal([HangupCause.MediaFailure, HangupCause.MediaFailure], _rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Cause));
        Assert.Single(_rig.Recordings);
    }

    private PortId Port => _rig.OpenPorts.Single();

    private Ack Bridge(LegId peer) => _rig.Command(new LegCommand.Bridge(peer) { Record = Plan });

    private void Establish()
    {
        _rig.Receive(Invite());
        _rig.Command(new LegCommand.Answer());
        _ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Inside(_ok, "ACK", 1, "z9hG4bKack"));
    }

    private void Ended(RecordPlan plan, RecordEndReason reason) =>
        _rig.Media(new MediaEvent.RecordEnded(_rig.Leg, Port, plan.Id, reason, _rig.Now, _rig.Now));

    private void HangUp() => _rig.Receive(Inside(_ok, "BYE", 2, "z9hG4bKbye"));

    private void Close()
    {
        var port = Port;
        _rig.OpenPorts.Remove(port);
        _rig.Media(new MediaEvent.Closed(_rig.Leg, port, new(1, 0, 0, 1, 0, 4)));
    }

    /// <summary>Every recording that began is kept, and nothing is left.</summary>
    private void Finish()
    {
        HangUp();
        _rig.AssertNothingLeft();
        Assert.Equal(_rig.Events.OfType<CallEvent.RecordingStarted>().Select(e => e.Plan.Id).Order(),
            _rig.Recordings.Select(r => r.Plan.Id).Order());
    }
}
