using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.MediaHost.Control;

/// <summary>
/// Writes one frame: length of what follows (32 bits), kind (8), fields. Numbers are little-endian, texts and lists have their length (16)
/// before them. Reused: after warm-up a frame allocates nothing.
/// </summary>
internal sealed class FrameWriter
{
    public const int LengthBytes = sizeof(int);

    /// <summary>The longest frame with its length: a list of all the ports that there can be has half of it.</summary>
    public const int MostBytes = 64 * 1024;

    private byte[] _bytes = new byte[512];
    private int _used;

    public ReadOnlySpan<byte> Frame => _bytes.AsSpan(0, _used);

    public FrameWriter Begin(FrameKind kind)
    {
        _used = LengthBytes;
        return U8((byte)kind);
    }

    /// <exception cref="InvalidOperationException">The frame is longer than any may be.</exception>
    public void End()
    {
        if (_used > MostBytes) throw new InvalidOperationException($"A frame of {_used} bytes is longer than {MostBytes}.");
        BinaryPrimitives.WriteInt32LittleEndian(_bytes, _used - LengthBytes);
    }

    public FrameWriter U8(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public FrameWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), value);
        return this;
    }

    public FrameWriter I32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);
        return this;
    }

    public FrameWriter I64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);
        return this;
    }

    public FrameWriter U64(ulong value) => I64((long)value);

    public FrameWriter U128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(Room(16), value);
        return this;
    }

    public FrameWriter Subject(Subject value) => Choice(value.Kind).U128(value.Value);

    public FrameWriter Real(double value) => I64(BitConverter.DoubleToInt64Bits(value));

    public FrameWriter Flag(bool value) => U8(value ? (byte)1 : (byte)0);

    public FrameWriter Choice<T>(T value) where T : struct, Enum => I32(Unsafe.BitCast<T, int>(value));      // all our enums are of int

    public FrameWriter Id(Guid value)
    {
        MemoryMarshal.Write(Room(16), in value);
        return this;
    }

    public FrameWriter Span(TimeSpan value) => I64(value.Ticks);

    public FrameWriter At(Instant value) => I64(value.Nanos);

    public FrameWriter Text(string? value)
    {
        if (value is null) return U16(ushort.MaxValue);
        int length = Encoding.UTF8.GetByteCount(value);
        if (length >= ushort.MaxValue) throw new InvalidOperationException($"A text of {length} bytes is too long for a frame.");
        U16((ushort)length);
        Encoding.UTF8.GetBytes(value, Room(length));
        return this;
    }

    public FrameWriter EndPoint(IPEndPoint? value)
    {
        if (value is null) return U8(0);
        int length = value.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork ? 4 : 16;
        U8((byte)length);
        value.Address.TryWriteBytes(Room(length), out _);
        return U16((ushort)value.Port);
    }

    private Span<byte> Room(int bytes)
    {
        if (_used + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + bytes));
        _used += bytes;
        return _bytes.AsSpan(_used - bytes, bytes);
    }
}
