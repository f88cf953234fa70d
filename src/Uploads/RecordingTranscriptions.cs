using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Uploads;

/// <summary>
/// Has written down what is said on recordings that asked for it: a job for each, written with the recording's end, that outlives
/// restarts. It ends in one event, whatever becomes of it.
/// </summary>
public sealed class RecordingTranscriptions(Database store, Ledger ledger, IRecordingTranscriber transcriber, ILogger logger)
{
    /// <summary>Of an account one is listened to: a long one keeps the others of its account waiting, and nobody else.</summary>
    private readonly AccountPlaces _places = new(ofAccount: 1, Limits.TranscriptionsPerFamily);

    /// <summary>For a runner of its own: a recording may take as long as its call did.</summary>
    public JobKind Kind => new(RecordingTranscriptionTable.Job, RunAsync);

    /// <summary>As such a runner is to do it. It is the job that gives up, so that its account hears of it.</summary>
    public static JobOptions Options => new() { Parallel = Limits.Transcriptions, Attempts = Limits.TranscriptionAttempts + 10 };

    private async ValueTask<JsonObject?> RunAsync(JobContext job)
    {
        var id = Guid.Parse((string)job.Input[RecordingTranscriptionTable.Input]!); // written by the store
        // Otherwise it was deleted, or the process died before the job's end was written.
        if (await store.RecordingTranscriptions.FindAsync(job.Tenant, id, job.Stop)
            is not { State: RecordingTranscriptionState.InProgress } open) return null;
        var head = store.Routing.Current.FindTenant(job.Tenant)?.Parent ?? job.Tenant;
        if (!_places.TryTake(job.Tenant, head)) throw new JobWaitsException(Limits.PlaceRest, isCounted: false);
        try
        {
            var (text, failure) = await TryAsync(job, open);
            await EndAsync(job, open, text, failure);
            if (failure is not null) throw new JobFailedException($"It was not transcribed: {failure}.");
            return null;
        }
        finally
        {
            _places.Give(job.Tenant, head);
        }
    }

    /// <returns>The text, or why there is none and never will be.</returns>
    private async ValueTask<(string Text, string? Failure)> TryAsync(JobContext job, RecordingTranscriptionRow open)
    {
        int attempt = job.Job.Attempts;
        // It has taken its process with it, each time.
        if (attempt > Limits.TranscriptionAttempts) return ("", $"it was tried {Limits.TranscriptionAttempts} times and came to no end");
        if (await store.Recordings.FindAsync(job.Tenant, open.Recording, job.Stop) is not { Plan.Transcription: { } wanted } recording)
            return ("", "the recording was deleted before");
        if (wanted.Track is not RecordTrack.Both && recording.Plan.Channels == 1 && recording.Plan.Track != wanted.Track)
            return ("", "the recording has no channel of that side alone");
        if (await store.Blobs.OpenAsync(BlobKey.OfRecording(job.Tenant, recording.Id, recording.Plan.Format), 0, null, job.Stop)
            is not { } file)
        {
            // Nodes may have folders of their own: the one that has the file takes the job too, one day.
            if (recording.Leg.Node != store.Node.Node && store.Time.GetUtcNow() - job.Job.CreatedAt < Limits.TranscriptionPatience)
                throw new JobWaitsException(Limits.FirstRest, isCounted: false);
            return ("", "the recording's file is gone");
        }
        await using var _ = file;
        try
        {
            return (await transcriber.WriteDownAsync(file, recording.Plan.Format, wanted, job.Stop), null);
        }
        catch (NotTranscribedException failed) when (!failed.IsForGood && attempt < Limits.TranscriptionAttempts)
        {
            var rest = Limits.TranscriptionRest * Math.Pow(2, attempt - 1);
            logger.TranscriptionWaits(recording.Id, attempt, rest.TotalSeconds, failed.Message);
            throw new JobWaitsException(rest, isCounted: true);
        }
        catch (NotTranscribedException failed)
        {
            logger.TranscriptionGivenUp(recording.Id, attempt, failed.Message);
            return ("", failed.Message);
        }
    }

    private async ValueTask EndAsync(JobContext job, RecordingTranscriptionRow open, string text, string? failure)
    {
        var now = store.Time.GetUtcNow();
        if (await store.Legs.FindAsync(job.Tenant, open.Leg, job.Stop) is { } leg)
        {
            var recording = await store.Recordings.FindAsync(job.Tenant, open.Recording, job.Stop);
            await ledger.TellTranscribedAsync(leg, open, text, failure, now, recording?.Plan.Transcription?.Tag);
        }
        else await store.RecordingTranscriptions.EndAsync(job.Tenant, open.Id, text, failure, now, job.Stop);
        logger.Transcribed(open.Recording, text.Length);
    }
}
