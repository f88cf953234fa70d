using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Work;

namespace Ringwright.Store.Resources;

/// <summary>A record with what its row says of it.</summary>
public sealed record Held<T>(string Id, T Record, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record HeldPage<T>(IReadOnlyList<Held<T>> Rows, long Total);

/// <summary>
/// Numbers, connections, profiles or SIP users as nobody's dialect has them: for the operator, for the node itself, and for dialects that
/// keep no document of their own. The documents of all dialects follow in the same transaction.
/// </summary>
public sealed class Records<T>
{
    private const int Tries = 5;
    internal const string SelectFaces = "select dialect from rw_face where table_name = @table";
    internal const string InsertFace =
        "insert into rw_face (dialect, table_name) values (@dialect, @table) on conflict (dialect, table_name) do nothing";

    private readonly RowWriter _writer;
    private readonly SecretBox _box;
    private readonly RecordSql<T> _table;

    internal Records(RowWriter writer, SecretBox box, RecordSql<T> table) => (_writer, _box, _table) = (writer, box, table);

    /// <summary>Oldest first.</summary>
    public ValueTask<HeldPage<T>> ListAsync(TenantId tenant, int offset, int limit, CancellationToken stop) => _writer.Sql.ReadAsync(db =>
    {
        long total = db.ExecuteScalar<long>($"select count(*) from {_table.Table} where tenant_id = @tenant", new { tenant });
        var rows = _table.Read(db, "where tenant_id = @tenant order by created_at, id limit @limit offset @offset",
            new { tenant, limit, offset });
        return new HeldPage<T>([.. rows.Select(Show)], total);
    }, stop);

    public async ValueTask<Held<T>?> FindAsync(TenantId tenant, string id, CancellationToken stop) =>
        _table.Statements.KeyOf(id) is { } key
            ? await _writer.Sql.ReadAsync(db => _table.Find(db, tenant, key) is { } kept ? Show(kept) : null, stop).ConfigureAwait(false)
            : null;

    /// <summary>Duplicate when what may stand once is taken; Missing when what it refers to is not there.</summary>
    /// <param name="id">A new one, of the table's form.</param>
    /// <param name="work">What is committed with it; null for what a node makes for itself.</param>
    public ValueTask<WriteOutcome> AddAsync(string id, T record, DateTimeOffset at, UnitOfWork? work, CancellationToken stop) =>
        _writer.RunAsync(_table.TenantOf(record), db =>
        {
            Add(db, id, record, at);
            return (WriteOutcome.Done, work);
        }, isDelete: false, stop);

    /// <summary>One that is made in the unit of work of something else, or not at all.</summary>
    /// <param name="id">A new one, of the table's form.</param>
    /// <param name="note">What the account's trail tells of it.</param>
    public NewRecord New(string id, T record, DateTimeOffset at, AuditNote? note) => new(db => Add(db, id, record, at), note);

    /// <summary>Changes a record to what <paramref name="change"/> makes of it, which may be asked more than once.</summary>
    /// <param name="work">Of the record before and after: what is committed with the change.</param>
    /// <returns>The record as it is now; null when the outcome is not Done.</returns>
    public async ValueTask<(WriteOutcome Outcome, Held<T>? Now)> ChangeAsync(TenantId tenant, string id, Func<T, T> change,
        DateTimeOffset at, Func<T, T, UnitOfWork?> work, CancellationToken stop)
    {
        if (_table.Statements.KeyOf(id) is not { } key) return (WriteOutcome.Missing, null);
        Held<T>? now = null;
        var outcome = await _writer.RunAsync(tenant, db =>
        {
            if (_table.Find(db, tenant, key) is not { } found) return (WriteOutcome.Missing, null);
            if (Change(db, found, change, at) is not { } done) return (WriteOutcome.Stale, null);
            now = done.After;
            return (WriteOutcome.Done, work(done.Before.Record, done.After.Record));
        }, isDelete: false, stop).ConfigureAwait(false);
        return (outcome, outcome is WriteOutcome.Done ? now : null);
    }

    /// <summary>InUse when others refer to it.</summary>
    public ValueTask<WriteOutcome> RemoveAsync(TenantId tenant, string id, UnitOfWork? work, CancellationToken stop) =>
        RemoveAsync(tenant, id, work, static _ => true, stop);

    /// <summary>The same with what else is written when it goes.</summary>
    /// <param name="leave">Asked first in the transaction, and maybe again: false leaves the record, as one that is in use.</param>
    public async ValueTask<WriteOutcome> RemoveAsync(TenantId tenant, string id, UnitOfWork? work, Func<IDbConnection, bool> leave,
        CancellationToken stop)
    {
        if (_table.Statements.KeyOf(id) is not { } key) return WriteOutcome.Missing;
        return await _writer.RunAsync(tenant, db =>
        {
            if (_table.Find(db, tenant, key) is not { } kept) return (WriteOutcome.Missing, null);
            return leave(db) ? (RowWriter.Delete(db, _table.Statements, tenant, _table.KindOf(kept.Record), key), work)
                : (WriteOutcome.InUse, null);
        }, isDelete: true, stop).ConfigureAwait(false);
    }

    /// <summary>As part of a larger transaction; whoever makes it reads the routing again.</summary>
    internal void Insert(IDbConnection db, string id, T record, DateTimeOffset at)
    {
        object key = _table.Statements.KeyOf(id) ?? throw new ArgumentException($"'{id}' is no id of {_table.Table}.", nameof(id));
        db.Execute(_table.Statements.Insert, _table.BindAll(_box, key, record, _table.Faces.Follow(record, null, at), 1, at, at));
    }

    /// <summary>Changes all records that <paramref name="where"/> finds, as part of a larger transaction.</summary>
    /// <returns>How many there were.</returns>
    internal int ChangeAll(IDbConnection db, string where, object which, Func<T, T> change, DateTimeOffset at)
    {
        var found = _table.Read(db, where, which).ToList();
        foreach (var kept in found)
            if (Change(db, kept, change, at) is null)
                throw new DBConcurrencyException($"{_table.Table} {kept.Id} is changed all the time.");
        return found.Count;
    }

    /// <summary>Whether a dialect is new to this table.</summary>
    internal bool LacksFaces(IDbConnection db) =>
        _table.Faces.Dialects.Except(db.Query<string>(SelectFaces, new { table = _table.Table })).Any();

    /// <summary>Writes the documents of dialects that are new to this table. The rest of the records stays as it is.</summary>
    internal void WriteFaces(IDbConnection db)
    {
        foreach (string dialect in _table.Faces.Dialects)
        {
            if (db.Execute(InsertFace, new { dialect, table = _table.Table }) == 0) continue;
            foreach (var kept in _table.Read(db, "", new { }).ToList())
            {
                var doc = _table.Faces.Complete(kept.Record, kept.Documents, kept.CreatedAt);
                db.Execute($"update {_table.Table} set doc = @doc where tenant_id = @tenant and id = @id",
                    new { doc, tenant = _table.TenantOf(kept.Record), id = _table.Statements.KeyOf(kept.Id) });
            }
        }
    }

    private void Add(IDbConnection db, string id, T record, DateTimeOffset at)
    {
        Insert(db, id, record, at);
        _table.Added?.Invoke(db, record);
    }

    /// <summary>Another node may change the same record at the same time: then what it left is changed.</summary>
    /// <returns>Null when the record is gone, or others are always faster.</returns>
    private (Kept<T> Before, Held<T> After)? Change(IDbConnection db, Kept<T>? kept, Func<T, T> change, DateTimeOffset at)
    {
        for (int tries = 0; kept is not null && tries < Tries; tries++)
        {
            object key = _table.Statements.KeyOf(kept.Id)!; // the id of a row
            var record = change(kept.Record);
            var row = _table.BindAll(_box, key, record, _table.Faces.Follow(record, kept.Documents, kept.CreatedAt),
                kept.Revision, kept.CreatedAt, at);
            if (db.Execute(_table.Statements.Update, row) == 1) return (kept, new(kept.Id, record, kept.CreatedAt, at));
            kept = _table.Find(db, _table.TenantOf(kept.Record), key);
        }
        return null;
    }

    private static Held<T> Show(Kept<T> kept) => new(kept.Id, kept.Record, kept.CreatedAt, kept.UpdatedAt);
}
