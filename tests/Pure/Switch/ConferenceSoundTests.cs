using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Switch;

/// <summary>Those in a conference are muted, held, supervised, played to and recorded.</summary>
public sealed class ConferenceSoundTests : ConferenceCalls
{
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
        Assert.True(Rig.Commands.OfType<MediaCommand.JoinRoom>().Last(c => c.Port == PortOf(two)).As.IsAway);
        var play = Assert.Single(Rig.Commands.OfType<MediaCommand.Play>());
        Assert.Equal((PortOf(two), 0), (play.Port, play.Loops));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Unhold([two])));
        Assert.False(Rig.Commands.OfType<MediaCommand.JoinRoom>().Last(c => c.Port == PortOf(two)).As.IsAway);
        Assert.Contains(Rig.Commands, c => c is MediaCommand.StopPlay stop && stop.Id == play.Id);
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
    public void Coming_and_going_beeps_where_that_is_wanted()
    {
        Create(1, new() { Beeps = ConferenceBeeps.OnEnter });
        int Beeps() => Rig.Commands.OfType<MediaCommand.Beep>().Count();
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
        void Talks(LegId leg, bool isOn) => Rig.Media(new MediaEvent.Talking(Subject.Of(leg), PortOf(leg), isOn));
        Talks(one, true);
        Talks(two, true);
        Talks(one, false);
        Talks(one, true);
        Talks(two, false);
        Talks(one, false);
        Talks(one, true);
        Assert.Equal([one, two, one], Rig.Conferences.OfType<ConferenceEvent.FloorChanged>().Select(e => e.Who.Leg));
        EndAll();
    }

    [Fact]
    public void What_is_played_to_all_or_to_one_begins_and_ends_once()
    {
        var (_, two) = (Create(1), Joined(2));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Play([], new PromptSource.Stored("a"))));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Speak([two], new("hello", "female", null, false))));
        var plays = Rig.Commands.OfType<MediaCommand.Play>().ToArray();
        Assert.Equal(PortOf(two), plays[1].Port);
        Assert.NotEqual(PortOf(two), plays[0].Port);
        Assert.Null(Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackStarted>()).Who);
        Assert.Equal(two, Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferenceSpeakStarted>()).Who!.Leg);
        Rig.Media(new MediaEvent.PlayEnded(Subject.Of(Room), plays[0].Port, plays[0].Id, IsFailed: false));
        Assert.Equal(PlayStatus.Completed, Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>()).Status);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.StopAudio([two])));
        Assert.Equal(PlayStatus.Cancelled, Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferenceSpeakEnded>()).Status);

        // A call that ends, and a conference that does, end what is played there.
        Do(new ConferenceCommand.Play([two], new PromptSource.Stored("b")));
        Do(new ConferenceCommand.Play([], new PromptSource.Stored("c")));
        HangUp(two);
        Assert.Equal(PlayStatus.CallHangup, Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>().Last().Status);
        EndAll();
        Assert.Equal(Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackStarted>().Select(e => e.Playback).Order(),
            Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>().Select(e => e.Playback).Order());
    }

    [Fact]
    public void The_end_of_a_sound_says_which_announcement_it_is_of()
    {
        var (_, two) = (Create(1), Joined(2));
        var announcement = new ConferenceAnnouncement(Guid.NewGuid(), "https://example.com/a.wav", IsLast: true);
        Do(new ConferenceCommand.Play([two], new PromptSource.Stored("a")) { Announcement = announcement });
        Do(new ConferenceCommand.Play([], new PromptSource.Stored("b")) { Announcement = announcement });
        HangUp(two);
        EndAll();
        Assert.Equal([announcement, announcement],
            Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>().Select(e => e.Announcement));
    }

    [Fact]
    public void What_is_played_to_one_alone_ends_when_he_leaves_and_when_the_conference_ends()
    {
        var (host, two) = (Create(1, part: new() { EndsConference = true }), Joined(2));
        Do(new ConferenceCommand.Play([two], new PromptSource.Stored("a")));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(two)));
        Assert.Equal(["ConferencePlaybackStarted", "ConferencePlaybackEnded", "ParticipantLeft"], Told[^3..]);
        Assert.Equal(PlayStatus.Cancelled, Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferencePlaybackEnded>()).Status);

        Assert.Equal(Refusal.None, Join(two));
        Do(new ConferenceCommand.Speak([two], new("hello", "female", null, false)));
        HangUp(host);
        Assert.Equal(PlayStatus.CallHangup, Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferenceSpeakEnded>()).Status);
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
        var start = Assert.Single(Rig.Commands.OfType<MediaCommand.StartRecord>());
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordPause(plan.Id)));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordResume(null)));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.RecordStop(plan.Id)));
        Rig.Media(new MediaEvent.RecordEnded(Subject.Of(Room), start.Port, plan.Id, RecordEndReason.Stopped, Rig.Now, Rig.Now));
        var kept = Assert.Single(Rig.Recordings);
        Assert.Equal((one, Rig.Conferences[0].Conference.Uuid), (kept.Leg.Id, kept.Plan.Conference));
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

        int Heard() => Rig.Commands.Count(c => c is MediaCommand.Play && c.Port == PortOf(two));
    }

    [Fact]
    public void Who_joins_may_say_how_many_may_take_part_and_have_it_recorded()
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        Create(1, new() { MaxParticipants = 2, StartsAtOnce = false });
        Joined(2);
        Assert.Equal(Refusal.ConferenceFull, Join(Call(3)));
        LegCommand.JoinConference With(Guid id) => new(Room) { MaxParticipants = 4, Record = plan with { Id = id } };
        Assert.Equal(Refusal.None, Rig.Command(With(plan.Id), Call(4)).Refusal);
        Assert.Empty(Rig.Commands.OfType<MediaCommand.StartRecord>());        // it waits
        Assert.Equal(Refusal.None, Rig.Command(With(Guid.NewGuid()) with { Starts = true }, Call(5)).Refusal);
        Assert.Equal(plan.Id, Assert.Single(Rig.Commands.OfType<MediaCommand.StartRecord>()).Plan.Id);
        Assert.Equal(Refusal.ConferenceFull, Join(Call(6)));
        EndAll();
    }
}
