using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A target that is not done.</summary>
public readonly record struct HeldTarget(Guid Id, Guid List);

/// <summary>
/// Who waits on lists, or is on the line, with an address of which a later list says that nobody is to call it: found by any of his
/// addresses, of which an index knows the first alone. So all lists of a face are read through for each request that says so of somebody,
/// and of any other those who have more than one number.
/// </summary>
public sealed class TargetRefusals
{
    private const string Columns = "id, list_id, destinations";
    /// <summary>
    /// Whoever has one number and nothing else is found by that: <see cref="TargetTable.RefuseAsync"/>. By the index of the same value.
    /// </summary>
    internal const string SelectFurther = $"""
        select {Columns} from rw_target where tenant_id = @tenant and deleted_at is null and doc is null
            and state in ('idle', 'progressing')
            and case when identity_key is null or cast(destinations as text) not like '["+%",null,null,null,null]' then list_id end = @list
        """;
    internal const string SelectOfFace = $"""
        select {Columns} from rw_target where tenant_id = @tenant and deleted_at is null and doc is not null
            and state in ('idle', 'progressing') and list_id in (
                select id from rw_target_list where tenant_id = @tenant and face = @face and deleted_at is null)
        """;
    /// <summary>By the index of tries that were not given back.</summary>
    internal const string SelectClaimed = """
        select id from rw_attempt where tenant_id = @tenant and target_id in @targets and state <> 'returned' and state = 'claimed'
        """;

    private readonly Sql _sql;
    private readonly CampaignDesk _desk;

    internal TargetRefusals(Sql sql, CampaignDesk desk) => (_sql, _desk) = (sql, desk);

    /// <summary>
    /// Those of a list who have an address that is refused and are not known by it as their only one. For lists of which no face tells.
    /// </summary>
    public ValueTask<IReadOnlyList<HeldTarget>> FindFurtherAsync(TenantId tenant, Guid list, Func<string, bool> isRefused,
        CancellationToken stop) => FindAsync(SelectFurther, new { tenant, list }, isRefused, stop);

    /// <summary>Those who have an address that is refused, of all lists of a face.</summary>
    public ValueTask<IReadOnlyList<HeldTarget>> FindOfFaceAsync(TenantId tenant, string face, Func<string, bool> isRefused,
        CancellationToken stop) => FindAsync(SelectOfFace, new { tenant, face }, isRefused, stop);

    /// <summary>Their attempts that are claimed and not dialled.</summary>
    /// <param name="targets">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    public ValueTask<IReadOnlyList<Guid>> ListClaimedAsync(TenantId tenant, IReadOnlyList<Guid> targets, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Guid>>(db =>
        [
            .. db.Query<string>(SelectClaimed, new
            {
                tenant, targets = new InList<string>([.. targets.Select(static target => target.ToString())]),
            }).Select(Guid.Parse),
        ], stop);

    /// <summary>
    /// Those who wait are called no more, and one who is on the line is not called again. What face they have tells of each.
    /// </summary>
    /// <param name="targets">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    /// <param name="note">Is told how many, where there are any.</param>
    /// <returns>How many.</returns>
    public async ValueTask<int> RefuseAsync(TenantId tenant, IReadOnlyList<HeldTarget> targets, DateTimeOffset at,
        Func<int, AuditNote> note, CancellationToken stop)
    {
        var (refused, _) = await _sql.WriteAsync(db =>
        {
            var added = new List<OutboxEntry>();
            int done = 0;
            foreach (var (id, list) in targets)
            {
                if (TargetTable.Refuse(db, tenant, list, [id], at) == 0) continue;
                TargetTable.Tell(db, _desk, tenant, id, at, added);
                done++;
            }
            if (done > 0) AuditTable.Write(db, note(done));
            return (done, added);
        }, stop, committed: all => _desk.Added(all.added), isPiece: true).ConfigureAwait(false);
        return refused;
    }

    /// <summary>Row by row: there may be a million of them, and hardly one is wanted.</summary>
    private ValueTask<IReadOnlyList<HeldTarget>> FindAsync(string select, object which, Func<string, bool> isRefused,
        CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<HeldTarget>>(db =>
        [
            .. db.Query<Row>(select, which, buffered: false)
                .Where(row => AddressesIn(row.Destinations).Any(isRefused)).Select(static row => new HeldTarget(row.Id, row.ListId)),
        ], stop);

    private static IEnumerable<string> AddressesIn(string destinations) =>
        JsonNode.Parse(destinations)!.AsArray().Select(static one => (string?)one).OfType<string>();      // as TargetTable has written it

    private sealed record Row
    {
        public Guid Id { get; init; }
        public Guid ListId { get; init; }
        public string Destinations { get; init; } = "";
    }
}
