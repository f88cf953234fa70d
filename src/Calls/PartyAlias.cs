using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Calls;

/// <summary>
/// Parties in APIs that know only numbers in international form: a number is itself, and whoever has none gets a stable one from +999,
/// which is nobody's and is never dialled.
/// </summary>
public static class PartyAlias
{
    public const string Prefix = "+999", Anonymous = "+99900000000";

    private const long Least = 100_000_000_000, Span = 900_000_000_000;

    /// <summary>'+', no leading zero, and 2 to 15 digits.</summary>
    public static bool IsNumber(string text) => text.Length is >= 3 and <= 16 && text[0] is '+' && text[1] is >= '1' and <= '9'
        && !text.AsSpan(2).ContainsAnyExceptInRange('0', '9');

    public static string Of(string party)
    {
        if (IsNumber(party)) return party;
        string plain = party.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) ? party[4..] : party;
        if (plain.Length == 0 || plain.StartsWith("anonymous", StringComparison.OrdinalIgnoreCase)
                && (plain.Length == 9 || plain[9] is '@'))
            return Anonymous;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(plain.ToLowerInvariant()));
        long digits = Least + (long)(BinaryPrimitives.ReadUInt64BigEndian(hash) % Span);
        return Prefix + digits.ToString(CultureInfo.InvariantCulture);
    }
}
