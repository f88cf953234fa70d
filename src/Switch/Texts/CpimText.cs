using System.Globalization;
using System.Text;

namespace Ringwright.Switch.Texts;

/// <summary>
/// A text within message/cpim (RFC 3862): header lines about the message, an empty line, those of its content, an empty line, and the
/// content. Phones send their texts so that want to hear of the delivery (RFC 5438); who writes to whom the MESSAGE itself says.
/// </summary>
internal static class CpimText
{
    /// <summary>The content; empty where there is none.</summary>
    /// <param name="type">The content's own Content-Type; plain text where it names none (RFC 2045), and empty without content.</param>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> type)
    {
        type = default;
        int? length = null;
        var rest = body;
        for (int empty = 0; empty < 2;)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) return default;
            var line = rest[..end].TrimEnd((byte)'\r');
            rest = rest[(end + 1)..];
            int colon = line.IndexOf((byte)':');
            if (line.IsEmpty) empty++;
            if (empty == 0 || colon < 0) continue;
            var name = line[..colon].Trim(" \t"u8);
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8)) type = value;
            else if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8)
                && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int said)) length = said;
        }
        if (type.IsEmpty) type = "text/plain"u8;
        // Line ends that follow it are no part of it.
        return length is { } given && given < rest.Length ? rest[..given] : rest;
    }
}
