using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What an agency asks of a client. Amounts are millionths of the currency's unit.</summary>
internal sealed record RatePlanRow
{
    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public string Name { get; init; } = "";
    public string Currency { get; init; } = "";
    public long MinuteMicros { get; init; }
    /// <summary>Of a number for a month.</summary>
    public long NumberMicros { get; init; }
    /// <summary>What a call that was answered is billed at least; beyond it in steps.</summary>
    public long InitialSeconds { get; init; } = 60;
    public long StepSeconds { get; init; } = 60;
    /// <summary>Of each month.</summary>
    public long IncludedMinutes { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>What came of writing a plan.</summary>
internal enum RatePlanChange { Done, Unknown, NameTaken, InUse }

/// <summary>The rows of <c>rate_plans</c>.</summary>
internal sealed class RatePlanTable(Database store)
{
    private const string Columns = """
        id, tenant_id, name, currency, minute_micros, number_micros, initial_seconds, step_seconds, included_minutes, created_at, updated_at
        """;
    internal const string SelectById = $"select {Columns} from rate_plans where tenant_id = @tenant and id = @id";
    internal const string SelectPage =
        $"select {Columns} from rate_plans where tenant_id = @tenant order by created_at, id limit @limit offset @offset";
    internal const string Count = "select count(*) from rate_plans where tenant_id = @tenant";
    internal const string CountName = """
        select count(*) from rate_plans where tenant_id = @tenant and lower(name) = lower(@name) and id <> @id
        """;
    internal const string Insert = """
        insert into rate_plans (id, tenant_id, name, currency, minute_micros, number_micros, initial_seconds, step_seconds,
            included_minutes, created_at, updated_at)
        values (@id, @tenant, @name, @currency, @minute, @number, @initial, @step, @included, @at, @at) on conflict do nothing
        """;
    internal const string Update = """
        update rate_plans set name = @name, currency = @currency, minute_micros = @minute, number_micros = @number,
            initial_seconds = @initial, step_seconds = @step, included_minutes = @included, updated_at = @at
        where tenant_id = @tenant and id = @id
        """;
    internal const string Hold = "update rate_plans set updated_at = updated_at where tenant_id = @tenant and id = @plan";
    internal const string Remove = "delete from rate_plans where tenant_id = @tenant and id = @id";
    internal const string CountClients = """
        select count(*) from clients where tenant_id = @tenant and rate_plan_id = @id and deleted_at is null
        """;

    public ValueTask<RatePlanRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Find(db, agency, id), stop);

    public ValueTask<(IReadOnlyList<RatePlanRow> Rows, long Total)> ListAsync(TenantId agency, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<RatePlanRow>, long)>(
            db => (db.Query<RatePlanRow>(SelectPage, which).AsList(), db.ExecuteScalar<long>(Count, which)), stop);
    }

    public ValueTask<RatePlanChange> AddAsync(RatePlanRow plan, AuditNote note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        // The index knows 26 letters, and keeps two nodes apart.
        if (IsTaken(db, plan) || db.Execute(Insert, Values(plan)) == 0) return RatePlanChange.NameTaken;
        AuditTable.Write(db, note);
        return RatePlanChange.Done;
    }, stop);

    /// <summary>Reads and writes at once, so that of two changes neither undoes the other's.</summary>
    public ValueTask<(RatePlanChange Change, RatePlanRow? Now)> ChangeAsync(TenantId agency, Guid id,
        Func<RatePlanRow, RatePlanRow> change, Func<RatePlanRow, RatePlanRow, AuditNote> note, CancellationToken stop) =>
        store.Sql.WriteAsync<(RatePlanChange, RatePlanRow?)>(db =>
        {
            if (Find(db, agency, id) is not { } before) return (RatePlanChange.Unknown, null);
            var after = change(before);
            if (IsTaken(db, after)) return (RatePlanChange.NameTaken, null);
            db.Execute(Update, Values(after));
            AuditTable.Write(db, note(before, after));
            return (RatePlanChange.Done, after);
        }, stop);

    public ValueTask<RatePlanChange> RemoveAsync(TenantId agency, Guid id, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            // Whoever gives it to a client at this moment has done so, or finds it gone.
            if (!Holds(db, agency, id)) return RatePlanChange.Unknown;
            if (db.ExecuteScalar<long>(CountClients, new { tenant = agency, id }) > 0) return RatePlanChange.InUse;
            db.Execute(Remove, new { tenant = agency, id });
            AuditTable.Write(db, note);
            return RatePlanChange.Done;
        }, stop);

    /// <summary>Within a write that gives a plan to a client: whoever deletes the plan waits until it is over, or has deleted it.</summary>
    /// <param name="plan">Null for none.</param>
    /// <returns>False when it is gone.</returns>
    internal static bool Holds(IDbConnection db, TenantId agency, Guid? plan) =>
        plan is not { } id || db.Execute(Hold, new { tenant = agency, plan = id }) > 0;

    private bool IsTaken(IDbConnection db, RatePlanRow plan) =>
        db.ExecuteScalar<long>(store.Sql.Folded(CountName), Values(plan)) > 0;

    private static RatePlanRow? Find(IDbConnection db, TenantId agency, Guid id) =>
        db.QueryFirstOrDefault<RatePlanRow>(SelectById, new { tenant = agency, id });

    private static object Values(RatePlanRow plan) => new
    {
        id = plan.Id, tenant = plan.TenantId, name = plan.Name, currency = plan.Currency, minute = plan.MinuteMicros,
        number = plan.NumberMicros, initial = plan.InitialSeconds, step = plan.StepSeconds, included = plan.IncludedMinutes,
        at = plan.UpdatedAt,
    };
}
