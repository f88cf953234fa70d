using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Ringwright.Store.Engines;

/// <summary>
/// The database as tables see it: functions over a connection. Reads run at once on one of N threads.
/// Writes queue for the one writer, which commits whatever is queued in one transaction (group commit). Only jobs that no call waits for
/// wait for company (<see cref="CommitPriority"/>). Nobody waits long for a database that does not answer (<see cref="Watch"/>).
/// </summary>
public sealed class Sql : IAsyncDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly IEngine _engine;
    private readonly TimeSpan _grace;
    private readonly Readers _readers;
    private readonly Writer _writer;
    private readonly Place _place;
    private readonly Watch _watch;
    private long _asked, _answered;

    internal Sql(IEngine engine, IWriteSession writer, int readers, TimeSpan grace, bool isPatient, ILogger logger)
    {
        (_engine, _grace) = (engine, grace);
        _readers = new(engine, readers);
        _writer = new(engine, writer, grace, logger) { IsPatient = isPatient };
        _place = new(engine, logger);
        _watch = new(_writer, _readers, grace, counted => Looked?.Invoke(counted), () => Back?.Invoke());
    }

    internal IEngine Engine => _engine;

    /// <summary>Whatever is written may take its time.</summary>
    internal bool IsPatient { set => _writer.IsPatient = value; }

    /// <summary>
    /// Hears ten times a second, and less often while nothing is to be written, on a thread that never waits for the database, how much
    /// time counts since this was opened (<see cref="Watch"/>); it must be short.
    /// </summary>
    internal Action<TimeSpan>? Looked { get; set; }

    /// <summary>Hears on the same thread that there are answers again, after there were none.</summary>
    internal Action? Back { get; set; }

    /// <summary>
    /// Hears on the writer's thread that the database will never do its work again, when nobody else has asked it for something.
    /// </summary>
    internal Action<Exception>? Broke { get => _writer.Broke; set => _writer.Broke = value; }

    /// <summary>Hears once, when it is closed, that the writer was left behind: see <see cref="Writer.EndAsync"/>.</summary>
    internal Action? LeftBehind { get; set; }

    /// <summary>There is no answer at all.</summary>
    internal bool IsSilent => _writer.IsSilent;

    /// <inheritdoc cref="Writer.IsReplaced"/>
    internal bool IsReplaced => _writer.IsReplaced;

    /// <inheritdoc cref="Writer.BeginStop"/>
    internal void BeginStop() => _writer.BeginStop();

    /// <inheritdoc cref="Writer.Unheard"/>
    internal Action? Unheard { get => _writer.Unheard; set => _writer.Unheard = value; }

    /// <summary>Questions and writes that have been answered, when none is open; null else.</summary>
    internal long? AnsweredAtRest
    {
        get
        {
            long answered = Volatile.Read(ref _answered);
            return Volatile.Read(ref _asked) == answered ? answered : null;
        }
    }

    /// <summary>Why nothing can be written at the moment; null when something can.</summary>
    internal string? Away => _writer.Away ?? (_place.IsGone ? "The database's file was removed." : null);

    /// <summary>An expression: a column of times as <see cref="Times.Text"/> writes them, whose beginnings are days and hours.</summary>
    public string TimeText(string column) => _engine.Documents.TimeText(column);

    /// <summary>An expression: a column of times as milliseconds, of which one is taken from another.</summary>
    public string MillisOf(string column) => _engine.MillisOf(column);

    /// <summary>A statement whose <c>lower</c> is to be that of all languages.</summary>
    public string Folded(string sql) => Letters.Fold(sql, _engine);

    public async ValueTask<T> ReadAsync<T>(Func<IDbConnection, T> read, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        long begunAt = Stopwatch.GetTimestamp();
        using var open = new OpenQuestion(this);
        while (true)
        {
            try
            {
                return await _readers.ReadAsync(read).WaitAsync(stop).ConfigureAwait(false);
            }
            catch (Exception failed) when (_engine.IsTransient(failed))
            {
                // Once it is known that the server is away, nobody waits for it here.
                bool waits = _engine.TroubleOf(failed) is Trouble.Lost && Away is null && Stopwatch.GetElapsedTime(begunAt) < _grace;
                if (!waits) throw new StoreUnavailableException(failed);
                await Task.Delay(BetweenTries, stop).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Completes once committed. <paramref name="write"/> may run again when the commit had to be repeated;
    /// what it throws undoes only itself.
    /// </summary>
    /// <param name="committed">Hears on the writer's thread, before anything that is committed later.</param>
    /// <param name="isFollowedHere">What awaits the result goes on on the writer's thread: it must be short.
    /// Else a thread of the pool is woken for it.</param>
    /// <param name="isLong">It may take its time, and says with <see cref="NoteAnswer"/> how it gets on; who waits for it is told no only
    /// when one answer takes far too long.</param>
    /// <param name="isPiece">As in <see cref="IWriteJob.IsPiece"/>.</param>
    /// <exception cref="StoreUnavailableException">Nothing was written, or nobody knows whether it was.</exception>
    public async ValueTask<T> WriteAsync<T>(Func<IDbConnection, T> write, CancellationToken stop,
        CommitPriority priority = CommitPriority.Now, Action<T>? committed = null, bool isFollowedHere = false, bool isLong = false,
        bool isPiece = false)
    {
        stop.ThrowIfCancellationRequested();
        // What the calls that are up leave behind goes on into the file that has no name any more.
        if (_place.IsGone && priority is CommitPriority.Now) throw new StoreUnavailableException(null);
        using var open = new OpenQuestion(this);
        var job = new FunctionJob<T>(this, write, committed, priority, isFollowedHere, isLong, isPiece);
        _writer.Post(job);
        return await job.Task.ConfigureAwait(false);
    }

    /// <summary>Inside a long write: the database has taken a part of it.</summary>
    public void NoteAnswer() => _writer.NoteAnswer();

    internal void Post(IWriteJob job) => _writer.Post(job);

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    /// <returns>False when the writer was left behind, and may still write.</returns>
    internal async ValueTask<bool> CloseAsync()
    {
        _place.Dispose();
        // Who waits for what is committed last is told no meanwhile, if there is no answer.
        bool hasEnded = await _writer.EndAsync().ConfigureAwait(false);
        if (!hasEnded) LeftBehind?.Invoke();
        _watch.Dispose();
        _readers.Dispose();
        return hasEnded;
    }

    /// <summary>Counts what waits for an answer.</summary>
    private readonly struct OpenQuestion : IDisposable
    {
        private readonly Sql _sql;

        public OpenQuestion(Sql sql) => Interlocked.Increment(ref (_sql = sql)._asked);

        public void Dispose() => Interlocked.Increment(ref _sql._answered);
    }

    private sealed class FunctionJob<T>(Sql sql, Func<IDbConnection, T> write, Action<T>? committed, CommitPriority priority,
        bool isFollowedHere, bool isLong, bool isPiece) : IWriteJob
    {
        private readonly TaskCompletionSource<T> _done =
            new(isFollowedHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;
        private bool _isSkipped;

        public Task<T> Task => _done.Task;
        public CommitPriority Priority => priority;
        public bool IsLong => isLong;
        public bool IsPiece => isPiece;

        public void Run(DbConnection connection, bool isCareful)
        {
            _failure = null;
            // Whoever asked for it was told no.
            _isSkipped = _done.Task.IsCompleted;
            if (_isSkipped) return;
            if (!isCareful)
            {
                _result = write(connection);
                return;
            }
            try
            {
                connection.Run("savepoint job;");
                _result = write(connection);
                connection.Run("release job;");
            }
            catch (Exception failed) when (!sql._engine.IsTransient(failed))
            {
                connection.Run("rollback to job; release job;");
                _failure = failed;
            }
        }

        public void Committed()
        {
            if (_isSkipped) return;
            if (_failure is not null)
            {
                _done.TrySetException(_failure);
                return;
            }
            // Also when who asked was told no meanwhile: it happened.
            committed?.Invoke(_result!); // set by Run, which always ran before
            _done.TrySetResult(_result!);
        }

        public void Failed(Exception why) => _done.TrySetException(why);

        /// <summary>What nobody waits for waits for its fate, until the node stops: then its end waits for it.</summary>
        public void GiveUp(Exception why)
        {
            if (priority is CommitPriority.Now || sql._writer.IsStopping) _done.TrySetException(why);
        }
    }
}
