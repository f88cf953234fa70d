using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>
/// Numbers that an account of the agency has proved to be its own (<c>rw_verified_number</c>), and that the agency calls from. Their
/// carriers keep them: nobody is rung here who calls one.
/// </summary>
internal sealed class BroughtNumberTable(Database store)
{
    internal const string SelectProvedAllTenants =
        "select tenant_id, text from rw_verified_number where tenant_id in @tenants and text in @texts order by verified_at, tenant_id";
    /// <summary>Of other agencies that still have what they have brought: several may have proved one number.</summary>
    internal const string CountBroughtAllTenants = """
        select count(*) from agency_phone_numbers p
        where p.phone_number = @number and p.id <> @id and p.is_brought = @yes and cast(p.status as text) <> 'released' and exists (
            select 1 from rw_verified_number v join rw_tenant t on t.id = v.tenant_id
            where v.text = p.phone_number and (t.id = p.tenant_id or t.parent_id = p.tenant_id))
        """;

    private readonly AgencyNumberTable _numbers = new(store);

    /// <summary>Whose account has proved the number: the agency's own, else a client's; null where none has.</summary>
    public ValueTask<TenantId?> HolderAsync(TenantId agency, string text, CancellationToken stop) =>
        store.Sql.ReadAsync<TenantId?>(db => FindHolder(db, agency, text), stop);

    /// <param name="number">As it is to be.</param>
    /// <param name="may">Asked in the transaction, and maybe again; null for yes.</param>
    /// <returns>
    /// Duplicate where it is the agency's already, Missing where its account has not proved it any more or it may not be, Taken where
    /// another agency has brought it.
    /// </returns>
    public ValueTask<WriteOutcome> BringAsync(TenantId agency, AgencyNumber number, AuditNote note, CancellationToken stop,
        Func<IDbConnection, bool>? may = null) =>
        store.Sql.WriteAsync(db =>
        {
            if (_numbers.List(db, agency).Any(one => one.Id == number.Id && one.Account is not null)) return WriteOutcome.Duplicate;
            if (FindHolder(db, agency, number.Text) != number.Account) return WriteOutcome.Missing;
            if (db.ExecuteScalar<long>(CountBroughtAllTenants, new { number = number.Text, id = number.Id, yes = true }) > 0)
                return WriteOutcome.Taken;
            if (may?.Invoke(db) is false) return WriteOutcome.Missing;
            AgencyNumberTable.Write(db, agency, number, number.Status);
            AuditTable.Write(db, note);
            return WriteOutcome.Done;
        }, stop);

    /// <summary>The agency calls from it no more; it stays proved.</summary>
    /// <returns>InUse while a batch that is not over calls from it; Missing when it is the agency's no more.</returns>
    public ValueTask<WriteOutcome> GiveUpAsync(TenantId agency, AgencyNumber after, AuditNote note, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            if (!_numbers.List(db, agency).Any(one => one.Id == after.Id && one.Account is not null)) return WriteOutcome.Missing;
            TenancyTable.TakeTurn(db, agency);
            if (AgencyNumberTable.IsCalling(db, agency, after.Text)) return WriteOutcome.InUse;
            AgencyNumberTable.Write(db, agency, after, AgencyNumber.Released);
            AuditTable.Write(db, note);
            return WriteOutcome.Done;
        }, stop);

    /// <summary>Whose accounts have proved these numbers; one that none of them has is not there.</summary>
    /// <param name="accounts">The agency's, and its clients'.</param>
    internal static Dictionary<string, TenantId> HoldersOf(IDbConnection db, TenantId agency, IEnumerable<TenantId> accounts,
        IReadOnlyList<string> texts)
    {
        var holders = new Dictionary<string, TenantId>(StringComparer.Ordinal);
        if (texts.Count == 0) return holders;
        var which = new
        {
            tenants = new InList<string>([.. accounts.Select(one => one.ToString())]), texts = new InList<string>(texts),
        };
        foreach (var row in db.Query<ProvedHolder>(SelectProvedAllTenants, which))
            if (row.TenantId == agency || !holders.ContainsKey(row.Text)) holders[row.Text] = row.TenantId;
        return holders;
    }

    private TenantId? FindHolder(IDbConnection db, TenantId agency, string text)
    {
        var accounts = store.Routing.Current.Tenants.Where(one => one.Id == agency || one.Parent == agency).Select(one => one.Id);
        return HoldersOf(db, agency, accounts, [text]).TryGetValue(text, out var holder) ? holder : null;
    }

    private sealed record ProvedHolder
    {
        public TenantId TenantId { get; init; }
        public string Text { get; init; } = "";
    }
}
