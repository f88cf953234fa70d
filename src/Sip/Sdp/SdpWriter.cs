using System.Globalization;
using System.Text;

namespace Ringwright.Sip.Sdp;

/// <summary>Writes a session description in the order that RFC 8866 section 5 demands.</summary>
public static class SdpWriter
{
    /// <returns>False when <paramref name="into"/> is too small; then its contents mean nothing.</returns>
    public static bool TryWrite(SessionDescription description, Span<byte> into, out int length)
    {
        var text = new StringBuilder(512);
        Append(description, text);
        length = text.Length;                                   // Latin-1: one byte per character
        if (length > into.Length) return false;
        foreach (var chunk in text.GetChunks())
            into = into[Encoding.Latin1.GetBytes(chunk.Span, into)..];
        return true;
    }

    public static byte[] Write(SessionDescription description)
    {
        var text = new StringBuilder(512);
        Append(description, text);
        return Encoding.Latin1.GetBytes(text.ToString());
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
