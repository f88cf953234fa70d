using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>A talk that has ended, and that nobody has written down yet.</summary>
internal sealed record EndedTalk
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string CallId { get; init; } = "";
    /// <summary>Null for one of the agency's own account.</summary>
    public string? ClientId { get; init; }
}

/// <summary>What is done with what was said once a call is over: the rows of <c>enrichment_queue</c>.</summary>
internal sealed class EnrichmentTable(Database store)
{
    public const int TranscriptAttempts = 6;

    /// <summary>
    /// The leg is the account's: the client's, or the agency's own. It goes by the index of what is not over, as analyses do.
    /// </summary>
    internal const string SelectEndedAllTenants = """
        select q.id, q.tenant_id, q.call_id, c.client_id from enrichment_queue q
        join calls c on c.tenant_id = q.tenant_id and c.id = q.call_id
        join rw_leg l on l.tenant_id = coalesce(c.client_id, c.tenant_id) and l.uuid = c.id
        where q.type = 'transcript' and q.status <> 'completed' and q.status = 'pending' and l.ended_at <= @before
        order by q.created_at, q.id limit @most
        """;
    internal const string FinishTranscript = """
        update enrichment_queue set status = 'completed', attempts = attempts + 1, processing_started_at = @at, processed_at = @at
        where tenant_id = @tenant and id = @id and status = 'pending'
        """;
    internal const string CompleteTranscript =
        "update calls set transcript_status = 'completed', updated_at = @at where tenant_id = @tenant and id = @call";

    /// <summary>Of all agencies, those that wait longest first.</summary>
    /// <param name="before">The call has ended by then.</param>
    public ValueTask<List<EndedTalk>> ListEndedAsync(DateTimeOffset before, int most, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<EndedTalk>(SelectEndedAllTenants, new { before, most }).AsList(), stop);

    /// <summary>
    /// What was said in it is all there, and is judged next: by whichever node says so first, once.
    /// </summary>
    public async ValueTask WriteDownAsync(EndedTalk talk, DateTimeOffset at, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        var which = new { tenant = talk.TenantId, id = talk.Id, call = talk.CallId, at };
        if (db.Execute(FinishTranscript, which) == 0) return false;
        db.Execute(CompleteTranscript, which);
        AnalysisTable.Begin(db, talk.TenantId, talk.CallId, at);
        return true;
    }, stop);
}
