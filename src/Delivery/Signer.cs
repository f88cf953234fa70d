using System.Buffers;
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

    private readonly Func<ReadOnlyMemory<byte>, byte[]> _sign;
    private readonly Lock _turn = new();
    /// <summary>It keeps what the secret makes of it: to read that anew for each webhook costs more than the body does.</summary>
    private readonly IncrementalHash _standard;

    /// <param name="seed">32 bytes, RFC 8032's private key.</param>
    /// <param name="webhookSecret"><c>whsec_</c> and base64.</param>
    public Signer(ReadOnlySpan<byte> seed, string webhookSecret)
    {
        _sign = Ed25519.SignerOf(seed.ToArray());
        _standard = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(
            webhookSecret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? webhookSecret[SecretPrefix.Length..] : webhookSecret));
        PublicKey = PublicKeyOf(seed);
    }

    /// <summary>32 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed) => Ed25519.PublicKeyOf(seed);

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Ed25519.Verify(publicKey, message, signature);

    /// <summary>Base64 of the Ed25519 signature.</summary>
    public string Sign(string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] message = Join(timestamp + "|", body, out int length);
        string signature = Convert.ToBase64String(_sign(message.AsMemory(0, length)));
        ArrayPool<byte>.Shared.Return(message);
        return signature;
    }

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public string SignStandard(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        lock (_turn)
        {
            _standard.AppendData(head);
            _standard.AppendData(body);
            _standard.GetHashAndReset(mac);
        }
        return "v1," + Convert.ToBase64String(mac);
    }

    /// <returns>A rented buffer, of which so much is the message.</returns>
    private static byte[] Join(string head, ReadOnlySpan<byte> body, out int length)
    {
        int headBytes = Encoding.UTF8.GetByteCount(head);
        length = headBytes + body.Length;
        byte[] message = ArrayPool<byte>.Shared.Rent(length);
        Encoding.UTF8.GetBytes(head, message);
        body.CopyTo(message.AsSpan(headBytes));
        return message;
    }
}
