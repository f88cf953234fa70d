using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>
/// Numbers as hashes under a key of the installation: whoever has the database and not its key file cannot try all numbers there are.
/// The key is the same on all nodes of a database.
/// </summary>
internal sealed class NumberHash(SecretBox box)
{
    private readonly byte[] _key = box.Derive("hashes of numbers");

    /// <summary>As tombstones have it: 128 bits in hex.</summary>
    public string TextOf(string number) => Of(number).ToString("x32", null);

    public UInt128 Of(string number)
    {
        Span<byte> text = stackalloc byte[64], hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // A number of E.164 has 16 characters at most.
        if (!Encoding.UTF8.TryGetBytes(number, text, out int length))
            return BinaryPrimitives.ReadUInt128BigEndian(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(number)));
        HMACSHA256.HashData(_key, text[..length], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>One owner's entry for a number, as <see cref="DoNotCallIndex"/> has it.</summary>
    public static ulong KeyOf(TenantId? owner, UInt128 number)
    {
        ulong key = (ulong)(number >> 64);
        if (owner is not { } tenant) return key;
        Span<byte> id = stackalloc byte[16];
        tenant.Value.TryWriteBytes(id);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(id), second = BinaryPrimitives.ReadUInt64LittleEndian(id[8..]);
        return key ^ (first * 0x9E3779B97F4A7C15UL + second);
    }
}
