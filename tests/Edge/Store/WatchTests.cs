using System.Data;
using System.Diagnostics;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Who is to blame when a write takes long: beside a real file, and with more threads than processors.</summary>
[Collection(nameof(Starving))]
public sealed class WatchTests
{
    /// <summary>A machine that stands still itself adds half a second at most to what its database is blamed for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.2), Long = TimeSpan.FromSeconds(2), Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<TestDatabase> OpenAsync()
    {
        var test = await TestDatabase.ReserveAsync(Product.Sqlite);
        test.Grace = Grace;
        await using (await test.OpenAgainAsync()) { /* the migrations are nobody's silence */ }
        return test;
    }

    [Fact]
    public async Task A_writer_that_has_no_processor_does_not_blame_its_database()
    {
        await using var test = await OpenAsync();
        await using var database = await test.OpenAgainAsync();
        using var hogs = new Hogs();
        var took = await database.Sql.WriteAsync(_ => Work(Long), Stop);
        Assert.InRange(took, Long, Limit);
        Assert.Null(database.Sql.Away);
    }

    [Fact, Depth("the gate notices a silent database in SilentDatabaseTests")]
    public async Task One_that_waits_for_its_database_does()
    {
        await using var test = await OpenAsync();
        await using var database = await test.OpenAgainAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await database.Sql.WriteAsync(Sleep, Stop));
    }

    [Fact, Depth("the gate has a writer without a processor, and one that waits for its database")]
    public async Task Before_calls_are_taken_there_is_time()
    {
        await using var test = await OpenAsync();
        test.IsPatient = true;
        await using var database = await test.OpenAgainAsync();
        Assert.True(await database.Sql.WriteAsync(Sleep, Stop));
        database.BeginService();
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await database.Sql.WriteAsync(Sleep, Stop));
    }

    /// <summary>An import of an hour is no silence; one that gets no answer is, after fifteen times the grace.</summary>
    [Depth("the gate has a server that restarts, a frozen one, and writers that are judged by what they get done")]
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_long_write_is_given_up_when_it_does_not_get_on(bool getsOn)
    {
        await using var test = await OpenAsync();
        test.Grace = TimeSpan.FromMilliseconds(100);
        await using var database = await test.OpenAgainAsync();
        var writing = database.Sql.WriteAsync(_ =>
        {
            for (int part = 0; part < 40; part++)
            {
                Thread.Sleep(100);
                if (getsOn) database.Sql.NoteAnswer();
            }
            return true;
        }, Stop, isLong: true).AsTask();
        await Eventually.TrueAsync(() => database.Sql.Away is not null || writing.IsCompleted, "nothing new is begun meanwhile");
        if (getsOn) Assert.True(await writing);
        else await Assert.ThrowsAsync<StoreUnavailableException>(() => writing);
        await Eventually.TrueAsync(() => database.Sql.Away is null, "it is there again");
    }

    private static bool Sleep(IDbConnection db)
    {
        Thread.Sleep(Long);     // as a disk that stands still
        return true;
    }

    /// <summary>Until the kernel says that so much time went by without a processor for this thread.</summary>
    private static TimeSpan Work(TimeSpan starved)
    {
        long began = Stopwatch.GetTimestamp();
        using var queue = RunQueue.OfThisThread();
        var before = queue.Times.Waited;
        while (queue.Times.Waited - before < starved)
        {
            if (Stopwatch.GetElapsedTime(began) > Limit)
                throw new InvalidOperationException("the kernel does not count what threads wait for processors");
            Thread.SpinWait(10_000);
        }
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Threads that leave others an eighth of each processor.</summary>
    private sealed class Hogs : IDisposable
    {
        private readonly List<Thread> _threads = [];
        private volatile bool _isOver;

        public Hogs()
        {
            for (int i = 0; i < Environment.ProcessorCount * 8; i++)
            {
                var thread = new Thread(() => { while (!_isOver) Thread.SpinWait(10_000); }) { IsBackground = true };
                thread.Start();
                _threads.Add(thread);
            }
        }

        public void Dispose()
        {
            _isOver = true;
            foreach (var thread in _threads) thread.Join();
        }
    }
}
