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
        if (offer?.Media.FirstOrDefault(m => m.Kind == "audio") is not { } audio) return [];
        List<string> names = [];
        foreach (string format in audio.Formats)
        {
            string? name = Mapped(audio, format) ?? Static(format);
            if (name is not null && name is not ("TELEPHONE-EVENT" or "CN") && !names.Contains(name)) names.Add(name);
        }
        return names;
    }

    private static string? Mapped(MediaDescription audio, string format)
    {
        foreach (var (name, value) in audio.Attributes)
        {
            if (value is null || name != "rtpmap" || !value.StartsWith(format + " ", StringComparison.Ordinal)) continue;
            string encoding = value[(format.Length + 1)..].Trim();
            int slash = encoding.IndexOf('/');
            return (slash < 0 ? encoding : encoding[..slash]).ToUpperInvariant();
        }
        return null;
    }

    /// <summary>RFC 3551 table 4.</summary>
    private static string? Static(string format) => format switch
    {
        "0" => "PCMU",
        "3" => "GSM",
        "4" => "G723",
        "8" => "PCMA",
        "9" => "G722",
        "18" => "G729",
        _ => null,
    };
}
