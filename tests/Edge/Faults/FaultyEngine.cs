using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>A real engine whose writer does what the test wants before each transaction and each commit.</summary>
internal sealed class FaultyEngine(IEngine inner) : IEngine
{
    public Action<DbConnection> OnBegin { get; set; } = static _ => { };
    /// <summary>Whenever the writer's connection is used.</summary>
    public Action OnUse { get; set; } = static () => { };
    public Action OnCommit { get; set; } = static () => { };
    /// <summary>Whether the file is in its place; null looks.</summary>
    public Func<bool>? OnLook { get; set; }

    /// <summary>Whether the disk has room; null looks.</summary>
    public Func<bool>? OnMeasure { get; set; }

    public string Place => inner.Place;
    public string Library => inner.Library;
    public string BeginRead => inner.BeginRead;
    public string BeginMigration => inner.BeginMigration;
    public string SkipLocked => inner.SkipLocked;
    public string Hold => inner.Hold;
    public bool IsInPlace => OnLook?.Invoke() ?? inner.IsInPlace;
    public bool HasRoom => OnMeasure?.Invoke() ?? inner.HasRoom;
    public string MeasureSize => inner.MeasureSize;
    public bool IsShared => inner.IsShared;
    public string ClockMillis => inner.ClockMillis;
    public string MillisOf(string column) => inner.MillisOf(column);
    public string Fold(string text) => inner.Fold(text);
    public string TryLockText(string text) => inner.TryLockText(text);
    public IDocumentSql Documents => inner.Documents;

    public bool TakesBaseline(DbConnection connection) => inner.TakesBaseline(connection);
    public DbConnection OpenReader() => inner.OpenReader();
    public IWriteSession OpenWriter() => new Session(this, inner.OpenWriter());
    public string Expand(string migration) => inner.Expand(migration);
    public Trouble TroubleOf(Exception failure) => inner.TroubleOf(failure);
    public void NameTenant(IDbConnection db, TenantId? tenant) => inner.NameTenant(db, tenant);
    public IDisposable? TryHoldPlace(int node) => inner.TryHoldPlace(node);
    public bool TryShutOut(IDbConnection db, int node) => inner.TryShutOut(db, node);
    public void Disconnect(IDbConnection db, int node, TimeSpan silence) => inner.Disconnect(db, node, silence);
    public void Tell(IDbConnection db, int node) => inner.Tell(db, node);
    public IAsyncDisposable? Hear(int node, Func<Task> told) => inner.Hear(node, told);
    public void Say(IDbConnection db, string channel, string text) => inner.Say(db, channel, text);
    public IAsyncDisposable? Listen(string channel, Action<string> heard, Action lost, Func<Task> begun) =>
        inner.Listen(channel, heard, lost, begun);
    public IUseSession? OpenUse(int node) => inner.OpenUse(node);
    public IAsyncDisposable? Watch(RowChanges changes, Func<Task> changed) => inner.Watch(changes, changed);

    private sealed class Session(FaultyEngine faults, IWriteSession inner) : IWriteSession
    {
        public DbConnection Connection
        {
            get
            {
                faults.OnUse();
                return inner.Connection;
            }
        }

        public void Watch(IReadOnlyList<WatchedTable> tables, RowChanges changes) => inner.Watch(tables, changes);

        public void Begin(bool isCareful)
        {
            faults.OnBegin(Connection);
            inner.Begin(isCareful);
        }

        public void Commit()
        {
            // What the connection gathers goes to the server before the fault: rows that are written and not committed.
            using (inner.Connection.CreateCommand()) faults.OnCommit();
            inner.Commit();
        }

        public void Rollback()
        {
            faults.OnUse();
            inner.Rollback();
        }

        public void Touch()
        {
            faults.OnBegin(Connection);
            faults.OnCommit();
            inner.Touch();
        }

        public bool Reconnect() => inner.Reconnect();

        public void Dispose() => inner.Dispose();
    }
}

/// <summary>An SQLite database over a <see cref="FaultyEngine"/>.</summary>
internal sealed class FaultyDatabase : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    public FaultyEngine Engine { get; private set; } = null!;        // set by OpenAsync
    public Database Database { get; private set; } = null!;          // set by OpenAsync
    public FakeTimeProvider Time { get; } = new(Script.Anchor.Wall);

    public static async Task<FaultyDatabase> OpenAsync(ILogger? logger = null)
    {
        var test = new FaultyDatabase();
        Migrated.CopyTo(test._folder.Path, ofNode: false);
        await test.OpenAgainAsync(logger);
        return test;
    }

    public async Task OpenAgainAsync(ILogger? logger = null)
    {
        var options = new DatabaseOptions { DataFolder = _folder.Path };
        Engine = new(Database.EngineOf(options));
        Database = await Database.OpenAsync(options, Engine, Migration.Embedded(), Time, logger ?? NullLogger.Instance,
            TestContext.Current.CancellationToken);
    }

    public async Task<TenantId> TenantAsync() =>
        (await Database.Tenants.CreateAsync("acme", new(), null, TestContext.Current.CancellationToken))!.Tenant.Id; // there is none yet

    public Ledger Ledger(ILogger? logger = null, params IReadOnlyList<IProjector> projectors) =>
        new(Database, Script.Anchor, projectors, logger ?? NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _folder.Dispose();
    }
}
