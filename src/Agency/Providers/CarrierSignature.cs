using System.Globalization;
using System.Text;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Whether Telnyx has sent a webhook, and just now: Ed25519, in base64, of the timestamp, a bar and the body
/// (https://developers.telnyx.com/docs/development/api-fundamentals/webhooks). Pure.
/// </summary>
internal static class CarrierSignature
{
    public const string TimestampHeader = "telnyx-timestamp", SignatureHeader = "telnyx-signature-ed25519";

    private const int KeyBytes = 32, SignatureBytes = 64;
    private const long LastSecond = 253_402_300_799;       // of the year 9999
    private const string Wrong = "its signature is wrong";

    /// <summary>So old it may be, and so far ahead.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>The key in the base64 that is shown for it; null for what is none.</summary>
    public static byte[]? KeyOf(string text)
    {
        byte[] key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text, key, out int count) && count == KeyBytes ? key : null;
    }

    /// <param name="key">In base64.</param>
    /// <returns>Why it is not believed; null when it is.</returns>
    public static string? FaultOf(SignatureCheck isSigned, string key, ReadOnlySpan<byte> body, string? timestamp, string? signature,
        DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature)) return "it is not signed";
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > LastSecond)
            return "its timestamp is no time";
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (now - at > Fresh) return "its timestamp is stale";
        if (at - now > Fresh) return "its timestamp lies ahead";
        byte[] signed = new byte[SignatureBytes];
        if (!Convert.TryFromBase64String(signature, signed, out int count) || count != SignatureBytes) return Wrong;
        byte[] message = [.. Encoding.UTF8.GetBytes(timestamp + "|"), .. body];
        return KeyOf(key) is { } known && isSigned(known, message, signed) ? null : Wrong;
    }
}
