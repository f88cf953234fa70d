using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Ringwright.Net.Dns;

internal enum DnsType : ushort { A = 1, Cname = 5, Aaaa = 28, Srv = 33, Naptr = 35 }

internal enum DnsStatus { Ok, NoSuchName, Truncated, ServerFailure, Malformed }

/// <summary>One record of an answer; which members are set depends on the type.</summary>
internal readonly record struct DnsRecord
{
    public required string Name { get; init; }
    public required DnsType Type { get; init; }
    public required uint Ttl { get; init; }
    public IPAddress? Address { get; init; }
    /// <summary>SRV and CNAME target, NAPTR replacement.</summary>
    public string? Target { get; init; }
    /// <summary>SRV priority, NAPTR order.</summary>
    public ushort Order { get; init; }
    /// <summary>SRV weight, NAPTR preference.</summary>
    public ushort Weight { get; init; }
    public ushort Port { get; init; }
    /// <summary>NAPTR service, for example SIP+D2U.</summary>
    public string? Service { get; init; }
    public string? Flags { get; init; }
}

/// <summary>Writes questions and reads answers (RFC 1035 section 4, RFC 2782, RFC 3403, RFC 3596). Reading never throws.</summary>
internal static class DnsMessage
{
    private const int HeaderBytes = 12, MaxNameBytes = 255, MaxJumps = 32;

    /// <summary>The length, or 0 when the name cannot be asked for.</summary>
    public static int WriteQuestion(Span<byte> into, ushort id, string name, DnsType type)
    {
        into[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(into, id);
        into[2] = 1;        // recursion desired
        into[5] = 1;        // one question
        int at = HeaderBytes;
        foreach (string label in name.TrimEnd('.').Split('.'))
        {
            if (label.Length is 0 or > 63 || at + label.Length + 6 > HeaderBytes + MaxNameBytes || !Ascii.IsValid(label)) return 0;
            into[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, into[at..]);
        }
        into[at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 2)..], 1);     // IN
        return at + 4;
    }

    /// <summary>Records of the answer and additional sections; those of unknown types are left out.</summary>
    public static DnsStatus Read(ReadOnlySpan<byte> message, ushort id, string name, DnsType type, out List<DnsRecord> records)
    {
        records = [];
        if (message.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(message) != id || (message[2] & 0x80) == 0)
            return DnsStatus.Malformed;
        if ((message[2] & 0x02) != 0) return DnsStatus.Truncated;
        int code = message[3] & 0x0F;
        if (code == 3) return DnsStatus.NoSuchName;
        if (code != 0) return DnsStatus.ServerFailure;

        int at = HeaderBytes;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1) return DnsStatus.Malformed;
        // The question must be ours: half of the protection against forged answers.
        if (!TryName(message, ref at, out string asked) || at + 4 > message.Length
                || !asked.Equals(name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase)
            || BinaryPrimitives.ReadUInt16BigEndian(message[at..]) != (ushort)type)
            return DnsStatus.Malformed;
        at += 4;

        int count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (int i = 0; i < count; i++)
        {
            if (!TryName(message, ref at, out string owner) || at + 10 > message.Length) return DnsStatus.Malformed;
            var kind = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            uint ttl = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length) return DnsStatus.Malformed;
            if (ReadRecord(message, at, length, owner, kind, ttl) is { } record) records.Add(record);
            at += length;
        }
        return DnsStatus.Ok;
    }

    private static DnsRecord? ReadRecord(ReadOnlySpan<byte> message, int at, int length, string owner, DnsType kind, uint ttl)
    {
        var record = new DnsRecord { Name = owner, Type = kind, Ttl = ttl };
        var data = message.Slice(at, length);
        switch (kind)
        {
            case DnsType.A when length == 4:
            case DnsType.Aaaa when length == 16:
                return record with { Address = new IPAddress(data) };
            case DnsType.Cname when TryName(message, ref at, out string target):
                return record with { Target = target };
            case DnsType.Srv when length > 6:
                int name = at + 6;
                return TryName(message, ref name, out string host)
                    ? record with { Order = U16(data), Weight = U16(data[2..]), Port = U16(data[4..]), Target = host }
                    : null;
            case DnsType.Naptr when length > 7:
                int text = at + 4;
                return TryText(message, ref text, out string flags) && TryText(message, ref text, out string service)
                    && TryText(message, ref text, out _) && TryName(message, ref text, out string replacement)
                    ? record with { Order = U16(data), Weight = U16(data[2..]), Flags = flags, Service = service, Target = replacement }
                    : null;
            default:
                return null;
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static bool TryText(ReadOnlySpan<byte> message, ref int at, out string text)
    {
        text = "";
        if (at >= message.Length || at + 1 + message[at] > message.Length) return false;
        text = Encoding.ASCII.GetString(message.Slice(at + 1, message[at]));
        at += 1 + message[at];
        return true;
    }

    /// <summary>A name with compression pointers (RFC 1035 section 4.1.4); loops end at <see cref="MaxJumps"/>.</summary>
    private static bool TryName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        name = "";
        var text = new StringBuilder();
        int position = at, jumps = 0;
        bool hasJumped = false;
        while (position < message.Length)
        {
            int length = message[position];
            if (length == 0)
            {
                if (!hasJumped) at = position + 1;
                name = text.ToString();
                return true;
            }
            if ((length & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length || ++jumps > MaxJumps) return false;
                if (!hasJumped) at = position + 2;
                hasJumped = true;
                position = ((length & 0x3F) << 8) | message[position + 1];
                continue;
            }
            if (length > 63 || position + 1 + length > message.Length || text.Length + length > MaxNameBytes) return false;
            if (text.Length > 0) text.Append('.');
            text.Append(Encoding.ASCII.GetString(message.Slice(position + 1, length)));
            position += 1 + length;
        }
        return false;
    }
}
