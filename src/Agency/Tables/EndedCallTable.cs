using System.Data;
using Dapper;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>A call of a batch that is over, as it is counted.</summary>
internal sealed record CountedCall
{
    /// <summary>Causes by which the line or whoever is behind it has failed, and not whoever was called.</summary>
    private static readonly string[] Faults = ["remote_failure", "transport_failure", "media_failure", "media_mismatch", "internal"];

    public string? Cause { get; init; }
    /// <summary>1 or 0, as the one that follows.</summary>
    public long Answered { get; init; }
    /// <summary>It was answered, and in it the number came onto the do-not-call list of the account.</summary>
    public long Unwanted { get; init; }

    public bool IsAnswered => Answered > 0;
    public bool IsUnwanted => Unwanted > 0;
    public bool IsFault => !IsAnswered && Cause is { } cause && Faults.Contains(cause);
}

/// <summary>What has become of the last calls of a batch.</summary>
internal sealed class EndedCallTable(Database store)
{
    /// <summary>The account is the client's; a batch is the campaign of the same id.</summary>
    internal const string SelectLast = """
        select a.cause as cause, case when a.answered_at is null then 0 else 1 end as answered,
            case when a.answered_at is null then 0 else (select count(*) from rw_do_not_call d
                where d.tenant_id = @tenant and d.number = a.number and d.leg_id = a.leg_uuid) end as unwanted
        from rw_attempt a where tenant_id = @tenant and a.campaign_id = @batch and a.claimed_at >= @since and a.claimed_at <= @until
            and a.leg_uuid is not null
            and a.state in ('ended', 'settled', 'returned')
        order by a.claimed_at desc, a.id desc limit @most
        """;

    internal const string SelectCap = """
        select daily_call_cap from agency_phone_numbers where tenant_id = @tenant and phone_number = @number and status <> 'released'
        """;
    /// <summary>From it, by all batches of the agency that were not over then.</summary>
    internal const string CountBegun = """
        select count(*) from (select id from call_batches
            where tenant_id = @tenant and (completed_at is null or completed_at >= @since)) b
        join rw_attempt a on a.campaign_id = b.id and a.claimed_at >= @since and a.from_party = @number and a.state <> 'returned'
        """;

    /// <summary>The numbers from which the batch calls and that have begun fewer calls since then than they may in a day.</summary>
    public ValueTask<IReadOnlyList<string>> ListOpenAsync(BatchRow batch, DateTimeOffset since, CancellationToken stop) =>
        store.Sql.ReadAsync<IReadOnlyList<string>>(
            db => [.. batch.Callers.Where(number => !IsCapped(db, new { tenant = batch.TenantId, number, since }))], stop);

    private static bool IsCapped(IDbConnection db, object which) =>
        db.ExecuteScalar<long?>(SelectCap, which) is { } cap && db.ExecuteScalar<long>(CountBegun, which) >= cap;

    /// <param name="since">Calls that were begun before are not counted.</param>
    /// <param name="until">Nor those that are behind it, as where the clock was set back: they are not the last ones.</param>
    public ValueTask<List<CountedCall>> ListAsync(BatchRow batch, DateTimeOffset since, DateTimeOffset until, int most,
        CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CountedCall>(SelectLast, new
        {
            tenant = batch.Account, batch = batch.Id, since, until, most,
        }).AsList(), stop);
}
