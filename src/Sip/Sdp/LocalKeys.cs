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
    private ReadOnlyMemory<byte>? _secret;
    private byte _round;

    public void Renew() => _round++;

    public MediaKey Of(CryptoSuite suite)
    {
        Span<byte> octets = stackalloc byte[2 * HMACSHA256.HashSizeInBytes];
        var known = _secret ??= secret is null ? ReadOnlyMemory<byte>.Empty : secret();
        HMACSHA256.HashData(known.Span, [(byte)suite, _round], octets);
        // A long key and its salt are more than one of these.
        HMACSHA256.HashData(known.Span, [(byte)suite, _round, 1], octets[HMACSHA256.HashSizeInBytes..]);
        return MediaKey.Read(suite, octets);
    }
}
