using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Calls make conferences, join and leave them, and hang up.</summary>
public sealed class ConferenceTests : ConferenceCalls
{
    [Fact]
    public void It_is_said_why_each_has_left()
    {
        Create(1);
        var (two, three, four) = (Joined(2), Joined(3), Joined(4));
        Assert.True(Rig.Command(new LegCommand.Park(), two).IsAccepted);
        HangUp(three);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(four)));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.End()));
        Assert.Equal<LeaveReason?>([LeaveReason.WentOn, LeaveReason.CallEnded, LeaveReason.TakenOut, LeaveReason.ConferenceEnded],
            Rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Select(left => left.Why));
        EndAll();
    }

    [Fact]
    public void A_call_that_is_parked_leaves_its_conference_and_stays_up()
    {
        var (one, two) = (Create(1), Joined(2));
        Assert.True(Rig.Command(new LegCommand.Park(), two).IsAccepted);
        Assert.Equal(two, Rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Single().Who.Leg);
        Assert.Contains(Rig.Commands, c => c is MediaCommand.Unbridge && c.Port == PortOf(two));
        Assert.True(Rig.Command(new LegCommand.Park(), one).IsAccepted);
        Assert.Equal("ConferenceEnded", Told[^1]);
        Assert.Empty(Rig.Events.OfType<CallEvent.LegEnded>());
        EndAll();
    }

    [Fact]
    public void A_call_makes_a_conference_others_join_and_it_ends_with_the_last()
    {
        var (one, two) = (Create(1), Joined(2));
        Assert.Equal(["ConferenceBegan", "ParticipantJoined", "ParticipantJoined"], Told);
        Assert.Contains(Rig.Commands, c => c is MediaCommand.OpenRoom { Terms.HasComfortNoise: true });
        Assert.False(MemberOf(two).IsMuted);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(two)));
        Assert.Equal("ParticipantLeft", Told[^1]);
        Assert.IsType<MediaCommand.Unbridge>(Rig.Commands.Last(c => c.Port == PortOf(two)));
        Assert.DoesNotContain(Rig.Events, e => e is CallEvent.LegEnded);

        HangUp(one);
        var ended = Assert.IsType<ConferenceEvent.ConferenceEnded>(Rig.Conferences[^1]);
        Assert.Equal((ConferenceEnd.AllLeft, one), (ended.Why, ended.By!.Leg));
        Assert.Equal(one, Assert.Single(Rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
        Assert.Equal(Refusal.ConferenceEnded, Join(two));
        Assert.Equal(Refusal.ConferenceEnded, Do(new ConferenceCommand.Mute([], IsOn: true)));
        EndAll();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Who_is_dialled_for_it_joins_when_his_network_is_heard_or_when_he_is_answered(bool isEarly)
    {
        string invite = DialInto(isEarly);
        Rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        Assert.Equal(isEarly ? 1 : 0, Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Count());
        Rig.Receive(Response(invite, "200 OK", body: Answer));
        Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>());
        Rig.Receive(FromCallee(invite, "BYE", 1));
        EndAll();
    }

    [Fact]
    public void Who_is_heard_early_and_never_answered_has_left_when_his_call_ends()
    {
        string invite = DialInto(isEarly: true);
        Rig.Receive(Response(invite, "183 Session Progress", body: Answer));
        Rig.Receive(Response(invite, "486 Busy Here"));
        Assert.Equal(["ConferenceBegan", "ParticipantJoined", "ParticipantLeft", "ConferenceEnded"], Told);
        Assert.Equal(HangupCause.CalleeBusy, Rig.Ended.Cause);
        EndAll();
    }

    [Fact]
    public void Who_is_dialled_for_one_that_is_over_when_he_answers_makes_the_next()
    {
        Guid promised = Guid.NewGuid(), next = Guid.NewGuid();
        string one = Dial(1_000, Guid.NewGuid()), two = Dial(1_001, next);
        Rig.Receive(Response(one, "200 OK", body: Answer));
        Rig.Receive(FromCallee(one, "BYE", 1));
        Rig.Receive(Response(two, "200 OK", body: Answer));
        Assert.Equal([promised, next], Rig.Conferences.OfType<ConferenceEvent.ConferenceBegan>().Select(e => e.Conference.Uuid));
        Rig.Receive(FromCallee(two, "BYE", 2));
        EndAll();

        string Dial(uint counter, Guid otherwise)
        {
            var wish = new LegCommand.CreateConference(promised, "board") { JoinsExisting = true, Next = otherwise };
            Rig.Dial(ShardRig.Request() with { Conference = wish }, counter);
            return Rig.SentLast("INVITE ");
        }
    }

    private string DialInto(bool isEarly)
    {
        var wish = new LegCommand.CreateConference(Guid.NewGuid(), "board");
        Rig.Dial(ShardRig.Request() with { Conference = wish, ConfersEarly = isEarly });
        return Rig.SentLast("INVITE ");
    }

    [Fact]
    public void A_name_is_unique_among_the_live_and_a_call_takes_part_once()
    {
        var one = Create(1, new() { MaxParticipants = 2 });
        var two = Call(2);
        Assert.Equal(Refusal.ConferenceNameTaken, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), two).Refusal);
        Assert.Equal(Refusal.AlreadyInConference, Join(one));
        Assert.Equal(Refusal.None, Join(two));
        Assert.Equal(Refusal.ConferenceFull, Join(Call(3)));
        HangUp(one);
        HangUp(two);
        Create(4);
        Assert.Equal(2, Rig.Conferences.Select(e => e.Conference.Id).Distinct().Count());
        EndAll();
    }

    [Fact]
    public void One_whose_leaving_ends_it_takes_all_others_along_or_lets_them_go()
    {
        var host = Create(1, part: new() { EndsConference = true });
        var guest = Joined(2);
        HangUp(host);
        Assert.Equal(ConferenceEnd.HostLeft, Assert.IsType<ConferenceEvent.ConferenceEnded>(Rig.Conferences[^1]).Why);
        Assert.Equal([host, guest], Rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id));

        var soft = Create(3, part: new() { EndsSoftly = true });
        var left = Joined(4);
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Leave(soft)));
        Assert.Equal(ConferenceEnd.HostLeft, Assert.IsType<ConferenceEvent.ConferenceEnded>(Rig.Conferences[^1]).Why);
        Assert.DoesNotContain(Rig.Events, e => e is CallEvent.LegEnded && (e.Leg.Id == left || e.Leg.Id == soft));
        EndAll();
    }

    [Fact]
    public void One_that_waits_starts_when_somebody_comes_who_starts_it()
    {
        var one = Create(1, new() { StartsAtOnce = false, HoldAudio = new PromptSource.Stored("music") });
        Assert.True(Rig.Commands.OfType<MediaCommand.JoinRoom>().Last().As.IsAway);
        Assert.Equal(PortOf(one), Assert.Single(Rig.Commands.OfType<MediaCommand.Play>()).Port);
        Joined(2, starts: true);
        Assert.Contains("ConferenceStarted", Told);
        Assert.All(Rig.Commands.OfType<MediaCommand.JoinRoom>().GroupBy(c => c.Port), group => Assert.False(group.Last().As.IsAway));
        EndAll();
    }

    [Fact]
    public void It_ends_when_its_time_is_over_and_the_calls_stay_up()
    {
        Create(1, new() { Length = TimeSpan.FromMinutes(1) });
        Joined(2);
        Rig.Advance(59);
        Assert.DoesNotContain("ConferenceEnded", Told);
        Rig.Advance(2);
        Assert.Equal(ConferenceEnd.TimeExceeded, Assert.IsType<ConferenceEvent.ConferenceEnded>(Rig.Conferences[^1]).Why);
        Assert.DoesNotContain(Rig.Events, e => e is CallEvent.LegEnded);
        EndAll();
    }

    [Fact]
    public void A_call_that_hangs_up_while_it_is_let_in_is_out_before_its_end_is_told()
    {
        var one = Call(1);
        Rig.CommitsAtOnce = false;
        long create = Rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one);
        HangUp(one);
        Assert.DoesNotContain(Rig.Events, e => e is CallEvent.LegEnded);
        Rig.CommitsAtOnce = true;
        Rig.Handle(Ringwright.Switch.SubjectMessages.Committed(Rig.Conferences[0], isCommitted: true));
        Assert.Equal(["ConferenceBegan", "ParticipantJoined", "ParticipantLeft", "ConferenceEnded"], Told);
        Assert.Equal(Refusal.AlreadyEnded, Rig.AckOf(create)!.Value.Refusal);
        Assert.Single(Rig.Events.OfType<CallEvent.LegEnded>());
        EndAll();

        // and of one that never says anything he is told to be over all the same
        var two = Call(2);
        Rig.CommitsAtOnce = false;
        Rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "other"), two);
        HangUp(two);
        Rig.Advance(2);
        Assert.Equal(2, Rig.Events.OfType<CallEvent.LegEnded>().Count());
        Rig.CommitsAtOnce = true;
        Rig.Handle(Ringwright.Switch.SubjectMessages.Committed(Rig.Conferences[^1], isCommitted: true));
        EndAll();
    }

    [Fact]
    public void A_command_ends_it_and_hangs_up_all_who_take_part()
    {
        var (one, two) = (Create(1), Joined(2));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.End()));
        var ended = Assert.IsType<ConferenceEvent.ConferenceEnded>(Rig.Conferences[^1]);
        Assert.Equal((ConferenceEnd.Commanded, null), (ended.Why, ended.By));
        Assert.Equal([one, two], Rig.Events.OfType<CallEvent.LegEnded>().Select(e => e.Leg.Id));
        Assert.Equal(Refusal.ConferenceEnded, Do(new ConferenceCommand.End()));
        EndAll();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void What_becomes_of_it_when_one_leaves_is_changed_while_he_takes_part(bool ends)
    {
        var (one, two) = (Create(1), Joined(2, new() { EndsConference = !ends }));
        Assert.Equal(Refusal.NotInConference, Do(new ConferenceCommand.Change(Call(3)) { EndsConference = ends }));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Change(two) { EndsConference = ends, BeepsOnExit = true }));
        var changed = Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ParticipantChanged>());
        Assert.Equal((two, false, ends), (changed.Leg, changed.As.EndsConference, changed.As.EndsSoftly));
        HangUp(two);
        Assert.Equal(ends, Rig.Conferences[^1] is ConferenceEvent.ConferenceEnded { Why: ConferenceEnd.HostLeft });
        // One that is over is told by nothing.
        Assert.Equal(!ends, Rig.Commands.Any(c => c is MediaCommand.Beep));
        Assert.DoesNotContain(Rig.Events, e => e is CallEvent.LegEnded && e.Leg.Id == one);
        EndAll();
    }

    [Fact]
    public void Who_hangs_up_all_others_by_leaving_is_said_while_he_takes_part()
    {
        var (one, two) = (Create(1), Joined(2, new() { EndsSoftly = true }));
        Assert.Equal(Refusal.None, Do(new ConferenceCommand.Change(two) { HangsUpOthers = true, Beeps = ConferenceBeeps.Never }));
        var changed = Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ParticipantChanged>());
        Assert.Equal((two, true, true), (changed.Leg, changed.As.EndsConference, changed.As.EndsSoftly));
        HangUp(two);
        Assert.Contains(Rig.Events, e => e is CallEvent.LegEnded && e.Leg.Id == one);
        EndAll();
    }

    [Fact]
    public void Calls_that_are_up_meet_though_the_database_is_away_or_falls_silent()
    {
        var (one, two, three) = (Call(1), Call(2), Call(3));
        (Rig.CommitsAtOnce, Rig.IsReady) = (false, false);
        Assert.Equal(Refusal.None, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one).Refusal);
        Assert.Equal(Refusal.None, Join(two));
        Rig.IsReady = true;        // nobody knows yet that it does not answer
        long create = Rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "press"), three);
        Assert.Null(Rig.AckOf(create));
        Rig.Advance(2);
        Assert.Equal(Refusal.None, Rig.AckOf(create)!.Value.Refusal);
        foreach (var began in Rig.Conferences.OfType<ConferenceEvent.ConferenceBegan>().ToList())
            Rig.Handle(Ringwright.Switch.SubjectMessages.Committed(began, isCommitted: true));
        Assert.Equal(3, Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Count());
        EndAll();
    }

    [Fact]
    public void A_conference_that_the_ledger_does_not_take_in_the_end_lets_its_calls_go()
    {
        var one = Call(1);
        (Rig.CommitsAtOnce, Rig.IsReady) = (false, false);
        Assert.Equal(Refusal.None, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one).Refusal);
        Rig.Handle(Ringwright.Switch.SubjectMessages.Committed(Rig.Conferences[0], isCommitted: false));
        Assert.Equal(ConferenceEnd.Internal, Assert.IsType<ConferenceEvent.ConferenceEnded>(Rig.Conferences[^1]).Why);
        Assert.DoesNotContain(Rig.Events, e => e is CallEvent.LegEnded);
        EndAll();
    }

    [Fact]
    public void Nobody_gets_in_before_its_first_event_is_committed_nor_when_the_ledger_does_not_take_it()
    {
        var (one, two) = (Call(1), Call(2));
        Rig.CommitsAtOnce = false;
        long create = Rig.Send(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one);
        Assert.Null(Rig.AckOf(create));
        Assert.Equal(Refusal.ConferenceNameTaken, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), two).Refusal);
        Rig.Handle(Ringwright.Switch.SubjectMessages.Committed(Rig.Conferences[0], isCommitted: false));
        Assert.Equal(Refusal.LedgerUnavailable, Rig.AckOf(create)!.Value.Refusal);
        Rig.CommitsAtOnce = true;
        Assert.Equal(Refusal.None, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), two).Refusal);
        HangUp(one);
        HangUp(two);
        foreach (string bye in Rig.Sent.Where(text => text.StartsWith("BYE ", StringComparison.Ordinal)).ToList())
            Rig.Receive(Response(bye, "200 OK", tag: null));
        Rig.AssertNothingLeft();
    }

    [Fact]
    public void A_call_is_bridged_out_of_it_queued_out_of_it_and_moves_to_another()
    {
        var (one, two, three) = (Create(1), Joined(2), Joined(3));
        Assert.Equal(Refusal.None, Rig.Command(new LegCommand.Bridge(two), one).Refusal);
        var left = Rig.Conferences.OfType<ConferenceEvent.ParticipantLeft>().Select(e => e.Who.Leg);
        Assert.Equal([one, two], left.OrderBy(leg => leg != one));
        Assert.IsType<MediaCommand.Bridge>(Rig.Commands.Last(c => c.Port == PortOf(one)));
        Assert.Equal(Refusal.None, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "other"), three).Refusal);
        Assert.IsType<MediaCommand.JoinRoom>(Rig.Commands.Last(c => c.Port == PortOf(three)));
        Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ConferenceEnded>());
        Assert.Equal(Refusal.None, Rig.Command(new LegCommand.Enqueue("support"), three).Refusal);
        Assert.Equal(2, Rig.Conferences.OfType<ConferenceEvent.ConferenceEnded>().Count());
        EndAll();
    }

    [Fact]
    public void Without_a_media_port_there_is_none()
    {
        var one = Call(1);
        Rig.HasPorts = false;
        Assert.Equal(Refusal.NoMediaPort, Rig.Command(new LegCommand.CreateConference(Guid.NewGuid(), "board"), one).Refusal);
        Rig.HasPorts = true;
        EndAll();
    }

    [Theory, InlineData(true), InlineData(false)]
    public void As_what_somebody_takes_part_may_change_until_he_is_answered(bool makes)
    {
        Create(1);
        var part = new Participation { IsMuted = true, EndsSoftly = true };
        LegCommand wish = makes ? new LegCommand.CreateConference(Guid.NewGuid(), "other") { As = part }
            : new LegCommand.JoinConference(Room) { As = part };
        var leg = Rig.Dial(ShardRig.Request() with { Conference = wish }).Id;
        string invite = Rig.SentLast("INVITE ");
        Assert.True(Rig.Command(new LegCommand.ChangeEntry { IsMuted = false, IsOnHold = true }, leg).IsAccepted);
        Assert.True(Rig.Command(new LegCommand.ChangeEntry { EndsSoftly = false }, leg).IsAccepted);
        Rig.Receive(Response(invite, "200 OK", body: Answer));
        var joined = Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Last();
        Assert.Equal((leg, false, true, false), (joined.Who.Leg, joined.As.IsMuted, joined.As.IsOnHold, joined.As.EndsSoftly));
        Assert.Equal(Refusal.WrongState, Rig.Command(new LegCommand.ChangeEntry { IsMuted = true }, leg).Refusal);
    }

    [Fact]
    public void Who_is_dialled_for_no_conference_has_no_entry_to_change()
    {
        var leg = Rig.Dial().Id;
        Assert.Equal(Refusal.WrongState, Rig.Command(new LegCommand.ChangeEntry { IsMuted = true }, leg).Refusal);
    }

    [Fact]
    public void What_is_dialled_for_a_conference_joins_it_when_it_is_answered()
    {
        var one = Create(1);
        var leg = Rig.Dial(ShardRig.Request() with
        {
            Conference = new LegCommand.CreateConference(Guid.NewGuid(), "board") { JoinsExisting = true, As = new() { IsMuted = true } },
        }).Id;
        string invite = Rig.SentLast("INVITE ");
        Assert.Single(Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>());
        Rig.Receive(Response(invite, "200 OK", body: Answer));
        var joined = Rig.Conferences.OfType<ConferenceEvent.ParticipantJoined>().Last();
        Assert.Equal((leg, true), (joined.Who.Leg, joined.As.IsMuted));
        _ = one;
    }
}
