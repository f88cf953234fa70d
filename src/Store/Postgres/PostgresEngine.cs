using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Dapper;
using Npgsql;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;

namespace Ringwright.Store.Postgres;

/// <summary>One database on a PostgreSQL server, as one node uses it.</summary>
internal sealed class PostgresEngine : IEngine
{
    /// <summary>The numbers of our advisory locks; the second part of a node's is its number.</summary>
    public const int NodeLocks = 0x72696e67, MigrationLock = 0x7269;

    /// <summary>Ends with the transaction. For policies on rows: <c>current_setting('ringwright.tenant', true)</c>.</summary>
    internal const string SetTenant = "select set_config('ringwright.tenant', @tenant, true)";

    // The lock that the writer of a node holds as long as it is connected.
    private const string TryLock = "select pg_try_advisory_xact_lock(@locks, @node)";
    private const string TryHold = "select pg_try_advisory_lock(@locks, @node)";
    private const string EndSession = """
        select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.classid = @locks and l.objid = @node and l.objsubid = 2 and l.granted and a.datname = current_database()
            and a.application_name = @name and a.state <> 'active' and a.state_change < clock_timestamp() - make_interval(secs => @seconds)
        """;

    // Where the server is built without it, the letters are those of the language that the database was made for.
    private const string AllLetters = "und-x-icu",
        HasAllLetters = $"select exists (select 1 from pg_catalog.pg_collation where collname = '{AllLetters}')";

    // While a server fails over, its address may lead to one that lags behind for ever, and answers questions.
    private const string IsStandby = "select pg_is_in_recovery()";

    private const string MailChannel = "ringwright_mail", Notify = "select pg_notify(@channel, @node)";

    /// <summary>
    /// A server that has lost its power, or a firewall that has forgotten a connection, says nothing of it: the system asks whether the
    /// other end is there after so many seconds of silence, and again each so many, nine times in all.
    /// </summary>
    private const int SilenceSeconds = 30, AskingSeconds = 10;

    /// <summary>Connection strings, one for each server.</summary>
    private readonly string[] _servers;
    private readonly Durability _durability;
    private readonly int _node;
    private string _version = "", _letters = "";
    /// <summary>The place of the server that took changes last.</summary>
    private volatile int _server;

    public PostgresEngine(NpgsqlConnectionStringBuilder address, Durability durability, int node)
    {
        _durability = durability;
        _node = node;
        Place = PostgresAddress.Describe(address);
        _servers = [.. PostgresAddress.ServersOf(address).Select(server => StringOf(server, node))];
    }

    private static string StringOf(NpgsqlConnectionStringBuilder server, int node)
    {
        var text = new NpgsqlConnectionStringBuilder(server.ConnectionString)
        {
            // Connections are kept by us: the writer's holds a lock, the readers' are few.
            Pooling = false,
            Enlist = false,
            ApplicationName = NameOf(node),
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
        };
        // A socket in a folder has no TCP.
        if (text.Host is not ['/' or '@', ..])
        {
            if (text.TcpKeepAliveTime == 0) text.TcpKeepAliveTime = SilenceSeconds;
            if (text.TcpKeepAliveInterval == 0) text.TcpKeepAliveInterval = AskingSeconds;
        }
        return text.ConnectionString;
    }

    public string Place { get; }
    public string Library => $"PostgreSQL {_version}".TrimEnd();
    public string BeginRead => "begin isolation level repeatable read read only;";
    public string SkipLocked => " for update skip locked";
    public string Hold => " for share";
    public bool TakesBaseline(DbConnection connection) => false;        // it adds a column without reading its schema again
    public string BeginMigration => $"begin; select pg_advisory_xact_lock({MigrationLock});";
    public bool IsInPlace => true;
    public bool HasRoom => true;        // the server's disk is not ours to see
    public string MeasureSize => "select 0";
    public bool IsShared => true;
    public string ClockMillis => "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
    public string MillisOf(string column) => $"(extract(epoch from {column}) * 1000)";
    public string Fold(string text) => $"lower(({text}) collate \"{_letters}\")";
    public string TryLockText(string text) => $"pg_try_advisory_xact_lock(hashtextextended({text}, 0))";
    public bool TryShutOut(IDbConnection db, int node) => db.ExecuteScalar<bool>(TryLock, new { locks = NodeLocks, node });
    public void Disconnect(IDbConnection db, int node, TimeSpan silence) =>
        db.Query<bool>(EndSession, new { locks = NodeLocks, node, name = NameOf(node), seconds = silence.TotalSeconds }).AsList();
    public void Tell(IDbConnection db, int node) =>
        db.Execute(Notify, new { channel = MailChannel, node = node.ToString(CultureInfo.InvariantCulture) });
    public IAsyncDisposable? Hear(int node, Func<Task> told) =>
        new TableWatch(this, MailChannel, said => said == node.ToString(CultureInfo.InvariantCulture), told);
    public void Say(IDbConnection db, string channel, string text) => db.Execute(Notify, new { channel, node = text });
    public IAsyncDisposable? Listen(string channel, Action<string> heard, Action lost, Func<Task> begun) =>
        new TableWatch(this, channel, said =>
        {
            heard(said);
            return false;
        }, begun, lost);
    public IUseSession? OpenUse(int node) => new PostgresUse(this, node);
    public IDocumentSql Documents { get; } = new PostgresDocuments();

    public IDisposable? TryHoldPlace(int node)
    {
        var connection = OpenReader();
        try
        {
            if (connection.ExecuteScalar<bool>(TryHold, new { locks = NodeLocks, node })) return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        connection.Dispose();
        return null;
    }

    public DbConnection OpenReader()
    {
        var connection = Open();
        connection.Run("set default_transaction_read_only = on;");
        return connection;
    }

    public IWriteSession OpenWriter() => new PostgresSession(this, _node);

    public string Expand(string migration) => Directives.ForPostgres(migration);

    public Trouble TroubleOf(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } => Trouble.RefusedByReference,
        // Classes 22 and 23: the data are not what the column takes; 54: they are more than it takes, an index has no room for long texts.
        PostgresException refused when refused.SqlState.StartsWith("23", StringComparison.Ordinal)
            || refused.SqlState.StartsWith("22", StringComparison.Ordinal)
            || refused.SqlState.StartsWith("54", StringComparison.Ordinal) => Trouble.Refused,
        // The last one: an administrator, or a time limit of the server, has cancelled the statement.
        PostgresException
        {
            SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.QueryCanceled
        } => Trouble.Busy,
        // The server stops, starts, recovers or has no connection left.
        PostgresException gone when gone.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || gone.SqlState.StartsWith("08", StringComparison.Ordinal)
            || gone.SqlState == PostgresErrorCodes.TooManyConnections => Trouble.Lost,
        // Classes 53 and 58: no room or no memory, a failing disk; 25006: a server that only reads.
        PostgresException stuck when stuck.SqlState.StartsWith("53", StringComparison.Ordinal)
            || stuck.SqlState.StartsWith("58", StringComparison.Ordinal)
            || stuck.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction => Trouble.Away,
        PostgresException => Trouble.Broken,
        NpgsqlException { InnerException: IOException or SocketException or TimeoutException or null } => Trouble.Lost,
        StandbyException or ConnectionGoneException or SocketException => Trouble.Lost,
        _ => Trouble.Broken,
    };

    public void NameTenant(IDbConnection db, TenantId? tenant) => db.Execute(SetTenant, new { tenant = tenant?.ToString() ?? "" });

    public IAsyncDisposable? Watch(RowChanges changes, Func<Task> changed) => new TableWatch(this, _node, changes, changed);

    /// <summary>How a node calls itself to the server.</summary>
    public static string NameOf(int node) => $"ringwright node {node}";

    /// <summary>
    /// A connection with nothing set but what all of them share, to the server that takes changes: of several the one that did last is
    /// asked first.
    /// </summary>
    public NpgsqlConnection Open()
    {
        int first = _server;
        for (int i = 0; ; i++)
        {
            int server = (first + i) % _servers.Length;
            try
            {
                var connection = OpenAt(_servers[server]);
                _server = server;
                return connection;
            }
            catch (Exception failed) when (i < _servers.Length - 1 && TroubleOf(failed) is Trouble.Lost or Trouble.Away)
            {
                // The next one is asked. The last one says what is wrong.
            }
        }
    }

    private NpgsqlConnection OpenAt(string server)
    {
        var connection = new NpgsqlConnection(server);
        try
        {
            connection.Open();
            if (connection.ExecuteScalar<bool>(IsStandby)) throw new StandbyException();
            if (_letters.Length == 0) _letters = connection.ExecuteScalar<bool>(HasAllLetters) ? AllLetters : "default";
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        _version = connection.PostgreSqlVersion.ToString();
        return connection;
    }

    /// <summary>As the server is set up, or on in any case: then a commit is on the disk when it is answered.</summary>
    public string DurabilityStatement => _durability is Durability.Full ? "set synchronous_commit = on;" : "";
}

/// <summary>Another process runs the node: what this one knows of its calls is no longer so.</summary>
internal sealed class NodeReplacedException(int node)
    : Exception($"Another process has taken the place of node {node}: this one must not go on.");

/// <summary>What answers is the copy of another server: what it knows may be old, and it takes no changes.</summary>
internal sealed class StandbyException() : DbException("the server is a standby, which takes no changes");

/// <summary>Something was asked of a connection that had broken before.</summary>
internal sealed class ConnectionGoneException() : Exception("The connection to the database is gone.");
