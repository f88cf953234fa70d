namespace Ringwright.Agency.Providers;

/// <summary>Whether the holder of an Ed25519 key has signed a message (RFC 8032).</summary>
/// <param name="publicKey">32 bytes; of another length nothing is signed.</param>
/// <param name="signature">64 bytes.</param>
public delegate bool SignatureCheck(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
