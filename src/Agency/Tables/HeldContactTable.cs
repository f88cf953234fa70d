using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>A contact who waits, and by whose batch; none has one yet where that is null.</summary>
internal sealed record HeldContact
{
    public Guid Id { get; init; }
    public Guid? BatchId { get; init; }
    public Guid? ListId { get; init; }
    public string ClientId { get; init; } = "";

    /// <summary>The account whose call it would be.</summary>
    public TenantId Account => new(Guid.Parse(ClientId));
}

/// <summary>Contacts who wait and whose number has come onto a do-not-call list.</summary>
internal sealed class HeldContactTable(Database store)
{
    internal const string SelectWaiting = """
        select c.id, c.batch_id, b.list_id, k.client_id
        from (select id, batch_id, campaign_id from campaign_contacts
            where tenant_id = @tenant and phone_number in @numbers and status in ('pending', 'scheduled')) c
        join campaigns k on k.tenant_id = @tenant and k.id = c.campaign_id
        left join call_batches b on b.tenant_id = @tenant and b.id = c.batch_id
        where @client = '' or k.client_id = @client
        """;
    internal const string Block = """
        update campaign_contacts set status = 'failed', block_reason = @block, next_attempt_at = null, completed_at = @at, updated_at = @at
        where tenant_id = @tenant and id = @id and batch_id is null and status in ('pending', 'scheduled')
        """;

    /// <param name="client">Empty for those of all clients.</param>
    public ValueTask<List<HeldContact>> ListAsync(TenantId agency, string client, IReadOnlyList<string> numbers, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<HeldContact>(SelectWaiting, new
        {
            tenant = agency, client, numbers = new InList<string>(numbers),
        }).AsList(), stop);

    /// <summary>One that no batch has is over.</summary>
    public async ValueTask BlockAsync(TenantId agency, Guid id, string block, DateTimeOffset at, CancellationToken stop) =>
        await store.Sql.WriteAsync(db => db.Execute(Block, new { tenant = agency, id, block, at }), stop);
}
