using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Edge.Faults;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Store.Migrations;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>One of several nodes of one PostgreSQL, in real time, with a data folder and connections of its own.</summary>
internal sealed class Peer : IAsyncDisposable
{
    /// <summary>It is renewed each second. Who is half a second late takes nothing over, and a busy machine is.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>Where none is to be lost: longer than a busy machine keeps a thread waiting.</summary>
    public static readonly TimeSpan LongLease = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress = new(new() { IsLoopbackAllowed = true }, TimeProvider.System);
    private readonly TimeProvider _time;
    private readonly TimeSpan _lease;
    private ManualResetEventSlim? _still;

    private Peer(int number, TimeProvider time, TimeSpan lease) => (Number, _time, _lease) = (number, time, lease);

    public int Number { get; }
    /// <summary>Before each of its writer's commits.</summary>
    public Action OnCommit { get; set; } = static () => { };
    public Database Database { get; private set; } = null!;               // set by StartAsync
    public WebhookDispatcher Dispatcher { get; private set; } = null!;    // set by StartAsync

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<TestDatabase> ServerAsync() =>
        TestDatabase.OpenAsync(Product.Postgres, TimeProvider.System, configure: o => o with { Node = 200 });

    /// <param name="delivers">False: it is killed before its dispatcher could do anything.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="lease">The same for all of them; <see cref="Lease"/> when it is null.</param>
    public static async Task<Peer> StartAsync(TestDatabase server, int number, bool delivers = true, TimeProvider? time = null,
        TimeSpan? lease = null)
    {
        var peer = new Peer(number, time ?? TimeProvider.System, lease ?? Lease);
        File.Copy(Path.Combine(server.Folder, "key"), peer._folder.File("key"));
        await peer.StartAgainAsync(server, delivers);
        return peer;
    }

    public async Task StartAgainAsync(TestDatabase server, bool delivers = true)
    {
        var options = new DatabaseOptions
        {
            DataFolder = _folder.Path, Connection = server.Connection, Node = Number, Lease = _lease, Grace = TimeSpan.FromMinutes(1),
        };
        var engine = new FaultyEngine(Database.EngineOf(options)) { OnBegin = _ => _still?.Wait(Stop), OnCommit = () => OnCommit() };
        Database = await Database.OpenAsync(options, engine, Migration.Embedded(), _time, NullLogger.Instance, Stop);
        var waits = new DeliveryOptions { Waits = [TimeSpan.Zero, TimeSpan.Zero] };
        var sender = new MessageSender(_egress, new(Database, [new PlainFormat()], _time), waits);
        Dispatcher = new(Database, sender, waits, _time, NullLogger.Instance);
        if (delivers) Dispatcher.Start();
    }

    public Task SendAsync(params OutboxMessage[] messages) => Database.Outbox.AddAsync(messages, Stop).AsTask();

    /// <summary>
    /// Its writer does nothing, and keeps its connection, until what is given back is set: as if the process stood still.
    /// </summary>
    public ManualResetEventSlim StandStill() => _still = new(false);

    /// <summary>It leaves what it has.</summary>
    public async Task KillAsync()
    {
        await Dispatcher.DisposeAsync();
        await Database.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _still?.Set();
        await KillAsync();
        _egress.Dispose();
        _folder.Dispose();
    }

    public static OutboxMessage Message(TenantId tenant, string url, string key, int number) => new()
    {
        Id = Guid.NewGuid(),
        Tenant = tenant,
        OrderKey = key,
        Format = "plain",
        EventType = "test.happened",
        Url = url,
        Timeout = TimeSpan.FromSeconds(30),
        OccurredAt = DateTimeOffset.UtcNow,
        Body = $$"""{"key":"{{key}}","number":{{number}}}""",
    };
}
