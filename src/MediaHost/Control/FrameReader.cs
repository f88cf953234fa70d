using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.MediaHost.Control;

/// <summary>Reads the fields of a frame. What is not there reads as zero and leaves <see cref="IsWhole"/> false: nothing throws.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;
    private bool _isBad;

    /// <summary>All fields were there, and nothing else.</summary>
    public readonly bool IsWhole => !_isBad && _rest.IsEmpty;

    public readonly int Left => _rest.Length;

    public byte U8() => TryTake(1, out var bytes) ? bytes[0] : (byte)0;

    public ushort U16() => TryTake(sizeof(ushort), out var bytes) ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    public int I32() => TryTake(sizeof(int), out var bytes) ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public long I64() => TryTake(sizeof(long), out var bytes) ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public ulong U64() => (ulong)I64();

    public UInt128 U128() => TryTake(16, out var bytes) ? BinaryPrimitives.ReadUInt128LittleEndian(bytes) : 0;

    public Subject Subject() => new(Choice<SubjectKind>(), U128());

    public double Real() => BitConverter.Int64BitsToDouble(I64());

    public bool Flag() => U8() switch { 0 => false, 1 => true, _ => Bad<bool>() };

    public T Choice<T>() where T : struct, Enum
    {
        var value = Unsafe.BitCast<int, T>(I32());
        return Enum.IsDefined(value) ? value : Bad<T>();
    }

    public Guid Id() => TryTake(16, out var bytes) ? MemoryMarshal.Read<Guid>(bytes) : default;

    public TimeSpan Span() => new(I64());

    public Instant At() => new(I64());

    public string? TextOrNull()
    {
        int length = U16();
        return length == ushort.MaxValue ? null : TryTake(length, out var bytes) ? Encoding.UTF8.GetString(bytes) : "";
    }

    public string Text() => TextOrNull() ?? Bad<string>() ?? "";

    public IPEndPoint? EndPointOrNull()
    {
        int length = U8();
        if (length == 0) return null;
        if (length is not (4 or 16)) return Bad<IPEndPoint>();
        return TryTake(length, out var bytes) ? new(new IPAddress(bytes), U16()) : null;
    }

    public IPEndPoint EndPoint() => EndPointOrNull() ?? Bad<IPEndPoint>() ?? new(IPAddress.None, 0);

    /// <summary>The number of items of a list, each of which has at least so many bytes.</summary>
    public int Count(int leastBytes)
    {
        int count = U16();
        return count * leastBytes <= _rest.Length ? count : Bad<int>();
    }

    private T? Bad<T>()
    {
        _isBad = true;
        return default;
    }

    private bool TryTake(int bytes, out ReadOnlySpan<byte> taken)
    {
        if (_isBad || bytes > _rest.Length)
        {
            _isBad = true;
            taken = default;
            return false;
        }
        taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return true;
    }
}
