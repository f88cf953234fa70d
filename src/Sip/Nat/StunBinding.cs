using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Sip.Nat;

/// <summary>
/// A phone that keeps a flow over UDP open asks by STUN which address it has outside (RFC 5626 section 3.5.2, RFC 8489): on the SIP port,
/// and without credentials. Binding requests only; everything else is not for us.
/// </summary>
public static class StunBinding
{
    private const int HeaderBytes = 20, MostBytes = 548;
    private const ushort Request = 0x0001, Success = 0x0101, Refused = 0x0111;
    private const ushort ErrorCode = 0x0009, UnknownAttributes = 0x000A, XorMappedAddress = 0x0020;
    private const uint MagicCookie = 0x2112_A442;
    /// <summary>Attributes below 0x8000 must be understood; of these we understand that they change nothing for us.</summary>
    private static ReadOnlySpan<ushort> Understood => [0x0006, 0x0008, 0x0014, 0x0015, 0x001C, 0x001D, 0x001E, 0x0024, 0x0025];
    /// <summary>Of one request that are looked at.</summary>
    private const int MostUnknown = 4;

    /// <summary>
    /// The answer to a Binding request: where it came from (RFC 8489 section 7.3.1), or 420 for one with an attribute that must be
    /// understood and is not. Null for anything else, broken requests included. It is hardly longer than the request, so that a forged
    /// source is no gain.
    /// </summary>
    public static byte[]? Answer(ReadOnlySpan<byte> datagram, IPEndPoint source)
    {
        if (!IsBindingRequest(datagram)) return null;
        Span<ushort> unknown = stackalloc ushort[MostUnknown];
        return TryFindUnknown(datagram[HeaderBytes..], unknown, out int count)
            ? count == 0 ? Mapped(datagram[4..HeaderBytes], source) : Unknown(datagram[4..HeaderBytes], unknown[..count])
            : null;
    }

    /// <summary>SIP begins with a letter, so nothing of it is taken for this.</summary>
    public static bool IsBindingRequest(ReadOnlySpan<byte> datagram) =>
        datagram.Length is >= HeaderBytes and <= MostBytes && datagram.Length % 4 == 0
        && BinaryPrimitives.ReadUInt16BigEndian(datagram) == Request
        && BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) == datagram.Length - HeaderBytes
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie;

    /// <summary>False for attributes that do not fill the request.</summary>
    private static bool TryFindUnknown(ReadOnlySpan<byte> attributes, Span<ushort> unknown, out int count)
    {
        count = 0;
        while (!attributes.IsEmpty)
        {
            if (attributes.Length < 4) return false;
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(attributes);
            int whole = 4 + ((BinaryPrimitives.ReadUInt16BigEndian(attributes[2..]) + 3) & ~3);
            if (whole > attributes.Length) return false;
            if (type < 0x8000 && !Understood.Contains(type) && count < unknown.Length) unknown[count++] = type;
            attributes = attributes[whole..];
        }
        return true;
    }

    /// <param name="names">Cookie and transaction id.</param>
    private static byte[] Mapped(ReadOnlySpan<byte> names, IPEndPoint source)
    {
        var address = source.Address.IsIPv4MappedToIPv6 ? source.Address.MapToIPv4() : source.Address;
        byte[] host = address.GetAddressBytes();
        byte[] reply = Head(Success, names, 4 + 4 + host.Length);
        var value = Attribute(reply.AsSpan(HeaderBytes), XorMappedAddress, 4 + host.Length);
        value[1] = address.AddressFamily is AddressFamily.InterNetworkV6 ? (byte)2 : (byte)1;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(source.Port ^ (MagicCookie >> 16)));
        for (int i = 0; i < host.Length; i++) value[4 + i] = (byte)(host[i] ^ names[i]);
        return reply;
    }

    private static byte[] Unknown(ReadOnlySpan<byte> names, ReadOnlySpan<ushort> types)
    {
        int listed = (2 * types.Length + 3) & ~3;
        byte[] reply = Head(Refused, names, 4 + 4 + 4 + listed);
        var code = Attribute(reply.AsSpan(HeaderBytes), ErrorCode, 4);
        (code[2], code[3]) = (4, 20);
        var list = Attribute(reply.AsSpan(HeaderBytes + 8), UnknownAttributes, 2 * types.Length);
        for (int i = 0; i < types.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(list[(2 * i)..], types[i]);
        return reply;
    }

    private static byte[] Head(ushort type, ReadOnlySpan<byte> names, int length)
    {
        byte[] reply = new byte[HeaderBytes + length];
        BinaryPrimitives.WriteUInt16BigEndian(reply, type);
        BinaryPrimitives.WriteUInt16BigEndian(reply.AsSpan(2), (ushort)length);
        names.CopyTo(reply.AsSpan(4));
        return reply;
    }

    /// <summary>Its value's bytes.</summary>
    private static Span<byte> Attribute(Span<byte> at, ushort type, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(at, type);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], (ushort)length);
        return at[4..];
    }
}
