using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>A contact who is not over, and by whose batch; none has one yet where that is null.</summary>
internal sealed record HeldContact
{
    public Guid Id { get; init; }
    public Guid? BatchId { get; init; }
    public Guid? ListId { get; init; }
    public string ClientId { get; init; } = "";

    /// <summary>The account whose call it would be.</summary>
    public TenantId Account => new(Guid.Parse(ClientId));
}

/// <summary>Contacts who are not over, and of whose number somebody has said that nobody is to call it.</summary>
internal sealed class HeldContactTable(Database store)
{
    internal const string SelectOpen = """
        select c.id, c.batch_id, b.list_id, k.client_id
        from (select id, batch_id, campaign_id from campaign_contacts
            where tenant_id = @tenant and phone_number in @numbers and status in ('pending', 'scheduled', 'calling')) c
        join campaigns k on k.tenant_id = @tenant and k.id = c.campaign_id
        left join call_batches b on b.tenant_id = @tenant and b.id = c.batch_id
        where @client = '' or k.client_id = @client
        """;
    internal const string Block = """
        update campaign_contacts set status = 'failed', block_reason = @block, next_attempt_at = null, completed_at = @at, updated_at = @at
        where tenant_id = @tenant and id in @ids and batch_id is null and status in ('pending', 'scheduled')
        """;

    /// <param name="client">Empty for those of all clients.</param>
    /// <param name="numbers">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    public ValueTask<List<HeldContact>> ListAsync(TenantId agency, string client, IReadOnlyList<string> numbers, CancellationToken stop) =>
        store.Sql.ReadAsync(db => OpenOf(db, agency, client, numbers), stop);

    private static List<HeldContact> OpenOf(IDbConnection db, TenantId agency, string client, IReadOnlyList<string> numbers) =>
        db.Query<HeldContact>(SelectOpen, new { tenant = agency, client, numbers = new InList<string>(numbers) }).AsList();

    /// <summary>Those of them that no batch has are over.</summary>
    public async ValueTask BlockAsync(TenantId agency, IReadOnlyList<Guid> contacts, string block, DateTimeOffset at,
        CancellationToken stop)
    {
        if (contacts.Count > 0) await store.Sql.WriteAsync(db => BlockAll(db, agency, contacts, block, at), stop);
    }

    /// <returns>How many.</returns>
    private static int BlockAll(IDbConnection db, TenantId agency, IReadOnlyList<Guid> contacts, string block, DateTimeOffset at) =>
        contacts.Chunk(TargetTable.MostAtOnce).Sum(some => db.Execute(Block, new
        {
            tenant = agency, block, at, ids = new InList<string>([.. some.Select(id => id.ToString())]),
        }));

    /// <summary>
    /// Of a client's contacts of these numbers a list says that nobody is to call them. In one write those who wait are over, for whoever
    /// dials, too, and one who is on the line is not called again. What a batch's contacts say of that follows.
    /// </summary>
    /// <param name="numbers">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    /// <param name="block">What those say whom no batch has.</param>
    /// <param name="note">Is told how many, where there are any.</param>
    /// <returns>How many, and those of batches among them.</returns>
    public ValueTask<(int Refused, IReadOnlyList<HeldContact> OfBatches)> RefuseAsync(TenantId agency, string client,
        IReadOnlyList<string> numbers, string block, DateTimeOffset at, Func<int, AuditNote> note, CancellationToken stop) =>
        store.Sql.WriteAsync<(int, IReadOnlyList<HeldContact>)>(db =>
        {
            var held = OpenOf(db, agency, client, numbers);
            Guid[] alone = [.. held.Where(one => one.BatchId is null).Select(one => one.Id)];
            int refused = BlockAll(db, agency, alone, block, at);
            // A batch has taken one meanwhile: now it has a target.
            if (refused < alone.Length) held = OpenOf(db, agency, client, numbers);
            List<HeldContact> ofBatches = [.. held.Where(one => one.ListId is not null)];
            foreach (var list in ofBatches.GroupBy(one => (one.Account, List: one.ListId!.Value)))       // as was asked
                refused += TargetTable.Refuse(db, list.Key.Account, list.Key.List, [.. list.Select(one => one.Id)], at);
            if (refused > 0) AuditTable.Write(db, note(refused));
            return (refused, ofBatches);
        }, stop, isPiece: true);
}
