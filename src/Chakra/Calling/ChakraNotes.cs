using System.Data;
using System.Data.Common;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Chakra.Calling;

/// <summary>The rows of <c>rw_chakra_call</c>.</summary>
internal sealed class ChakraNotes(Database store)
{
    private const string Columns = """
        tenant_id, id, is_logged, document, from_party, to_party, type, call_status, user_id, for_process, provider, provider_call_id,
        is_wrong_number, disposed_at, created_at, updated_at, deleted_at, revision
        """;
    internal const string Select = $"select {Columns} from rw_chakra_call where tenant_id = @tenant and id = @id";
    internal const string SelectMany = $"select {Columns} from rw_chakra_call where tenant_id = @tenant and id in @ids";
    internal const string SelectByProvider = $"""
        select {Columns} from rw_chakra_call where tenant_id = @tenant and provider = @provider and provider_call_id = @providerCallId
        """;
    internal const string Insert = $"""
        insert into rw_chakra_call ({Columns}) values (@TenantId, @Id, @IsLogged, @Document, @FromParty, @ToParty, @Type, @CallStatus,
            @UserId, @ForProcess, @Provider, @ProviderCallId, @IsWrongNumber, @DisposedAt, @CreatedAt, @UpdatedAt, @DeletedAt, @Revision)
        """;
    internal const string Replace = """
        update rw_chakra_call set document = @Document, from_party = @FromParty, to_party = @ToParty, type = @Type,
            call_status = @CallStatus, user_id = @UserId, for_process = @ForProcess, is_wrong_number = @IsWrongNumber,
            disposed_at = @DisposedAt, updated_at = @UpdatedAt, deleted_at = @DeletedAt, revision = @Revision + 1
        where tenant_id = @tenant and id = @Id and revision = @Revision
        """;

    private const int Tries = 5;

    public ValueTask<ChakraNote?> FindAsync(TenantId tenant, string id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QuerySingleOrDefault<ChakraNote>(Select, new { tenant, id }), stop);

    public ValueTask<List<ChakraNote>> ListAsync(TenantId tenant, IReadOnlyList<string> ids, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ChakraNote>(SelectMany, new { tenant, ids = new InList<string>(ids) }).AsList(), stop);

    /// <summary>Changes one row as it is at that moment, whoever else changes it.</summary>
    /// <param name="find">The row as it is; null makes a new one.</param>
    /// <param name="change">May run again. It answers with what the row is from now on, itself for no change, or a problem.</param>
    /// <param name="trail">Null for what the node does by itself as calls go on.</param>
    /// <param name="tell">Who hears of it; the first is null for a new row.</param>
    public async ValueTask<NoteChanged> ChangeAsync(Func<IDbConnection, ChakraNote?> find, Func<ChakraNote?, NoteChanged> change,
        Func<ChakraNote, AuditNote?> trail, Func<ChakraNote?, ChakraNote, IReadOnlyList<OutboxMessage>> tell, CancellationToken stop)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                var changed = await store.Sql.WriteAsync(db => Write(db, find(db), change, trail, tell), stop, committed: done =>
                {
                    if (done is { Told.Count: > 0 }) store.Outbox.Added(done.Told);
                });
                if (changed is not null) return changed;
            }
            catch (DbException) when (tries < Tries)
            {
                // Another node was quicker with a new row.
            }
            if (tries == Tries) return new(null, new("CONFLICT", "Others are changing this call. Try again."), IsNew: false);
        }
    }

    public static ChakraNote? Find(IDbConnection db, TenantId tenant, string id) =>
        db.QuerySingleOrDefault<ChakraNote>(Select, new { tenant, id });

    public static ChakraNote? FindByProvider(IDbConnection db, TenantId tenant, string provider, string providerCallId) =>
        db.QuerySingleOrDefault<ChakraNote>(SelectByProvider, new { tenant, provider, providerCallId });

    /// <returns>Null when another node was quicker.</returns>
    private NoteChanged? Write(IDbConnection db, ChakraNote? before, Func<ChakraNote?, NoteChanged> change,
        Func<ChakraNote, AuditNote?> trail, Func<ChakraNote?, ChakraNote, IReadOnlyList<OutboxMessage>> tell)
    {
        var changed = change(before) with { IsNew = before is null };
        if (changed.Note is not { } after || ReferenceEquals(after, before)) return changed;
        var values = new DynamicParameters(after);
        values.Add("tenant", after.TenantId);
        if (db.Execute(before is null ? Insert : Replace, values) == 0) return null;
        AuditTable.Write(db, trail(after));
        return changed with { Told = store.Outbox.WriteAll(db, tell(before, after)) };
    }
}

/// <param name="Note">Null with a problem.</param>
internal sealed record NoteChanged(ChakraNote? Note, Problem? Problem, bool IsNew)
{
    /// <summary>What was written to be told of it.</summary>
    public IReadOnlyList<OutboxEntry> Told { get; init; } = [];

    public static implicit operator NoteChanged(ChakraNote note) => new(note, null, false);

    public static implicit operator NoteChanged(Problem problem) => new(null, problem, false);
}
