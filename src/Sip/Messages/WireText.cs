using System.Text;

namespace Ringwright.Sip.Messages;

public static class WireText
{
    /// <summary>The bytes as a string (UTF-8, as RFC 3261 §7 says).</summary>
    public static string AsText(this ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    internal static string AsLatin(this ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>A display name as a quoted string that no content can break out of.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char at in text)
        {
            if (char.IsControl(at)) continue;
            if (at is '"' or '\\') quoted.Append('\\');
            quoted.Append(at);
        }
        return quoted.Append('"').ToString();
    }
}
