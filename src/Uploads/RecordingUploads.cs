using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Uploads;

/// <summary>
/// Brings recordings to the buckets of their connections: a job for each, written with the recording's end, that outlives restarts. The
/// file here is kept until the bucket has said that it has it. What cannot be brought stays here, and its account is told.
/// </summary>
public sealed class RecordingUploads(Database store, Ledger ledger, EgressClient egress, ILogger logger) : IRecordingsElsewhere, IDisposable
{
    private readonly GuardedClients _clients = new(egress);
    private readonly AccountPlaces _places = new(Limits.PerAccount, Limits.PerFamily);
    /// <summary>Accounts whose server was away just now, and until when they rest.</summary>
    private readonly ConcurrentDictionary<TenantId, DateTimeOffset> _rests = new();

    /// <summary>For a runner of its own: what waits for slow buckets keeps no report from being made.</summary>
    public JobKind Kind => new(RecordingTable.BringJob, BringAsync);

    /// <summary>As such a runner is to do it. It is the job that gives up, so that its account hears of it.</summary>
    public static JobOptions Options => new() { Parallel = Limits.Parallel, Attempts = Limits.AttemptsAway + 10 };

    public async ValueTask<string?> LinkToAsync(RecordingRow recording, string file, CancellationToken stop)
    {
        if (recording.Place is not { } place
            || await FindAsync(recording.Tenant, recording.Connection, place, stop) is not { } bucket) return null;
        using var there = new S3Bucket(bucket, _clients);
        return there.LinkTo(place.Key, file);
    }

    public void Dispose() => _clients.Dispose();

    private async ValueTask<JsonObject?> BringAsync(JobContext job)
    {
        var id = Guid.Parse((string)job.Input[RecordingTable.BringInput]!); // written by the store
        if (await store.Recordings.FindAsync(job.Tenant, id, job.Stop) is not { } recording)
        {
            // An attempt before may have brought it, and have died, or lost the bucket's answer, before it could say so.
            if (SentRecording.Read(job.Job.Result) is { } sent)
                await TakeBackAsync(job, id, await FindAsync(job.Tenant, sent.Connection, sent.Place, job.Stop), sent.Place);
            return null;
        }
        var key = BlobKey.OfRecording(job.Tenant, id, recording.Plan.Format);
        // Otherwise it was brought, and the process died before the file was deleted.
        if (recording.Place is null)
        {
            if (await store.ConnectionBuckets.FindAsync(job.Tenant, recording.Connection, job.Stop) is not { } bucket) return null;
            // It is listened to here.
            if (await store.RecordingTranscriptions.IsOpenAsync(job.Tenant, id, job.Stop))
                throw new JobWaitsException(Limits.UnheardRest, isCounted: false);
            if (await SendAsync(job, recording, bucket, key) is not { } place)
            {
                // Its row goes next; then what an attempt before may have brought is taken back.
                if (job.Job.Result is not null) throw new JobWaitsException(Limits.FirstRest, isCounted: true);
                return null;
            }
            if (!await store.Recordings.BringAsync(job.Tenant, id, place, store.Time.GetUtcNow(), job.Stop))
            {
                await TakeBackAsync(job, id, bucket, place);
                return null;
            }
            logger.Brought(id);
        }
        await store.Blobs.DeleteAsync(key, job.Stop);
        return null;
    }

    /// <summary>The bucket of a connection; null when there is none any more, or its keys are those of another one by now.</summary>
    private async ValueTask<ConnectionBucket?> FindAsync(TenantId tenant, ConnectionId connection, RecordingPlace place,
        CancellationToken stop) => await store.ConnectionBuckets.FindAsync(tenant, connection, stop) is { } bucket
            && (bucket.Name, bucket.Endpoint, bucket.Region) == (place.Bucket, place.Endpoint, place.Region) ? bucket : null;

    /// <summary>It was deleted while it was sent: the bucket's object goes, too, or the account's trail says that it stays.</summary>
    /// <param name="bucket">Null where there is no key for it any more.</param>
    private async ValueTask TakeBackAsync(JobContext job, Guid id, ConnectionBucket? bucket, RecordingPlace place)
    {
        string why = "The connection has no key of that bucket any more.";
        if (bucket is not null)
        {
            using var there = new S3Bucket(bucket, _clients);
            try
            {
                await there.DeleteAsync(place.Key, job.Stop);
                return;
            }
            catch (UploadException failed)
            {
                why = failed.Message;
            }
        }
        logger.StaysThere(id, why);
        await store.Audit.AppendAsync(new()
        {
            Tenant = job.Tenant, At = store.Time.GetUtcNow(), By = AuditActor.Node, Change = "left", RecordType = "recording",
            ResourceId = id.ToString(), After = place.ToldLeft(),
        }, job.Stop);
    }

    private async ValueTask<RecordingPlace?> SendAsync(JobContext job, RecordingRow recording, ConnectionBucket bucket, BlobKey key)
    {
        var now = store.Time.GetUtcNow();
        if (_rests.TryGetValue(job.Tenant, out var until) && now < until) throw new JobWaitsException(until - now, isCounted: false);
        var head = store.Routing.Current.FindTenant(job.Tenant)?.Parent ?? job.Tenant;
        if (!_places.TryTake(job.Tenant, head)) throw new JobWaitsException(Limits.PlaceRest, isCounted: false);
        try
        {
            if (await store.Blobs.FindAsync(key, job.Stop) is not { } facts)
            {
                // Nodes may have folders of their own: the one that has the file takes the job too, one day.
                if (recording.Leg.Node != store.Node.Node) throw new JobWaitsException(Limits.FirstRest, isCounted: true);
                return null; // deleted at this moment
            }
            if (await store.Blobs.OpenAsync(key, 0, null, job.Stop) is not { } file) return null; // deleted at this moment
            await using var _ = file;
            var place = new RecordingPlace(bucket.Endpoint, bucket.Region, bucket.Name, KeyOf(recording));
            var sent = new SentRecording(recording.Connection, place);
            // Somebody else's job by now.
            if (sent != SentRecording.Read(job.Job.Result) && !await job.KeepAsync(sent.Write())) return null;
            using var there = new S3Bucket(bucket, _clients);
            await there.PutAsync(place.Key, file, facts.Bytes, RecordFormats.MediaTypeOf(recording.Plan.Format),
                job.Stop);
            return place;
        }
        catch (UploadException failed)
        {
            if (failed.Fault is UploadFault.Away) _rests[job.Tenant] = store.Time.GetUtcNow() + Limits.AccountRest;
            // What a bucket has refused is not in it.
            else if (job.Job.Result is null) await job.KeepAsync(null);
            await JudgeAsync(job, recording, failed);
            throw; // not reached
        }
        finally
        {
            _places.Give(job.Tenant, head);
        }
    }

    /// <summary>Ends in an exception: the job waits, or has failed and its account is told.</summary>
    private async ValueTask JudgeAsync(JobContext job, RecordingRow recording, UploadException failed)
    {
        int attempt = job.Job.Attempts, most = failed.Fault is UploadFault.Refused ? Limits.AttemptsRefused : Limits.AttemptsAway;
        if (attempt < most)
        {
            var rest = Limits.FirstRest * Math.Pow(2, attempt - 1);
            if (rest > Limits.LongestRest) rest = Limits.LongestRest;
            logger.Waits(recording.Id, attempt, rest.TotalSeconds, failed.Message);
            throw new JobWaitsException(rest, isCounted: true);
        }
        logger.GivenUp(recording.Id, attempt, failed.Message);
        if (await store.Legs.FindAsync(job.Tenant, recording.Leg, job.Stop) is { } leg)
            await ledger.TellUploadFailedAsync(leg, recording.Id, failed.Message, failed.Fault, store.Time.GetUtcNow());
        throw new JobFailedException(failed.Message);
    }

    /// <summary>A folder for each day, and in it the customer's name for it, or the leg's; its id makes it the only one.</summary>
    private static string KeyOf(RecordingRow recording)
    {
        string name = recording.Plan.FileName ?? recording.LegUuid.ToString();
        string extension = RecordFormats.ExtensionOf(recording.Plan.Format);
        var day = recording.StartedAt.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}/{name}-{recording.Id}.{extension}");
    }
}
