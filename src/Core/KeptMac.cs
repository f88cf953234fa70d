using System.Security.Cryptography;

namespace Ringwright.Core;

/// <summary>
/// HMAC-SHA256 by a key that is used again and again, as a node's is for each tag, branch and id: the thread keeps what the key makes of
/// it. The framework's call that keeps nothing has the library look up the hash and read the key each time, which costs several times what
/// the bytes of a token do. For keys of which a thread has one: another takes the place of the last.
/// </summary>
public static class KeptMac
{
    public const int Bytes = HMACSHA256.HashSizeInBytes;

    [ThreadStatic]
    private static Kept? _kept;

    /// <param name="into">Its first <see cref="Bytes"/> are written.</param>
    public static void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> into)
    {
        // Before anything is added, which would be a part of the next one.
        var mac = into[..Bytes];
        if (_kept is not { } kept || !key.SequenceEqual(kept.Key))
        {
            _kept?.Hash.Dispose();
            _kept = kept = new(key.ToArray());
        }
        kept.Hash.AppendData(message);
        kept.Hash.GetHashAndReset(mac);
    }

    private sealed class Kept(byte[] key)
    {
        public byte[] Key { get; } = key;

        public IncrementalHash Hash { get; } = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
    }
}
