namespace Ringwright.Sip.Sdp;

/// <summary>
/// A session description (RFC 8866) as far as offer/answer reads it: origin, name, connection, attributes, media. Other lines are skipped.
/// Text is Latin-1, that is, byte for byte what was on the wire.
/// </summary>
public sealed record SessionDescription
{
    /// <summary>What RFC 8866 sections 6.4 to 6.15 let only a section say, of those that some write before the first.</summary>
    private static readonly string[] OfSections = ["rtpmap", "fmtp", "ptime", "maxptime"];

    public required SdpOrigin Origin { get; init; }
    public string Name { get; init; } = "-";
    public SdpConnection? Connection { get; init; }
    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];
    public IReadOnlyList<MediaDescription> Media { get; init; } = [];

    /// <summary>
    /// A section as it is meant: behind its own attributes come those that should stand in it and were written for all. Of several its own
    /// counts, which is the first.
    /// </summary>
    internal MediaDescription Section(int index)
    {
        List<SdpAttribute>? forAll = null;
        var section = Media[index];
        foreach (var one in Attributes)
            if (OfSections.Contains(one.Name, StringComparer.OrdinalIgnoreCase) && !(IsLength(one) && section.Find(one.Name) is not null))
                (forAll ??= []).Add(one);
        return forAll is null ? section : section with { Attributes = [.. section.Attributes, .. forAll] };
    }

    private static bool IsLength(SdpAttribute one) => one.Name.EndsWith("ptime", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The o= line (RFC 8866 section 5.2). Id and version are digits of any length in ours, and any text in a peer's.</summary>
public sealed record SdpOrigin(string User, string SessionId, string Version, SdpConnection Address)
{
    /// <summary>Of a description that says none.</summary>
    public static readonly SdpOrigin None = new("-", "0", "0", new("IN", "IP4", "0.0.0.0"));
}

/// <summary>One a= line; <paramref name="Value"/> is null for a property such as a=sendonly.</summary>
public readonly record struct SdpAttribute(string Name, string? Value = null);

/// <summary>One m= line with the lines that follow it.</summary>
public sealed record MediaDescription
{
    /// <summary>"audio", "video", "image", …</summary>
    public required string Kind { get; init; }
    /// <summary>0 means rejected or switched off.</summary>
    public required int Port { get; init; }
    /// <summary>The number behind the slash of the port; 1 when there is none.</summary>
    public int PortCount { get; init; } = 1;
    /// <summary>"RTP/AVP", "RTP/SAVPF", "udptl", …</summary>
    public required string Transport { get; init; }
    /// <summary>At least one in an audio section that is not switched off.</summary>
    public required IReadOnlyList<string> Formats { get; init; }
    public SdpConnection? Connection { get; init; }
    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    /// <summary>The first value of the attribute; null when it is absent or has no value.</summary>
    public string? Find(string name)
    {
        foreach (var attribute in Attributes)
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return attribute.Value;
        return null;
    }

    public bool Has(string name)
    {
        foreach (var attribute in Attributes)
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
