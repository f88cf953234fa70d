using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Store.OAuth;

/// <summary>Codes, refresh tokens and client secrets: 256 random bits, so that a fast hash hides them.</summary>
public static class OAuthText
{
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    internal static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    internal static string Join(IReadOnlyList<string> scopes) => string.Join(' ', scopes);

    internal static IReadOnlyList<string> Split(string scopes) => scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
