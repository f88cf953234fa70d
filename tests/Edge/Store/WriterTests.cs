using System.Data.Common;
using Microsoft.Extensions.Logging;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Sqlite;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>The writer and who watches it, in the orders that a busy machine brings about once in a hundred runs.</summary>
public sealed class WriterTests
{
    private static readonly TimeSpan Waited = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_batch_that_has_its_answer_is_not_declared_silent_by_who_looked_before_it()
    {
        using var folder = new TempFolder();
        var engine = new SqliteEngine(Path.Combine(folder.Path, "a.db"), Durability.Full);
        var logger = new Told();
        await using var writer = new Writer(engine, engine.OpenWriter(), Waited, logger);
        using var job = new Blocking();
        writer.Post(job);
        await Eventually.TrueAsync(() => job.IsUnderWay, "the job is under way");
        long turn = Assert.NotNull(writer.Turn);
        writer.Declare(turn, Waited, isSilent: true);
        Assert.NotNull(writer.Away);

        bool isAwayAgain = false;
        logger.IsBack = () =>       // the outage has just ended
        {
            writer.Declare(turn, Waited, isSilent: true);
            isAwayAgain |= writer.Away is not null;
        };
        job.Answer();
        await Eventually.TrueAsync(() => job.IsCommitted, "the job is committed");
        Assert.True(logger.HasTold);
        Assert.False(isAwayAgain);
    }

    [Fact]
    public async Task Who_comes_after_the_answer_is_not_given_up()
    {
        using var folder = new TempFolder();
        var engine = new SqliteEngine(Path.Combine(folder.Path, "a.db"), Durability.Full);
        await using var writer = new Writer(engine, engine.OpenWriter(), Waited, new Told());
        using var job = new Blocking();
        writer.Post(job);
        await Eventually.TrueAsync(() => job.IsUnderWay, "the job is under way");
        writer.GiveUp();        // its caller saw a silence that is over
        Assert.Equal(0, job.GivenUp);
        writer.Declare(Assert.NotNull(writer.Turn), Waited, isSilent: true);
        writer.GiveUp();
        Assert.Equal(1, job.GivenUp);
        job.Answer();
        await Eventually.TrueAsync(() => job.IsCommitted, "the job is committed");
    }

    private sealed class Blocking : IWriteJob, IDisposable
    {
        private readonly ManualResetEventSlim _answer = new(false);
        private volatile bool _isUnderWay, _isCommitted;

        public bool IsUnderWay => _isUnderWay;
        public bool IsCommitted => _isCommitted;
        public int GivenUp { get; private set; }

        public void Answer() => _answer.Set();

        public void Run(DbConnection connection, bool isCareful)
        {
            _isUnderWay = true;
            _answer.Wait();
        }

        public void Committed() => _isCommitted = true;
        public void Failed(Exception why) => throw new InvalidOperationException("nothing went wrong", why);
        public void GiveUp(Exception why) => GivenUp++;
        /// <summary>The writer ends before the test does.</summary>
        public void Dispose() => _answer.Set();
    }

    /// <summary>Calls back when the log says that the database is back, which is said while the outage ends.</summary>
    private sealed class Told : ILogger
    {
        private const int DatabaseBack = 1116;

        public Action? IsBack { get; set; }
        public bool HasTold { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != DatabaseBack) return;
            HasTold = true;
            IsBack?.Invoke();
        }
    }
}
