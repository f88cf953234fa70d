using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Sounds that customers keep, and recordings of calls.</summary>
internal static class RecordingsArea
{
    public static readonly StoreArea Area = new("recordings")
    {
        BuildsOn = ["routing"],
        Migrations = Migration.OfArea("Recordings"),
        Tables =
        [
            new("rw_media")
            {
                OrderBy = "created_at, name",
                Columns =
                [
                    Text("tenant_id"), Text("name"), Text("content_type"), Text("file"), Text("sha256"), Whole("bytes"), Time("created_at"),
                    Time("updated_at"), Time("expires_at"),
                ],
            },
            new("rw_recording")
            {
                LegColumn = "leg_id", Lists = ["gaps"],
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("leg_id"), Text("leg_uuid"), Text("session_id"), Whole("connection_id"),
                    Text("from_party"), Text("to_party"), Json("plan"), Text("state"), Time("started_at"), Time("ended_at").Optional,
                    Whole("length_ms").Optional, Whole("bytes").Optional, Text("blob").Optional, Text("detail").Optional,
                    Time("created_at"), Time("updated_at"), Json("gaps").Optional, Text("conference_id").Optional,
                    Text("mailbox").Optional, Time("heard_at").Optional, Json("place").Optional,
                ],
            },
            new("rw_recording_transcription")
            {
                LegColumn = "leg_id",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("recording_id"), Text("leg_id"), Text("state"), Whole("length_ms"),
                    Text("text").Optional, Text("detail").Optional, Time("created_at"), Time("updated_at"),
                ],
            },
        ],
        // Those that have a file go with it (AgedRecordings).
        Aged =
        [
            new("recordings", FailedRecordings) { Kept = retention => retention.Recordings },
            new("transcriptions", AgedTranscriptions) { Kept = retention => retention.Recordings },
            new("uploads", FinishedUploads) { Kept = static _ => UploadsKept },
        ],
    };

    /// <summary>Of jobs that are over: nobody asks for them, and each recording of some connections has one, as have some talks.</summary>
    private static readonly TimeSpan UploadsKept = TimeSpan.FromDays(1);

    internal const string FinishedUploads = $"""
        delete from rw_job where tenant_id = @tenant and id in (
            select id from rw_job where tenant_id = @tenant and kind in ('{RecordingTable.BringJob}', '{RecordingTranscriptionTable.Job}', {TalkJobs.Kinds})
                and state in ('complete', 'failed') and updated_at < @before order by updated_at limit @step)
        """;

    internal const string AgedTranscriptions = """
        delete from rw_recording_transcription where tenant_id = @tenant and id in (
            select id from rw_recording_transcription where tenant_id = @tenant and created_at < @before order by created_at limit @step)
        """;

    internal const string FailedRecordings = """
        delete from rw_recording where tenant_id = @tenant and id in (
            select id from rw_recording where tenant_id = @tenant and state = 'failed' and updated_at < @before order by updated_at limit @step)
        """;
}
