using System.Buffers.Binary;
using System.Globalization;
using Ringwright.Calls;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// A digit in a SIP INFO, in the dialects that are met: application/dtmf-relay with fields in lines or behind semicolons ("Signal=5",
/// "Duration=160"), application/dtmf with the sign alone or "d=5", and the like of application/vnd.nortelnetworks.digits and
/// audio/telephone-event, there also as the payload of an RTP event.
/// </summary>
internal static class InfoDigit
{
    private const int UsualMilliseconds = 160, EventBytes = 4, EventUnits = 8;   // of a millisecond, at the usual clock
    /// <summary>By their codes (RFC 4733 section 3.2); 16 is the hook and no key.</summary>
    private const string EventKeys = "0123456789*#ABCD";
    private static readonly char[] Separators = ['\n', '\r', ';'];

    public static LegCommand.SendInfo Write(char key, int milliseconds) =>
        new("application/dtmf-relay", $"Signal={key}\r\nDuration={milliseconds}\r\n");

    public static bool TryRead(SipRequest info, out char key, out int milliseconds)
    {
        key = '\0';
        milliseconds = UsualMilliseconds;
        if (ContentType.TryParse(info.First(SipHeader.ContentType), out var type) is not ParseStatus.Ok) return false;
        if (!type.Is("application"u8, "dtmf-relay"u8) && !type.Is("application"u8, "dtmf"u8)
            && !type.Is("application"u8, "vnd.nortelnetworks.digits"u8) && !type.Is("audio"u8, "telephone-event"u8)) return false;
        if (type.Is("audio"u8, "telephone-event"u8) && TryEvent(info.Body, out key, out milliseconds)) return true;
        // Who counts the end of a C string sends it too.
        string body = info.Body.TrimEnd((byte)0).AsText().Trim();
        if (!body.Contains('=', StringComparison.Ordinal)) return TryKey(body, out key);
        bool isRead = false;
        foreach (string field in body.Split(Separators))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) continue;
            string name = field[..equals].Trim(), value = field[(equals + 1)..].Trim().Trim('"');
            if (name.Equals("Signal", StringComparison.OrdinalIgnoreCase) || name.Equals("d", StringComparison.OrdinalIgnoreCase))
                isRead = TryKey(value, out key);
            else if (name.Equals("Duration", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int given)) milliseconds = given;
        }
        return isRead;
    }

    /// <summary>What RTP would carry (RFC 4733 section 2.3); its first byte is none that a text begins with.</summary>
    private static bool TryEvent(ReadOnlySpan<byte> body, out char key, out int milliseconds)
    {
        (key, milliseconds) = ('\0', UsualMilliseconds);
        if (body.Length != EventBytes || body[0] >= EventKeys.Length) return false;
        key = EventKeys[body[0]];
        int given = BinaryPrimitives.ReadUInt16BigEndian(body[2..]) / EventUnits;
        if (given > 0) milliseconds = given;
        return true;
    }

    /// <summary>One of 0-9, A-D, * and #, or the code of one (RFC 4733 section 3.2), of which 16 is the hook and no key.</summary>
    private static bool TryKey(string text, out char key)
    {
        key = text switch
        {
            { Length: 1 } => char.ToUpperInvariant(text[0]),
            "10" => '*',
            "11" => '#',
            "12" => 'A',
            "13" => 'B',
            "14" => 'C',
            "15" => 'D',
            _ => '\0',
        };
        return char.IsAsciiDigit(key) || key is '*' or '#' or >= 'A' and <= 'D';
    }
}
