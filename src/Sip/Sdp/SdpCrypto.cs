using System.Globalization;
using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>
/// One a=crypto line (RFC 4568 section 9.1): a suite and the key that its sender encrypts with.
/// Its text shows no key; <see cref="ToAttribute"/> does.
/// </summary>
public readonly record struct SdpCrypto(int Tag, MediaKey Key)
{
    public const string Attribute = "crypto";
    private const string Method = "inline:";
    private const int MostTagDigits = 9, LongestLifetimePower = 48, MostIdentifierBytes = 128;

    /// <summary>
    /// In the order of our offers: what every stack knows, what is best, what saves six bytes. Those with long keys are answered alone:
    /// a line of theirs in each offer would be a hundred bytes more of an INVITE.
    /// </summary>
    public static readonly IReadOnlyList<CryptoSuite> Offered = [CryptoSuite.AesCm128HmacSha1Tag80, CryptoSuite.AeadAes128Gcm,
        CryptoSuite.AesCm128HmacSha1Tag32];

    private static readonly CryptoSuite[] Known = Enum.GetValues<CryptoSuite>();

    /// <summary>
    /// The first line that we can follow; null when there is none. One whose packets have a master key identifier comes after those
    /// without.
    /// </summary>
    /// <param name="isMalformed">There is none, and one of those that are there cannot be read.</param>
    public static SdpCrypto? FirstOf(MediaDescription media, IReadOnlyList<CryptoSuite>? among, out bool isMalformed)
    {
        isMalformed = false;
        SdpCrypto? marked = null;
        foreach (var (name, value) in media.Attributes)
        {
            if (!name.Equals(Attribute, StringComparison.OrdinalIgnoreCase)) continue;
            if (TryParse(value ?? "", out var crypto, out bool isBroken) && among?.Contains(crypto.Key.Suite) is not false)
            {
                marked ??= crypto;
                if (crypto.Key.IdentifierBytes > 0) continue;
                isMalformed = false;
                return crypto;
            }
            isMalformed |= isBroken;
        }
        isMalformed &= marked is null;
        return marked;
    }

    /// <param name="isMalformed">It is not what RFC 4568 calls a crypto line; false for one that asks for what we have not.</param>
    public static bool TryParse(string value, out SdpCrypto crypto, out bool isMalformed)
    {
        crypto = default;
        isMalformed = true;
        string[] words = value.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || words[0].Length > MostTagDigits
            || !int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int tag)) return false;
        if (SuiteOf(words[1]) is not { } suite)
        {
            isMalformed = false;
            return false;
        }
        if (!TryKey(words[2], suite, out var key, out isMalformed)) return false;
        for (int i = 3; i < words.Length; i++)
            if (!IsHarmless(words[i])) return false;
        crypto = new(tag, key);
        return true;
    }

    public SdpAttribute ToAttribute()
    {
        Span<byte> octets = stackalloc byte[MediaKey.MostBytes];
        int length = Key.Write(octets);
        string inline = Convert.ToBase64String(octets[..length]);
        return new(Attribute, string.Create(CultureInfo.InvariantCulture, $"{Tag} {NameOf(Key.Suite)} {Method}{inline}"));
    }

    private static string NameOf(CryptoSuite suite) => suite switch
    {
        CryptoSuite.AeadAes128Gcm => "AEAD_AES_128_GCM",
        CryptoSuite.AesCm128HmacSha1Tag32 => "AES_CM_128_HMAC_SHA1_32",
        CryptoSuite.AesCm256HmacSha1Tag80 => "AES_256_CM_HMAC_SHA1_80",
        CryptoSuite.AesCm256HmacSha1Tag32 => "AES_256_CM_HMAC_SHA1_32",
        CryptoSuite.AeadAes256Gcm => "AEAD_AES_256_GCM",
        _ => "AES_CM_128_HMAC_SHA1_80",
    };

    private static CryptoSuite? SuiteOf(string name)
    {
        foreach (var suite in Known)
            if (name.Equals(NameOf(suite), StringComparison.OrdinalIgnoreCase)) return suite;
        return null;
    }

    /// <summary>
    /// "inline:" key and salt, perhaps "|" lifetime and "|" identifier. Of several keys the first counts: senders begin with it, and calls
    /// end long before its lifetime does.
    /// </summary>
    private static bool TryKey(string text, CryptoSuite suite, out MediaKey key, out bool isMalformed)
    {
        key = default;
        isMalformed = true;
        if (!text.StartsWith(Method, StringComparison.OrdinalIgnoreCase)) return false;
        string first = text.Split(';')[0];
        string[] parts = first[Method.Length..].Split('|');
        byte identifier = 0;
        if (parts.Length > 1 && parts[^1].Contains(':'))
        {
            if (!TryIdentifier(parts[^1], out identifier)) return false;
            parts = parts[..^1];
        }
        // some keep the place of a lifetime that they do not say
        if (parts.Length > 2 || (parts.Length == 2 && parts[1].Length > 0 && !IsLifetime(parts[1]))) return false;
        string base64 = parts[0].PadRight((parts[0].Length + 3) / 4 * 4, '=');      // some leave the padding out
        Span<byte> octets = stackalloc byte[MediaKey.MostBytes];
        if (!Convert.TryFromBase64String(base64, octets, out int length)
            || length != MediaKey.KeyBytes(suite) + MediaKey.SaltBytes(suite)) return false;
        key = MediaKey.Read(suite, octets) with { IdentifierBytes = identifier };
        isMalformed = false;
        return true;
    }

    /// <summary>"1:4": which key, and in how many bytes packets say so (RFC 4568 section 6.1). Of a single key only these matter.</summary>
    private static bool TryIdentifier(string text, out byte bytes)
    {
        bytes = 0;
        string[] parts = text.Split(':');
        return parts.Length == 2 && parts[0].Length > 0 && parts[0].All(char.IsAsciiDigit)
            && byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out bytes)
            && bytes is > 0 and <= MostIdentifierBytes;
    }

    /// <summary>"2^31" or a number of packets; calls end long before.</summary>
    private static bool IsLifetime(string text)
    {
        bool isPower = text.StartsWith("2^", StringComparison.Ordinal);
        return long.TryParse(isPower ? text[2..] : text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number > 0 && (!isPower || number <= LongestLifetimePower);
    }

    /// <summary>
    /// A hint about the replay window, the place of a forward error correction that nobody has asked for, or what may be ignored ("-",
    /// RFC 4568 section 6.3.7). All others change what goes over the wire.
    /// </summary>
    private static bool IsHarmless(string parameter) =>
        parameter.StartsWith('-') || parameter.StartsWith("WSH=", StringComparison.OrdinalIgnoreCase)
        || parameter.StartsWith("FEC_ORDER=", StringComparison.OrdinalIgnoreCase)
        || parameter.Equals("KDR=0", StringComparison.OrdinalIgnoreCase);
}
