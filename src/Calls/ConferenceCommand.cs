using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// What can be asked of a conference. Where legs are listed, none stands for all who take part; one that does not is refused, and then
/// nothing is done. Who joins is asked himself: <see cref="LegCommand.JoinConference"/>.
/// </summary>
public abstract record ConferenceCommand : SubjectCommand
{
    private ConferenceCommand() { }

    /// <summary>The leg leaves; it stays up.</summary>
    /// <param name="Beeps">As the conference does, or as its joining said, when not set.</param>
    public sealed record Leave(LegId Leg, ConferenceBeeps? Beeps = null) : ConferenceCommand;

    /// <summary>They neither hear the others nor are heard; what they hear is the audio, or nothing.</summary>
    public sealed record Hold(IReadOnlyList<LegId> Legs, PromptSource? Audio) : ConferenceCommand;

    public sealed record Unhold(IReadOnlyList<LegId> Legs) : ConferenceCommand;

    /// <summary>They are heard by nobody, or again.</summary>
    public sealed record Mute(IReadOnlyList<LegId> Legs, bool IsOn) : ConferenceCommand;

    /// <summary>Plays a file to all over what is said, or to those listed in place of it; one after the other.</summary>
    /// <param name="Loops">1 to 100; 0 plays for ever.</param>
    public sealed record Play(IReadOnlyList<LegId> Legs, PromptSource Source, int Loops = 1) : ConferenceCommand
    {
        /// <summary>The announcement that it is a part of; its end says so, too.</summary>
        public ConferenceAnnouncement? Announcement { get; init; }
    }

    /// <summary>Speaks a text, as <see cref="Play"/> plays.</summary>
    public sealed record Speak(IReadOnlyList<LegId> Legs, PromptSource.Speech Speech) : ConferenceCommand;

    /// <summary>Ends what the conference plays and speaks: to all of it, or to those listed.</summary>
    public sealed record StopAudio(IReadOnlyList<LegId> Legs) : ConferenceCommand;

    /// <summary>Records what all say, mixed.</summary>
    public sealed record RecordStart(RecordPlan Plan) : ConferenceCommand;

    /// <summary>Without a recording's id all that run are meant; so with the two below.</summary>
    public sealed record RecordPause(Guid? Recording) : ConferenceCommand
    {
        /// <inheritdoc cref="LegCommand.RecordPause.IsSilent"/>
        public bool IsSilent { get; init; }
    }

    public sealed record RecordResume(Guid? Recording) : ConferenceCommand;

    public sealed record RecordStop(Guid? Recording) : ConferenceCommand;

    /// <param name="WhispersTo">Who alone hears the leg, where it whispers.</param>
    public sealed record Supervise(LegId Leg, SupervisorRole Role, IReadOnlyList<LegId> WhispersTo) : ConferenceCommand;

    /// <summary>What becomes of the conference when the leg goes, and what the leg hears. What is not set stays as it is.</summary>
    public sealed record Change(LegId Leg) : ConferenceCommand
    {
        /// <summary>The conference ends when it leaves; the others stay up.</summary>
        public bool? EndsConference { get; init; }
        /// <summary>The like, and all others are hung up; the one says nothing of the other.</summary>
        public bool? HangsUpOthers { get; init; }
        /// <summary>The like, and the others stay up, without a word of <see cref="HangsUpOthers"/>.</summary>
        public bool? LeavesOthers { get; init; }
        public bool? BeepsOnExit { get; init; }
        public ConferenceBeeps? Beeps { get; init; }
        /// <summary>Heard by the leg while it is on hold, or waits for the conference to start.</summary>
        public PromptSource? HoldAudio { get; init; }
    }

    /// <summary>It is over, and all who take part are hung up.</summary>
    public sealed record End : ConferenceCommand;
}

/// <summary>What whoever asked for an announcement must know at the end of each of its sounds.</summary>
/// <param name="Url">As it was asked for: that of a sound, or of a document of several.</param>
/// <param name="IsLast">No sound of it comes behind this one.</param>
public sealed record ConferenceAnnouncement(Guid Id, string Url, bool IsLast);

/// <summary>How a conference is to be.</summary>
public sealed record ConferenceTerms
{
    public const int UsualParticipants = 250, MostParticipants = 800;

    public static readonly TimeSpan UsualLength = TimeSpan.FromHours(4);

    public int MaxParticipants { get; init; } = UsualParticipants;
    /// <summary>After this it ends, whoever is in it.</summary>
    public TimeSpan Length { get; init; } = UsualLength;
    /// <summary>False: all wait on hold until somebody joins who starts it.</summary>
    public bool StartsAtOnce { get; init; } = true;
    /// <summary>Heard by all who wait for it to start.</summary>
    public PromptSource? HoldAudio { get; init; }
    public ConferenceBeeps Beeps { get; init; }
    /// <summary>A very quiet noise while nobody speaks.</summary>
    public bool HasComfortNoise { get; init; } = true;
}

[Flags]
public enum ConferenceBeeps
{
    Never = 0,
    OnEnter = 1,
    OnExit = 2,
    Always = OnEnter | OnExit,
}

/// <summary>How a leg takes part in a conference.</summary>
public sealed record Participation
{
    /// <summary>Of those whom one leg whispers to.</summary>
    public const int MostWhispers = 50;

    public bool IsMuted { get; init; }
    public bool IsOnHold { get; init; }
    /// <summary>When it leaves, the conference ends and all others are hung up.</summary>
    public bool EndsConference { get; init; }
    /// <summary>When it leaves, the conference ends; the others stay up.</summary>
    public bool EndsSoftly { get; init; }
    public SupervisorRole Role { get; init; }
    /// <summary>Who alone hears a leg that whispers.</summary>
    public IReadOnlyList<LegId> WhispersTo { get; init; } = [];
}

/// <summary>Who hears a supervisor: all (<see cref="None"/>, <see cref="Barge"/>), nobody, or those whom he whispers to.</summary>
public enum SupervisorRole { None, Barge, Monitor, Whisper }
