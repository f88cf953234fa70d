// 510 lines: each rule of rooms by its test, with one rig.
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Calls make conferences, join and leave them, are muted, held, supervised, and hang up.</summary>
public sealed class ConferenceTests
{
    private readonly ShardRig _rig = new();
    private readonly Dictionary<LegId, string> _oks = [];
    private readonly Dictionary<LegId, int> _numbers = [];

    private ConferenceId Room => _rig.Conferences[^1].Conference.Id;

    private string[] Told => [.. _rig.Conferences.Select(e => e.GetType().Name)];

    /// <summary>A call that has been answered.</summary>
    private LegId Call(int n)
    {
        _rig.Receive(Invite(branch: $"z9hG4bKcall{n}").Replace("call-1", $"call-{n}").Replace("tag=alice", $"tag=alice{n}"));
        var leg = _rig.Events[^1].Leg.Id;
        Assert.True(_rig.Command(new LegCommand.Answer(), leg).IsAccepted);
        _oks[leg] = _rig.SentLast("SIP/2.0 200");
        _numbers[leg] = n;
        _rig.Receive(Of(leg, "ACK", 1));
        return leg;
    }

    private LegId Create(int n, ConferenceTerms? terms = null, Participation? part = null)
    {
        var leg = Call(n);
        var create = new LegCommand.CreateConference(Guid.NewGuid(), "board") { Terms = terms ?? new(), As = part ?? new() };
        Assert.Equal(Refusal.None, _rig.Command(create, leg).Refusal);
        return leg;
    }

    private LegId Joined(int n, Participation? part = null, bool starts = false)
    {
        var leg = Call(n);
        Assert.Equal(Refusal.None, Join(leg, part, starts));
        return leg;
    }

    private Refusal Join(LegId leg, Participation? part = null, bool starts = false) =>
        _rig.Command(new LegCommand.JoinConference(Room) { As = part ?? new(), Starts = starts }, leg).Refusal;

    private Refusal Do(ConferenceCommand command) => _rig.Command(command, Room).Refusal;

    /// <summary>How the leg takes part now, as media was told.</summary>
    private RoomMember MemberOf(LegId leg) => Assert.IsType<MediaCommand.JoinRoom>(_rig.Commands.Last(c => c.Port == PortOf(leg))).As;

    private PortId PortOf(LegId leg) => _rig.PortOf(Subject.Of(leg));

    private string Of(LegId leg, string method, int cseq) => Inside(_oks[leg], method, cseq, $"z9hG4bK{method}{_numbers[leg]}")
        .Replace("call-1", $"call-{_numbers[leg]}").Replace("tag=alice", $"tag=alice{_numbers[leg]}");

    private void HangUp(LegId leg) => _rig.Receive(Of(leg, "BYE", 7));

    private void EndAll()
    {
        foreach (var leg in _oks.Keys.Where(leg => !_rig.Events.Any(e => e is CallEvent.LegEnded && e.Leg.Id == leg))) HangUp(leg);
        foreach (string bye in _rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToList())
            _rig.Receive(Response(bye, "200 OK", tag: null));
        _rig.AssertNothingLeft();
        Assert.Equal(_rig.Conferences.OfType<ConferenceEvent.ConferenceBegan>().Count(),
            _rig.Conferences.OfType<ConferenceEvent.ConferenceEnded>().Count());
        Assert.Equal(_rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Select(e => e.Participant).Order(),
            _rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Select(e => e.Participant).Order());
    }

    [Fact]
    public void A_call_that_is_parked_leaves_its_conference_and_stays_up()
    {
        var (one, two) = (Create(1), Joined(2));
        Assert.True(_rig.Command(new LegCommand.Park(), two).IsAccepted);
        Assert.Equal(two, _rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Single().Who.Leg);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.Unbridge && c.Port == PortOf(two));
        Assert.True(_rig.Command(new LegCommand.Park(), one).IsAccepted);
        Assert.Equal("ConferenceEnded", Told[^1]);
        Assert.Empty(_rig.Events.OfType<CallEvent.LegEnded>());
        EndAll();
    }

    [Fact]
    public void A_call_makes_a_conference_others_join_and_it_ends_with_the_last()
    {
        var (one, two) = (Create(1), Joined(2));
        Assert.Equal(["ConferenceBegan", "ParticipantJoined", "ParticipantJoined"], Told);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.OpenRoom { Terms.HasComfortNoise: true });
        Assert.False(MemberOf(two).IsMuted);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(two)));
        Assert.Equal("ParticipantLeft", Told[^1]);
        Assert.IsType<MediaCommand.Unbridge>(_rig.Commands.Last(c => c.Port == PortOf(two)));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);

        HangUp(one);
        var ended = Assert.IsType<ConferenceEvent.ConferenceEnded>(_rig.Conferences[^1]);
        Assert.Equal((ConferenceEnd.AllLeft, one), (ended.Why, ended.By!.Leg));
        Assert.Equal(one, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        Assert.Equal(Refusal.ConferenceEnded, Join(two));
        Assert.Equal(Refusal.ConferenceEnded, Do(new ConferenceCommand.Mute([], IsOn: true)));
        EndAll();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Who_is_dialled_for_it_joins_when_his_network_is_heard_or_when_he_is_answered(bool isEarly)
    {
        string invite = DialInto(isEarly);
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        Assert.Equal(isEarly ? 1 : 0, _rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Count());
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>());
        _rig.Receive(FromCallee(invite, "BYE", 1));
        EndAll();
    }

    [Fact]
    public void Who_is_heard_early_and_never_answered_has_left_when_his_call_ends()
    {
        string invite = DialInto(isEarly: true);
        _rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        _rig.Receive(Response(invite, "486 Busy Here"));
        Assert.Equal(["ConferenceBegan", "ParticipantJoined", "ParticipantLeft", "ConferenceEnded"], Told);
        Assert.Equal(HangupCause.CalleeBusy, _rig.Ended.Cause);
        EndAll();
    }

    private string DialInto(bool isEarly)
    {
        var wish = new LegCommand.CreateConference(Guid.NewGuid(), "board");
        _rig.Dial(ShardRig.Request() with { Conference = wish, ConfersEarly = isEarly });
        return _rig.SentLast("INVITE ");
    }

    [Fact]
    public void A_name_is_unique_among_the_live_and_a_call_takes_part_once()
    {
        var one = Create(1, new() { MaxParticipants = 2 });
        var two = Call(2);
        Assert.Equal(Refusal.ConferenceNameTaken, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), two).Refusal);
        Assert.Equal(Refusal.AlreadyInConference, Join(one));
        Assert.Equal(Refusal.None, Join(two));
        Assert.Equal(Refusal.ConferenceFull, Join(Call(3)));
        HangUp(one);
        HangUp(two);
        Create(4);
        Assert.Equal(2, _rig.Conferences.Select(e => e.Conference.Id).Distinct().Count());
        EndAll();
    }

    [Fact]
    public void One_whose_leaving_ends_it_takes_all_others_along_or_lets_them_go()
    {
        var host = Create(1, part: new() { EndsConference = true });
        var guest = Joined(2);
        HangUp(host);
        Assert.Equal(ConferenceEnd.HostLeft, Assert.IsType<ConferenceEvent.ConferenceEnded>(_rig.Conferences[^1]).Why);
        Assert.Equal([host, guest], _rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id));

        var soft = Create(3, part: new() { EndsSoftly = true });
        var left = Joined(4);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(soft)));
        Assert.Equal(ConferenceEnd.HostLeft, Assert.IsType<ConferenceEvent.ConferenceEnded>(_rig.Conferences[^1]).Why);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded && (e.Leg.Id == left || e.Leg.Id == soft));
        EndAll();
    }

    [Fact]
    public void All_or_those_listed_are_muted_and_a_stranger_in_the_list_stops_it()
    {
        var (one, two, three) = (Create(1), Joined(2), Joined(3));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Mute([two], IsOn: true)));
        Assert.Equal((false, true, false), (MemberOf(one).IsMuted, MemberOf(two).IsMuted, MemberOf(three).IsMuted));
        Assert.Equal(Refusal.NotInConference, Do(new ConferenceCommand.Mute([one, Call(4)], IsOn: true)));
        Assert.False(MemberOf(one).IsMuted);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Mute([], IsOn: true)));
        Assert.True(MemberOf(one).IsMuted && MemberOf(three).IsMuted);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Mute([], IsOn: false)));
        Assert.False(MemberOf(one).IsMuted || MemberOf(two).IsMuted || MemberOf(three).IsMuted);
        EndAll();
    }

    [Fact]
    public void Who_is_on_hold_hears_the_audio_and_neither_speaks_nor_hears()
    {
        var (_, two) = (Create(1), Joined(2));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Hold([two], new PromptSource.Stored("music"))));
        Assert.True(_rig.Commands.OfType<MediaCommand.JoinRoom>().Last(c => c.Port == PortOf(two)).As.IsAway);
        var play = Assert.Single(_rig.Commands.OfType<MediaCommand.Play>());
        Assert.Equal((PortOf(two), 0), (play.Port, play.Loops));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Unhold([two])));
        Assert.False(_rig.Commands.OfType<MediaCommand.JoinRoom>().Last(c => c.Port == PortOf(two)).As.IsAway);
        Assert.Contains(_rig.Commands, c => c is MediaCommand.StopPlay stop && stop.Id == play.Id);
        EndAll();
    }

    [Fact]
    public void One_that_waits_starts_when_somebody_comes_who_starts_it()
    {
        var one = Create(1, new() { StartsAtOnce = false, HoldAudio = new PromptSource.Stored("music") });
        Assert.True(_rig.Commands.OfType<MediaCommand.JoinRoom>().Last().As.IsAway);
        Assert.Equal(PortOf(one), Assert.Single(_rig.Commands.OfType<MediaCommand.Play>()).Port);
        Joined(2, starts: true);
        Assert.Contains("ConferenceStarted", Told);
        Assert.All(_rig.Commands.OfType<MediaCommand.JoinRoom>().GroupBy(c => c.Port), group => Assert.False(group.Last().As.IsAway));
        EndAll();
    }

    [Fact]
    public void A_supervisor_is_heard_by_those_alone_to_whom_he_whispers_by_nobody_or_by_all()
    {
        var (one, two) = (Create(1), Joined(2));
        var coach = Joined(3, new() { Role = SupervisorRole.Whisper, WhispersTo = [two] });
        Assert.Equal([PortOf(two)], MemberOf(coach).WhispersTo!);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Supervise(coach, SupervisorRole.Monitor, [])));
        Assert.Empty(MemberOf(coach).WhispersTo!);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Supervise(coach, SupervisorRole.Barge, [])));
        Assert.Null(MemberOf(coach).WhispersTo);
        Assert.Equal(Refusal.NotInConference, Do(new ConferenceCommand.Supervise(coach, SupervisorRole.Whisper, [Call(4)])));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Supervise(coach, SupervisorRole.Whisper, [one, two])));
        HangUp(two);
        Assert.Equal([PortOf(one)], MemberOf(coach).WhispersTo!);
        EndAll();
    }

    [Fact]
    public void It_ends_when_its_time_is_over_and_the_calls_stay_up()
    {
        Create(1, new() { Length = TimeSpan.FromMinutes(1) });
        Joined(2);
        _rig.Advance(59);
        Assert.DoesNotContain("ConferenceEnded", Told);
        _rig.Advance(2);
        Assert.Equal(ConferenceEnd.TimeExceeded, Assert.IsType<ConferenceEvent.ConferenceEnded>(_rig.Conferences[^1]).Why);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
        EndAll();
    }

    [Fact]
    public void Coming_and_going_beeps_where_that_is_wanted()
    {
        Create(1, new() { Beeps = ConferenceBeeps.OnEnter });
        int Beeps() => _rig.Commands.OfType<MediaCommand.Beep>().Count();
        Assert.Equal(1, Beeps());
        var two = Joined(2);
        Assert.Equal(2, Beeps());
        Do(new ConferenceCommand.Leave(two));
        Assert.Equal(2, Beeps());
        Join(two);
        Do(new ConferenceCommand.Leave(two, ConferenceBeeps.Always));
        Assert.Equal(4, Beeps());
        EndAll();
    }

    [Fact]
    public void The_floor_is_his_who_speaks_until_he_is_silent_and_another_speaks()
    {
        var (one, two) = (Create(1), Joined(2));
        void Talks(LegId leg, bool isOn) => _rig.Media(new MediaEvent.Talking(Subject.Of(leg), PortOf(leg), isOn));
        Talks(one, true);
        Talks(two, true);
        Talks(one, false);
        Talks(one, true);
        Talks(two, false);
        Talks(one, false);
        Talks(one, true);
        Assert.Equal([one, two, one], _rig.Conferences.OfType<ConferenceEvent.FloorChanged>().Select(e => e.Who.Leg));
        EndAll();
    }

    [Fact]
    public void What_is_played_to_all_or_to_one_begins_and_ends_once()
    {
        var (_, two) = (Create(1), Joined(2));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Play([], new PromptSource.Stored("a"))));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Speak([two], new("hello", "female", null, false))));
        var plays = _rig.Commands.OfType<MediaCommand.Play>().ToArray();
        Assert.Equal(PortOf(two), plays[1].Port);
        Assert.NotEqual(PortOf(two), plays[0].Port);
        Assert.Null(Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackStarted>()).Who);
        Assert.Equal(two, Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferenceSpeakStarted>()).Who!.Leg);
        _rig.Media(new MediaEvent.PlayEnded(Subject.Of(Room), plays[0].Port, plays[0].Id, IsFailed: false));
        Assert.Equal(PlayStatus.Completed, Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>()).Status);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.StopAudio([two])));
        Assert.Equal(PlayStatus.Cancelled, Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferenceSpeakEnded>()).Status);

        // A call that ends, and a conference that does, end what is played there.
        Do(new ConferenceCommand.Play([two], new PromptSource.Stored("b")));
        Do(new ConferenceCommand.Play([], new PromptSource.Stored("c")));
        HangUp(two);
        Assert.Equal(PlayStatus.CallHangup, _rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>().Last().Status);
        EndAll();
        Assert.Equal(_rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackStarted>().Select(e => e.Playback).Order(),
            _rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>().Select(e => e.Playback).Order());
    }

    [Fact]
    public void What_is_played_to_one_alone_ends_when_he_leaves_and_when_the_conference_ends()
    {
        var (host, two) = (Create(1, part: new() { EndsConference = true }), Joined(2));
        Do(new ConferenceCommand.Play([two], new PromptSource.Stored("a")));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(two)));
        Assert.Equal(["ConferencePlaybackStarted", "ConferencePlaybackEnded", "ParticipantLeft"], Told[^3..]);
        Assert.Equal(PlayStatus.Cancelled, Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>()).Status);

        Assert.Equal(Refusal.None, Join(two));
        Do(new ConferenceCommand.Speak([two], new("hello", "female", null, false)));
        HangUp(host);
        Assert.Equal(PlayStatus.CallHangup, Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferenceSpeakEnded>()).Status);
        EndAll();
    }

    [Fact]
    public void A_call_that_hangs_up_while_it_is_let_in_is_out_before_its_end_is_told()
    {
        var one = Call(1);
        _rig.CommitsAtOnce = false;
        long create = _rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one);
        HangUp(one);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
        _rig.CommitsAtOnce = true;
        _rig.Handle(Ringwright.Switch.SubjectMessages.Committed(_rig.Conferences[0], isCommitted: true));
        Assert.Equal(["ConferenceBegan", "ParticipantJoined", "ParticipantLeft", "ConferenceEnded"], Told);
        Assert.Equal(Refusal.AlreadyEnded, _rig.AckOf(create)!.Value.Refusal);
        Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>());
        EndAll();

        // and of one that never says anything he is told to be over all the same
        var two = Call(2);
        _rig.CommitsAtOnce = false;
        _rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "other"), two);
        HangUp(two);
        _rig.Advance(2);
        Assert.Equal(2, _rig.Events.OfType<CallEvent.LegEnded>().Count());
        _rig.CommitsAtOnce = true;
        _rig.Handle(Ringwright.Switch.SubjectMessages.Committed(_rig.Conferences[^1], isCommitted: true));
        EndAll();
    }

    [Fact]
    public void It_is_recorded_as_a_whole_and_kept_as_its_makers_also_when_he_is_gone()
    {
        var one = Create(1);
        Joined(2);
        HangUp(one);
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        Assert.Equal(Refusal.NotRecording, Do(new ConferenceCommand.RecordStop(null)));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordStart(plan)));
        var start = Assert.Single(_rig.Commands.OfType<MediaCommand.StartRecord>());
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordPause(plan.Id)));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordResume(null)));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordStop(plan.Id)));
        _rig.Media(new MediaEvent.RecordEnded(Subject.Of(Room), start.Port, plan.Id, RecordEndReason.Stopped, _rig.Now, _rig.Now));
        var kept = Assert.Single(_rig.Recordings);
        Assert.Equal((one, _rig.Conferences[0].Conference.Uuid), (kept.Leg.Id, kept.Plan.Conference));
        EndAll();
    }

    [Fact]
    public void A_command_ends_it_and_hangs_up_all_who_take_part()
    {
        var (one, two) = (Create(1), Joined(2));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.End()));
        var ended = Assert.IsType<ConferenceEvent.ConferenceEnded>(_rig.Conferences[^1]);
        Assert.Equal((ConferenceEnd.Commanded, null), (ended.Why, ended.By));
        Assert.Equal([one, two], _rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id));
        Assert.Equal(Refusal.ConferenceEnded, Do(new ConferenceCommand.End()));
        EndAll();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void What_becomes_of_it_when_one_leaves_is_changed_while_he_takes_part(bool ends)
    {
        var (one, two) = (Create(1), Joined(2, new() { EndsConference = !ends }));
        Assert.Equal(Refusal.NotInConference, Do(new ConferenceCommand.Change(Call(3)) { EndsConference = ends }));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Change(two) { EndsConference = ends, BeepsOnExit = true }));
        var changed = Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ParticipantChanged>());
        Assert.Equal((two, false, ends), (changed.Leg, changed.As.EndsConference, changed.As.EndsSoftly));
        HangUp(two);
        Assert.Equal(ends, _rig.Conferences[^1] is ConferenceEvent.ConferenceEnded { Why: ConferenceEnd.HostLeft });
        // One that is over is told by nothing.
        Assert.Equal(!ends, _rig.Commands.Any(c => c is MediaCommand.Beep));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded && e.Leg.Id == one);
        EndAll();
    }

    [Fact]
    public void What_one_who_waits_hears_is_changed()
    {
        Create(1, new() { StartsAtOnce = false, HoldAudio = new PromptSource.Stored("usual") });
        var two = Joined(2);
        int before = Heard();
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Change(two) { HoldAudio = new PromptSource.Stored("mine") }));
        Assert.Equal(before + 1, Heard());
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Change(two) { HoldAudio = new PromptSource.Stored("mine") }));
        Assert.Equal(before + 1, Heard());
        EndAll();

        int Heard() => _rig.Commands.Count(c => c is MediaCommand.Play && c.Port == PortOf(two));
    }

    [Fact]
    public void Who_joins_may_say_how_many_may_take_part_and_have_it_recorded()
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        Create(1, new() { MaxParticipants = 2, StartsAtOnce = false });
        Joined(2);
        Assert.Equal(Refusal.ConferenceFull, Join(Call(3)));
        LegCommand.JoinConference With(Guid id) => new(Room) { MaxParticipants = 4, Record = plan with { Id = id } };
        Assert.Equal(Refusal.None, _rig.Command(With(plan.Id), Call(4)).Refusal);
        Assert.Empty(_rig.Commands.OfType<MediaCommand.StartRecord>());        // it waits
        Assert.Equal(Refusal.None, _rig.Command(With(Guid.NewGuid()) with { Starts = true }, Call(5)).Refusal);
        Assert.Equal(plan.Id, Assert.Single(_rig.Commands.OfType<MediaCommand.StartRecord>()).Plan.Id);
        Assert.Equal(Refusal.ConferenceFull, Join(Call(6)));
        EndAll();
    }

    [Fact]
    public void Calls_that_are_up_meet_though_the_database_is_away_or_falls_silent()
    {
        var (one, two, three) = (Call(1), Call(2), Call(3));
        (_rig.CommitsAtOnce, _rig.IsReady) = (false, false);
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one).Refusal);
        Assert.Equal(Refusal.None, Join(two));
        _rig.IsReady = true;        // nobody knows yet that it does not answer
        long create = _rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "press"), three);
        Assert.Null(_rig.AckOf(create));
        _rig.Advance(2);
        Assert.Equal(Refusal.None, _rig.AckOf(create)!.Value.Refusal);
        foreach (var began in _rig.Conferences.OfType<ConferenceEvent.ConferenceBegan>().ToList())
            _rig.Handle(Ringwright.Switch.SubjectMessages.Committed(began, isCommitted: true));
        Assert.Equal(3, _rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Count());
        EndAll();
    }

    [Fact]
    public void A_conference_that_the_ledger_does_not_take_in_the_end_lets_its_calls_go()
    {
        var one = Call(1);
        (_rig.CommitsAtOnce, _rig.IsReady) = (false, false);
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one).Refusal);
        _rig.Handle(Ringwright.Switch.SubjectMessages.Committed(_rig.Conferences[0], isCommitted: false));
        Assert.Equal(ConferenceEnd.Internal, Assert.IsType<ConferenceEvent.ConferenceEnded>(_rig.Conferences[^1]).Why);
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
        EndAll();
    }

    [Fact]
    public void Nobody_gets_in_before_its_first_event_is_committed_nor_when_the_ledger_does_not_take_it()
    {
        var (one, two) = (Call(1), Call(2));
        _rig.CommitsAtOnce = false;
        long create = _rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one);
        Assert.Null(_rig.AckOf(create));
        Assert.Equal(Refusal.ConferenceNameTaken, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), two).Refusal);
        _rig.Handle(Ringwright.Switch.SubjectMessages.Committed(_rig.Conferences[0], isCommitted: false));
        Assert.Equal(Refusal.LedgerUnavailable, _rig.AckOf(create)!.Value.Refusal);
        _rig.CommitsAtOnce = true;
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), two).Refusal);
        HangUp(one);
        HangUp(two);
        foreach (string bye in _rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToList())
            _rig.Receive(Response(bye, "200 OK", tag: null));
        _rig.AssertNothingLeft();
    }

    [Fact]
    public void A_call_is_bridged_out_of_it_queued_out_of_it_and_moves_to_another()
    {
        var (one, two, three) = (Create(1), Joined(2), Joined(3));
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.Bridge(two), one).Refusal);
        var left = _rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Select(e => e.Who.Leg);
        Assert.Equal([one, two], left.OrderBy(leg => leg != one));
        Assert.IsType<MediaCommand.Bridge>(_rig.Commands.Last(c => c.Port == PortOf(one)));
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "other"), three).Refusal);
        Assert.IsType<MediaCommand.JoinRoom>(_rig.Commands.Last(c => c.Port == PortOf(three)));
        Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ConferenceEnded>());
        Assert.Equal(Refusal.None, _rig.Command(new LegCommand.Enqueue("support"), three).Refusal);
        Assert.Equal(2, _rig.Conferences.OfType<ConferenceEvent.ConferenceEnded>().Count());
        EndAll();
    }

    [Fact]
    public void Without_a_media_port_there_is_none()
    {
        var one = Call(1);
        _rig.HasPorts = false;
        Assert.Equal(Refusal.NoMediaPort, _rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one).Refusal);
        _rig.HasPorts = true;
        EndAll();
    }

    [Fact]
    public void What_is_dialled_for_a_conference_joins_it_when_it_is_answered()
    {
        var one = Create(1);
        var leg = _rig.Dial(ShardRig.Request() with
        {
            Conference = new LegCommand.CreateConference(Guid.NewGuid(), "board") { JoinsExisting = true, As = new() { IsMuted = true } },
        }).Id;
        string invite = _rig.SentLast("INVITE ");
        Assert.Single(_rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>());
        _rig.Receive(Response(invite, "200 OK", body: Answer));
        var joined = _rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Last();
        Assert.Equal((leg, true), (joined.Who.Leg, joined.As.IsMuted));
        _ = one;
    }
}
