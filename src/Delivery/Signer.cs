using System.Security.Cryptography;
using System.Text;
using Ringwright.Delivery.Crypto;

namespace Ringwright.Delivery;

/// <summary>
/// Signs webhooks of one tenant: Ed25519 over "timestamp|body", and Standard Webhooks (HMAC-SHA256 over "id.timestamp.body").
/// </summary>
public sealed class Signer
{
    public const int SeedBytes = 32, PublicKeyBytes = 32, SignatureBytes = 64;
    private const string SecretPrefix = "whsec_";

    private readonly Func<byte[], byte[]> _sign;
    private readonly byte[] _secret;

    /// <param name="seed">32 bytes, RFC 8032's private key.</param>
    /// <param name="webhookSecret"><c>whsec_</c> and base64.</param>
    public Signer(ReadOnlySpan<byte> seed, string webhookSecret)
    {
        _sign = Ed25519.SignerOf(seed.ToArray());
        _secret = Convert.FromBase64String(
            webhookSecret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? webhookSecret[SecretPrefix.Length..] : webhookSecret);
        PublicKey = PublicKeyOf(seed);
    }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed) => Ed25519.PublicKeyOf(seed);

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verify(publicKey, message, signature);

    /// <summary>Base64 of the Ed25519 signature.</summary>
    public string Sign(string timestamp, ReadOnlySpan<byte> body) => Convert.ToBase64String(_sign(Join(timestamp + "|", body)));

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public string SignStandard(string id, string timestamp, ReadOnlySpan<byte> body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(_secret, Join($"{id}.{timestamp}.", body)));

    private static byte[] Join(string head, ReadOnlySpan<byte> body)
    {
        int length = Encoding.UTF8.GetByteCount(head);
        byte[] message = new byte[length + body.Length];
        Encoding.UTF8.GetBytes(head, message);
        body.CopyTo(message.AsSpan(length));
        return message;
    }
}
