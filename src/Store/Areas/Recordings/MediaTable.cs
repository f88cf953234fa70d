using System.Data;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>An audio file that a tenant keeps under a name.</summary>
public sealed record MediaRow
{
    public required TenantId Tenant { get; init; }
    public required string Name { get; init; }
    public required string ContentType { get; init; }
    public required long Bytes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    /// <summary>From this moment on the file is not there any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What changes in a kept file; null leaves it as it is.</summary>
public sealed record MediaChange
{
    public ReadOnlyMemory<byte>? Content { get; init; }
    /// <summary>Of <see cref="Content"/>.</summary>
    public string? ContentType { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What became of a write. Its row is there only when it was done.</summary>
public readonly record struct MediaWritten(MediaOutcome Outcome, MediaRow? Row = null);

public enum MediaOutcome
{
    Done,
    /// <summary>The tenant has a file of that name already.</summary>
    Taken,
    /// <summary>There is no such file.</summary>
    Missing,
    /// <summary>The tenant's files would have more bytes than it may keep.</summary>
    OverLimit,
}

public sealed record MediaPage(IReadOnlyList<MediaRow> Rows, long Total);

/// <summary>
/// The tenants' audio files: names in the database, bytes in the store of blobs. A file is written before its row and removed after it.
/// </summary>
public sealed class MediaTable : IMediaLibrary
{
    private const string Columns = "tenant_id, name, content_type, file, sha256, bytes, created_at, updated_at, expires_at";
    internal const string Condition = """
        from rw_media where tenant_id = @tenant and expires_at > @now and (@anyType or content_type in @types)
        """;
    internal const string Count = $"select count(*) {Condition}";
    internal const string SelectMany = $"select {Columns} {Condition} order by created_at desc, name limit @limit offset @offset";
    internal const string Select = $"select {Columns} from rw_media where tenant_id = @tenant and name = @name";
    internal const string SumOfOthers =
        "select cast(coalesce(sum(bytes), 0) as bigint) from rw_media where tenant_id = @tenant and name <> @name and expires_at > @at";
    internal const string Insert = $"""
        insert into rw_media ({Columns})
        values (@tenant, @name, @contentType, @file, @sha256, @bytes, @at, @at, @expiresAt)
        """;
    internal const string Update = """
        update rw_media set content_type = @contentType, file = @file, sha256 = @sha256, bytes = @bytes, updated_at = @at, expires_at = @expiresAt
        where tenant_id = @tenant and name = @name
        """;
    internal const string Delete = "delete from rw_media where tenant_id = @tenant and name = @name";
    internal const string DeleteExpiredAllTenants = "delete from rw_media where expires_at <= @now";
    internal const string SelectFilesAllTenants = "select file from rw_media";

    /// <summary>A file without a row is one that is just being written, until it is this old.</summary>
    private static readonly TimeSpan Unfinished = TimeSpan.FromHours(1);

    private readonly Sql _sql;
    private readonly IBlobs _blobs;
    private readonly MessageTable _messages;
    private readonly RecordingTable _recordings;
    private readonly TimeProvider _time;

    internal MediaTable(Sql sql, IBlobs blobs, MessageTable messages, RecordingTable recordings, TimeProvider time) =>
        (_sql, _blobs, _messages, _recordings, _time) = (sql, blobs, messages, recordings, time);

    /// <param name="mostBytes">Of all the tenant's files together; null is no limit.</param>
    public async ValueTask<MediaWritten> AddAsync(TenantId tenant, string name, string contentType, DateTimeOffset expiresAt,
        ReadOnlyMemory<byte> content, long? mostBytes, AuditNote? note, CancellationToken stop)
    {
        var (file, sha256) = await WriteAsync(tenant, content, stop).ConfigureAwait(false);
        var at = _time.GetUtcNow();
        string? old = null;
        var outcome = await _sql.WriteAsync(db =>
        {
            var known = db.QuerySingleOrDefault<Row>(Select, new { tenant, name });
            if (known?.ExpiresAt > at) return MediaOutcome.Taken;
            if (IsOver(db, tenant, name, content.Length, mostBytes, at)) return MediaOutcome.OverLimit;
            if (known is not null) db.Execute(Delete, new { tenant, name });
            old = known?.File;
            db.Execute(Insert, new { tenant, name, contentType, file, sha256, bytes = content.Length, at, expiresAt });
            AuditTable.Write(db, note);
            return MediaOutcome.Done;
        }, CancellationToken.None).ConfigureAwait(false);
        if ((outcome is MediaOutcome.Done ? old : file) is { } unused) await RemoveAsync(tenant, unused).ConfigureAwait(false);
        return await WrittenAsync(outcome, tenant, name, stop).ConfigureAwait(false);
    }

    /// <param name="mostBytes">As with <see cref="AddAsync"/>; asked only when the content changes.</param>
    public async ValueTask<MediaWritten> ChangeAsync(TenantId tenant, string name, MediaChange change, long? mostBytes, AuditNote? note,
        CancellationToken stop)
    {
        (string File, string Sha256)? written =
            change.Content is { } content ? await WriteAsync(tenant, content, stop).ConfigureAwait(false) : null;
        var at = _time.GetUtcNow();
        string? old = null;
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<Row>(Select, new { tenant, name }) is not { } row || row.ExpiresAt <= at)
                return MediaOutcome.Missing;
            if (change.Content is { Length: var bytes } && IsOver(db, tenant, name, bytes, mostBytes, at)) return MediaOutcome.OverLimit;
            old = row.File;
            db.Execute(Update, new
            {
                tenant,
                name,
                contentType = change.ContentType ?? row.ContentType,
                file = written?.File ?? row.File,
                sha256 = written?.Sha256 ?? row.Sha256,
                bytes = change.Content?.Length ?? row.Bytes,
                at,
                expiresAt = change.ExpiresAt ?? row.ExpiresAt,
            });
            AuditTable.Write(db, note);
            return MediaOutcome.Done;
        }, CancellationToken.None).ConfigureAwait(false);
        // the change read it
        if (written is { } replaced) await RemoveAsync(tenant, outcome is MediaOutcome.Done ? old! : replaced.File).ConfigureAwait(false);
        return await WrittenAsync(outcome, tenant, name, stop).ConfigureAwait(false);
    }

    public async ValueTask<bool> DeleteAsync(TenantId tenant, string name, AuditNote? note, CancellationToken stop)
    {
        var at = _time.GetUtcNow();
        var known = await _sql.WriteAsync(db =>
        {
            var row = db.QuerySingleOrDefault<Row>(Select, new { tenant, name });
            if (row is null) return null;
            db.Execute(Delete, new { tenant, name });
            if (row.ExpiresAt > at) AuditTable.Write(db, note);
            return row;
        }, stop).ConfigureAwait(false);
        if (known is not null) await RemoveAsync(tenant, known.File).ConfigureAwait(false);
        return known?.ExpiresAt > at;
    }

    /// <summary>Newest first.</summary>
    /// <param name="contentTypes">Empty for all.</param>
    public ValueTask<MediaPage> ListAsync(TenantId tenant, IReadOnlyList<string> contentTypes, int offset,
        int limit, CancellationToken stop)
    {
        var parameters = new
        {
            tenant, now = _time.GetUtcNow(), anyType = contentTypes.Count == 0, types = new InList<string>(contentTypes), limit, offset
        };
        return _sql.ReadAsync(db => new MediaPage([.. db.Query<Row>(SelectMany, parameters).Select(r => r.ToMedia())],
            db.ExecuteScalar<long>(Count, parameters)), stop);
    }

    public async ValueTask<MediaRow?> GetAsync(TenantId tenant, string name, CancellationToken stop) =>
        (await ReadAsync(tenant, name, stop).ConfigureAwait(false))?.ToMedia();

    public async ValueTask<StoredMedia?> FindAsync(TenantId tenant, string name, CancellationToken stop) =>
        await ReadAsync(tenant, name, stop).ConfigureAwait(false) is { } row && BlobKey.Read(BlobArea.Media, tenant, row.File) is { } key
            ? new(row.Sha256, ended => _blobs.ReadAsync(key, ended)) { ContentType = row.ContentType } : null;

    public async ValueTask<StoredMedia?> FindMessageAsync(TenantId tenant, Guid message, CancellationToken stop) =>
        await _messages.HasAsync(tenant, message, stop).ConfigureAwait(false)
            ? new(HashOf($"message {tenant}/{message}"), ended =>
                _blobs.ReadAsync(BlobKey.OfRecording(tenant, message, RecordFormat.Wav), ended)) : null;

    public async ValueTask<StoredMedia?> FindRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop)
    {
        if (await _recordings.FindAsync(tenant, recording, stop).ConfigureAwait(false) is not { Blob: not null } row) return null;
        var key = BlobKey.OfRecording(tenant, recording, row.Plan.Format);
        return new(HashOf($"recording {tenant}/{recording}"), ended => _blobs.ReadAsync(key, ended)) { Bytes = row.Bytes };
    }

    /// <summary>Removes what has expired, and files that a crash left without a row.</summary>
    /// <returns>How many rows went.</returns>
    public async ValueTask<int> PruneAsync(CancellationToken stop)
    {
        int gone = await _sql.WriteAsync(db => db.Execute(DeleteExpiredAllTenants, new { now = _time.GetUtcNow() }),
            stop).ConfigureAwait(false);
        var finished = _time.GetUtcNow() - Unfinished;
        var candidates = new List<BlobKey>();
        await foreach (var (key, facts) in _blobs.ListAsync(BlobArea.Media, stop).ConfigureAwait(false))
            if (facts.ChangedAt < finished) candidates.Add(key);
        if (candidates.Count == 0) return gone;
        var kept = await _sql.ReadAsync(db => db.Query<string>(SelectFilesAllTenants).ToHashSet(StringComparer.Ordinal),
            stop).ConfigureAwait(false);
        foreach (var key in candidates)
            if (!kept.Contains(NameOf(key.Id))) await _blobs.DeleteAsync(key, stop).ConfigureAwait(false);
        return gone;
    }

    private async ValueTask<(string File, string Sha256)> WriteAsync(TenantId tenant, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        await _blobs.PutAsync(BlobKey.OfMedia(tenant, id), bytes, stop).ConfigureAwait(false);
        return (NameOf(id), Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
    }

    private async ValueTask RemoveAsync(TenantId tenant, string file)
    {
        if (BlobKey.Read(BlobArea.Media, tenant, file) is { } key) await _blobs.DiscardAsync(key).ConfigureAwait(false);
    }

    /// <summary>Of a name that no other bytes will ever have.</summary>
    private static string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>As rows name it.</summary>
    private static string NameOf(Guid id) => id.ToString("N");

    private static bool IsOver(IDbConnection db, TenantId tenant, string name, long bytes, long? most, DateTimeOffset at) =>
        most is { } limit && db.ExecuteScalar<long>(SumOfOthers, new { tenant, name, at }) + bytes > limit;

    private async ValueTask<MediaWritten> WrittenAsync(MediaOutcome outcome, TenantId tenant, string name, CancellationToken stop)
    {
        if (outcome is not MediaOutcome.Done) return new(outcome);
        var row = await ReadAsync(tenant, name, stop).ConfigureAwait(false);
        return row is null ? new(MediaOutcome.Missing) : new(outcome, row.ToMedia());
    }

    /// <summary>Null also for what has expired.</summary>
    private async ValueTask<Row?> ReadAsync(TenantId tenant, string name, CancellationToken stop)
    {
        var row = await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, name }), stop).ConfigureAwait(false);
        return row?.ExpiresAt > _time.GetUtcNow() ? row : null;
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Name { get; init; } = "";
        public string ContentType { get; init; } = "";
        public string File { get; init; } = "";
        public string Sha256 { get; init; } = "";
        public long Bytes { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }

        public MediaRow ToMedia() => new()
        {
            Tenant = TenantId,
            Name = Name,
            ContentType = ContentType,
            Bytes = Bytes,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
            ExpiresAt = ExpiresAt,
        };
    }
}
