using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ringwright.Bench.Driving.Secure;

/// <summary>
/// One direction of SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711, RFC 4568), or by a long key AES_256_CM_HMAC_SHA1_80 (RFC 6188): written
/// for the driver and for tests alone, by the framework's AES and HMAC.
/// Of a receiver it is enough that it finds what is not genuine; copies are counted by their sequence numbers elsewhere.
/// </summary>
internal sealed class SrtpContext : IDisposable
{
    public const string Suite = "AES_CM_128_HMAC_SHA1_80";
    public const int KeyBytes = 30, TagBytes = 10, MostPayload = 1_500;

    private const int SaltBytes = 14, BlockBytes = 16, FixedHeader = 12;
    private const byte EncryptionLabel = 0, AuthenticationLabel = 1, SaltLabel = 2;

    private readonly Aes _aes = Aes.Create();
    private readonly byte[] _salt, _authenticationKey, _stream = new byte[MostPayload + BlockBytes];
    private readonly IncrementalHash _hash;
    private uint _rollOver;
    private ushort _highest;
    private bool _hasBegun;

    /// <param name="key">Master key, of 128 or of 256 bits, and master salt, as they stand in <c>a=crypto</c>.</param>
    public SrtpContext(ReadOnlySpan<byte> key)
    {
        byte[] master = key[..^SaltBytes].ToArray(), salt = key[^SaltBytes..].ToArray();
        _aes.Key = Derive(master, salt, EncryptionLabel, master.Length);
        _authenticationKey = Derive(master, salt, AuthenticationLabel, 20);
        _salt = Derive(master, salt, SaltLabel, SaltBytes);
        _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, _authenticationKey);
    }

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>RFC 3711 section 4.3: the key of a session with a derivation rate of zero.</summary>
    public static byte[] Derive(byte[] masterKey, byte[] masterSalt, byte label, int bytes)
    {
        byte[] start = new byte[BlockBytes], derived = new byte[(bytes + BlockBytes - 1) / BlockBytes * BlockBytes];
        masterSalt.CopyTo(start, 0);
        start[7] ^= label;
        using var aes = Aes.Create();
        aes.Key = masterKey;
        KeyStream(aes, start, derived);
        return derived[..bytes];
    }

    /// <summary>Section 4.1.1: AES in counter mode, from that block on.</summary>
    /// <param name="into">Whole blocks.</param>
    public static void KeyStream(Aes aes, ReadOnlySpan<byte> start, Span<byte> into)
    {
        ushort counter = BinaryPrimitives.ReadUInt16BigEndian(start[14..]);
        for (int at = 0; at < into.Length; at += BlockBytes)
        {
            start.CopyTo(into[at..]);
            BinaryPrimitives.WriteUInt16BigEndian(into[(at + 14)..], counter++);
        }
        aes.EncryptEcb(into, into, PaddingMode.None);
    }

    /// <summary>Encrypts an RTP packet in its place and puts the tag behind it.</summary>
    /// <returns>The length with the tag.</returns>
    public int Protect(Span<byte> packet, int length)
    {
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (_hasBegun && sequence < _highest) _rollOver++;
        (_hasBegun, _highest) = (true, sequence);
        Encrypt(packet[..length], _rollOver);
        Tag(packet[..length], _rollOver, packet.Slice(length, TagBytes));
        return length + TagBytes;
    }

    /// <summary>Looks at the tag and decrypts the packet in its place.</summary>
    /// <returns>The length without the tag; 0 when it is not genuine.</returns>
    public int Unprotect(Span<byte> packet)
    {
        int length = packet.Length - TagBytes;
        if (length < FixedHeader || length > MostPayload) return 0;
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (!_hasBegun) (_hasBegun, _highest) = (true, sequence);
        // Section 3.3.1: the roll-over counter that brings the packet nearest to the highest one.
        int step = sequence - _highest;
        uint rollOver = step > 0x8000 ? _rollOver - 1 : step < -0x8000 ? _rollOver + 1 : _rollOver;
        Span<byte> tag = stackalloc byte[TagBytes];
        Tag(packet[..length], rollOver, tag);
        if (!tag.SequenceEqual(packet[length..])) return 0;
        if (rollOver == _rollOver + 1 || rollOver == _rollOver && sequence > _highest) (_rollOver, _highest) = (rollOver, sequence);
        Encrypt(packet[..length], rollOver);
        return length;
    }

    private void Encrypt(Span<byte> packet, uint rollOver)
    {
        int header = FixedHeader + 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) != 0) header += 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]);
        var payload = packet[header..];
        Span<byte> start = stackalloc byte[BlockBytes];
        start.Clear();
        _salt.CopyTo(start);
        for (int i = 0; i < 4; i++)
        {
            start[4 + i] ^= packet[8 + i];                          // SSRC
            start[8 + i] ^= (byte)(rollOver >> 8 * (3 - i));
        }
        (start[12], start[13]) = ((byte)(start[12] ^ packet[2]), (byte)(start[13] ^ packet[3]));
        var stream = _stream.AsSpan(0, (payload.Length + BlockBytes - 1) / BlockBytes * BlockBytes);
        KeyStream(_aes, start, stream);
        for (int i = 0; i < payload.Length; i++) payload[i] ^= stream[i];
    }

    private void Tag(ReadOnlySpan<byte> packet, uint rollOver, Span<byte> into)
    {
        Span<byte> whole = stackalloc byte[20], counter = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, rollOver);
        _hash.AppendData(packet);
        _hash.AppendData(counter);
        _hash.GetHashAndReset(whole);
        whole[..TagBytes].CopyTo(into);
    }

    public void Dispose()
    {
        _aes.Dispose();
        _hash.Dispose();
    }
}
