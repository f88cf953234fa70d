using System.Globalization;

namespace Ringwright.Sip.Sdp;

/// <summary>One payload type of an RTP media section, from its rtpmap or, for static types, from RFC 3551.</summary>
/// <param name="IsMapped">True when an rtpmap says so.</param>
internal readonly record struct RtpFormat(byte PayloadType, string Name, int ClockRate, int Channels, bool IsMapped)
{
    public const string TelephoneEvent = "telephone-event";

    /// <summary>The payload types of the m= line in its order; those that are no number or say nothing are left out.</summary>
    public static List<RtpFormat> Of(MediaDescription media)
    {
        List<RtpFormat> formats = [];
        foreach (string text in media.Formats)
        {
            if (!TryType(text, out byte type) || formats.Exists(f => f.PayloadType == type)) continue;
            if (FindMap(media, type) is { } mapped) formats.Add(mapped);
            else if (FindStatic(type) is { } codec) formats.Add(new(type, codec.Name, codec.ClockRate, 1, IsMapped: false));
            else formats.Add(new(type, "", 0, 1, IsMapped: false));
        }
        return formats;
    }

    public bool Is(SdpCodec codec) =>
        ClockRate == codec.ClockRate && Channels == codec.Channels && Name.Equals(codec.Name, StringComparison.OrdinalIgnoreCase);

    public bool IsTelephoneEvent(int clockRate) =>
        ClockRate == clockRate && Name.Equals(TelephoneEvent, StringComparison.OrdinalIgnoreCase);

    private static SdpCodec? FindStatic(byte type)
    {
        foreach (var codec in SdpCodecs.All)
            if (codec.StaticType == type) return codec;
        return null;
    }

    private static RtpFormat? FindMap(MediaDescription media, byte type)
    {
        foreach (var (name, value) in media.Attributes)
            if (value is not null && name.Equals("rtpmap", StringComparison.OrdinalIgnoreCase) && TryMap(value, out var map)
                    && map.PayloadType == type)
                return map;
        return null;
    }

    /// <summary>"101 telephone-event/8000", "97 opus/48000/2" (RFC 8866 section 6.6).</summary>
    private static bool TryMap(ReadOnlySpan<char> value, out RtpFormat map)
    {
        map = default;
        value = value.Trim();
        int space = value.IndexOfAny(' ', '\t');
        if (space < 0 || !TryType(value[..space], out byte type)) return false;
        value = value[space..].Trim();
        int slash = value.IndexOf('/');
        if (slash <= 0) return false;
        var name = value[..slash];
        value = value[(slash + 1)..];
        int channels = 1;
        slash = value.IndexOf('/');
        if (slash >= 0)
        {
            if (!TryNumber(value[(slash + 1)..], out channels)) return false;
            value = value[..slash];
        }
        if (!TryNumber(value, out int clock)) return false;
        map = new(type, name.ToString(), clock, channels, IsMapped: true);
        return true;
    }

    private static bool TryType(ReadOnlySpan<char> text, out byte type)
    {
        type = 0;
        if (!TryNumber(text, out int number) || number > 127) return false;
        type = (byte)number;
        return true;
    }

    internal static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
