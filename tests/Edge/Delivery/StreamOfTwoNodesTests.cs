using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>A listener hears what two nodes of one PostgreSQL commit, in whichever order their transactions end.</summary>
public sealed class StreamOfTwoNodesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_node_commits_late_is_heard_behind_what_another_has_committed_meanwhile()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var place = (await two.Database.Stream.ListenAsync(tenant, null, Stop)).After;
        await Eventually.TrueAsync(() => one.Database.Stream.IsHeard(tenant), "the other node knows of the listener");

        using var still = new ManualResetEventSlim(false);
        one.OnCommit = () => still.Wait(Stop);
        var late = one.SendAsync(Peer.Message(tenant, "", "late", 1));
        // Its transaction may be one that changes nothing: then it goes on with the next.
        await Eventually.SomeAsync(async () =>
        {
            if (await LastAsync(server) >= 1) return "written";
            still.Set();
            still.Reset();
            return null;
        }, "its row is written, and not committed");
        await two.SendAsync(Peer.Message(tenant, "", "early", 2));
        var early = Assert.Single(await two.Database.Stream.ListAsync(tenant, place, 10, Stop));
        Assert.Equal((2, 2), (early.Node, (int)early.Seq));
        place = place.With(early.Node, early.Seq);
        Assert.Equal("2", place.ToString());
        still.Set();
        one.OnCommit = static () => { };
        await late;

        var heard = Assert.Single(await two.Database.Stream.ListAsync(tenant, place, 10, Stop));
        Assert.Equal((1, 1), (heard.Node, (int)heard.Seq));
        // Who comes back with the id that it had meanwhile misses nothing either, at whichever node.
        Assert.True(StreamPosition.TryParse(place.ToString(), out var read));
        var again = await one.Database.Stream.ListenAsync(tenant, read, Stop);
        Assert.False(again.IsGap);
        Assert.Equal(1, Assert.Single(await one.Database.Stream.ListAsync(tenant, again.After, 10, Stop)).Seq);

        place = place.With(heard.Node, heard.Seq);
        Assert.Equal("1:1,2:2", place.ToString());
        await one.SendAsync(Peer.Message(tenant, "", "more", 3));
        Assert.True(StreamPosition.TryParse("1:1,2:2", out read));
        var back = await two.Database.Stream.ListenAsync(tenant, read, Stop);
        Assert.False(back.IsGap);
        Assert.Equal((1, 3),
            Assert.Single((await two.Database.Stream.ListAsync(tenant, back.After, 10, Stop)).Select(e => (e.Node, (int)e.Seq))));
        // One that begins anew begins behind all of them.
        Assert.Empty(await two.Database.Stream.ListAsync(tenant,
            (await two.Database.Stream.ListenAsync(tenant, null, Stop)).After, 10, Stop));
    }

    [Theory]
    [InlineData(""), InlineData("-1"), InlineData("1:"), InlineData(":1"), InlineData("1:2,"), InlineData("1:2,1:3"), InlineData("256:1"),
        InlineData("1:2 "), InlineData("1:99999999999999999999")]
    public void What_no_stream_gave_is_no_place(string text) => Assert.False(StreamPosition.TryParse(text, out _));

    private static async Task<long> LastAsync(TestDatabase server) =>
        long.Parse((await server.QueryAsync(
            "select cast(case when is_called then last_value else 0 end as text) from rw_stream_event_seq_seq")).Single());
}
