using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>
/// Deletes what the agency has of a client: its users and keys, its campaigns with their batches and contacts, and who was to be called for
/// them. Its agents and numbers are the agency's own afterwards. What the ledger, lists and consents have of its account stays.
/// </summary>
internal sealed class ClientRemoval(Database store)
{
    /// <summary>Contacts of one write: calls write between two.</summary>
    private const int Step = 500;

    private const string OfCampaigns = "campaign_id in (select id from campaigns where tenant_id = @tenant and client_id = @client)";
    internal const string DeleteContacts = $"""
        delete from campaign_contacts where tenant_id = @tenant and id in (
            select id from campaign_contacts where tenant_id = @tenant and {OfCampaigns} limit @step)
        """;
    internal const string SelectLists = "select list_id from call_batches where tenant_id = @tenant and client_id = @client";
    internal const string CountOpen = """
        select count(*) from call_batches where tenant_id = @tenant and client_id = @client
            and cast(status as text) not in ('completed', 'failed')
        """;
    internal const string DeleteImports = "delete from imports where tenant_id = @tenant and client_id = @client";
    internal const string DeleteBatches = "delete from call_batches where tenant_id = @tenant and client_id = @client";
    internal const string FreeAgentsOfCampaigns =
        $"update agent_mappings set campaign_id = null, updated_at = @at where tenant_id = @tenant and {OfCampaigns}";
    internal const string FreeAgents =
        "update agent_mappings set client_id = null, updated_at = @at where tenant_id = @tenant and client_id = @client";
    internal const string FreeNumbers =
        "update agency_phone_numbers set client_id = null, updated_at = @at where tenant_id = @tenant and client_id = @client";
    internal const string DeleteCampaigns = "delete from campaigns where tenant_id = @tenant and client_id = @client";
    internal const string DeleteKeys = "delete from api_keys where tenant_id = @tenant and client_id = @client";
    internal const string DeleteSessions = """
        delete from user_sessions where tenant_id = @tenant and user_id in (
            select id from users where tenant_id = @tenant and client_id = @client)
        """;
    internal const string DeleteUsers = "delete from users where tenant_id = @tenant and client_id = @client";
    /// <summary>Its slug is free again.</summary>
    internal const string Close = """
        update clients set status = 'archived', slug = @slug, contact_email = null, contact_phone = null, deleted_at = @at, updated_at = @at
        where tenant_id = @tenant and id = @client
        """;

    /// <summary>
    /// In this order: each refers to those behind it alone. It is closed first, so that whoever adds something waits, and adds nothing.
    /// </summary>
    private static readonly string[] Rest =
    [
        Close, DeleteImports, DeleteBatches, FreeAgentsOfCampaigns, FreeAgents, FreeNumbers, DeleteCampaigns, DeleteKeys, DeleteSessions,
        DeleteUsers,
    ];

    /// <returns>False while a batch of it is not over.</returns>
    public async ValueTask<bool> RunAsync(TenantId agency, TenantId client, DateTimeOffset at, AuditNote note, CancellationToken stop)
    {
        var which = new { tenant = agency, client, at, step = Step, slug = $"deleted-{client}" };
        bool IsOpen(IDbConnection db) => db.ExecuteScalar<long>(CountOpen, which) > 0;
        if (await store.Sql.ReadAsync(IsOpen, stop)) return false;
        var lists = await store.Sql.ReadAsync(db => db.Query<string>(SelectLists, which).AsList(), stop);
        foreach (string list in lists) await store.Targets.ForgetAsync(client, Guid.Parse(list), at, stop);
        while (await store.Sql.WriteAsync(db => IsOpen(db) ? 0 : db.Execute(DeleteContacts, which), stop) > 0) { }
        return await store.Sql.WriteAsync(db =>
        {
            if (IsOpen(db)) return false;
            // Those that came meanwhile.
            while (db.Execute(DeleteContacts, which) > 0) { }
            foreach (string statement in Rest) db.Execute(statement, which);
            AuditTable.Write(db, note);
            return true;
        }, stop);
    }
}
