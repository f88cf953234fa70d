using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

public sealed class SipTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private readonly SipTokens _tokens = new(new(3, 9, Key), 2, new(1));

    [Fact]
    public void A_token_says_node_shard_and_epoch()
    {
        Assert.True(SipTokens.TryRead(Encoding.ASCII.GetBytes(_tokens.Tag()), Key, out int node, out int shard, out uint epoch));
        Assert.Equal((3, 2, 9u), (node, shard, epoch));
        Assert.True(SipTokens.TryRead(Encoding.ASCII.GetBytes(_tokens.Branch()), Key, out _, out _, out _));
        Assert.NotEqual(_tokens.Tag(), _tokens.Tag());
    }

    [Fact]
    public void A_changed_token_or_another_key_is_not_ours()
    {
        byte[] tag = Encoding.ASCII.GetBytes(_tokens.Tag());
        Assert.False(SipTokens.TryRead(tag, new byte[32], out _, out _, out _));
        for (int i = 0; i < tag.Length; i++)
        {
            byte[] forged = [.. tag];
            forged[i] = forged[i] == '0' ? (byte)'1' : (byte)'0';
            Assert.False(SipTokens.TryRead(forged, Key, out _, out _, out _));
        }
        Assert.False(SipTokens.TryRead(tag.AsSpan(1), Key, out _, out _, out _));
        Assert.False(SipTokens.TryRead(default, Key, out _, out _, out _));
    }

    [Fact]
    public void Every_message_of_a_call_finds_one_shard()
    {
        string tag = _tokens.Tag();
        string inside = Wire.Invite(to: $"<sip:bob@h>;tag={tag}");
        Assert.Equal(2, Find(inside));
        Assert.Equal(2, Find(Wire.Like(inside, "BYE")));
        Assert.Equal(2, Find(Samples.All[6].Replace("z9hG4bKx", _tokens.Branch(), StringComparison.Ordinal)));
        int first = Find(Wire.Invite(callId: "one"));
        Assert.Equal(first, Find(Wire.Like(Wire.Invite(callId: "one", branch: "z9hG4bKq"), "CANCEL")));
        Assert.True(Enumerable.Range(0, 50).Select(i => Find(Wire.Invite(callId: $"c{i}"))).Distinct().Count() == 3);
    }

    [Fact]
    public void A_token_of_a_start_with_more_shards_leads_to_one_that_is_there()
    {
        var earlier = new SipTokens(new(3, 8, Key), 5, new(1));
        Assert.Equal(2, Find(Wire.Invite(callId: "one", to: $"<sip:bob@h>;tag={earlier.Tag()}")));
    }

    [Fact]
    public void Another_nodes_token_says_nothing_about_our_shards()
    {
        var other = new SipTokens(new(4, 9, Key), 2, new(1));
        Assert.Equal(Find(Wire.Invite(callId: "one")), Find(Wire.Invite(callId: "one", to: $"<sip:bob@h>;tag={other.Tag()}")));
    }

    [Fact]
    public void Garbage_has_a_shard_too() => Assert.InRange(ShardHint.Find("no sip at all"u8, 3, Key, 3), 0, 2);

    private static int Find(string text) => ShardHint.Find(Wire.Bytes(text), 3, Key, 3);
}
