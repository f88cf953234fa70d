using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Telnyx;

/// <summary>UUIDs that are always the same for the same words (RFC 9562, section 5.8).</summary>
internal static class NamedUuid
{
    public static Guid Of(string words)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(words)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes, bigEndian: true);
    }
}
