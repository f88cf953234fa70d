using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Bridges;

/// <summary>Which legs, and what shall hold between them.</summary>
/// <param name="Members">The first is the one that a command was for, so it has agreed; the others are asked.</param>
public sealed record BridgeTerms(IReadOnlyList<MemberTerms> Members)
{
    /// <summary>Heard by one that is answered while another rings.</summary>
    public RingTone? Ringback { get; init; }
    /// <summary>The second was dialled for the first, for whom others may ring as well: who is joined first has it.</summary>
    public bool HasRivals { get; init; }
    /// <summary>Where the network of one that rings says something before the answer, that is heard instead.</summary>
    public bool PassesEarlyMedia { get; init; }

    /// <summary>Of two: the leg that was commanded, and the one that it named.</summary>
    public static BridgeTerms Of(LegId commanded, LegCommand.Bridge bridge) => new(
    [
        new(commanded)
        {
            Parks = bridge.ParksAfterUnbridge,
            Answer = MemberAnswer.AtOnce,
            HearsDigits = HearsDigits(bridge.Mute, DigitMute.Self),
            Record = bridge.Record,
        },
        new(bridge.Peer)
        {
            Answer = MemberAnswer.AtOnce,
            HearsDigits = HearsDigits(bridge.Mute, DigitMute.Opposite),
            StaysBridged = bridge.LeavesBridged,
        },
    ])
    {
        Ringback = bridge.Ringback,
    };

    /// <summary>Of two: a leg, and the one that was dialled to be joined to it.</summary>
    public static BridgeTerms Of(DialLink link, LegId dialled) => new(
    [
        new(link.To)
        {
            Parks = link.ParksOther,
            IsBound = link.EndsOther,
            Answer = MemberAnswer.WithOthers,
            HearsDigits = HearsDigits(link.Mute, DigitMute.Self),
            StaysBridged = link.LeavesBridged,
        },
        new(dialled) { Parks = link.ParksDialled, IsBound = true, HearsDigits = HearsDigits(link.Mute, DigitMute.Opposite) },
    ])
    {
        HasRivals = link.HasRivals,
        Ringback = link.Ringback,
        PassesEarlyMedia = link.Ringback is not null,
    };

    private static bool HearsDigits(DigitMute mute, DigitMute own) => mute is not DigitMute.Both && mute != own;
}

/// <summary>What shall hold for one member, whoever the others are.</summary>
public sealed record MemberTerms(LegId Leg)
{
    /// <summary>It stays up when the bridge that it was joined in is over; else it is hung up.</summary>
    public bool Parks { get; init; }
    /// <summary>It exists for the others: when the bridge is over before they are joined, it is hung up.</summary>
    public bool IsBound { get; init; }
    public MemberAnswer Answer { get; init; }
    /// <summary>Its party gets the digits of the others.</summary>
    public bool HearsDigits { get; init; } = true;
    /// <summary>It is not taken from anybody else that it is bridged to: this bridge ends then before it is joined.</summary>
    public bool StaysBridged { get; init; }
    /// <summary>Made of it from the moment when they are joined.</summary>
    public RecordPlan? Record { get; init; }

    /// <summary>Is it hung up when the bridge is over?</summary>
    public bool HangsUp(bool isJoined) => isJoined ? !Parks : IsBound;
}

/// <summary>When a member is answered who is a caller, and whom nobody has answered yet.</summary>
public enum MemberAnswer
{
    /// <summary>The bridge does nothing about it.</summary>
    Unasked,
    /// <summary>As soon as all members are there.</summary>
    AtOnce,
    /// <summary>When all others are ready.</summary>
    WithOthers,
}
