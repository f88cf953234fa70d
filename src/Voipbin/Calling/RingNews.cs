using Ringwright.Calls;

namespace Ringwright.Voipbin.Calling;

/// <summary>What becomes of a group of calls.</summary>
internal abstract record RingNews
{
    private RingNews() { }

    public sealed record Began(LegFacts Leg) : RingNews;

    public sealed record Happened(CallEvent Event) : RingNews;

    /// <param name="How">Null where nobody knows: the node stops.</param>
    public sealed record Over(LegFacts Leg, CallEvent.LegEnded? How) : RingNews;

    /// <summary>Nobody wants them any more.</summary>
    public sealed record Dismissal : RingNews;
}
