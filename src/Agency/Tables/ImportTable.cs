using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What came of a file of contacts.</summary>
internal sealed record ImportRow
{
    public const string Completed = "completed", Failed = "failed", BatchOver = "batch_over";

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string ClientId { get; init; } = "";
    public string CampaignId { get; init; } = "";
    /// <summary>Null for a file of a campaign, whose contacts wait.</summary>
    public string? BatchId { get; init; }
    public string FileName { get; init; } = "";
    public string Status { get; init; } = Completed;
    public string? FailureCode { get; init; }
    public long Received { get; init; }
    public long Accepted { get; init; }
    /// <summary>Of a number that stands in the file twice, or is one of the batch's.</summary>
    public long Duplicates { get; init; }
    /// <summary>Of these: who was there, and over whom the file was laid.</summary>
    public long Updated { get; init; }
    public long Invalid { get; init; }
    /// <summary>Of those that were accepted: whom nobody calls.</summary>
    public long Suppressed { get; init; }
    /// <summary>Who was there before, and whom the file says that nobody is to call.</summary>
    public long TakenOut { get; init; }
    public JsonObject Mapping { get; init; } = [];
    /// <summary>A list of row, phone_number and reason.</summary>
    public string Errors { get; init; } = "[]";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset CompletedAt { get; init; }
}

/// <summary>The rows of <c>imports</c>.</summary>
internal sealed class ImportTable(Database store)
{
    /// <summary>Each may tell of very many rows.</summary>
    private const int Step = 20;

    private const string Columns = """
        id, tenant_id, client_id, campaign_id, batch_id, file_name, status, failure_code, received, accepted, duplicates, updated, invalid,
            suppressed, taken_out, mapping, errors, created_at, completed_at
        """;
    internal const string SelectById = $"select {Columns} from imports where tenant_id = @tenant and id = @id";
    internal const string SelectRefused =
        $"select {Columns} from imports where tenant_id = @tenant and invalid > 0 and id > @after order by id limit @step";
    internal const string SayErrors = "update imports set errors = @errors where tenant_id = @tenant and id = @id";
    internal const string Insert = """
        insert into imports (id, tenant_id, client_id, campaign_id, batch_id, file_name, status, failure_code, received, accepted,
            duplicates, updated, invalid, suppressed, taken_out, mapping, errors, created_at, completed_at)
        values (@id, @tenant, @client, @campaign, @batch, @file, @status, @failure, @received, @accepted, @duplicates, @updated, @invalid,
            @suppressed, @taken, @mapping, @errors, @at, @completed)
        """;

    public ValueTask<ImportRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<ImportRow>(SelectById, new { tenant = agency, id }), stop);

    /// <summary>Some of those of which rows were refused, behind one of them.</summary>
    /// <param name="after">Its id; empty for the first.</param>
    public ValueTask<List<ImportRow>> ListRefusedAsync(TenantId agency, string after, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ImportRow>(SelectRefused, new { tenant = agency, after, step = Step }).AsList(), stop);

    /// <summary>What it tells of its rows from then on.</summary>
    public async ValueTask SayErrorsAsync(ImportRow row, string errors, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(SayErrors, new { tenant = row.TenantId, id = row.Id, errors }), stop);

    public async ValueTask AddAsync(ImportRow row, AuditNote note, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        db.Execute(Insert, new
        {
            id = row.Id, tenant = row.TenantId, client = row.ClientId, campaign = row.CampaignId, batch = row.BatchId,
            file = row.FileName, status = row.Status, failure = row.FailureCode, received = row.Received, accepted = row.Accepted,
            duplicates = row.Duplicates, updated = row.Updated, invalid = row.Invalid, suppressed = row.Suppressed, taken = row.TakenOut,
            mapping = row.Mapping, errors = row.Errors, at = row.CreatedAt, completed = row.CompletedAt,
        });
        AuditTable.Write(db, note);
        return true;
    }, stop);
}
