namespace Ringwright.Sip.Sdp;

/// <summary>
/// The a=fmtp line of one payload type, as "name=value" parts (RFC 8866 section 6.15). What is none of these parts is passed over.
/// </summary>
internal readonly record struct FormatParameters(string Text)
{
    public static FormatParameters Of(MediaDescription media, byte payloadType)
    {
        foreach (var (name, value) in media.Attributes)
        {
            if (value is null || !name.Equals("fmtp", StringComparison.OrdinalIgnoreCase)) continue;
            var text = value.AsSpan().Trim();
            int blank = text.IndexOfAny(' ', '\t');
            if (blank > 0 && RtpFormat.TryType(text[..blank], out byte type) && type == payloadType)
                return new(text[blank..].Trim().ToString());
        }
        return new("");
    }

    /// <summary>The number behind the name; null when it is not there.</summary>
    public int? Number(string name)
    {
        foreach (var range in Text.AsSpan().Split(';'))
        {
            var part = Text.AsSpan(range).Trim();
            int equals = part.IndexOf('=');
            if (equals > 0 && part[..equals].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)
                && RtpFormat.TryNumber(part[(equals + 1)..].Trim(), out int number)) return number;
        }
        return null;
    }
}
