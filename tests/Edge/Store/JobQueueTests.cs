using System.Data.Common;
using Ringwright.Store.Engines;

namespace Ringwright.Edge.Store;

public sealed class JobQueueTests
{
    private readonly JobQueue _queue = new();

    [Fact]
    public void A_patient_job_is_taken_alone_when_nothing_comes()
    {
        _queue.TryAdd(new Job(IsPatient: true));
        Assert.Single(Take());
    }

    [Fact]
    public void A_patient_job_goes_with_what_somebody_waits_for()
    {
        _queue.TryAdd(new Job(IsPatient: true));
        _queue.TryAdd(new Job(IsPatient: false));
        _queue.TryAdd(new Job(IsPatient: true));
        Assert.Equal([true, false, true], Take().Select(j => j.IsPatient));
    }

    [Fact]
    public void A_queue_that_is_closed_waits_for_nobody()
    {
        _queue.TryAdd(new Job(IsPatient: true));
        _queue.Close();
        Assert.Single(Take());
        Assert.Empty(Take());
        Assert.False(_queue.TryAdd(new Job(IsPatient: false)));
    }

    private List<IWriteJob> Take()
    {
        var taken = new List<IWriteJob>();
        _queue.TakeAll(taken, 100);
        return taken;
    }

    private sealed record Job(bool IsPatient) : IWriteJob
    {
        public void Run(DbConnection connection) { }
        public void Committed() { }
        public void Failed(Exception why) { }
    }
}
