using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ringwright.Delivery.Crypto;

/// <summary>Ed25519 by libsodium (ISC, loaded dynamically, optional), which signs in half of the time that libcrypto takes.</summary>
internal static unsafe partial class Libsodium
{
    public const string Name = "libsodium.so.23";

    private const int SecretBytes = Signer.SeedBytes + Signer.PublicKeyBytes;

    public static readonly bool IsPresent =
        NativeLibrary.TryLoad(Name, typeof(Libsodium).Assembly, null, out _) && sodium_init() >= 0;

    /// <summary>What it signs with: the seed, and the public key behind it.</summary>
    public static byte[] SecretOf(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Signer.SeedBytes) throw new ArgumentException($"An Ed25519 seed has {Signer.SeedBytes} bytes.", nameof(seed));
        byte[] secret = new byte[SecretBytes], publicKey = new byte[Signer.PublicKeyBytes];
        fixed (byte* open = publicKey)
        fixed (byte* into = secret)
        fixed (byte* from = seed)
            Check(crypto_sign_seed_keypair(open, into, from));
        return secret;
    }

    /// <param name="secret">Of <see cref="SecretOf"/>.</param>
    public static byte[] Sign(byte[] secret, ReadOnlySpan<byte> message)
    {
        byte[] signature = new byte[Signer.SignatureBytes];
        fixed (byte* into = signature)
        fixed (byte* from = message)
        fixed (byte* key = secret)
            Check(crypto_sign_detached(into, null, from, (ulong)message.Length, key));
        return signature;
    }

    private static void Check(int result)
    {
        if (result != 0) throw new CryptographicException("libsodium failed on Ed25519.");
    }

    [LibraryImport(Name)]
    private static partial int sodium_init();

    [LibraryImport(Name)]
    private static partial int crypto_sign_seed_keypair(byte* publicKey, byte* secret, byte* seed);

    [LibraryImport(Name)]
    private static partial int crypto_sign_detached(byte* signature, ulong* signatureLength, byte* message, ulong length, byte* secret);
}
