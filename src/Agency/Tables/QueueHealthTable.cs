using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>How a queue of an agency stands: what waits, what is done at this moment, and what has failed.</summary>
internal sealed record QueueHealth
{
    public long Pending { get; init; }
    public long Processing { get; init; }
    /// <summary>Failed, and tried again by itself.</summary>
    public long Retryable { get; init; }
    /// <summary>Failed, and tried again when somebody says so.</summary>
    public long Dead { get; init; }
    /// <summary>Since when the one waits that waits the longest; null where none does.</summary>
    public DateTimeOffset? Oldest { get; init; }
}

/// <summary>Counts what is in the queues, as the view <c>v_queue_health</c> does for readers of the database.</summary>
internal sealed class QueueHealthTable(Database store)
{
    private const string Counts = """
        count(case when status = 'pending' then 1 end) as pending, count(case when status = 'processing' then 1 end) as processing,
            count(case when status = 'failed' and next_retry_at is not null then 1 end) as retryable,
            count(case when status = 'failed' and next_retry_at is null then 1 end) as dead,
            min(case when status = 'pending' then created_at end) as oldest
        """;
    /// <summary>What is over is not read.</summary>
    internal const string SelectWebhooks =
        $"select {Counts} from webhook_queue where tenant_id = @tenant and status <> 'completed'";
    internal const string SelectEnrichments =
        $"select {Counts} from enrichment_queue where tenant_id = @tenant and status <> 'completed'";

    public ValueTask<(QueueHealth Webhooks, QueueHealth Enrichments)> ReadAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync(db => (db.QueryFirst<QueueHealth>(SelectWebhooks, new { tenant = agency }),
            db.QueryFirst<QueueHealth>(SelectEnrichments, new { tenant = agency })), stop);
}
