using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// Finds the shard of a datagram from its bytes alone: our own token in the branch of a response or the To tag of a request,
/// else a hash of the Call-ID. The same call always gives the same shard.
/// </summary>
public static class ShardHint
{
    public static int Find(ReadOnlySpan<byte> datagram, int node, ReadOnlySpan<byte> key, int shards)
    {
        if (shards == 1) return 0;
        datagram = datagram.TrimStart("\r\n"u8);
        // One look at one value: the topmost Via of a response, the To of a request.
        bool looksAtVia = datagram.StartsWith("SIP/"u8);
        bool looksAtTo = !looksAtVia;
        ReadOnlySpan<byte> callId = default;
        foreach (var range in datagram.Split((byte)'\n'))
        {
            var line = datagram[range].TrimEnd((byte)'\r');
            if (line.IsEmpty) break;
            int colon = line.IndexOf((byte)':');
            if (colon <= 0) continue;
            var header = HeaderTable.Find(line[..colon].TrimLws());
            var value = line[(colon + 1)..].TrimLws();
            if (header is SipHeader.CallId) callId = value;
            else if (header is SipHeader.Via && looksAtVia)
            {
                if (Via.TryParse(Grammar.NextPiece(ref value, (byte)',', out _), out var via) is ParseStatus.Ok
                    && IsOurs(via.Branch, node, key, shards, out int shard)) return shard;
                looksAtVia = false;
            }
            else if (header is SipHeader.To && looksAtTo)
            {
                if (NameAddress.TryParse(value, out var to) is ParseStatus.Ok && IsOurs(to.Tag, node, key, shards, out int shard))
                    return shard;
                looksAtTo = false;
            }
        }
        if (IsOurs(callId, node, key, shards, out int minted)) return minted;
        uint hash = 2_166_136_261; // FNV-1a
        foreach (byte at in callId) hash = (hash ^ at) * 16_777_619;
        return (int)(hash % (uint)shards);
    }

    /// <summary>A response to a request of ours, or a request in a dialog of ours, by the same bytes; other messages are not.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> datagram, int node, ReadOnlySpan<byte> key)
    {
        bool isResponse = datagram.StartsWith("SIP/"u8);
        foreach (var range in datagram.Split((byte)'\n'))
        {
            var line = datagram[range].TrimEnd((byte)'\r');
            if (line.IsEmpty) break;
            int colon = line.IndexOf((byte)':');
            if (colon <= 0) continue;
            var header = HeaderTable.Find(line[..colon].TrimLws());
            var value = line[(colon + 1)..].TrimLws();
            if (isResponse && header is SipHeader.Via)
                return Via.TryParse(Grammar.NextPiece(ref value, (byte)',', out _), out var via) is ParseStatus.Ok
                    && IsOurs(via.Branch, node, key, shards: 1, out _);
            if (!isResponse && header is SipHeader.To)
                return NameAddress.TryParse(value, out var to) is ParseStatus.Ok && IsOurs(to.Tag, node, key, shards: 1, out _);
        }
        return false;
    }

    /// <summary>A token of an earlier start, which had more shards, leads to one that is there.</summary>
    private static bool IsOurs(ReadOnlySpan<byte> token, int node, ReadOnlySpan<byte> key, int shards, out int shard)
    {
        bool isOurs = SipTokens.TryRead(token, key, out int minter, out shard, out _) && minter == node;
        shard %= shards;
        return isOurs;
    }
}
