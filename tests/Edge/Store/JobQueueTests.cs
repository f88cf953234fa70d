using System.Data.Common;
using Ringwright.Store.Engines;

namespace Ringwright.Edge.Store;

public sealed class JobQueueTests
{
    private readonly JobQueue _queue = new();

    [Theory]
    [InlineData(nameof(CommitPriority.Now))]
    [InlineData(nameof(CommitPriority.Soon))]
    [InlineData(nameof(CommitPriority.Later))]
    public void A_job_is_taken_alone_when_nothing_comes(string priority)
    {
        _queue.TryAdd(new Job(Enum.Parse<CommitPriority>(priority)));
        Assert.Single(Take());
    }

    [Fact]
    public void What_waits_for_company_goes_with_what_a_call_waits_for()
    {
        _queue.TryAdd(new Job(CommitPriority.Later));
        _queue.TryAdd(new Job(CommitPriority.Now));
        _queue.TryAdd(new Job(CommitPriority.Soon));
        Assert.Equal([CommitPriority.Later, CommitPriority.Now, CommitPriority.Soon], Take().Select(j => j.Priority));
    }

    [Theory]
    [InlineData(nameof(CommitPriority.Now), 0, 0)]
    [InlineData(nameof(CommitPriority.Soon), 0, 25)]
    [InlineData(nameof(CommitPriority.Soon), 15, 10)]
    [InlineData(nameof(CommitPriority.Soon), 1_000, 0)]
    [InlineData(nameof(CommitPriority.Later), 1_000, 25)]
    public void Who_waits_says_when_a_job_is_due(string priority, int millisecondsSinceCommit, int milliseconds)
    {
        long now = System.Diagnostics.Stopwatch.Frequency * 100, millisecond = System.Diagnostics.Stopwatch.Frequency / 1_000;
        Assert.Equal(now + milliseconds * millisecond,
            JobQueue.DueAt(Enum.Parse<CommitPriority>(priority), now, now - millisecondsSinceCommit * millisecond));
    }

    [Fact]
    public async Task A_call_that_waits_rings_a_writer_that_sleeps()
    {
        var taken = Task.Run(Take);
        _queue.TryAdd(new Job(CommitPriority.Now));
        Assert.Single(await taken);
    }

    [Fact]
    public void What_is_more_than_one_batch_is_taken_at_once_behind_it()
    {
        for (int i = 0; i < 3; i++) _queue.TryAdd(new Job(CommitPriority.Now));
        Assert.Equal([2, 1], new[] { Take(2).Count, Take(2).Count });
    }

    [Fact]
    public void Each_batch_has_one_piece_of_lists_behind_all_that_calls_write()
    {
        for (int i = 0; i < 3; i++) _queue.TryAdd(new Job(CommitPriority.Now) { IsPiece = true });
        _queue.TryAdd(new Job(CommitPriority.Now));
        Assert.Equal(4, _queue.Look().Count);
        Assert.Equal([false, true], Take().Select(job => job.IsPiece));
        // The others need nobody who rings.
        Assert.Equal([true], Take().Select(job => job.IsPiece));
        _queue.TryAdd(new Job(CommitPriority.Soon));
        Assert.Equal([false, true], Take().Select(job => job.IsPiece));
        Assert.Empty(_queue.Look());
    }

    [Fact]
    public void A_batch_that_others_fill_has_its_piece()
    {
        _queue.TryAdd(new Job(CommitPriority.Now) { IsPiece = true });
        for (int i = 0; i < 4; i++) _queue.TryAdd(new Job(CommitPriority.Now));
        Assert.Equal([false, false, true], Take(3).Select(job => job.IsPiece));
        Assert.Equal([false, false], Take(3).Select(job => job.IsPiece));
    }

    [Fact]
    public void Pieces_that_are_left_when_it_closes_are_taken()
    {
        for (int i = 0; i < 2; i++) _queue.TryAdd(new Job(CommitPriority.Later) { IsPiece = true });
        _queue.Close();
        Assert.Equal([1, 1, 0], new[] { Take().Count, Take().Count, Take().Count });
    }

    [Fact]
    public void A_queue_that_is_closed_waits_for_nobody()
    {
        _queue.TryAdd(new Job(CommitPriority.Later));
        _queue.Close();
        Assert.Single(Take());
        Assert.Empty(Take());
        Assert.False(_queue.TryAdd(new Job(CommitPriority.Now)));
    }

    [Fact]
    public void A_writer_without_work_rests_and_looks_about()
    {
        var taken = new List<IWriteJob>();
        Assert.True(_queue.TakeAll(taken, 100, rest: TimeSpan.FromMilliseconds(1)));
        Assert.Empty(taken);
        _queue.TryAdd(new Job(CommitPriority.Later));
        Assert.True(_queue.TakeAll(taken, 100, rest: TimeSpan.FromMinutes(1)));
        Assert.Single(taken);
    }

    private List<IWriteJob> Take() => Take(100);

    private List<IWriteJob> Take(int atMost)
    {
        var taken = new List<IWriteJob>();
        _queue.TakeAll(taken, atMost);
        return taken;
    }

    private sealed record Job(CommitPriority Priority) : IWriteJob
    {
        public bool IsPiece { get; init; }
        public void Run(DbConnection connection, bool isCareful) { }
        public void Committed() { }
        public void Failed(Exception why) { }
    }
}
