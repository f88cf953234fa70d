using System.Text;

namespace Ringwright.Sip.Messages;

/// <summary>A response (RFC 3261 §7.2).</summary>
public sealed class SipResponse : SipMessage
{
    private readonly int _reasonStart;
    private readonly int _reasonLength;

    internal SipResponse(byte[] buffer, HeaderField[] fields, int bodyStart, int bodyLength, int status, int reasonStart, int reasonLength)
        : base(buffer, fields, bodyStart, bodyLength) => (Status, _reasonStart, _reasonLength) = (status, reasonStart, reasonLength);

    /// <summary>100 to 699.</summary>
    public int Status { get; }

    public string Reason => Encoding.UTF8.GetString(Slice(_reasonStart, _reasonLength));

    public bool IsProvisional => Status < 200;
    public bool IsSuccess => Status is >= 200 and < 300;

    private protected override void WriteStartLine(ByteWriter writer)
    {
        writer.Append("SIP/2.0 "u8);
        writer.Append(Status);
        writer.Append((byte)' ');
        writer.Append(Slice(_reasonStart, _reasonLength));
        writer.Append("\r\n"u8);
    }
}
