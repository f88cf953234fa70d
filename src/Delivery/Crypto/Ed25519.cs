using System.Runtime.InteropServices;

namespace Ringwright.Delivery.Crypto;

/// <summary>
/// Ed25519 (RFC 8032). The framework has none: OpenSSL's libcrypto where it is, else managed code. Signatures, of which each webhook has
/// one, are libsodium's where that is.
/// </summary>
internal static class Ed25519
{
    private static readonly bool HasLibcrypto = NativeLibrary.TryLoad(Libcrypto.Name, out _);

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed) =>
        HasLibcrypto ? Libcrypto.PublicKeyOf(seed) : ManagedEd25519.PublicKeyOf(seed);

    /// <summary>What signs with this seed from now on.</summary>
    public static Func<ReadOnlyMemory<byte>, byte[]> SignerOf(byte[] seed)
    {
        if (Libsodium.IsPresent)
        {
            byte[] secret = Libsodium.SecretOf(seed);
            return message => Libsodium.Sign(secret, message.Span);
        }
        if (!HasLibcrypto) return message => ManagedEd25519.Sign(seed, message.Span);
        var key = Libcrypto.KeyOf(seed);
        return message => Libcrypto.Sign(key, message.Span);
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != Signer.PublicKeyBytes || signature.Length != Signer.SignatureBytes) return false;
        return HasLibcrypto ? Libcrypto.Verify(publicKey, message, signature) : ManagedEd25519.Verify(publicKey, message, signature);
    }
}
