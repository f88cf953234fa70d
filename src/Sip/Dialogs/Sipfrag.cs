using System.Text;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Dialogs;

/// <summary>The part of a response that a NOTIFY of a REFER carries (RFC 3420, RFC 3515 §2.4.5): its status line.</summary>
public static class Sipfrag
{
    public const string Type = "message/sipfrag";

    /// <summary>As the body's Content-Type.</summary>
    public const string TypeWithVersion = Type + ";version=2.0";

    private static ReadOnlySpan<byte> Version => "SIP/2.0 "u8;

    /// <summary>The status of <c>SIP/2.0 200 OK</c>, whatever lines follow; null when the body begins otherwise.</summary>
    public static int? StatusOf(ReadOnlySpan<byte> body)
    {
        if (body.Length < Version.Length + 3 || !body[..Version.Length].Is(Version)) return null;
        var rest = body[(Version.Length + 3)..];
        bool isWhole = rest.IsEmpty || rest[0] is (byte)' ' or (byte)'\r' or (byte)'\n';
        return isWhole && Grammar.TryNumber(body.Slice(Version.Length, 3), 699, out uint status) && status >= 100 ? (int)status : null;
    }

    public static byte[] Write(int status) => Encoding.ASCII.GetBytes($"SIP/2.0 {status} {ReasonPhrases.Of(status)}\r\n");
}
