using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Ringwright.Core;

namespace Ringwright.Streams;

/// <summary>
/// Base64 as applications write it: also without the padding, in the alphabet of URLs, and broken into lines (RFC 4648 sections 3 and 5),
/// and as the data URI that a browser makes of a file.
/// </summary>
internal static class PayloadText
{
    /// <param name="text">A text of JSON.</param>
    /// <exception cref="InvalidOperationException">It is no Unicode.</exception>
    public static bool TryRead(JsonElement text, [NotNullWhen(true)] out byte[]? bytes)
    {
        if (text.TryGetBytesFromBase64(out bytes)) return true;
        string other = DataUri.Base64Of(text.GetString()!) // it is a text
            .ReplaceLineEndings("").TrimEnd('=').Replace('+', '-').Replace('/', '_');
        if (!Base64Url.IsValid(other)) return false;
        bytes = Base64Url.DecodeFromChars(other);
        return true;
    }
}
