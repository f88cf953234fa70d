using System.Buffers.Binary;
using System.Text;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>Reads the fields of a body one after another. What is too short or too long makes all that follows empty.</summary>
internal ref struct SmppFieldReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Octets of the least parameter: its tag and its length.</summary>
    private const int LeastParameter = 4;

    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>A field was not there, or not as it must be.</summary>
    public bool IsBroken { get; private set; }

    public readonly bool IsAtEnd => _left.IsEmpty;

    /// <summary>What is left is too short for a parameter, and says nothing: some centres end a text with a zero.</summary>
    public readonly bool IsAtPadding => _left.Length is > 0 and < LeastParameter && !_left.ContainsAnyExcept((byte)0);

    /// <summary>Text that a zero ends.</summary>
    /// <param name="most">Octets with the zero.</param>
    public string Text(int most)
    {
        int end = _left.IndexOf((byte)0);
        if (IsBroken || end < 0 || end >= most)
        {
            Break();
            return "";
        }
        string text = Encoding.Latin1.GetString(_left[..end]);
        _left = _left[(end + 1)..];
        return text;
    }

    public byte Octet() => Octets(1) is [var octet] ? octet : (byte)0;

    public ushort Short() => Octets(2) is { Length: 2 } octets ? BinaryPrimitives.ReadUInt16BigEndian(octets) : (ushort)0;

    public ReadOnlySpan<byte> Octets(int count)
    {
        if (IsBroken || _left.Length < count)
        {
            Break();
            return [];
        }
        var octets = _left[..count];
        _left = _left[count..];
        return octets;
    }

    private void Break()
    {
        IsBroken = true;
        _left = [];
    }
}

/// <summary>Writes the fields of a body one after another.</summary>
internal sealed class SmppFieldWriter
{
    private readonly List<byte> _bytes = [];

    /// <summary>Text of Latin-1, and a zero; zeros inside it are left out.</summary>
    /// <param name="most">Octets with the zero: what is more is cut off.</param>
    public SmppFieldWriter Text(string text, int most)
    {
        byte[] octets = [.. Encoding.Latin1.GetBytes(text).Where(octet => octet != 0)];
        _bytes.AddRange(octets.AsSpan(0, Math.Min(octets.Length, most - 1)));
        _bytes.Add(0);
        return this;
    }

    public SmppFieldWriter Octet(byte octet)
    {
        _bytes.Add(octet);
        return this;
    }

    public SmppFieldWriter Octets(ReadOnlySpan<byte> octets)
    {
        _bytes.AddRange(octets);
        return this;
    }

    public SmppFieldWriter Tlvs(IReadOnlyList<SmppTlv> tlvs)
    {
        foreach (var (tag, value) in tlvs)
        {
            Octet((byte)(tag >> 8)).Octet((byte)tag).Octet((byte)(value.Length >> 8)).Octet((byte)value.Length);
            Octets(value.Span);
        }
        return this;
    }

    public byte[] ToBytes() => [.. _bytes];
}

/// <summary>An optional parameter (SMPP 3.4, section 5.3).</summary>
public readonly record struct SmppTlv(ushort Tag, ReadOnlyMemory<byte> Value)
{
    public const ushort ReceiptedMessageId = 0x001E, UserMessageReference = 0x0204, SarReference = 0x020C, SarTotal = 0x020E,
        SarNumber = 0x020F, NetworkErrorCode = 0x0423, MessagePayload = 0x0424, MessageState = 0x0427;

    public static SmppTlv Octet(ushort tag, byte value) => new(tag, new[] { value });

    public static SmppTlv Short(ushort tag, ushort value) => new(tag, new[] { (byte)(value >> 8), (byte)value });

    /// <summary>The number that one or two octets are; null for another length.</summary>
    public int? Number => Value.Span switch
    {
        [var one] => one,
        [var high, var low] => (high << 8) | low,
        _ => null,
    };

    /// <summary>Text up to the first zero, or to the end.</summary>
    public string Text => Value.Span.IndexOf((byte)0) is >= 0 and var end
        ? Encoding.Latin1.GetString(Value.Span[..end]) : Encoding.Latin1.GetString(Value.Span);

    /// <summary>The rest of a body, up to what is no whole parameter: then the reader is broken.</summary>
    internal static List<SmppTlv> ReadAll(ref SmppFieldReader reader)
    {
        var all = new List<SmppTlv>();
        while (!reader.IsAtEnd && !reader.IsAtPadding)
        {
            ushort tag = reader.Short();
            var value = reader.Octets(reader.Short());
            if (!reader.IsBroken) all.Add(new(tag, value.ToArray()));
        }
        return all;
    }
}
