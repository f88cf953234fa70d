using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Agency;

/// <summary>
/// Codes that an app on a user's telephone shows: RFC 6238 with SHA-1, six digits and 30 seconds, which all apps know. Pure.
/// </summary>
internal static class Totp
{
    /// <summary>RFC 4226, section 4: 160 bits.</summary>
    public const int SecretBytes = 20;

    private const int StepSeconds = 30, Modulus = 1_000_000, Digits = 6;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The secret of a user: no table has it, so that nobody reads it there.</summary>
    /// <param name="nonce">Another one gives another secret.</param>
    public static byte[] SecretOf(ReadOnlySpan<byte> key, Guid user, string nonce) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"second factor of {user} {nonce}"))[..SecretBytes];

    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    public static string CodeOf(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)], hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        HMACSHA1.HashData(secret, counter, hash);
        // RFC 4226, section 5.3.
        int number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xF)..]) & int.MaxValue;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step of a code, which may be the one before or behind: clocks differ. Null for no code of these.</summary>
    public static long? Find(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        byte[] said = Encoding.UTF8.GetBytes(code.Replace(" ", "", StringComparison.Ordinal));
        if (said.Length != Digits) return null;
        long? found = null;
        for (long step = StepOf(now) - 1; step <= StepOf(now) + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(said, Encoding.UTF8.GetBytes(CodeOf(secret, step)))) found = step;
        return found;
    }

    /// <summary>RFC 4648, section 6, without padding: a whole number of letters for a secret.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        const int letterBits = 5, byteBits = 8;
        var text = new StringBuilder();
        int bits = 0, held = 0;
        foreach (byte one in bytes)
        {
            held = held << byteBits | one;
            for (bits += byteBits; bits >= letterBits; bits -= letterBits) text.Append(Letters[held >> bits - letterBits & 31]);
            held &= (1 << bits) - 1;
        }
        if (bits > 0) text.Append(Letters[held << letterBits - bits & 31]);
        return text.ToString();
    }
}
