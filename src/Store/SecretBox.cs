using System.Security.Cryptography;
using System.Text;

namespace Ringwright.Store;

/// <summary>
/// Encrypts secrets at rest (trunk passwords, signing keys, the token key) with AES-256-GCM under <c>DATA/key</c>:
/// 32 random bytes, made on first use, readable by the owner only. A copied database without that file gives no secret away;
/// a database that lost it cannot be opened.
/// </summary>
internal sealed class SecretBox
{
    private const int KeyBytes = 32, NonceBytes = 12, TagBytes = 16;

    private readonly byte[] _key;

    public SecretBox(ReadOnlySpan<byte> key) => _key = key.ToArray();

    /// <param name="mayCreate">False when the database already holds secrets: a fresh key would only hide the loss of the old one.</param>
    public static SecretBox Open(string folder, bool mayCreate)
    {
        string path = Path.Combine(folder, "key");
        // An empty one is left of a machine that lost its power at the first start, and hides nothing as long as there are no secrets.
        if (File.Exists(path) && !(mayCreate && new FileInfo(path).Length == 0))
        {
            byte[] key = File.ReadAllBytes(path);
            return key.Length == KeyBytes ? new(key)
                : throw new StoreException($"The key file {path} is damaged: {key.Length} bytes in place of {KeyBytes}.");
        }
        if (!mayCreate)
        {
            throw new StoreException(
                $"The key file {path} is missing, so the secrets in the database cannot be read: restore it from the backup, or copy it "
                    + "from another node of the same database.");
        }

        byte[] fresh = RandomNumberGenerator.GetBytes(KeyBytes);
        try
        {
            // Half a key would be taken for a damaged one.
            PrivateFile.Replace((path, fresh));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The key file {path} cannot be written: {failed.Message}", failed);
        }
        return new(fresh);
    }

    /// <param name="purpose">Names the column and row; a value copied to another place does not open there.</param>
    public string Seal(ReadOnlySpan<byte> secret, string purpose)
    {
        byte[] sealedBytes = new byte[NonceBytes + secret.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(nonce, secret, sealedBytes.AsSpan(NonceBytes, secret.Length), sealedBytes.AsSpan(NonceBytes + secret.Length),
            Encoding.UTF8.GetBytes(purpose));
        return Convert.ToBase64String(sealedBytes);
    }

    public byte[] Unseal(string text, string purpose)
    {
        try
        {
            byte[] bytes = Convert.FromBase64String(text);
            byte[] secret = new byte[bytes.Length - NonceBytes - TagBytes];
            using var aes = new AesGcm(_key, TagBytes);
            aes.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, secret.Length), bytes.AsSpan(NonceBytes + secret.Length),
                secret, Encoding.UTF8.GetBytes(purpose));
            return secret;
        }
        catch (Exception broken) when (broken is CryptographicException or FormatException or OverflowException)
        {
            throw new StoreException($"The stored secret {purpose} does not open with this data folder's key file.", broken);
        }
    }

    /// <summary>Another key, for that purpose alone; always the same one.</summary>
    public byte[] Derive(string purpose) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(purpose));

    public string SealText(string secret, string purpose) => Seal(Encoding.UTF8.GetBytes(secret), purpose);
    public string UnsealText(string text, string purpose) => Encoding.UTF8.GetString(Unseal(text, purpose));
}
