using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Whether Ultravox has sent a webhook, and just now: HMAC-SHA256 in small hex digits of the body with the timestamp behind it
/// (https://docs.ultravox.ai/webhooks/securing-webhooks). Several digests, with commas, are those of several secrets. Pure.
/// </summary>
internal static class UltravoxSignature
{
    public const string TimestampHeader = "X-Ultravox-Webhook-Timestamp", SignatureHeader = "X-Ultravox-Webhook-Signature";

    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";
    private const int MostDigests = 10;

    /// <summary>So old it may be, and so far ahead.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    /// <param name="secrets">Any of them may have signed.</param>
    /// <returns>Why it is not believed; null when it is.</returns>
    public static string? FaultOf(IReadOnlyList<string> secrets, ReadOnlySpan<byte> body, string? timestamp, string? digests,
        DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(digests)) return "it is not signed";
        if (!DateTimeOffset.TryParseExact(timestamp, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return "its timestamp is no time";
        if (now - at > Fresh) return "its timestamp is stale";
        if (at - now > Fresh) return "its timestamp lies ahead";
        byte[] stamp = Encoding.UTF8.GetBytes(timestamp), message = new byte[body.Length + stamp.Length];
        body.CopyTo(message);
        stamp.CopyTo(message, body.Length);
        var said = digests.Split(',').Take(MostDigests).Select(one => Encoding.UTF8.GetBytes(one.Trim())).ToList();
        bool isSigned = false;
        foreach (string secret in secrets)
        {
            byte[] digest = Encoding.UTF8.GetBytes(
                Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message)));
            // All of them, whichever fits: how long it takes says nothing.
            foreach (byte[] one in said) isSigned |= CryptographicOperations.FixedTimeEquals(one, digest);
        }
        return isSigned ? null : "its signature is wrong";
    }
}
