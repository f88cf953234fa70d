using Ringwright.Store.Migrations;
using Ringwright.Store.Tables;
using static Ringwright.Store.Snapshots.TableColumn;

namespace Ringwright.Store.Areas;

/// <summary>Text messages, and who wants none.</summary>
internal static class TextsArea
{
    /// <summary>So long what a text said is kept.</summary>
    private static readonly TimeSpan Words = TimeSpan.FromDays(10);

    private const string Forget = """
        update rw_text set words = '' where tenant_id = @tenant and id in (
            select id from rw_text where tenant_id = @tenant and received_at < @before and words <> '' and due_at is null
            order by received_at, id limit @step)
        """;
    private const string ForgetSubjects = """
        update rw_text set subject = '' where tenant_id = @tenant and id in (
            select id from rw_text where tenant_id = @tenant and received_at < @before and subject <> '' and due_at is null
            order by received_at, id limit @step)
        """;
    private const string Old = """
        delete from rw_text where tenant_id = @tenant and id in (
            select id from rw_text where tenant_id = @tenant and received_at < @before and due_at is null
            order by received_at, id limit @step)
        """;

    private const string Files = """
        delete from rw_text_media where tenant_id = @tenant and id in (
            select id from rw_text_media where tenant_id = @tenant and created_at < @before order by created_at, id limit @step)
        """;

    /// <summary>Of jobs that are over: nobody asks for them, and each STOP has one, and each text that documents answer.</summary>
    private static readonly TimeSpan JobsKept = TimeSpan.FromDays(1);

    internal const string FinishedJobs = $"""
        delete from rw_job where tenant_id = @tenant and id in (
            select id from rw_job where tenant_id = @tenant and kind in ('{TextReception.StopJob}', '{TextReception.AnswerJob}')
                and state in ('complete', 'failed') and updated_at < @before order by updated_at limit @step)
        """;

    public static readonly StoreArea Area = new("texts")
    {
        Migrations = Migration.OfArea("Texts"),
        Tables =
        [
            new("rw_text")
            {
                LeftOut = "what was written to whom: it is over, or on its way, and no other installation sends it once more",
            },
            new("rw_text_media") { LeftOut = "what goes with them" },
            new("rw_short_code")
            {
                OrderBy = "created_at, id",
                Columns =
                [
                    Text("id"), Text("tenant_id"), Text("code"), Text("country"), Text("profile_id").Optional, Time("created_at"),
                    Time("updated_at"),
                ],
            },
            new("rw_text_content") { TenantColumn = null, Columns = [Text("id"), Text("phrase"), Time("created_at")] },
            new("rw_text_policy") { OrderBy = "tenant_id", Columns = [Text("tenant_id"), Json("policy"), Time("updated_at")] },
            new("rw_text_block")
            {
                OrderBy = "created_at, profile_id, number",
                Columns =
                [
                    Text("tenant_id"), Text("profile_id"), Text("number"), Text("sender"), Text("keyword").Optional, Time("created_at"),
                ],
            },
        ],
        Aged =
        [
            new("jobs of texts", FinishedJobs) { Kept = static _ => JobsKept },
            new("words of texts", Forget) { Kept = _ => Words }, new("words of texts", ForgetSubjects) { Kept = _ => Words },
            new("files of texts", Files) { Kept = _ => Words }, new("texts", Old) { Kept = retention => retention.Records },
        ],
    };
}
