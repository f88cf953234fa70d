using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// Mints dialog tags, branches and Call-IDs that carry node, shard and start-up epoch, authenticated by the node's key:
/// whoever receives a message finds its shard in the bytes and needs no map. 44 hex digits: node (1 byte), shard (1),
/// epoch (4), counter (4), random (4), MAC (8).
/// </summary>
public sealed class SipTokens(NodeIdentity identity, int shard, Rng rng)
{
    private const int PlainBytes = 14;
    private const int MacBytes = 8;
    private uint _counter;

    /// <summary>Hex digits of a token.</summary>
    public const int Length = (PlainBytes + MacBytes) * 2;

    public Rng Rng { get; } = rng;

    public string Tag() => Mint();

    public string CallId() => Mint();

    /// <summary>With the magic cookie of RFC 3261 §8.1.1.7.</summary>
    public string Branch() => BranchOf(Mint());

    public static string BranchOf(string token) => "z9hG4bK" + token;

    /// <summary>The same tag for the same request, for answers that keep no state (RFC 3261 §8.2.7).</summary>
    public string StatelessTag(ReadOnlySpan<byte> branch, ReadOnlySpan<byte> callId)
    {
        Span<byte> mac = stackalloc byte[KeptMac.Bytes];
        KeptMac.Write(identity.TokenKey.Span, Encoding.UTF8.GetBytes($"{branch.AsLatin()} {callId.AsLatin()}"), mac);
        return "0" + Convert.ToHexStringLower(mac[..10]);
    }

    /// <summary>The node, shard and epoch of a tag or branch that a node with this key minted; false for everybody else's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> token, ReadOnlySpan<byte> key, out int node, out int shard, out uint epoch)
    {
        (node, shard, epoch) = (0, 0, 0);
        if (token.StartsWith(Headers.Via.MagicCookie)) token = token[Headers.Via.MagicCookie.Length..];
        if (token.Length != Length) return false;
        Span<byte> bytes = stackalloc byte[PlainBytes + MacBytes];
        if (Convert.FromHexString(token, bytes, out _, out _) is not System.Buffers.OperationStatus.Done) return false;
        Span<byte> mac = stackalloc byte[KeptMac.Bytes];
        KeptMac.Write(key, bytes[..PlainBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..MacBytes], bytes[PlainBytes..])) return false;
        (node, shard, epoch) = (bytes[0], bytes[1], BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));
        return true;
    }

    /// <summary>Minted by this node, in whatever start of it.</summary>
    public bool IsOurs(ReadOnlySpan<byte> token) =>
        TryRead(token, identity.TokenKey.Span, out int node, out _, out _) && node == identity.Node;

    private string Mint() => Mint(identity, shard, ++_counter, (uint)Rng.Next());

    /// <summary>A token that leads to any shard of the node, for whoever is not that shard.</summary>
    /// <param name="counter">Counter and random number together never come again in one start of the node.</param>
    public static string Mint(NodeIdentity identity, int shard, uint counter, uint random)
    {
        Span<byte> bytes = stackalloc byte[PlainBytes + KeptMac.Bytes];
        bytes[0] = (byte)identity.Node;
        bytes[1] = (byte)shard;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], identity.Epoch);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[6..], counter);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[10..], random);
        KeptMac.Write(identity.TokenKey.Span, bytes[..PlainBytes], bytes[PlainBytes..]);
        return Convert.ToHexStringLower(bytes[..(PlainBytes + MacBytes)]);
    }
}
