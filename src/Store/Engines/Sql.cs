using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Ringwright.Store.Engines;

/// <summary>
/// The database as tables see it: functions over a connection. Reads run at once on one of N connections. Writes queue for the one writer, which
/// commits whatever is queued in one transaction (group commit). Only jobs that no call waits for wait for company (<see cref="Haste"/>).
/// </summary>
internal sealed class Sql : IAsyncDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly IEngine _engine;
    private readonly ConcurrentBag<DbConnection> _readers = [];
    private readonly SemaphoreSlim _free;
    private readonly Writer _writer;
    private readonly Place _place;
    private readonly TimeSpan _patience;

    /// <param name="patience">How long a server may be away before those who wait for it are told.</param>
    public Sql(IEngine engine, IWriteSession writer, int readers, TimeSpan patience, ILogger logger)
    {
        _engine = engine;
        _free = new(readers);
        _patience = patience;
        _writer = new(engine, writer, patience, logger);
        _place = new(engine, logger);
    }

    public IEngine Engine => _engine;

    /// <summary>Why nothing can be written at the moment; null when something can.</summary>
    public string? Away => _writer.Away ?? (_place.IsGone ? "The database's file was removed." : null);

    public async ValueTask<T> ReadAsync<T>(Func<IDbConnection, T> read, CancellationToken stop)
    {
        await _free.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            long begunAt = Stopwatch.GetTimestamp();
            while (true)
            {
                try
                {
                    return Read(read);
                }
                catch (Exception failed) when (_engine.TroubleOf(failed) is Trouble.Lost or Trouble.Away)
                {
                    // Once the writer has said that the server is away, nobody waits for it here.
                    bool waits = _engine.TroubleOf(failed) is Trouble.Lost && Away is null && Stopwatch.GetElapsedTime(begunAt) < _patience;
                    if (!waits) throw new StoreUnavailableException(failed);
                    await Task.Delay(BetweenTries, stop).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Completes once committed. <paramref name="write"/> may run again when the commit had to be repeated; what it throws undoes only itself.</summary>
    /// <param name="committed">Hears on the writer's thread, before anything that is committed later.</param>
    /// <param name="isFollowedHere">What awaits the result goes on on the writer's thread: it must be short. Else a thread of the pool is woken for it.</param>
    public async ValueTask<T> WriteAsync<T>(Func<IDbConnection, T> write, CancellationToken stop, Haste haste = Haste.Now, Action<T>? committed = null, bool isFollowedHere = false)
    {
        stop.ThrowIfCancellationRequested();
        // What the calls that are up leave behind goes on into the file that has no name any more.
        if (_place.IsGone && haste is Haste.Now) throw new StoreUnavailableException(null);
        var job = new FunctionJob<T>(_engine, write, committed, haste, isFollowedHere);
        _writer.Post(job);
        return await job.Task.ConfigureAwait(false);
    }

    public void Post(IWriteJob job) => _writer.Post(job);

    public async ValueTask DisposeAsync()
    {
        _place.Dispose();
        await _writer.DisposeAsync().ConfigureAwait(false);
        while (_readers.TryTake(out var connection)) connection.Dispose();
    }

    private T Read<T>(Func<IDbConnection, T> read)
    {
        if (!_readers.TryTake(out var connection)) connection = _engine.OpenReader();
        try
        {
            var result = read(connection);
            _readers.Add(connection);
            return result;
        }
        catch (Exception failed)
        {
            if (_engine.TroubleOf(failed) is not Trouble.Lost && connection.State is ConnectionState.Open)
            {
                _readers.Add(connection);
                throw;
            }
            // Those that wait are connections to the same server.
            do connection.Dispose();
            while (_readers.TryTake(out connection));
            throw;
        }
    }

    private sealed class FunctionJob<T>(IEngine engine, Func<IDbConnection, T> write, Action<T>? committed, Haste haste, bool isFollowedHere) : IWriteJob
    {
        private readonly TaskCompletionSource<T> _done = new(isFollowedHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Task => _done.Task;
        public Haste Haste => haste;

        public void Run(DbConnection connection, bool isCareful)
        {
            _failure = null;
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
            catch (Exception failed) when (!engine.IsTransient(failed))
            {
                connection.Run("rollback to job; release job;");
                _failure = failed;
            }
        }

        public void Committed()
        {
            if (_failure is not null)
            {
                _done.SetException(_failure);
                return;
            }
            committed?.Invoke(_result!); // set by Run, which always ran before
            _done.SetResult(_result!);
        }

        public void Failed(Exception why) => _done.SetException(why);
    }
}
