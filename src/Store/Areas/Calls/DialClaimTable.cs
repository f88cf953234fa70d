using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// The dials of the last minute that had an id, for all nodes of a database: the leg's first row is written with its claim, or neither is.
/// A minute is one of the database's clock. Where there is one node alone nothing is kept here:
/// what it remembers itself and its legs' rows say the same.
/// </summary>
internal sealed class DialClaimTable(Sql sql)
{
    /// <summary>For so long no other leg is made for an id.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromSeconds(60);
    /// <summary>A row is of no use after <see cref="Kept"/>; nobody hurries to delete it.</summary>
    private static readonly TimeSpan Pruned = TimeSpan.FromMinutes(10);

    internal const string Release = "delete from rw_dial_claim where tenant_id = @tenant and command_id = @commandId and leg_id = @leg";

    private readonly Statement _claim = new(ClaimOn(sql.Engine));
    private readonly string _prune =
        $"delete from rw_dial_claim where made_at < {sql.Engine.ClockMillis} - {(long)Pruned.TotalMilliseconds}";

    /// <summary>
    /// Not even a row that another node is just writing is waited for: that node may be standing still in the middle
    /// of it, and this one's writer would with it.
    /// </summary>
    internal static string ClaimOn(IEngine engine) => $"""
        insert into rw_dial_claim (tenant_id, command_id, leg_id, made_at)
        select cast(@tenant as text), cast(@commandId as text), cast(@leg as text), {engine.ClockMillis}
        where {engine.TryLockText("cast(@tenant as text) || ' ' || cast(@commandId as text)")}
        on conflict (tenant_id, command_id) do update set leg_id = excluded.leg_id, made_at = excluded.made_at
        where rw_dial_claim.made_at <= excluded.made_at - {(long)Kept.TotalMilliseconds}
        """;

    /// <summary>
    /// In the transaction of the leg's first row. False when another leg has the id, or may have it in a moment: then there must be no leg.
    /// </summary>
    public bool TryClaim(IDbConnection db, string tenant, string commandId, string leg) =>
        !sql.Engine.IsShared || _claim.Run(db, tenant, commandId, leg) > 0;

    /// <summary>The leg was never dialled: the id may try again.</summary>
    public async ValueTask ReleaseAsync(TenantId tenant, string commandId, LegId leg) =>
        await sql.WriteAsync(db => db.Execute(Release, new { tenant, commandId, leg }), CancellationToken.None).ConfigureAwait(false);

    public async ValueTask PruneAsync() =>
        await sql.WriteAsync(db => db.Execute(_prune), CancellationToken.None, CommitPriority.Later).ConfigureAwait(false);
}
