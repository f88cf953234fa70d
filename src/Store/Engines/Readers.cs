using System.Data;
using System.Data.Common;
using System.Diagnostics;

namespace Ringwright.Store.Engines;

/// <summary>
/// Threads that read, each with a connection of its own. Not those who ask:
/// a database that does not answer, or a disk that stands still, holds up the thread that asks it, and no driver lets go of it in time.
/// Whoever waits can be told no here, and the thread is left to its fate.
/// </summary>
internal sealed class Readers(IEngine engine, int most) : IDisposable
{
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromMilliseconds(500);

    private readonly object _gate = new();
    private readonly Queue<IReadJob> _waiting = [];
    private readonly List<Reader> _readers = [];
    private int _idle, _generation;
    private bool _isClosed;

    /// <summary>Ends as <paramref name="read"/> does, or with <see cref="StoreUnavailableException"/> when there was no answer.</summary>
    public Task<T> ReadAsync<T>(Func<IDbConnection, T> read)
    {
        var job = new ReadJob<T>(read);
        lock (_gate)
        {
            if (_isClosed) throw new StoreException("The database is closed.");
            _waiting.Enqueue(job);
            if (_idle >= _waiting.Count) Monitor.Pulse(_gate);
            else if (_readers.Count < most) _readers.Add(new(this));
        }
        return job.Task;
    }

    /// <summary>Tells no to all who have waited for so long.</summary>
    public void GiveUp(TimeSpan patience)
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            foreach (var job in _waiting) job.GiveUp(now, patience);
            foreach (var reader in _readers) reader.Current?.GiveUp(now, patience);
            while (_waiting.TryPeek(out var oldest) && oldest.IsOver) _waiting.Dequeue();
        }
    }

    /// <summary>
    /// There are answers again. Threads that still wait for one that nobody waits for any more are replaced: theirs may never come.
    /// </summary>
    public void Renew()
    {
        lock (_gate)
        {
            _readers.RemoveAll(reader => reader.IsRetired = reader.Current is { IsOver: true });
            for (int i = 0; i < _waiting.Count && _readers.Count < most; i++) _readers.Add(new(this));
        }
    }

    /// <summary>Does not wait for a thread that hangs.</summary>
    public void Dispose()
    {
        Reader[] all;
        lock (_gate)
        {
            _isClosed = true;
            foreach (var job in _waiting) job.Fail(new StoreException("The database is closed."));
            _waiting.Clear();
            all = [.. _readers];
            Monitor.PulseAll(_gate);
        }
        long begunAt = Stopwatch.GetTimestamp();
        foreach (var reader in all)
            reader.Join(PatienceAtStop - Stopwatch.GetElapsedTime(begunAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero);
    }

    /// <returns>Null when the thread is to end.</returns>
    private IReadJob? Take(Reader reader)
    {
        lock (_gate)
        {
            reader.Current = null;
            while (true)
            {
                if (_isClosed || reader.IsRetired) return null;
                if (_waiting.TryDequeue(out var job)) return reader.Current = job;
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }
        }
    }

    private interface IReadJob
    {
        bool IsOver { get; }
        void Run(DbConnection connection);
        void Fail(Exception why);
        void GiveUp(long now, TimeSpan patience);
    }

    private sealed class Reader
    {
        private readonly Readers _all;
        private readonly Thread _thread;
        private DbConnection? _connection;
        private int _generation;

        public Reader(Readers all)
        {
            _all = all;
            _thread = new(Loop) { Name = "store reader", IsBackground = true };
            _thread.Start();
        }

        /// <summary>What it is at. Under the gate, as is the next one.</summary>
        public IReadJob? Current { get; set; }
        public bool IsRetired { get; set; }

        public void Join(TimeSpan atMost) => _thread.Join(atMost);

        private void Loop()
        {
            while (_all.Take(this) is { } job)
                if (!job.IsOver) Run(job);
            Close();
        }

        private void Run(IReadJob job)
        {
            try
            {
                int generation = Volatile.Read(ref _all._generation);
                if (_generation != generation) Close();
                _generation = generation;
                job.Run(_connection ??= _all.Open());
            }
            catch (Exception failed)
            {
                if (_connection is not null && (_all.IsLost(failed) || _connection.State is not ConnectionState.Open))
                {
                    // The others' are connections to the same server.
                    Interlocked.Increment(ref _all._generation);
                    Close();
                }
                job.Fail(failed);
            }
        }

        private void Close()
        {
            _connection?.Dispose();
            _connection = null;
        }
    }

    private DbConnection Open() => engine.OpenReader();

    private bool IsLost(Exception failure) => engine.TroubleOf(failure) is Trouble.Lost;

    private sealed class ReadJob<T>(Func<IDbConnection, T> read) : IReadJob
    {
        // What follows is not for this thread.
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long _askedAt = Stopwatch.GetTimestamp();

        public Task<T> Task => _done.Task;
        public bool IsOver => _done.Task.IsCompleted;

        public void Run(DbConnection connection) => _done.TrySetResult(read(connection));

        public void Fail(Exception why) => _done.TrySetException(why);

        public void GiveUp(long now, TimeSpan patience)
        {
            if (Stopwatch.GetElapsedTime(_askedAt, now) >= patience) _done.TrySetException(new StoreUnavailableException(null));
        }
    }
}
