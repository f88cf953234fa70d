using System.Buffers.Binary;

namespace Ringwright.MediaHost;

/// <summary>Packets of one stream in pages of Ogg (RFC 3533 section 6), each with its checksum.</summary>
internal sealed class OggPages(Stream target)
{
    /// <summary>No page is longer: its header, the lengths of its segments, and those.</summary>
    public const int MostBytes = HeaderBytes + MostSegments + MostSegments * WholeSegment;

    private const int HeaderBytes = 27, MostSegments = 255, WholeSegment = 255, MostPackets = 50;
    private const int KindAt = 5, PositionAt = 6, SerialAt = 14, NumberAt = 18, ChecksumAt = 22, SegmentsAt = 26;
    private const int First = 2, Last = 4;
    /// <summary>A file has one stream: any number does.</summary>
    private const uint Serial = 1;
    private const uint Polynomial = 0x04c1_1db7, HighestBit = 0x8000_0000;

    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(i => RemainderOf((uint)i))];

    private readonly List<byte> _segments = [], _body = [];
    private int _packets;
    private uint _number;
    private long _position;

    /// <param name="position">Of the end of the packet, by the clock of the stream.</param>
    public void Add(ReadOnlySpan<byte> packet, long position)
    {
        if (_packets == MostPackets || _segments.Count + packet.Length / WholeSegment + 1 > MostSegments) End();
        for (int left = packet.Length; left >= WholeSegment; left -= WholeSegment) _segments.Add(WholeSegment);
        // One of whole segments has an empty one behind them.
        _segments.Add((byte)(packet.Length % WholeSegment));
        _body.AddRange(packet);
        _packets++;
        _position = position;
    }

    /// <summary>What was added is a page.</summary>
    public void End(bool isLast = false)
    {
        var page = new byte[HeaderBytes + _segments.Count + _body.Count];
        "OggS"u8.CopyTo(page);
        page[KindAt] = (byte)((_number == 0 ? First : 0) | (isLast ? Last : 0));
        BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(PositionAt), _position);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(SerialAt), Serial);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(NumberAt), _number++);
        page[SegmentsAt] = (byte)_segments.Count;
        _segments.CopyTo(page, HeaderBytes);
        _body.CopyTo(page, HeaderBytes + _segments.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(ChecksumAt), ChecksumOf(page));
        target.Write(page);
        _segments.Clear();
        _body.Clear();
        _packets = 0;
    }

    /// <summary>Where the last page of a file ends, by the clock of its stream; null where there is none.</summary>
    /// <param name="tail">At least <see cref="MostBytes"/> of the file, or all of it.</param>
    public static long? LastPosition(ReadOnlySpan<byte> tail)
    {
        int at = tail.LastIndexOf("OggS"u8);
        return at < 0 || tail.Length - at < HeaderBytes ? null : BinaryPrimitives.ReadInt64LittleEndian(tail[(at + PositionAt)..]);
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> page)
    {
        uint sum = 0;
        foreach (byte one in page) sum = (sum << 8) ^ Remainders[(sum >> 24) ^ one];
        return sum;
    }

    private static uint RemainderOf(uint one)
    {
        uint rest = one << 24;
        for (int bit = 0; bit < 8; bit++) rest = (rest & HighestBit) != 0 ? (rest << 1) ^ Polynomial : rest << 1;
        return rest;
    }
}
