using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Which changes are asked for; what is empty leaves out nothing.</summary>
public sealed record AuditQuery
{
    /// <summary>The earliest moment; null for the first.</summary>
    public DateTimeOffset? After { get; init; }
    /// <summary>The moment that is too late; null for none.</summary>
    public DateTimeOffset? Before { get; init; }
    public string Change { get; init; } = "";
    public string RecordType { get; init; } = "";
    /// <summary>Of whoever has made them.</summary>
    public string KeyId { get; init; } = "";
}

/// <summary>The account's trail of changes. Rows are only ever added.</summary>
public sealed class AuditTable
{
    internal const string Insert = """
        insert into rw_audit_event (tenant_id, at, id, made_by, key_id, change_type, record_type, resource_id, changes)
        values (@tenant, @at, @id, @madeBy, @keyId, @change, @recordType, @resourceId, @changes)
        """;
    private const string Between = """
        from rw_audit_event where tenant_id = @tenant and at >= @after and at < @before and (@change = '' or change_type = @change)
            and (@recordType = '' or record_type = @recordType) and (@keyId = '' or key_id = @keyId)
        """;
    internal const string Count = $"select count(*) {Between}";
    private const string Columns = "select id, at, made_by, key_id, change_type, record_type, resource_id, changes";
    internal const string SelectRising = $"{Columns} {Between} order by at, seq limit @limit offset @offset";
    internal const string SelectFalling = $"{Columns} {Between} order by at desc, seq desc limit @limit offset @offset";

    private static readonly DateTimeOffset Ever = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Never = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private readonly Sql _sql;

    internal AuditTable(Sql sql) => _sql = sql;

    /// <summary>For a change that has no transaction of its own; who has one writes the note in it.</summary>
    public ValueTask<bool> AppendAsync(AuditNote note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        Write(db, note);
        return true;
    }, stop);

    /// <param name="after">The earliest moment; null for the first.</param>
    /// <param name="before">The moment that is too late; null for none.</param>
    public ValueTask<AuditPage> ListAsync(TenantId tenant, DateTimeOffset? after, DateTimeOffset? before, bool isFalling, int offset,
        int limit, CancellationToken stop) =>
        ListAsync(tenant, new() { After = after, Before = before }, isFalling, offset, limit, stop);

    public ValueTask<AuditPage> ListAsync(TenantId tenant, AuditQuery query, bool isFalling, int offset, int limit, CancellationToken stop)
    {
        var which = new
        {
            tenant, after = query.After ?? Ever, before = query.Before ?? Never, change = query.Change, recordType = query.RecordType,
            keyId = query.KeyId, limit, offset,
        };
        return _sql.ReadAsync(db => new AuditPage(
            [.. db.Query<Row>(isFalling ? SelectFalling : SelectRising, which).Select(row => row.ToEvent())],
            db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Adds the note in the transaction of what it tells; nothing when there is none.</summary>
    public static void Write(IDbConnection db, AuditNote? note)
    {
        if (note is null) return;
        db.Execute(Insert, new
        {
            tenant = note.Tenant,
            at = note.At,
            id = Guid.CreateVersion7(note.At),
            madeBy = Names<AuditActor>.Of(note.By),
            keyId = note.KeyId,
            change = note.Change,
            recordType = note.RecordType,
            resourceId = note.ResourceId,
            changes = AuditChanges.Of(note).ToJsonString(),
        });
    }

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public DateTimeOffset At { get; init; }
        public string MadeBy { get; init; } = "";
        public string? KeyId { get; init; }
        public string ChangeType { get; init; } = "";
        public string RecordType { get; init; } = "";
        public string ResourceId { get; init; } = "";
        public string Changes { get; init; } = "[]";

        public AuditEvent ToEvent() => new()
        {
            Id = Id,
            At = At,
            By = Names<AuditActor>.Parse(MadeBy),
            KeyId = KeyId,
            Change = ChangeType,
            RecordType = RecordType,
            ResourceId = ResourceId,
            Changes = JsonNode.Parse(Changes)!.AsArray(), // written by us
        };
    }
}
