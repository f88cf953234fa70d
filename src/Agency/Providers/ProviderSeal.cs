using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Seals what providers have given an agency (AES-256-GCM), by a key that follows from one of the database: a table shows nothing, and
/// what is copied into the row of another agency does not open there.
/// </summary>
/// <param name="key">Of the database's tokens.</param>
internal sealed class ProviderSeal(ReadOnlySpan<byte> key)
{
    private const int NonceBytes = 12, TagBytes = 16;

    private readonly byte[] _key = HMACSHA256.HashData(key, "secrets of providers"u8);

    /// <param name="purpose">Whose it is, and what.</param>
    public string Seal(string secret, string purpose)
    {
        byte[] plain = Encoding.UTF8.GetBytes(secret), all = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(all.AsSpan(0, NonceBytes), plain, all.AsSpan(NonceBytes, plain.Length), all.AsSpan(NonceBytes + plain.Length),
            Encoding.UTF8.GetBytes(purpose));
        return Convert.ToBase64String(all);
    }

    /// <exception cref="CryptographicException">It was sealed for something else, or by another database.</exception>
    public string Unseal(string text, string purpose)
    {
        byte[] all = Convert.FromBase64String(text), plain = new byte[all.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(all.AsSpan(0, NonceBytes), all.AsSpan(NonceBytes, plain.Length), all.AsSpan(NonceBytes + plain.Length), plain,
            Encoding.UTF8.GetBytes(purpose));
        return Encoding.UTF8.GetString(plain);
    }
}
