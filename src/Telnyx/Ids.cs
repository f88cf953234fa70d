using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Telnyx;

/// <summary>
/// The only encoder of call control ids: <c>v3:</c> and base64url of leg id (16 bytes), tenant tag (8) and MAC (16).
/// A token that we did not mint, or that belongs to another tenant, dies here, before any look-up.
/// </summary>
public sealed class Ids(NodeIdentity node)
{
    private const string Prefix = "v3:";
    private const int LegBytes = 16, TagBytes = 8, MacBytes = 16;
    private const int TokenBytes = LegBytes + TagBytes + MacBytes;

    /// <summary>Characters of a call control id: the prefix and 54 of base64url.</summary>
    public const int CallControlLength = 3 + 54;

    /// <summary>Whose token was the last: nearly always theirs is the next one, of the same call's next event or command.</summary>
    private Tagged? _last;

    public string CallControl(TenantId tenant, LegId leg)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteUInt128BigEndian(token, leg.Value);
        WriteTag(tenant, token[LegBytes..]);
        WriteMac(token[..(LegBytes + TagBytes)], token[(LegBytes + TagBytes)..]);
        return string.Concat(Prefix, Base64Url.EncodeToString(token));
    }

    /// <summary>
    /// True for a token that this installation minted for <paramref name="tenant"/>. Says nothing about whether the leg lives.
    /// </summary>
    public bool TryReadCallControl(string text, TenantId tenant, out LegId leg)
    {
        leg = default;
        if (text.Length != CallControlLength || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;

        Span<byte> token = stackalloc byte[TokenBytes];
        // The form that returns a status: the Try form throws on characters outside the alphabet.
        if (Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length), token, out _, out int written) is not OperationStatus.Done
            || written != TokenBytes) return false;

        Span<byte> expected = stackalloc byte[TagBytes + MacBytes];
        WriteTag(tenant, expected);
        WriteMac(token[..(LegBytes + TagBytes)], expected[TagBytes..]);
        if (!CryptographicOperations.FixedTimeEquals(token[LegBytes..], expected)) return false;

        // The last character carries four unused bits: one spelling per id, so that ids can be compared as text.
        if (!Base64Url.EncodeToString(token).AsSpan().SequenceEqual(text.AsSpan(Prefix.Length))) return false;

        leg = new(BinaryPrimitives.ReadUInt128BigEndian(token));
        return true;
    }

    /// <summary>Ten alphanumeric characters; the same for the started and the ended event.</summary>
    public static string Speak(Guid speak)
    {
        const string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        Span<byte> bytes = stackalloc byte[16];
        speak.TryWriteBytes(bytes, bigEndian: true, out _);
        UInt128 rest = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[10];
        for (int i = 0; i < text.Length; i++, rest /= 62)
            text[i] = alphabet[(int)(rest % 62)];
        return text.ToString();
    }

    private void WriteTag(TenantId tenant, Span<byte> into)
    {
        if (Volatile.Read(ref _last) is { } last && last.Tenant == tenant)
        {
            BinaryPrimitives.WriteUInt64BigEndian(into, last.Tag);
            return;
        }
        Span<byte> input = stackalloc byte[7 + 16];
        "tenant:"u8.CopyTo(input);
        tenant.Value.TryWriteBytes(input[7..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[KeptMac.Bytes];
        KeptMac.Write(node.TokenKey.Span, input, hash);
        hash[..TagBytes].CopyTo(into);
        Volatile.Write(ref _last, new Tagged(tenant, BinaryPrimitives.ReadUInt64BigEndian(hash)));
    }

    private void WriteMac(ReadOnlySpan<byte> payload, Span<byte> into)
    {
        Span<byte> input = stackalloc byte[5 + LegBytes + TagBytes];
        "call:"u8.CopyTo(input);
        payload.CopyTo(input[5..]);
        Span<byte> hash = stackalloc byte[KeptMac.Bytes];
        KeptMac.Write(node.TokenKey.Span, input, hash);
        hash[..MacBytes].CopyTo(into);
    }

    /// <param name="Tag">Its bytes as a number.</param>
    private sealed record Tagged(TenantId Tenant, ulong Tag);
}
