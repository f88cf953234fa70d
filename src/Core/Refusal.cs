namespace Ringwright.Core;

/// <summary>Why we declined a command. Each dialect has one table that maps these to its codes.</summary>
public enum Refusal
{
    Unset,
    None,
    /// <summary>The token was never minted by us.</summary>
    UnknownLeg,
    /// <summary>The token is ours and its leg is gone.</summary>
    AlreadyEnded,
    NotYetAnswered,
    /// <summary>For example: answer on an outbound leg.</summary>
    WrongDirection,
    /// <summary>Legal in another state of the leg, for example a second answer.</summary>
    WrongState,
    /// <summary>The leg is not being recorded, or not under that id.</summary>
    NotRecording,
    /// <summary>The leg has a media stream, and may have one.</summary>
    AlreadyStreaming,
    /// <summary>The leg has no media stream, or not under that id.</summary>
    NotStreaming,
    /// <summary>What is said on the leg is being written down, and may be once.</summary>
    AlreadyTranscribing,
    /// <summary>Nobody writes down what is said on the leg.</summary>
    NotTranscribing,
    /// <summary>A recording that ends by silence, and transcription: one leg has one of them.</summary>
    TranscribedWithSilenceLimit,
    /// <summary>What is said in a mailbox is nobody's business.</summary>
    Confidential,
    /// <summary>The leg's audio is forked: it may have one fork, and no stream beside it.</summary>
    AlreadyForked,
    /// <summary>The leg's audio is not forked.</summary>
    NotForked,
    /// <summary>A recording server has a session for the leg: it may have one.</summary>
    HasSiprecSession,
    /// <summary>No recording server has a session for the leg.</summary>
    NoSiprecSession,
    /// <summary>An agent talks on the leg: it may be one, and nothing that would hear or say the same beside it.</summary>
    AgentTalks,
    /// <summary>No agent talks on the leg, or not under that id.</summary>
    NoAgentTalks,
    /// <summary>This node carries no live audio.</summary>
    NoLiveAudio,
    /// <summary>The leg waits in no queue.</summary>
    NotQueued,
    /// <summary>The leg waits in a queue already.</summary>
    AlreadyQueued,
    /// <summary>As many calls wait in the queue as may.</summary>
    QueueFull,
    /// <summary>How many calls may wait in the queue is settled, and is another number.</summary>
    QueueSizeFixed,
    /// <summary>Nobody waits in the queue, so there is none.</summary>
    QueueEmpty,
    /// <summary>A live conference of the account has that name.</summary>
    ConferenceNameTaken,
    ConferenceFull,
    ConferenceEnded,
    /// <summary>The leg is in this conference already.</summary>
    AlreadyInConference,
    /// <summary>A leg that was named takes no part in the conference.</summary>
    NotInConference,
    /// <summary>Nobody takes part who could hear it.</summary>
    ConferenceEmpty,
    /// <summary>The leg supervises no other.</summary>
    NotSupervising,
    /// <summary>What the leg was to be joined to is on another node, and media does not go between nodes.</summary>
    OnOtherNode,
    /// <summary>The leg is bridged to nobody.</summary>
    NotBridged,
    /// <summary>The leg plays nothing over which something could be heard.</summary>
    NothingPlays,
    /// <summary>As many recordings of the call run as may: <see cref="CallLimits.Recordings"/>.</summary>
    TooManyRecordings,
    /// <summary>As many playbacks and speaks wait as may: <see cref="CallLimits.QueuedPrompts"/>.</summary>
    TooManyPrompts,
    /// <summary>As many commands that send digits wait as may: <see cref="CallLimits.QueuedDigits"/>.</summary>
    TooManyDigits,
    /// <summary>What applications keep with the call would be longer than it may be.</summary>
    TooManyLabels,
    /// <summary>A mailbox is full, or what decides has not answered in time; try again later.</summary>
    Overloaded,
    /// <summary>No free media port.</summary>
    NoMediaPort,
    /// <summary>There is no media process at the moment; another one is being started.</summary>
    MediaAway,
    UnknownConnection,
    ConnectionInactive,
    /// <summary>The connection has no outbound voice profile.</summary>
    NoOutboundProfile,
    /// <summary>The caller id is a number of another tenant, or none that the tenant may show there.</summary>
    CallerIdNotOwned,
    BadDestination,
    EmergencyDestination,
    PremiumDestination,
    CountryNotAllowed,
    /// <summary>The number is on a do-not-call list that holds for the tenant.</summary>
    DoNotCall,
    /// <summary>The call would come back to where it came from.</summary>
    Loop,
    TenantChannelLimit,
    ProfileChannelLimit,
    ConnectionChannelLimit,
    /// <summary>Every trunk that leads there has as many calls as it may have, or got as many in this second.</summary>
    TrunkLimit,
    /// <summary>The destination costs too much, or the day's money is spent.</summary>
    SpendLimit,
    /// <summary>What the tenant has, and may owe, does not pay for the call.</summary>
    InsufficientFunds,
    /// <summary>No route leads to the destination.</summary>
    NoRoute,
    /// <summary>The target policy forbids the address.</summary>
    TargetForbidden,
    LedgerUnavailable,
    /// <summary>The node is stopping and takes no new calls.</summary>
    Draining,
    DuplicateRequest,
    /// <summary>Whoever asked has gone while the node stood still, and would not learn of the call.</summary>
    Withdrawn,
}

public static class Refusals
{
    /// <summary>As many calls are up, or have begun in this second, as may: there is room when others have ended.</summary>
    public static bool IsOfRoom(this Refusal refusal) => refusal is Refusal.TenantChannelLimit or Refusal.ProfileChannelLimit
        or Refusal.ConnectionChannelLimit or Refusal.TrunkLimit;
}

/// <summary>The engine's synchronous answer to a command: accepted, or refused and nothing changed.</summary>
public readonly record struct Ack(Refusal Refusal)
{
    public static Ack Accepted => new(Refusal.None);
    public bool IsAccepted => Refusal is Refusal.None;
    public static implicit operator Ack(Refusal refusal) => new(refusal);
}
