using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What is still to be said to the far ends of legs that an earlier start left alive.</summary>
internal sealed class RecoveryByeTable(Sql sql)
{
    // At start, before these legs get their end event, which takes it from their rows.
    internal const string InsertLive = """
        insert into rw_goodbye (leg_id, tenant_id, body) select id, tenant_id, goodbye from rw_leg where ended_at is null and goodbye is not null and id like @mine
        on conflict (leg_id) do nothing
        """;
    internal const string SelectAllTenants = "select leg_id, body from rw_goodbye where leg_id like @mine";
    // A leg that has ended meanwhile needs none. One that was answered meanwhile has the recovery BYE that came with its answer:
    // the writer takes events along with a batch that was posted earlier, so the answer may be written before what
    // was kept while the leg was still dialled.
    internal const string Keep = """
        update rw_leg set goodbye = @recoveryBye where tenant_id = @tenant and id = @leg and ended_at is null and (answered_at is null or @isAnswered)
        """;
    // An earlier start's leg has its end, and its recovery BYE is being said.
    internal const string KeepUnsaid = "update rw_goodbye set body = @recoveryBye where tenant_id = @tenant and leg_id = @leg";
    internal const string Delete = "delete from rw_goodbye where tenant_id = @tenant and leg_id = @leg";

    public ValueTask<int> TakeOverAsync(int node, CancellationToken stop) =>
        sql.WriteAsync(db => db.Execute(InsertLive, new { mine = Mine(node) }), stop);

    public ValueTask<IReadOnlyDictionary<LegId, string>> ListOfAllTenantsAsync(int node, CancellationToken stop) =>
        sql.ReadAsync<IReadOnlyDictionary<LegId, string>>(
            db => db.Query<Row>(SelectAllTenants, new { mine = Mine(node) }).ToDictionary(row => row.LegId, row => row.Body), stop);

    /// <param name="leg">As it was when the recovery BYE was made.</param>
    public ValueTask<int> KeepAsync(LegFacts leg, string recoveryBye) => sql.WriteAsync(db =>
    {
        var row = new { tenant = leg.Tenant, leg = leg.Id, recoveryBye, isAnswered = leg.AnsweredAt is not null };
        return db.Execute(Keep, row) is > 0 and var kept ? kept : db.Execute(KeepUnsaid, row);
    }, CancellationToken.None);

    public ValueTask<int> DeleteAsync(TenantId tenant, LegId leg) =>
        sql.WriteAsync(db => db.Execute(Delete, new { tenant, leg }), CancellationToken.None);

    /// <summary>Legs of this node: their ids begin with its number.</summary>
    private static string Mine(int node) => $"{(byte)node:x2}%";

    private sealed record Row
    {
        public LegId LegId { get; init; }
        public string Body { get; init; } = "";
    }
}
