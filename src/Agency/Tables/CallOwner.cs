using System.Data;
using Dapper;
using Ringwright.Agency.Providers;
using Ringwright.Core;

namespace Ringwright.Agency.Tables;

/// <summary>Whose a provider's call is, as it stands when the call comes to be known: what is assigned later moves no call.</summary>
internal readonly record struct CallOwner(string? Client, string? Agent, string? Campaign, string? Batch, string? Contact)
{
    private const string Outbound = "outbound";

    /// <summary>Which way such calls go where the provider has not said it; null where nobody knows.</summary>
    public string? Direction { get; init; }

    internal const string SelectContact = "select id, batch_id from campaign_contacts where tenant_id = @tenant and id = @contact";
    internal const string SelectBatch =
        "select client_id, agent_mapping_id as agent, campaign_id from call_batches where tenant_id = @tenant and id = @batch";
    internal const string SelectAgent = """
        select client_id, id as agent, campaign_id, cast(default_direction as text) as default_direction from agent_mappings
        where tenant_id = @tenant and ultravox_agent_id = @known and voice_provider = 'ultravox' and deleted_at is null
        """;
    /// <summary>One that nobody has made here; one that was deleted here stays so.</summary>
    internal const string InsertAgent = """
        insert into agent_mappings (id, tenant_id, ultravox_agent_id, ultravox_agent_name, voice_provider, tools, managed, created_at,
            updated_at)
        values (@id, @tenant, @known, @name, 'ultravox', '[]', false, @at, @at) on conflict (tenant_id, ultravox_agent_id) do nothing
        """;

    /// <summary>
    /// By the contact or batch that the call's metadata name, if the agency has it, for metadata are anybody's; else by the agent.
    /// </summary>
    /// <param name="mayAdd">An agent that nobody knows comes to be.</param>
    public static CallOwner Of(IDbConnection db, TenantId agency, ProviderCallFacts facts, DateTimeOffset at, bool mayAdd)
    {
        var contact = facts.ContactId is { } named
            ? db.QueryFirstOrDefault<ContactKey>(SelectContact, new { tenant = agency, contact = named }) : null;
        if ((contact?.BatchId ?? facts.BatchId?.ToString()) is { } batch
                && db.QueryFirstOrDefault<Row>(SelectBatch, new { tenant = agency, batch }) is { } placed)
            return new(placed.ClientId, placed.Agent, placed.CampaignId, batch, contact?.BatchId is null ? null : contact.Id)
            {
                Direction = Outbound,
            };
        if (facts.AgentId is not { } known) return default;
        if (mayAdd)
            db.Execute(InsertAgent, new { id = Guid.CreateVersion7(at), tenant = agency, known, name = facts.AgentName ?? known, at });
        return db.QueryFirstOrDefault<Row>(SelectAgent, new { tenant = agency, known }) is { } agent
            ? new(agent.ClientId, agent.Agent, agent.CampaignId, null, null) { Direction = agent.DefaultDirection } : default;
    }

    private sealed record ContactKey
    {
        public string Id { get; init; } = "";
        public string? BatchId { get; init; }
    }

    private sealed record Row
    {
        public string? ClientId { get; init; }
        public string Agent { get; init; } = "";
        public string? CampaignId { get; init; }
        public string? DefaultDirection { get; init; }
    }
}
