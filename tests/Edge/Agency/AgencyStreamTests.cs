using Ringwright.Agency;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Calling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyStreamOnSqliteTests() : AgencyStreamTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyStreamOnPostgresTests() : AgencyStreamTests(Product.Postgres);

/// <summary>The stream of calls and batches: who hears what, and when it ends.</summary>
public abstract class AgencyStreamTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Each_hears_of_its_own_calls_and_batches_until_its_sign_in_ends()
    {
        using var owner = await Host.ListenAsync(Host.OwnerA);
        using var viewer = await Host.ListenAsync(_lab.Viewer);
        using var neighbour = await Host.ListenAsync(_lab.OtherViewer);
        using var stranger = await Host.ListenAsync(Host.OwnerB);
        foreach (var one in new[] { owner, viewer, neighbour, stranger }) Assert.Equal("listening", (await one.NextAsync())?.Name);

        string first = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "busy");
        foreach (var one in new[] { owner, viewer })
        {
            var ended = await one.FirstAsync("call.updated", call => (string?)call["state"] is "ended");
            Assert.Equal((first, _lab.Client, "busy"), ((string?)ended["id"], (string?)ended["client_id"], (string?)ended["outcome"]));
        }
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("decline")]))["id"]!;
        var over = await viewer.FirstAsync("batch.updated", one => (string?)one["status"] is "completed");
        Assert.Equal((batch, 1), ((string?)over["id"], (int)over["completed_count"]!));

        // What came before was nobody's whom they may see.
        string second = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.OtherClient), "busy");
        Assert.Equal(second, (string?)(await neighbour.NextAsync())?.Data["id"]);
        string theirs = await _lab.DialAsync((string)Host.AccountB["telnyx_key"]!, "busy", from: AgencyLab.FromB);
        Assert.Equal(theirs, (string?)(await stranger.NextAsync())?.Data["id"]);

        await Host.DoneAsync(204, _lab.OtherViewer, "POST", "/auth/logout");
        while (await neighbour.NextAsync() is var (_, data)) Assert.Equal(second, (string?)data["id"]);
    }

    [Fact]
    public async Task Whoever_does_not_read_is_left_and_there_is_room_for_so_many()
    {
        var parts = new AgencyParts { Store = Host.Node.Node.Database };
        var stream = new CallStream(parts, new(parts), new AgencyBatches(parts), TimeSpan.FromMilliseconds(50));
        var agency = new TenantId(Guid.Parse((string)Host.AccountA["id"]!));
        for (int i = 0; i < CallStream.MostOfAgency; i++) Assert.True(stream.TryEnter(agency));
        Assert.False(stream.TryEnter(agency));
        using var stuck = new StuckStream();
        await stream.WriteAsync(new(agency, null, "agency_owner"), () => [agency], static _ => new(true), stuck,
            TestContext.Current.CancellationToken);
        Assert.True(stream.TryEnter(agency));
    }

    /// <summary>Takes nothing.</summary>
    private sealed class StuckStream : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
