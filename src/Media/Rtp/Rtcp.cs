using System.Buffers.Binary;

namespace Ringwright.Media.Rtp;

internal enum RtcpType : byte { SenderReport = 200, ReceiverReport = 201, SourceDescription = 202, Bye = 203, Application = 204 }

/// <summary>One packet of a compound (RFC 3550 section 6).</summary>
internal readonly ref struct RtcpPacket(RtcpType type, int count, ReadOnlySpan<byte> body)
{
    public RtcpType Type { get; } = type;
    /// <summary>Report blocks, chunks or sources.</summary>
    public int Count { get; } = count;
    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>SSRC of the sender; 0 when the packet has none.</summary>
    public uint Source => Body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(Body) : 0;

    /// <summary>The middle 32 bits of a sender report's NTP time.</summary>
    public uint MiddleTime => BinaryPrimitives.ReadUInt32BigEndian(Body[6..]);

    public bool TryBlock(int index, out ReportBlock block)
    {
        int start = (Type == RtcpType.SenderReport ? 24 : 4) + index * ReportBlock.Bytes;
        block = default;
        if (index >= Count || Type is not (RtcpType.SenderReport or RtcpType.ReceiverReport) || Body.Length < start + ReportBlock.Bytes)
            return false;
        block = ReportBlock.Read(Body[start..]);
        return true;
    }
}

/// <summary>What a receiver says about one source (section 6.4.1).</summary>
internal readonly record struct ReportBlock(uint Source, byte FractionLost, int CumulativeLost, uint HighestSequence, uint Jitter,
    uint LastReport, uint DelaySinceReport)
{
    public const int Bytes = 24;

    public static ReportBlock Read(ReadOnlySpan<byte> from)
    {
        uint lost = BinaryPrimitives.ReadUInt32BigEndian(from[4..]);
        return new(BinaryPrimitives.ReadUInt32BigEndian(from), (byte)(lost >> 24), (int)(lost << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(from[8..]), BinaryPrimitives.ReadUInt32BigEndian(from[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(from[16..]), BinaryPrimitives.ReadUInt32BigEndian(from[20..]));
    }

    public void Write(Span<byte> into)
    {
        BinaryPrimitives.WriteUInt32BigEndian(into, Source);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], (uint)FractionLost << 24 | (uint)CumulativeLost & 0xFF_FFFF);
        BinaryPrimitives.WriteUInt32BigEndian(into[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(into[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(into[16..], LastReport);
        BinaryPrimitives.WriteUInt32BigEndian(into[20..], DelaySinceReport);
    }
}

/// <summary>Walks a compound packet; stops at the first thing that is not RTCP.</summary>
internal ref struct RtcpReader(ReadOnlySpan<byte> compound)
{
    private ReadOnlySpan<byte> _rest = compound;

    /// <summary>SSRC of whoever sends the compound: a report comes first (section 6.1). 0 when there is none.</summary>
    public static uint SenderOf(ReadOnlySpan<byte> compound) =>
        compound.Length >= 8 ? BinaryPrimitives.ReadUInt32BigEndian(compound[4..]) : 0;

    public bool TryNext(out RtcpPacket packet)
    {
        packet = default;
        if (_rest.Length < 4 || _rest[0] >> 6 != 2) return false;
        int length = 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
        if (length > _rest.Length) return false;
        var type = (RtcpType)_rest[1];
        if (length < LeastBytes(type)) return false;
        packet = new(type, _rest[0] & 0x1F, _rest[4..length]);
        _rest = _rest[length..];
        return true;
    }

    private static int LeastBytes(RtcpType type) => type switch
    {
        RtcpType.SenderReport => 28,
        RtcpType.ReceiverReport => 8,
        _ => 4,
    };
}

/// <summary>What a sender report says of our own stream.</summary>
internal readonly record struct SenderSummary(ulong NtpTime, uint RtpTimestamp, uint Packets, uint Octets);

/// <summary>Writes compounds: a report, our name, and at the end a goodbye (sections 6.4, 6.5 and 6.6).</summary>
internal static class RtcpWriter
{
    /// <summary>Sender report with one block, description of 32 characters, goodbye.</summary>
    public const int MostBytes = 28 + ReportBlock.Bytes + 48 + 8;

    public static int Write(Span<byte> into, uint source, SenderSummary? sent, ReportBlock? block, ReadOnlySpan<byte> name, bool isBye)
    {
        int at = 0;
        int blocks = block is null ? 0 : 1;
        int bytes = (sent is null ? 8 : 28) + blocks * ReportBlock.Bytes;
        Head(into, sent is null ? RtcpType.ReceiverReport : RtcpType.SenderReport, blocks, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], source);
        if (sent is { } summary)
        {
            BinaryPrimitives.WriteUInt64BigEndian(into[8..], summary.NtpTime);
            BinaryPrimitives.WriteUInt32BigEndian(into[16..], summary.RtpTimestamp);
            BinaryPrimitives.WriteUInt32BigEndian(into[20..], summary.Packets);
            BinaryPrimitives.WriteUInt32BigEndian(into[24..], summary.Octets);
        }
        block?.Write(into[(bytes - ReportBlock.Bytes)..]);
        at += bytes;

        // One chunk: SSRC, CNAME item, and a null octet or more up to the next word.
        bytes = (4 + 4 + 2 + name.Length + 1 + 3) / 4 * 4;
        var description = into.Slice(at, bytes);
        description.Clear();
        Head(description, RtcpType.SourceDescription, 1, bytes);
        BinaryPrimitives.WriteUInt32BigEndian(description[4..], source);
        (description[8], description[9]) = (1, (byte)name.Length);
        name.CopyTo(description[10..]);
        at += bytes;

        if (!isBye) return at;
        Head(into[at..], RtcpType.Bye, 1, 8);
        BinaryPrimitives.WriteUInt32BigEndian(into[(at + 4)..], source);
        return at + 8;
    }

    private static void Head(Span<byte> into, RtcpType type, int count, int bytes)
    {
        into[0] = (byte)(0x80 | count);
        into[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)(bytes / 4 - 1));
    }
}
