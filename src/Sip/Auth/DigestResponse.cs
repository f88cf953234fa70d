using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Sip.Auth;

/// <summary>The arithmetic of RFC 7616 §3.4, for either side.</summary>
internal static class DigestResponse
{
    public static string Compute(DigestChallenge challenge, string user, string password, string method, string uri, string nonceCount,
        string clientNonce, ReadOnlySpan<byte> body)
    {
        var algorithm = challenge.Algorithm;
        string a1 = Hash(algorithm, $"{user}:{challenge.Realm}:{password}");
        if (challenge.IsSession) a1 = Hash(algorithm, $"{a1}:{challenge.Nonce}:{clientNonce}");
        string a2 = Hash(algorithm,
            challenge.Quality is DigestQuality.AuthInt ? $"{method}:{uri}:{Hash(algorithm, body)}" : $"{method}:{uri}");
        return Hash(algorithm, challenge.Quality is DigestQuality.None
            ? $"{a1}:{challenge.Nonce}:{a2}"
            : $"{a1}:{challenge.Nonce}:{nonceCount}:{clientNonce}:{Name(challenge.Quality)}:{a2}");
    }

    public static string Name(DigestQuality quality) => quality is DigestQuality.AuthInt ? "auth-int" : "auth";

    private static string Hash(DigestAlgorithm algorithm, string text) => Hash(algorithm, Encoding.UTF8.GetBytes(text));

    private static string Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(algorithm is DigestAlgorithm.Sha256 ? SHA256.HashData(bytes) : MD5.HashData(bytes));
}
