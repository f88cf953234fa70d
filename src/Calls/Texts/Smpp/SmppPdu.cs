using System.Buffers.Binary;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>What a PDU asks for or answers (SMPP 3.4, section 5.1.2.1). Answers have the highest bit set.</summary>
public enum SmppCommand : uint
{
    BindReceiver = 0x01, BindTransmitter = 0x02, QuerySm = 0x03, SubmitSm = 0x04, DeliverSm = 0x05, Unbind = 0x06, ReplaceSm = 0x07,
    CancelSm = 0x08, BindTransceiver = 0x09, Outbind = 0x0B, EnquireLink = 0x15, SubmitMulti = 0x21, AlertNotification = 0x102,
    DataSm = 0x103,
    GenericNack = 0x80000000, BindReceiverResp = 0x80000001, BindTransmitterResp = 0x80000002, SubmitSmResp = 0x80000004,
    DeliverSmResp = 0x80000005, UnbindResp = 0x80000006, BindTransceiverResp = 0x80000009, EnquireLinkResp = 0x80000015,
    DataSmResp = 0x80000103,
}

/// <summary>One PDU: its header, and a body that is read by whoever knows the command.</summary>
/// <param name="Status">0 in requests and in answers that agree; see <see cref="SmppStatus"/>.</param>
public sealed record SmppPdu(SmppCommand Command, uint Status, uint Sequence, ReadOnlyMemory<byte> Body)
{
    /// <summary>Octets of the header.</summary>
    public const int Header = 16;
    /// <summary>Octets of a whole PDU; who sends more is not understood.</summary>
    public const int Longest = 64 * 1024;

    private const uint Answer = 0x80000000;

    public bool IsAnswer => ((uint)Command & Answer) != 0;

    /// <summary>The answer to this request.</summary>
    public SmppPdu Reply(uint status, ReadOnlyMemory<byte> body = default) =>
        new((SmppCommand)((uint)Command | Answer), status, Sequence, body);

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Header + Body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)Command);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), Status);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(12), Sequence);
        Body.Span.CopyTo(bytes.AsSpan(Header));
        return bytes;
    }
}

/// <summary>What the bytes so far hold.</summary>
public enum SmppFrame
{
    /// <summary>No whole PDU yet.</summary>
    None,
    Whole,
    /// <summary>A length that no PDU has: where the next one begins cannot be known.</summary>
    Broken,
}

/// <summary>Cuts what a connection brings into PDUs.</summary>
public sealed class SmppFrames
{
    private byte[] _bytes = new byte[1_024];
    private int _start, _end;

    public void Add(ReadOnlySpan<byte> more)
    {
        if (_bytes.Length - _end < more.Length)
        {
            var left = _bytes.AsSpan(_start, _end - _start);
            byte[] roomier = new byte[Math.Max(_bytes.Length, 2 * (left.Length + more.Length))];
            left.CopyTo(roomier);
            (_bytes, _start, _end) = (roomier, 0, left.Length);
        }
        more.CopyTo(_bytes.AsSpan(_end));
        _end += more.Length;
    }

    /// <param name="pdu">The first one, with a body of its own; null unless it is <see cref="SmppFrame.Whole"/>.</param>
    public SmppFrame Take(out SmppPdu? pdu)
    {
        pdu = null;
        var bytes = _bytes.AsSpan(_start, _end - _start);
        if (bytes.Length < sizeof(uint)) return SmppFrame.None;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (length is < SmppPdu.Header or > SmppPdu.Longest) return SmppFrame.Broken;
        if (bytes.Length < length) return SmppFrame.None;
        pdu = new((SmppCommand)BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), bytes[SmppPdu.Header..(int)length].ToArray());
        _start += (int)length;
        if (_start == _end) (_start, _end) = (0, 0);
        return SmppFrame.Whole;
    }
}
