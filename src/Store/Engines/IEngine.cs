using System.Data;
using System.Data.Common;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Engines;

/// <summary>What a driver's exception means to us.</summary>
internal enum Trouble
{
    /// <summary>The database will never do its work again: a broken file, a bug.</summary>
    Broken,
    /// <summary>
    /// It cannot be written at the moment: a full or read-only disk, a failing one. Nothing was written; later the same may succeed.
    /// </summary>
    Away,
    /// <summary>Another program is in the way; the same again may succeed.</summary>
    Busy,
    /// <summary>The connection to a server is gone, or the server takes none at the moment.</summary>
    Lost,
    /// <summary>A constraint or a type says no to this row; others are not concerned.</summary>
    Refused,
    /// <summary>The same, because of a reference to another row.</summary>
    RefusedByReference,
}

/// <summary>A database product: all that differs between two of them.</summary>
internal interface IEngine
{
    /// <summary>Where the database is, for people; never with a password.</summary>
    string Place { get; }

    /// <summary>Product and version.</summary>
    string Library { get; }

    /// <summary>
    /// Statements that begin a transaction which sees a single moment of all tables, and one that changes
    /// the schema while no other program does.
    /// </summary>
    string BeginRead { get; }
    string BeginMigration { get; }

    /// <summary>True where nothing is in it and a baseline may be (<see cref="DatabaseOptions.Baseline"/>).</summary>
    bool TakesBaseline(DbConnection connection);

    /// <summary>What ends a select of rows to be taken, so that two nodes do not wait for the same one.</summary>
    string SkipLocked { get; }

    /// <summary>What ends a select of rows that nobody may change before the transaction ends; a change under way is waited for.</summary>
    string Hold { get; }

    /// <summary>Nodes of other numbers may write to it at the same time.</summary>
    bool IsShared { get; }

    /// <summary>An expression: the database's own clock as whole milliseconds since 1970, at the moment at which it is asked.</summary>
    string ClockMillis { get; }

    /// <summary>An expression: what a column of times has, as milliseconds since 1970.</summary>
    /// <param name="column">Its name.</param>
    string MillisOf(string column);

    /// <summary>An expression: a text in small letters, of whatever language they are.</summary>
    string Fold(string text);

    /// <summary>
    /// An expression: true when no other transaction has said the same text in one, and until the end of this one
    /// none will hear true. It waits for nobody.
    /// </summary>
    /// <param name="text">An expression.</param>
    string TryLockText(string text);

    /// <summary>In a transaction, and until its end: no process of that node writes. False when one is connected.</summary>
    bool TryShutOut(IDbConnection db, int node);

    /// <summary>
    /// Takes the place of a node that nobody runs, for as long as what is given back is open: until then no process opens it, and nobody
    /// else gets this. Null when somebody has it.
    /// </summary>
    IDisposable? TryHoldPlace(int node);

    /// <summary>
    /// Closes the connection with which a process of that node writes, when nothing has come over it for so long:
    /// what that had not committed is undone. The process may connect anew.
    /// </summary>
    void Disconnect(IDbConnection db, int node, TimeSpan silence);

    IDocumentSql Documents { get; }

    /// <summary>False when somebody has removed what is open: it can still be written, and is lost with the process.</summary>
    bool IsInPlace { get; }

    /// <summary>False while the disk is so full that a small write may succeed and the next one not.</summary>
    bool HasRoom { get; }

    /// <summary>Asks for the bytes in use on this machine's disk.</summary>
    string MeasureSize { get; }

    DbConnection OpenReader();

    /// <exception cref="StoreException">The node is open elsewhere.</exception>
    IWriteSession OpenWriter();

    /// <summary>A migration's text with its directives expanded (see the head of 0001).</summary>
    string Expand(string migration);

    Trouble TroubleOf(Exception failure);

    /// <summary>
    /// Says in whose name the next statements of the transaction are, to a product that can judge rows by it; null for nobody's.
    /// </summary>
    void NameTenant(IDbConnection db, TenantId? tenant);

    /// <summary>Wakes that node when the transaction is committed; see <see cref="Hear"/>.</summary>
    void Tell(IDbConnection db, int node);

    /// <summary>Calls back at once, and whenever there is something for this node, or may be. Null where there is no other node.</summary>
    IAsyncDisposable? Hear(int node, Func<Task> told);

    /// <summary>
    /// Tells all nodes a text on a channel when the transaction is committed; see <see cref="Listen"/>. At most 7,000 bytes.
    /// </summary>
    void Say(IDbConnection db, string channel, string text);

    /// <summary>
    /// Calls <paramref name="begun"/> when a channel is heard, and again when it is heard anew; what it throws counts as a loss.
    /// Null where there is no other node.
    /// </summary>
    /// <param name="heard">Hears what any node says.</param>
    /// <param name="lost">From now on nothing is heard until the next <paramref name="begun"/>.</param>
    IAsyncDisposable? Listen(string channel, Action<string> heard, Action lost, Func<Task> begun);

    /// <summary>A connection for what nodes use together. Null where there is no other node.</summary>
    IUseSession? OpenUse(int node);

    /// <summary>
    /// Notes what another program changes in the tables that the writer watches, or may have changed,
    /// and calls back. Null where no other program can.
    /// </summary>
    IAsyncDisposable? Watch(RowChanges changes, Func<Task> changed);
}

/// <summary>What each node uses of what is limited, as the others see it. One question at a time.</summary>
internal interface IUseSession : IAsyncDisposable
{
    /// <inheritdoc cref="ISharedUse.TakeAsync"/>
    /// <param name="alive">The other nodes that count.</param>
    ValueTask<int?> TakeAsync(string group, IReadOnlyList<Use> uses, int[] alive, CancellationToken stop);

    /// <summary>What this node uses now of some things, whether or not it fits.</summary>
    ValueTask SayAsync(IReadOnlyList<Use> uses, CancellationToken stop);

    /// <summary>This node uses nothing.</summary>
    ValueTask ForgetAsync(CancellationToken stop);

    /// <summary>What those nodes use together.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> HearAsync(int[] alive, CancellationToken stop);
}

/// <summary>The one connection that writes, and its transactions.</summary>
internal interface IWriteSession : IDisposable
{
    DbConnection Connection { get; }

    /// <summary>
    /// From now on notes which rows of these tables its statements change, whoever wrote the statement. Once, when the tables are there.
    /// </summary>
    void Watch(IReadOnlyList<WatchedTable> tables, RowChanges changes);

    /// <param name="isCareful">Each statement is answered before the next one: see <see cref="IWriteJob.Run"/>.</param>
    void Begin(bool isCareful = false);

    void Commit();

    /// <summary>Ends a transaction that failed, whatever is left of it.</summary>
    void Rollback();

    /// <summary>A transaction of its own that writes and changes nothing, to see whether the database takes one.</summary>
    void Touch();

    /// <summary>Connects again after <see cref="Trouble.Lost"/>.</summary>
    /// <returns>Whether the transaction of the last <see cref="Begin"/> is in the database all the same:
    /// its commit may have lost only the answer.</returns>
    bool Reconnect();
}

internal static class EngineFailures
{
    public static bool IsRefusal(this IEngine engine, Exception failure) =>
        engine.TroubleOf(failure) is Trouble.Refused or Trouble.RefusedByReference;

    /// <summary>Whether the whole transaction is to be repeated.</summary>
    public static bool IsTransient(this IEngine engine, Exception failure) =>
        engine.TroubleOf(failure) is Trouble.Busy or Trouble.Lost or Trouble.Away;
}

internal static class Commands
{
    /// <summary>
    /// For statements without parameters. Not through Dapper, which takes one-word texts such as "commit" for procedures.
    /// </summary>
    public static void Run(this DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
