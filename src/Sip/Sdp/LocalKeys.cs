using System.Buffers.Binary;
using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>
/// The keys that one dialog encrypts with, one per suite, drawn from its secret: the same in every offer and answer, so that a re-INVITE
/// changes nothing, and other ones once an offer was given up, since whoever got it knows them.
/// </summary>
/// <param name="secret">Gives the secret.</param>
internal sealed class LocalKeys(Func<ReadOnlyMemory<byte>>? secret)
{
    private const int KeyBytes = 16;

    private ReadOnlyMemory<byte>? _secret;
    private byte _round;

    public void Renew() => _round++;

    public MediaKey Of(CryptoSuite suite)
    {
        Span<byte> octets = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var known = _secret ??= secret is null ? ReadOnlyMemory<byte>.Empty : secret();
        HMACSHA256.HashData(known.Span, [(byte)suite, _round], octets);
        octets[(KeyBytes + SdpCrypto.SaltBytes(suite))..].Clear();
        return new(suite, BinaryPrimitives.ReadUInt128BigEndian(octets), BinaryPrimitives.ReadUInt128BigEndian(octets[KeyBytes..]));
    }
}
