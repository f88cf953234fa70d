using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Ringwright.Delivery.Crypto;

/// <summary>Ed25519 through OpenSSL 3's EVP interface.</summary>
internal static unsafe partial class Libcrypto
{
    public const string Name = "libcrypto.so.3";
    private const int Ed25519Type = 1087; // NID_ED25519

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        nint key = PrivateKey(seed);
        try
        {
            byte[] raw = new byte[Signer.PublicKeyBytes];
            nuint length = (nuint)raw.Length;
            fixed (byte* into = raw) Check(EVP_PKEY_get_raw_public_key(key, into, &length));
            return raw;
        }
        finally
        {
            EVP_PKEY_free(key);
        }
    }

    /// <summary>A private key, to be kept: making it costs as much as signing with it.</summary>
    public static SafeHandle KeyOf(ReadOnlySpan<byte> seed) => new Key(PrivateKey(seed));

    public static byte[] Sign(SafeHandle key, ReadOnlySpan<byte> message)
    {
        nint context = EVP_MD_CTX_new();
        try
        {
            byte[] signature = new byte[Signer.SignatureBytes];
            nuint length = (nuint)signature.Length;
            Check(EVP_DigestSignInit(context, 0, 0, 0, key.DangerousGetHandle()));
            fixed (byte* into = signature)
            fixed (byte* from = message)
                Check(EVP_DigestSign(context, into, &length, from, (nuint)message.Length));
            GC.KeepAlive(key);
            return signature;
        }
        finally
        {
            EVP_MD_CTX_free(context);
        }
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        nint key;
        fixed (byte* raw = publicKey) key = EVP_PKEY_new_raw_public_key(Ed25519Type, 0, raw, (nuint)publicKey.Length);
        if (key == 0) return false;
        nint context = EVP_MD_CTX_new();
        try
        {
            Check(EVP_DigestVerifyInit(context, 0, 0, 0, key));
            fixed (byte* signed = signature)
            fixed (byte* from = message)
                return EVP_DigestVerify(context, signed, (nuint)signature.Length, from, (nuint)message.Length) == 1;
        }
        finally
        {
            EVP_MD_CTX_free(context);
            EVP_PKEY_free(key);
        }
    }

    private static nint PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Signer.SeedBytes) throw new ArgumentException($"An Ed25519 seed has {Signer.SeedBytes} bytes.", nameof(seed));
        fixed (byte* raw = seed)
        {
            nint key = EVP_PKEY_new_raw_private_key(Ed25519Type, 0, raw, (nuint)seed.Length);
            return key != 0 ? key : throw new CryptographicException("libcrypto refused the Ed25519 key.");
        }
    }

    private sealed class Key : SafeHandle
    {
        public Key(nint key) : base(0, ownsHandle: true) => SetHandle(key);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    private static void Check(int result)
    {
        if (result != 1) throw new CryptographicException("libcrypto failed on Ed25519.");
    }

    [LibraryImport(Name)]
    private static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Name)]
    private static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Name)]
    private static partial int EVP_PKEY_get_raw_public_key(nint key, byte* into, nuint* length);

    [LibraryImport(Name)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Name)]
    private static partial nint EVP_MD_CTX_new();

    [LibraryImport(Name)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Name)]
    private static partial int EVP_DigestSignInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Name)]
    private static partial int EVP_DigestSign(nint context, byte* signature, nuint* signatureLength, byte* message, nuint length);

    [LibraryImport(Name)]
    private static partial int EVP_DigestVerifyInit(nint context, nint keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Name)]
    private static partial int EVP_DigestVerify(nint context, byte* signature, nuint signatureLength, byte* message, nuint length);
}
