using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Blobs;
using Ringwright.Store.Jobs;

namespace Ringwright.Jobs;

/// <summary>A job as whoever does it sees it.</summary>
public sealed class JobContext
{
    private readonly IBlobs _blobs;
    private readonly JobTable _jobs;
    private readonly JobLease _lease;
    private long _done, _total = -1;

    internal JobContext(JobLease lease, JobTable jobs, IBlobs blobs, CancellationToken stop)
    {
        Stop = stop;
        (_lease, _jobs, _blobs) = (lease, jobs, blobs);
    }

    /// <summary>As it was when it was taken.</summary>
    public Job Job => _lease.Job;
    /// <summary>Of the lease that it is done under.</summary>
    public string Token => _lease.Token;
    public TenantId Tenant => Job.Tenant;
    public JsonObject Input => Job.Input;

    /// <summary>Ends when the node stops, and when the job is cancelled or not ours any more.</summary>
    public CancellationToken Stop { get; }

    /// <summary>How far it is; written with the next renewal of the lease, so it may be said as often as one likes.</summary>
    /// <param name="total">Null while nobody knows.</param>
    public void Report(long done, long? total = null)
    {
        Volatile.Write(ref _done, done);
        Volatile.Write(ref _total, total ?? -1);
    }

    /// <summary>
    /// Writes at once what has come of it so far, and how far it is: whoever looks at the job sees it, and so does who begins it again, as
    /// its <see cref="Job.Result"/>.
    /// </summary>
    /// <param name="soFar">Null for nothing any more.</param>
    /// <returns>False when it is somebody else's job by now, and nothing was written.</returns>
    public ValueTask<bool> KeepAsync(JsonObject? soFar) => _jobs.KeepAsync(_lease, soFar, Done, Total, Stop);

    /// <summary>Writes the job's file, in place of an earlier one. A link to it is made from the job's id.</summary>
    public ValueTask WriteFileAsync(Func<Stream, CancellationToken, Task> write) =>
        _blobs.PutAsync(BlobKey.OfResult(Tenant, Job.Id), write, Stop);

    internal long Done => Volatile.Read(ref _done);
    internal long? Total => Volatile.Read(ref _total) is >= 0 and var total ? total : null;
}
