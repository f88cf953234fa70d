using System.IO.Compression;

namespace Ringwright.Egress;

/// <summary>
/// Bodies in a content coding (RFC 9110 section 8.4.1). Nothing asks for one, and some servers send one all the same: files that lie packed
/// in a bucket, and caches that have no other.
/// </summary>
internal static class PackedBody
{
    /// <param name="codings">Of Content-Encoding.</param>
    /// <param name="most">Bytes of the body when it is unpacked.</param>
    /// <returns>
    /// Unpacked; as it came, where it is in no coding that is known, or not in the one that it names; null where it is longer.
    /// </returns>
    public static byte[]? Unpack(byte[] body, ICollection<string> codings, int most)
    {
        if (body.Length == 0 || codings.Count != 1) return body;
        using var packed = new MemoryStream(body);
        using var plain = Open(codings.First(), packed, body);
        if (plain is null) return body;
        using var whole = new MemoryStream();
        var part = new byte[16 * 1024];
        try
        {
            while (plain.Read(part) is var count and > 0)
            {
                if (whole.Length + count > most) return null;
                whole.Write(part, 0, count);
            }
            return whole.ToArray();
        }
        catch (Exception damaged) when (damaged is InvalidDataException or InvalidOperationException or IOException)
        {
            // Proxies unpack a body and leave the header as it was.
            return body;
        }
    }

    private static Stream? Open(string coding, Stream packed, ReadOnlySpan<byte> body) => coding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(packed, CompressionMode.Decompress),
        "br" => new BrotliStream(packed, CompressionMode.Decompress),
        // Named after the inner format, it has the outer one, and some send the inner one.
        "deflate" => IsZLib(body) ? new ZLibStream(packed, CompressionMode.Decompress)
            : new DeflateStream(packed, CompressionMode.Decompress),
        _ => null,
    };

    /// <summary>RFC 1950 section 2.2.</summary>
    private static bool IsZLib(ReadOnlySpan<byte> body) => body is [var first, var second, ..] && (first & 0x0F) == 8
        && (first * 256 + second) % 31 == 0;
}
