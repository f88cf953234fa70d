using Ringwright.Sip.Sdp;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The codec names of an offer in the peer's order, telephone-event and comfort noise left out.
/// For customers; negotiation has its own words for them.
/// </summary>
internal static class OfferedCodecs
{
    /// <param name="offer">Null where there is none, or one that cannot be read.</param>
    public static IReadOnlyList<string> Of(SessionDescription? offer)
    {
        if (offer?.Media.FirstOrDefault(m => m.Kind.Equals("audio", StringComparison.OrdinalIgnoreCase)) is not { } audio) return [];
        return [.. SdpCodecs.NamesIn(audio).Where(name => name is not ("TELEPHONE-EVENT" or "CN")).Distinct()];
    }
}
