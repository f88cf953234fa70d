using System.Globalization;
using System.Text;

namespace Ringwright.Sip.Sdp;

/// <summary>Writes a session description in the order that RFC 8866 section 5 demands.</summary>
public static class SdpWriter
{
    private const int Usual = 1024, MostKept = 16 * 1024;

    /// <summary>Of the description that this thread wrote last, and empty.</summary>
    [ThreadStatic]
    private static StringBuilder? _kept;

    /// <returns>False when <paramref name="into"/> is too small; then its contents mean nothing.</returns>
    public static bool TryWrite(SessionDescription description, Span<byte> into, out int length)
    {
        var text = Begin(description);
        length = text.Length;                                   // Latin-1: one byte per character
        bool fits = length <= into.Length;
        if (fits) Copy(text, into);
        Leave(text);
        return fits;
    }

    public static byte[] Write(SessionDescription description)
    {
        var text = Begin(description);
        byte[] written = new byte[text.Length];
        Copy(text, written);
        Leave(text);
        return written;
    }

    private static StringBuilder Begin(SessionDescription description)
    {
        var text = _kept ?? new StringBuilder(Usual);
        _kept = null;
        Append(description, text);
        return text;
    }

    private static void Copy(StringBuilder text, Span<byte> into)
    {
        foreach (var chunk in text.GetChunks()) into = into[Encoding.Latin1.GetBytes(chunk.Span, into)..];
    }

    private static void Leave(StringBuilder text)
    {
        if (text.Capacity <= MostKept) _kept = text.Clear();
    }

    private static void Append(SessionDescription description, StringBuilder text)
    {
        var origin = description.Origin;
        text.Append("v=0\r\n");
        text.Append(CultureInfo.InvariantCulture, $"o={origin.User} {origin.SessionId} {origin.Version} {origin.Address}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"s={description.Name}\r\n");
        Append(description.Connection, text);
        text.Append("t=0 0\r\n");                               // RFC 3264 section 5: a session of calls is unbounded
        Append(description.Attributes, text);
        foreach (var media in description.Media)
        {
            text.Append(CultureInfo.InvariantCulture, $"m={media.Kind} {media.Port}");
            if (media.PortCount != 1) text.Append(CultureInfo.InvariantCulture, $"/{media.PortCount}");
            text.Append(CultureInfo.InvariantCulture, $" {media.Transport}");
            foreach (var format in media.Formats) text.Append(' ').Append(format);
            text.Append("\r\n");
            Append(media.Connection, text);
            Append(media.Attributes, text);
        }
    }

    private static void Append(SdpConnection? connection, StringBuilder text)
    {
        if (connection is not null) text.Append(CultureInfo.InvariantCulture, $"c={connection}\r\n");
    }

    private static void Append(IReadOnlyList<SdpAttribute> attributes, StringBuilder text)
    {
        foreach (var (name, value) in attributes)
        {
            text.Append("a=").Append(name);
            if (value is not null) text.Append(':').Append(value);
            text.Append("\r\n");
        }
    }
}
