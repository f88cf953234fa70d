using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;

namespace Ringwright.Store.Sqlite;

/// <summary>One database file. All connections to it share these settings.</summary>
internal sealed class SqliteEngine(string path, Durability durability) : IEngine
{
    private const int Permission = 3, Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, InputOutput = 10, Full = 13, CannotOpen = 14,
        Protocol = 15, ConstraintFailed = 19, ForeignKeyFailed = 787;

    /// <summary>Of no index: who opens the file with another program has no such function.</summary>
    private const string FoldFunction = "fold_letters";

    /// <summary>For some hundred changes, until the disk's owner has made more.</summary>
    private const long LeastRoom = 1 << 20;

    /// <summary>Long enough for pages that many calls change to be copied once.</summary>
    private static readonly TimeSpan CopyInterval = TimeSpan.FromSeconds(4);

    public string Place => path;
    public string Library => SqliteLibrary.Describe();
    public string BeginRead => "begin;";
    public string SkipLocked => "";        // there is one writer
    public string Hold => "";
    public string BeginMigration => SqliteSession.BeginWrite;
    public bool IsInPlace => File.Exists(path);
    public bool HasRoom => new DriveInfo(Path.GetDirectoryName(path) ?? path).AvailableFreeSpace >= LeastRoom;
    public string MeasureSize =>
        "select (page_count - freelist_count) * page_size from pragma_page_count(), pragma_freelist_count(), pragma_page_size()";
    public bool IsShared => false;
    public string ClockMillis => "cast(round((julianday('now') - 2440587.5) * 86400000) as integer)";
    public string MillisOf(string column) => $"((julianday({column}) - 2440587.5) * 86400000)";
    public string Fold(string text) => $"{FoldFunction}({text})";
    public string TryLockText(string text) => "true";        // there is one writer
    public IDisposable? TryHoldPlace(int node) => null;     // nobody else opens the file
    public bool TryShutOut(IDbConnection db, int node) => true;        // the data folder's lock does
    public void Disconnect(IDbConnection db, int node, TimeSpan silence) { }
    public void Tell(IDbConnection db, int node) { }
    public IAsyncDisposable? Hear(int node, Func<Task> told) => null;
    public void Say(IDbConnection db, string channel, string text) { }
    public IAsyncDisposable? Listen(string channel, Action<string> heard, Action lost, Func<Task> begun) => null;
    public IUseSession? OpenUse(int node) => null;
    public IDocumentSql Documents { get; } = new SqliteDocuments();

    public DbConnection OpenReader()
    {
        var connection = Open();
        connection.Run("pragma query_only = on;");
        return connection;
    }

    public IWriteSession OpenWriter()
    {
        var connection = Open(isWriter: true);
        // Indexes of random ids touch pages all over the file: 16 MiB of them are kept, where 2 would be read again all the time.
        // What was written is copied into the file beside us; only a log of 256 MiB, on a node that never rests,
        // is copied by the writer itself. Debian's library overwrites what is deleted: only where that costs no page of its own.
        // What a savepoint may have to take back is no file.
        connection.Run(
            "pragma cache_size = -16384; pragma wal_autocheckpoint = 65536; pragma secure_delete = fast; pragma temp_store = memory;");
        return new SqliteSession(connection, new Checkpoints(path, () => Open(), CopyInterval));
    }

    public bool TakesBaseline(DbConnection connection) => connection.ExecuteScalar<long>("select count(*) from sqlite_master") == 0;

    public string Expand(string migration) => Directives.ForSqlite(migration);

    public Trouble TroubleOf(Exception failure) => failure is not SqliteException sqlite ? Trouble.Broken : sqlite.SqliteErrorCode switch
    {
        Busy or Locked => Trouble.Busy,
        ConstraintFailed => sqlite.SqliteExtendedErrorCode == ForeignKeyFailed ? Trouble.RefusedByReference : Trouble.Refused,
        Permission or NoMemory or ReadOnly or InputOutput or Full or CannotOpen or Protocol => Trouble.Away,
        _ => Trouble.Broken,
    };

    /// <summary>The data folder's lock keeps others out.</summary>
    public void NameTenant(IDbConnection db, TenantId? tenant)
    {
        // Nobody but this process reads the file.
    }

    public IAsyncDisposable? Watch(RowChanges changes, Func<Task> changed) => null;

    private PreparingConnection Open(bool isWriter = false)
    {
        SqliteLibrary.Describe();
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        if (isWriter && GatheredLog.Name is { } fileSystem) settings.Vfs = fileSystem;
        var connection = new PreparingConnection(settings.ToString());
        connection.Open();
        connection.CreateFunction(FoldFunction, (string? text) => text?.ToLowerInvariant(), isDeterministic: true);
        // journal_mode stays in the file; the rest is per connection.
        connection.Run($"pragma busy_timeout = 5000; pragma foreign_keys = on; pragma journal_mode = wal; pragma synchronous = "
            + $"{(durability is Durability.Full ? "full" : "normal")};");
        return connection;
    }

    private sealed class SqliteSession(PreparingConnection connection, Checkpoints checkpoints) : IWriteSession
    {
        // Takes the one write lock at once, not at the first write, so that it is waited for here.
        public const string BeginWrite = "begin immediate;";
        private const string CommitWrite = "commit;";

        private bool _isOdd;
        private RowChanges? _changes;

        public DbConnection Connection => connection;

        public void Watch(IReadOnlyList<WatchedTable> tables, RowChanges changes)
        {
            SqliteRowTriggers.Install(connection, tables, changes);
            _changes = changes;
        }

        public void Begin(bool isCareful)
        {
            _changes?.End();
            // As its statements are run: these two are a part of each commit, and a command of the driver's for each is memory for nothing.
            connection.Run(BeginWrite, []);
        }

        public void Commit()
        {
            GatheredLog.BeginCommit();
            try
            {
                connection.Run(CommitWrite, []);
            }
            finally
            {
                GatheredLog.EndCommit();
            }
            _changes?.End();
            checkpoints.Note(connection.TakeWritten());
        }

        public void Rollback() => connection.Run("rollback;");

        /// <summary>
        /// What it leaves in the log is worth no copying. A number in the file's head that nobody else uses:
        /// SQLite writes no page for an update that leaves a row as it was, and would not notice a disk that stands still.
        /// </summary>
        public void Touch()
        {
            Begin(isCareful: false);
            connection.Run((_isOdd = !_isOdd) ? "pragma user_version = 1;" : "pragma user_version = 2;");
            connection.Run("commit;");
        }

        /// <summary>A file is never lost in this sense.</summary>
        public bool Reconnect() => false;

        public void Dispose()
        {
            checkpoints.Dispose();
            connection.Dispose();
        }
    }
}
