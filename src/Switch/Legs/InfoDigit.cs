using System.Globalization;
using Ringwright.Calls;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// A digit in a SIP INFO, as many PBXs send it: application/dtmf-relay ("Signal=5", "Duration=160") or application/dtmf ("5").
/// </summary>
internal static class InfoDigit
{
    private const int UsualMilliseconds = 160;

    public static LegCommand.SendInfo Write(char key, int milliseconds) =>
        new("application/dtmf-relay", $"Signal={key}\r\nDuration={milliseconds}\r\n");

    public static bool TryRead(SipRequest info, out char key, out int milliseconds)
    {
        key = '\0';
        milliseconds = UsualMilliseconds;
        if (ContentType.TryParse(info.First(SipHeader.ContentType), out var type) is not ParseStatus.Ok) return false;
        string body = info.Body.AsText().Trim();
        if (type.Is("application"u8, "dtmf"u8)) return TryKey(body, out key);
        if (!type.Is("application"u8, "dtmf-relay"u8)) return false;
        bool isRead = false;
        foreach (string line in body.Split('\n'))
        {
            int equals = line.IndexOf('=');
            if (equals < 0) continue;
            string name = line[..equals].Trim(), value = line[(equals + 1)..].Trim();
            if (name.Equals("Signal", StringComparison.OrdinalIgnoreCase)) isRead = TryKey(value, out key);
            else if (name.Equals("Duration", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int given)) milliseconds = given;
        }
        return isRead;
    }

    /// <summary>One of 0-9, A-D, * and #; 10 and 11 also stand for the last two.</summary>
    private static bool TryKey(string text, out char key)
    {
        key = text switch { "10" => '*', "11" => '#', { Length: 1 } => char.ToUpperInvariant(text[0]), _ => '\0' };
        return char.IsAsciiDigit(key) || key is '*' or '#' or >= 'A' and <= 'D';
    }
}
