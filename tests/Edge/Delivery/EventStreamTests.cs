using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Delivery.Streams;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

public abstract class EventStreamTests(Product product)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listener_gets_each_event_signed_as_its_webhook_with_or_without_a_url()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        using var stream = Stream(node);
        await using var listener = await Listener.OpenAsync(stream, node.Tenant);
        var (posted, heardOnly) = (node.Message(sink.Url, """{"text":"ü\u0000"}"""), node.Message("", """{"n":2}"""));
        await node.SendAsync(posted, heardOnly);

        var first = await listener.NextAsync();
        var second = await listener.NextAsync();
        Assert.Equal((posted.Id.ToString(), "test.happened", heardOnly.Id.ToString()),
            ((string?)first.Data["id"], first.Type, (string?)second.Data["id"]));
        await node.FinishedAsync(posted);
        Assert.Equal(sink.All.Single().Body, Encoding.UTF8.GetBytes((string)first.Data["body"]!));

        var key = (await node.Test.Database.SigningKeys.FindAsync(node.Tenant, Stop))!;
        foreach (var item in (Item[])[first, second])
        {
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{item.Data["headers"]!["plain-timestamp"]}|"),
                .. Encoding.UTF8.GetBytes((string)item.Data["body"]!)];
            Assert.True(Signer.Verify(Signer.PublicKeyOf(key.Seed.Span), signed,
                Convert.FromBase64String((string)item.Data["headers"]!["plain-signature"]!)));
            Assert.Equal("application/json", (string?)item.Data["content_type"]);
        }
        Assert.DoesNotContain(await node.Test.Database.Outbox.ListPendingAsync(0, 10, Stop), e => e.Id == heardOnly.Id);
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_tenant_that_nobody_listens_to()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        using var stream = Stream(node);
        var stranger = await node.Test.TenantAsync("other");
        await using var listener = await Listener.OpenAsync(stream, stranger);
        await node.SendAsync(node.Message(""), node.Message("", "{}") with { Tenant = stranger });
        Assert.Equal(stranger.ToString(), Assert.Single(await node.Test.QueryAsync("select tenant_id from rw_stream_event")));
        Assert.Equal("test.happened", (await listener.NextAsync()).Type);
    }

    [Fact]
    public async Task Who_comes_back_goes_on_behind_the_last_event_even_after_a_restart()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        string last;
        using (var stream = Stream(node))
        {
            await using var listener = await Listener.OpenAsync(stream, node.Tenant);
            await node.SendAsync(node.Message(""));
            last = (await listener.NextAsync()).Id;
        }
        await node.SendAsync(node.Message("", """{"n":2}"""));
        await node.RestartAsync();
        await node.SendAsync(node.Message("", """{"n":3}"""));

        using var next = Stream(node);
        await using var again = await Listener.OpenAsync(next, node.Tenant, after: last);
        Assert.Equal("listening", again.Opening);
        Assert.Equal([2, 3], new[] { await again.NextAsync(), await again.NextAsync() }.Select(i =>
            (int)JsonNode.Parse((string)i.Data["body"]!)!["data"]!["n"]!));
    }

    [Fact]
    public async Task Who_comes_back_too_late_is_told_that_there_is_a_gap()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        using var stream = Stream(node);
        string last;
        await using (var listener = await Listener.OpenAsync(stream, node.Tenant))
        {
            await node.SendAsync(node.Message(""));
            last = (await listener.NextAsync()).Id;
        }
        node.Time.Advance(StreamTable.KeptAfterwards + TimeSpan.FromSeconds(1));
        await node.SendAsync(node.Message(""));
        await using var again = await Listener.OpenAsync(stream, node.Tenant, after: last);
        Assert.Equal("gap", again.Opening);
        await node.SendAsync(node.Message("", """{"n":9}"""));
        Assert.Contains("9", (string?)(await again.NextAsync()).Data["body"]);
    }

    [Fact]
    public async Task A_listener_gets_only_what_it_wants_and_all_that_is_committed_before_the_end()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        using var stream = Stream(node);
        await using var listener = await Listener.OpenAsync(stream, node.Tenant, "call.*,other");
        await node.SendAsync(node.Message(""), node.Message("") with { EventType = "call.answered" },
            node.Message("") with { EventType = "call.hangup" });
        stream.Close();
        Assert.Equal(["call.answered", "call.hangup"], (await listener.RestAsync()).Select(i => i.Type));
    }

    [Fact]
    public async Task A_tenant_has_only_so_many_listeners()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        using var stream = Stream(node);
        for (int i = 0; i < EventStream.MostListeners; i++) Assert.True(stream.TryEnter(node.Tenant));
        Assert.False(stream.TryEnter(node.Tenant));
        Assert.True(stream.TryEnter(await node.Test.TenantAsync("other")));
    }

    [Fact]
    public async Task Old_events_are_forgotten()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        await node.Test.Database.Stream.ListenAsync(node.Tenant, null, Stop);
        await node.SendAsync(node.Message(""));
        await node.KillAsync();     // it forgets them by itself too
        node.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(1, await node.Test.Database.Stream.PruneAsync([node.Tenant], node.Time.GetUtcNow() - TimeSpan.FromDays(1), Stop));
        Assert.Empty(await node.Test.Database.Stream.ListAsync(node.Tenant, Place("0"), 10, Stop));
    }

    [Fact]
    public async Task What_is_to_be_told_once_is_written_once()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        await node.KillAsync();
        var other = await node.Test.TenantAsync("other");
        await node.SendAsync(node.Message("http://127.0.0.1:1/") with { Once = "a" },
            node.Message("http://127.0.0.1:1/") with { Once = "a" }, node.Message("http://127.0.0.1:1/") with { Once = "b" },
            node.Message("http://127.0.0.1:1/") with { Once = "a", Tenant = other });
        await node.SendAsync(node.Message("http://127.0.0.1:1/") with { Once = "a" });
        Assert.Equal(3, await node.Test.Database.Outbox.CountAsync(Stop));
        await node.Test.Database.Outbox.PruneOnceAsync([node.Tenant], node.Time.GetUtcNow().AddDays(3), Stop);
        await node.SendAsync(node.Message("http://127.0.0.1:1/") with { Once = "a" });
        Assert.Equal(4, await node.Test.Database.Outbox.CountAsync(Stop));
    }

    private static StreamPosition Place(string text) =>
        StreamPosition.TryParse(text, out var place) ? place : throw new FormatException(text);

    // Real time, because nothing here waits for an hour: a listener looks once a second whether another node has written something.
    private static EventStream Stream(DeliveryRig node) => new(node.Test.Database, node.Writer, TimeProvider.System);

    private sealed record Item(string Id, string Type, JsonNode Data);

    /// <summary>Reads a stream as a client does.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        private readonly Task _writing;
        private readonly IAsyncEnumerator<SseItem<string>> _items;

        private Listener(EventStream stream, TenantId tenant, string? types, string? after)
        {
            var pipe = new Pipe();
            Assert.True(stream.TryEnter(tenant));
            _writing = WriteAsync();
            _items = SseParser.Create(pipe.Reader.AsStream()).EnumerateAsync(Stop).GetAsyncEnumerator(Stop);

            async Task WriteAsync()
            {
                await stream.WriteAsync(tenant, EventFilter.Of(types), after is null ? null : Place(after), pipe.Writer.AsStream(),
                    _ => new(true), _gone.Token);
                await pipe.Writer.CompleteAsync();
            }
        }

        public string Opening { get; private set; } = "";

        public static async Task<Listener> OpenAsync(EventStream stream, TenantId tenant, string? types = null, string? after = null)
        {
            var listener = new Listener(stream, tenant, types, after);
            listener.Opening = (await listener.NextAsync()).Type;
            return listener;
        }

        public async Task<Item> NextAsync()
        {
            Assert.True(await _items.MoveNextAsync(), "the stream ended");
            return new(_items.Current.EventId ?? "", _items.Current.EventType, JsonNode.Parse(_items.Current.Data)!);
        }

        public async Task<IReadOnlyList<Item>> RestAsync()
        {
            var rest = new List<Item>();
            while (await _items.MoveNextAsync())
                rest.Add(new(_items.Current.EventId ?? "", _items.Current.EventType, JsonNode.Parse(_items.Current.Data)!));
            return rest;
        }

        public async ValueTask DisposeAsync()
        {
            await _gone.CancelAsync();
            await _writing;
            _gone.Dispose();
        }
    }
}

public sealed class EventStreamOnSqlite() : EventStreamTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class EventStreamOnPostgres() : EventStreamTests(Product.Postgres);
