using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Conferences;

/// <summary>What the API asks of a conference: judged, remembered, carried out.</summary>
internal sealed class ConferenceCommands(ShardContext shard, Conference conference, ConferenceSounds sounds,
    ConferenceRecordings recordings)
{
    private readonly CommandMemory _memory = new();

    public Ack Handle(ConferenceCommand command)
    {
        if (_memory.Knows(command.CommandId, shard.Now)) return Ack.Accepted;
        if (!conference.IsOpen) return Refusal.ConferenceEnded;
        if (Judge(command) is var refusal and not Refusal.None) return refusal;
        _memory.Remember(command.CommandId, shard.Now);
        CarryOut(command);
        return Ack.Accepted;
    }

    private Refusal Judge(ConferenceCommand command)
    {
        // between its first event and its first participant
        if (conference.Members.Count == 0 && command is not ConferenceCommand.End) return Refusal.ConferenceEmpty;
        if (!Named(command).All(leg => conference.Find(leg) is not null)) return Refusal.NotInConference;
        if (command is ConferenceCommand.Play { Legs.Count: 0 } or ConferenceCommand.Speak { Legs.Count: 0 })
            return sounds.HasRoom ? Refusal.None : Refusal.TooManyPrompts;
        if (command is ConferenceCommand.RecordStart) return recordings.All.Room;
        if (command is ConferenceCommand.RecordPause pause) return recordings.All.Has(pause.Recording);
        if (command is ConferenceCommand.RecordResume resume) return recordings.All.Has(resume.Recording);
        return command is ConferenceCommand.RecordStop stop ? recordings.All.HasOrHad(stop.Recording) : Refusal.None;
    }

    private static IEnumerable<LegId> Named(ConferenceCommand command) => command switch
    {
        ConferenceCommand.Leave leave => [leave.Leg],
        ConferenceCommand.Hold hold => hold.Legs,
        ConferenceCommand.Unhold unhold => unhold.Legs,
        ConferenceCommand.Mute mute => mute.Legs,
        ConferenceCommand.Play play => play.Legs,
        ConferenceCommand.Speak speak => speak.Legs,
        ConferenceCommand.StopAudio stop => stop.Legs,
        ConferenceCommand.Supervise supervise => supervise.WhispersTo.Prepend(supervise.Leg),
        ConferenceCommand.Change change => [change.Leg],
        ConferenceCommand.RecordStart or ConferenceCommand.RecordPause or ConferenceCommand.RecordResume
            or ConferenceCommand.RecordStop or ConferenceCommand.End => [],
        _ => throw new UnreachableException(),
    };

    private void CarryOut(ConferenceCommand command)
    {
        switch (command)
        {
            case ConferenceCommand.Leave leave:
                conference.Remove(Find(leave.Leg), LeaveReason.TakenOut, leave.Beeps);
                break;
            case ConferenceCommand.Hold hold:
                foreach (var member in Targets(hold.Legs)) Hold(member, hold.Audio);
                break;
            case ConferenceCommand.Unhold unhold:
                foreach (var member in Targets(unhold.Legs)) conference.Change(member, member.As with { IsOnHold = false });
                break;
            case ConferenceCommand.Mute mute:
                foreach (var member in Targets(mute.Legs)) conference.Change(member, member.As with { IsMuted = mute.IsOn });
                break;
            case ConferenceCommand.Play play:
                sounds.Start(Listed(play.Legs), play.Source, play.Loops, play.Announcement);
                break;
            case ConferenceCommand.Speak speak:
                sounds.Start(Listed(speak.Legs), speak.Speech, loops: 1);
                break;
            case ConferenceCommand.StopAudio stop:
                sounds.Stop(Listed(stop.Legs));
                break;
            case ConferenceCommand.RecordStart start:
                recordings.Start(start.Plan);
                break;
            case ConferenceCommand.RecordPause pause:
                recordings.All.Pause(pause.Recording, pause.IsSilent);
                break;
            case ConferenceCommand.RecordResume resume:
                recordings.All.Resume(resume.Recording);
                break;
            case ConferenceCommand.RecordStop stop:
                recordings.All.Stop(stop.Recording);
                break;
            case ConferenceCommand.Supervise supervise:
                var supervisor = Find(supervise.Leg);
                conference.Change(supervisor, supervisor.As with
                {
                    Role = supervise.Role,
                    WhispersTo = supervise.Role is SupervisorRole.Whisper ? supervise.WhispersTo : [],
                });
                break;
            case ConferenceCommand.Change change:
                Change(Find(change.Leg), change);
                break;
            case ConferenceCommand.End:
                conference.End();
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Change(ConferenceMember member, ConferenceCommand.Change change)
    {
        member.Beeps = change.Beeps ?? member.Beeps;
        if (change.BeepsOnExit is { } beeps)
        {
            var others = (member.Beeps ?? conference.Beeps) & ~ConferenceBeeps.OnExit;
            member.Beeps = beeps ? others | ConferenceBeeps.OnExit : others;
        }
        if (change.EndsConference is { } ends) conference.Change(member, member.As with { EndsConference = false, EndsSoftly = ends });
        conference.Change(member, member.As with
        {
            EndsConference = change.HangsUpOthers ?? member.As.EndsConference,
            EndsSoftly = change.LeavesOthers ?? member.As.EndsSoftly,
        });
        if (change.HoldAudio is not { } audio) return;
        member.HoldAudio = audio;
        conference.Follow(member);
    }

    /// <summary>One who is on hold already hears the new audio.</summary>
    private void Hold(ConferenceMember member, PromptSource? audio)
    {
        bool isChange = member.As.IsOnHold && member.HoldAudio != audio;
        member.HoldAudio = audio;
        conference.Change(member, member.As with { IsOnHold = true });
        if (isChange) conference.Follow(member);
    }

    /// <summary>All of them when none are listed.</summary>
    private ConferenceMember[] Targets(IReadOnlyList<LegId> legs) => legs.Count == 0 ? [.. conference.Members] : Listed(legs);

    private ConferenceMember[] Listed(IReadOnlyList<LegId> legs) => [.. legs.Distinct().Select(Find)];

    /// <summary>Judged before: it is there.</summary>
    private ConferenceMember Find(LegId leg) => conference.Find(leg)!;
}
