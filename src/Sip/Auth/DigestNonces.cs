using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;

namespace Ringwright.Sip.Auth;

/// <summary>
/// Nonces that need no memory until they are used: 48 hex digits with the time of issue (8 bytes), a counter (4) and a MAC (12)
/// that only this start of this node can make, over the host that it is sent to as well: whoever shows one receives what is sent there.
/// Not over the port, which a NAT changes under a phone's hands. Of those that were used rightly it remembers how often,
/// so that a captured request is worth nothing.
/// </summary>
internal sealed class DigestNonces(string realm, NodeIdentity identity)
{
    private const int PlainBytes = 12;
    private const int MacBytes = 12;

    /// <summary>64*T1: for longer nobody repeats a request.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromSeconds(32);

    private readonly byte[] _purpose = Encoding.UTF8.GetBytes($"digest nonce {identity.Node} {identity.Epoch} {realm}");
    private readonly Dictionary<string, (uint Uses, UInt128 Print, Instant At)> _used = new(StringComparer.Ordinal);
    private readonly Queue<(string Nonce, Instant Issued)> _order = new();
    private uint _counter;
    /// <summary>Older ones may have been forgotten, so nobody knows any more how often they were used.</summary>
    private Instant _forgottenUpTo = new(long.MinValue);

    public string Mint(IPAddress host, Instant now)
    {
        Span<byte> bytes = stackalloc byte[PlainBytes + MacBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.Nanos);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], ++_counter);
        Sign(bytes[..PlainBytes], host, bytes[PlainBytes..]);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>This start of this node has sent it to that host.</summary>
    public bool TryRead(string nonce, IPAddress host, out Instant issued)
    {
        issued = default;
        Span<byte> bytes = stackalloc byte[PlainBytes + MacBytes];
        if (nonce.Length != bytes.Length * 2
            || Convert.FromHexString(nonce, bytes, out _, out _) is not System.Buffers.OperationStatus.Done) return false;
        // Two spellings of one nonce would count as two.
        if (nonce.AsSpan().ContainsAnyInRange('A', 'F')) return false;
        Span<byte> mac = stackalloc byte[MacBytes];
        Sign(bytes[..PlainBytes], host, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[PlainBytes..])) return false;
        issued = new(BinaryPrimitives.ReadInt64BigEndian(bytes));
        return true;
    }

    /// <summary>Not too old, and how often it was used is still known.</summary>
    public bool IsFresh(Instant issued, Instant now) => issued > _forgottenUpTo && issued <= now && now - issued <= Limits.NonceLife;

    /// <summary>
    /// Takes note of a use with the right password. False when that use, or a later one, was seen before with another request.
    /// </summary>
    /// <param name="issued">As <see cref="TryRead"/> said.</param>
    /// <param name="print">Of the request: a retransmission has the same.</param>
    public bool TryUse(string nonce, Instant issued, uint uses, UInt128 print, Instant now)
    {
        if (_used.TryGetValue(nonce, out var last))
        {
            if (uses <= last.Uses) return uses == last.Uses && print == last.Print && now - last.At <= LongestWay;
            _used[nonce] = (uses, print, now);
            return true;
        }
        while (_order.TryPeek(out var oldest) && (_order.Count >= Limits.UsedNonces || now - oldest.Issued > Limits.NonceLife))
        {
            _used.Remove(_order.Dequeue().Nonce);
            _forgottenUpTo = Instant.Max(_forgottenUpTo, oldest.Issued);
        }
        _used.Add(nonce, (uses, print, now));
        _order.Enqueue((nonce, issued));
        return true;
    }

    private void Sign(ReadOnlySpan<byte> plain, IPAddress host, Span<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var seen = host.IsIPv4MappedToIPv6 ? host.MapToIPv4() : host;
        HMACSHA256.HashData(identity.TokenKey.Span, (byte[])[.. _purpose, .. plain, .. seen.GetAddressBytes()], whole);
        whole[..MacBytes].CopyTo(mac);
    }
}
