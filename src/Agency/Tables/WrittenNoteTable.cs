using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What somebody has written of a call.</summary>
internal sealed record WrittenNote
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string? ClientId { get; init; }
    /// <summary>The UUID of the leg.</summary>
    public string CallId { get; init; } = "";
    /// <summary>The user, or the key of the account.</summary>
    public string Author { get; init; } = "";
    public string Body { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The rows of <c>call_notes</c>: they are added, and stay.</summary>
internal sealed class WrittenNoteTable(Database store)
{
    internal const string SelectOfCall = """
        select id, tenant_id, client_id, call_id, author, body, created_at from call_notes where tenant_id = @tenant and call_id = @call
        order by created_at, id
        """;
    internal const string Insert = """
        insert into call_notes (id, tenant_id, client_id, call_id, author, body, created_at)
        values (@id, @tenant, @client, @call, @author, @body, @at)
        """;

    public ValueTask<List<WrittenNote>> ListAsync(TenantId agency, string call, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<WrittenNote>(SelectOfCall, new { tenant = agency, call }).AsList(), stop);

    public async ValueTask AddAsync(WrittenNote note, AuditNote trail, CancellationToken stop) => await store.Sql.WriteAsync(db =>
    {
        db.Execute(Insert, new
        {
            id = note.Id, tenant = note.TenantId, client = note.ClientId, call = note.CallId, author = note.Author, body = note.Body,
            at = note.CreatedAt,
        });
        AuditTable.Write(db, trail);
        return true;
    }, stop);
}
