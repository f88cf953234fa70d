using System.Data;
using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Snapshots;

/// <summary>Takes away everything that the tenants of a snapshot have here, so that the snapshot can stand in its place.</summary>
internal static class TenantRemoval
{
    /// <summary>Every table that has rows of tenants; a table refers only to tables below it.</summary>
    internal static readonly IReadOnlyList<string> Tables =
    [
        "rw_verification", "rw_verified_number", "rw_bundle_charge", "rw_user_bundle", "rw_bundle_offer", "rw_feature_use", "rw_payment_request", "rw_money_balance",
        "rw_money_entry", "rw_money_account", "rw_outbox_once", "rw_stream_event", "rw_listener", "rw_oauth_refresh", "rw_oauth_code", "rw_oauth_family",
        "rw_oauth_consent", "rw_oauth_grant", "rw_oauth_client", "rw_access_network", "rw_job", "rw_audit_event", "rw_resource_key", "rw_resource", "rw_goodbye",
        "rw_media", "rw_recording", "rw_sip_credential", "rw_connection_host", "rw_connection_address", "rw_trace", "rw_delivery_attempt", "rw_delivery", "rw_outbox",
        "rw_call_record", "rw_ledger", "rw_leg", "rw_number", "rw_connection", "rw_outbound_profile", "rw_signing_key", "rw_api_key",
    ];

    /// <exception cref="SnapshotException">One of them has calls that are up.</exception>
    public static void Run(IDbConnection db, IEnumerable<SnapshotLine> lines)
    {
        var named = lines.Where(l => l.Kind == "tenant").ToList();
        string[] ids = [.. named.Select(l => l.Text("id")).OfType<string>()], names = [.. named.Select(l => l.Text("name")).OfType<string>()];
        string[] tenants = [.. db.Query<string>("select id from rw_tenant where id in @ids or name in @names", new { ids = new InList<string>(ids), names = new InList<string>(names) })];
        tenants = [.. tenants.Union(db.Query<string>("select id from rw_tenant where parent_id in @tenants", new { tenants = new InList<string>(tenants) }))];
        if (tenants.Length == 0) return;
        var theirs = new { tenants = new InList<string>(tenants) };
        if (db.ExecuteScalar<long>("select count(*) from rw_leg where tenant_id in @tenants and ended_at is null", theirs) > 0)
            throw new SnapshotException("a tenant of the snapshot has calls that are up; load it when they are over");

        foreach (string table in Tables) db.Execute($"delete from {table} where tenant_id in @tenants", theirs);
        db.Execute("delete from rw_tenant where id in @tenants and parent_id is not null", theirs);
        db.Execute("delete from rw_tenant where id in @tenants", theirs);
    }
}
