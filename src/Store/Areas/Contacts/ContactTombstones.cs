using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Areas;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// What is left of an account's do-not-call list and consents when it goes: that there was one, for which number as a hash, and why.
/// Should the account come back, as from a backup, what it was asked before still holds.
/// </summary>
internal static class ContactTombstones
{
    internal const string Insert = """
        insert into rw_contact_tombstone (id, owner_id, number_hash, kind, facts, expires_at, created_at)
        values (@id, @owner, @hash, @kind, @facts, @expires, @at)
        """;
    internal const string SelectOwner = """
        select owner_id from rw_contact_tombstone where number_hash = @hash and owner_id in @owners and kind = 'do_not_call'
            and (expires_at is null or expires_at > @now)
        """;
    internal const string SelectHashes = """
        select distinct number_hash from rw_contact_tombstone where number_hash in @hashes and owner_id in @owners and kind = 'do_not_call'
            and (expires_at is null or expires_at > @now)
        """;
    internal const string SelectKeys = "select owner_id, number_hash from rw_contact_tombstone where kind = 'do_not_call'";
    internal const string Delete =
        "delete from rw_contact_tombstone where owner_id = @owner and number_hash = @hash and kind = 'do_not_call'";
    private const string SelectEntriesAllTenants = """
        select id, tenant_id, number, source, reason, added_by, evidence, leg_id, is_provisional, expires_at, created_at from rw_do_not_call
        where tenant_id in @tenants order by id
        """;
    private const string SelectConsentsAllTenants =
        $"select {ConsentTable.Columns} from rw_consent where tenant_id in @tenants order by id";

    public static void KeepEntries(IDbConnection db, Leaving leaving)
    {
        var hash = new NumberHash(leaving.Box);
        foreach (var row in db.Query<DoNotCallTable.Row>(SelectEntriesAllTenants, leaving.Which).AsList())
        {
            Keep(db, leaving, row.TenantId, hash.TextOf(row.Number), "do_not_call", row.ExpiresAt, new()
            {
                ["source"] = row.Source, ["reason"] = row.Reason, ["added_at"] = Times.Text(row.CreatedAt),
            });
        }
    }

    public static void KeepConsents(IDbConnection db, Leaving leaving)
    {
        var hash = new NumberHash(leaving.Box);
        foreach (var row in db.Query<ConsentTable.Row>(SelectConsentsAllTenants, leaving.Which).AsList())
        {
            Keep(db, leaving, row.TenantId, hash.TextOf(row.Number), "consent", null, new()
            {
                ["consent"] = row.Kind, ["channel"] = row.Channel, ["source"] = row.Source, ["given_at"] = Times.Text(row.GivenAt),
                ["revoked_at"] = row.RevokedAt is { } revoked ? Times.Text(revoked) : null,
            });
        }
    }

    /// <returns>Whose it was; null when there is none.</returns>
    public static TenantId? FindOwner(IDbConnection db, IReadOnlyList<TenantId> owners, string hash, DateTimeOffset now) =>
        db.Query<string>(SelectOwner, new { hash, owners = new InList<string>([.. owners.Select(owner => owner.ToString())]), now })
            .FirstOrDefault() is { } owner ? new TenantId(Guid.Parse(owner)) : null;

    /// <returns>Those of the hashes of which there is one.</returns>
    public static IEnumerable<string> ListOf(IDbConnection db, IReadOnlyList<TenantId> owners, IReadOnlyList<string> hashes,
        DateTimeOffset now) => db.Query<string>(SelectHashes, new
        {
            hashes = new InList<string>(hashes), owners = new InList<string>([.. owners.Select(owner => owner.ToString())]), now,
        });

    public static IReadOnlyList<(TenantId Owner, string Hash)> ListOwners(IDbConnection db) =>
        [.. db.Query<(string Owner, string Hash)>(SelectKeys).Select(row => (new TenantId(Guid.Parse(row.Owner)), row.Hash))];

    /// <summary>The operator took the number off the list.</summary>
    public static void Forget(IDbConnection db, TenantId owner, string hash) => db.Execute(Delete, new { owner = owner.ToString(), hash });

    private static void Keep(IDbConnection db, Leaving leaving, TenantId? owner, string hash, string kind, DateTimeOffset? expires,
        JsonObject facts) =>
        db.Execute(Insert, new
        {
            id = Guid.CreateVersion7(leaving.At), owner = owner!.Value.ToString(), hash, kind, facts, expires, // it is an account's
            at = leaving.At,
        });
}
