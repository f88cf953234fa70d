using Ringwright.Sip.Sdp;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The codec names of an offer in the peer's order, telephone-event and comfort noise left out.
/// For customers; negotiation has its own reader.
/// </summary>
internal static class OfferedCodecs
{
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) return [];
        SdpParser.Parse(body, out var offer);
        if (offer?.Media.FirstOrDefault(m => m.Kind.Equals("audio", StringComparison.OrdinalIgnoreCase)) is not { } audio) return [];
        return [.. SdpCodecs.NamesIn(audio).Where(name => name is not ("TELEPHONE-EVENT" or "CN")).Distinct()];
    }
}
