using System.Globalization;

namespace Ringwright.Sip.Sdp;

/// <summary>One payload type of an RTP media section, from its rtpmap or, for static types, from RFC 3551.</summary>
/// <param name="IsMapped">True when an rtpmap says so.</param>
internal readonly record struct RtpFormat(byte PayloadType, string Name, int ClockRate, int Channels, bool IsMapped)
{
    public const string TelephoneEvent = "telephone-event";

    public bool IsTelephoneEvent => Name == TelephoneEvent;
    /// <summary>RFC 3389.</summary>
    public bool IsComfortNoise => Name.Equals("CN", StringComparison.OrdinalIgnoreCase);

    /// <summary>The payload types of the m= line in its order; those that are no number or say nothing are left out.</summary>
    /// <param name="offered">What the numbers of our offer mean, in its answer: there they mean the same, unless it plainly says
    /// otherwise.</param>
    public static List<RtpFormat> Of(MediaDescription media, IReadOnlyList<RtpFormat>? offered = null)
    {
        List<RtpFormat> formats = [];
        foreach (string text in media.Formats)
        {
            if (!TryType(text, out byte type) || Has(formats, type)) continue;
            formats.Add(Meaning(media, type, offered ?? []));
        }
        return formats;
    }

    private static bool Has(List<RtpFormat> formats, byte type)
    {
        foreach (var format in formats)
            if (format.PayloadType == type) return true;
        return false;
    }

    public bool Is(SdpCodec codec) =>
        ClockRate == codec.ClockRate && Channels == codec.Channels && Name.Equals(codec.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>One of ours, in the words of the table.</summary>
    public SdpCodec? Codec
    {
        get
        {
            foreach (var codec in SdpCodecs.All)
                if (Is(codec)) return codec;
            return null;
        }
    }

    private static RtpFormat Meaning(MediaDescription media, byte type, IReadOnlyList<RtpFormat> offered)
    {
        RtpFormat? first = null, events = null;
        bool isOfOthers = false;
        // Of several lines for one number the first that is of use to us; of events those at the clock that all know.
        foreach (var (name, value) in media.Attributes)
        {
            if (value is null || !name.Equals("rtpmap", StringComparison.OrdinalIgnoreCase)
                || RtpMap.Read(value, type, out bool isKnown) is not { } format) continue;
            if (format.Codec is not null) return events ?? format;
            if (format.IsTelephoneEvent)
            {
                if (format.ClockRate == RtpMap.EventClock) return format;
                events ??= format;
                continue;
            }
            isOfOthers |= isKnown;
            first ??= format;
        }
        if (events is { } counted) return counted;
        if (isOfOthers) return first!.Value;        // a line said so
        foreach (var ours in offered)
            if (ours.PayloadType == type) return ours;
        return RtpMap.OfNumber(type) ?? first ?? new(type, "", 0, 1, IsMapped: false);
    }

    internal static bool TryType(ReadOnlySpan<char> text, out byte type)
    {
        type = 0;
        if (!TryNumber(text, out int number) || number > 127) return false;
        type = (byte)number;
        return true;
    }

    internal static bool TryNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
