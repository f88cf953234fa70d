using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Bridges;

/// <summary>Which two legs, and what shall hold between them. The first is the one that a command was for.</summary>
public sealed record BridgeTerms(LegId First, LegId Second)
{
    /// <summary>The leg stays up when the other leaves; else it is hung up.</summary>
    public bool FirstParks { get; init; }
    public bool SecondParks { get; init; }
    /// <summary>The second exists for the first: when the first leaves before they are joined, it is hung up.</summary>
    public bool IsSecondBound { get; init; }
    /// <summary>The first exists for the second: when the second leaves before they are joined, it ends too.</summary>
    public bool IsFirstBound { get; init; }
    /// <summary>A caller whom nobody has answered yet is answered as soon as both legs are there; else the first is when the second is ready.</summary>
    public bool AnswersAtOnce { get; init; }
    /// <summary>Heard by the one that is answered while the other rings.</summary>
    public RingTone? Ringback { get; init; }
    /// <summary>Where the other's network says something before the answer, that is heard instead.</summary>
    public bool PassesEarlyMedia { get; init; }
    /// <summary>Records the first from the moment when they are joined.</summary>
    public RecordPlan? Record { get; init; }
    /// <summary>Seen from the first.</summary>
    public DigitMute Mute { get; init; }

    public static BridgeTerms Of(LegId commanded, LegCommand.Bridge bridge) => new(commanded, bridge.Peer)
    {
        FirstParks = bridge.ParksAfterUnbridge,
        AnswersAtOnce = true,
        Ringback = bridge.Ringback,
        Mute = bridge.Mute,
        Record = bridge.Record,
    };

    /// <summary>Of a leg that was dialled to be joined to another.</summary>
    public static BridgeTerms Of(DialLink link, LegId dialled) => new(link.To, dialled)
    {
        FirstParks = link.ParksOther,
        SecondParks = link.ParksDialled,
        IsSecondBound = true,
        IsFirstBound = link.EndsOther,
        Ringback = link.Ringback,
        PassesEarlyMedia = link.Ringback is not null,
        Mute = link.Mute,
    };

    public LegId Other(LegId leg) => leg == First ? Second : First;

    /// <summary>Does this leg's party get the other's digits?</summary>
    public bool PassesDigitsTo(LegId leg) => Mute is not DigitMute.Both && Mute != (leg == First ? DigitMute.Self : DigitMute.Opposite);

    /// <summary>Is this leg hung up when the other has left?</summary>
    public bool HangsUp(LegId leg, bool isJoined) => isJoined ? !(leg == First ? FirstParks : SecondParks) : leg == First ? IsFirstBound : IsSecondBound;
}
