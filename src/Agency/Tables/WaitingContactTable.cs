using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>Contacts of a campaign that no batch has yet; and the end of any contact.</summary>
internal sealed class WaitingContactTable(Database store)
{
    internal const string Insert = """
        insert into campaign_contacts (id, tenant_id, campaign_id, phone_number, first_name, last_name, email, company, title, timezone,
            custom_data, status, max_attempts, next_attempt_at, scheduled_for, priority, external_id, created_at, updated_at)
        values (@id, @tenant, @campaign, @number, @first, @last, @email, @company, @title, @timezone, @data, @status, @most, @next,
            @scheduled, @priority, @external, @at, @at)
        on conflict (campaign_id, phone_number) where batch_id is null do nothing
        """;
    internal const string Count = """
        select count(*) from campaign_contacts where tenant_id = @tenant and campaign_id = @campaign and batch_id is null
        """;
    internal const string SelectPage = $"""
        select {ContactTable.Columns} from campaign_contacts where tenant_id = @tenant and campaign_id = @campaign and batch_id is null
            and (created_at, id) > (@since, @after)
        order by created_at, id limit @limit
        """;
    internal const string SelectByNumbers = $"""
        select {ContactTable.Columns} from campaign_contacts where tenant_id = @tenant and campaign_id = @campaign and batch_id is null
            and phone_number in @numbers
        """;
    /// <summary>Whose telephone the batch has stays where it is, and so does one who is over since it was looked at.</summary>
    internal const string Take = """
        update campaign_contacts set batch_id = @batch, max_attempts = @most, status = @status, next_attempt_at = @next,
            completed_at = @completed, block_reason = @block, updated_at = @at
        where tenant_id = @tenant and id = @id and batch_id is null and (@over = 1 or status <> 'failed')
            and not exists (select 1 from campaign_contacts other
                where other.tenant_id = @tenant and other.batch_id = @batch and other.phone_number in (@number, @second))
        """;
    internal const string Delete =
        "delete from campaign_contacts where tenant_id = @tenant and id = @id and coalesce(batch_id, '') = @batch";
    internal const string Shrink = """
        update call_batches set total_contacts = total_contacts - 1 where tenant_id = @tenant and id = @batch and total_contacts > 0
        """;

    public async ValueTask<long> CountAsync(AgencyCampaign campaign, CancellationToken stop) =>
        await store.Sql.ReadAsync(db => CountOf(db, campaign), stop);

    internal static long CountOf(IDbConnection db, AgencyCampaign campaign) =>
        db.ExecuteScalar<long>(Count, new { tenant = campaign.TenantId, campaign = campaign.Id });

    /// <summary>Those of a number that waits already are left out.</summary>
    /// <param name="note">Is told how many.</param>
    /// <param name="may">Asked first in the transaction, and maybe again.</param>
    /// <returns>How many were added; null where they may not be.</returns>
    public ValueTask<int?> AddAsync(IReadOnlyList<ContactRow> contacts, Func<int, AuditNote> note, Func<IDbConnection, bool> may,
        CancellationToken stop) =>
        store.Sql.WriteAsync<int?>(db =>
        {
            if (!may(db)) return null;
            int added = contacts.Sum(contact => db.Execute(Insert, new
            {
                id = contact.Id, tenant = contact.TenantId, campaign = contact.CampaignId, number = contact.PhoneNumber,
                first = contact.FirstName, last = contact.LastName, email = contact.Email, company = contact.Company,
                title = contact.Title, timezone = contact.Timezone, data = contact.CustomData, most = contact.MaxAttempts,
                status = contact.Status, next = contact.NextAttemptAt, scheduled = contact.ScheduledFor, priority = contact.Priority,
                external = contact.ExternalId, at = contact.CreatedAt,
            }));
            AuditTable.Write(db, note(added));
            return added;
        }, stop);

    /// <summary>Those of the campaign that wait and have the numbers of these.</summary>
    /// <param name="contacts">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    internal static IEnumerable<ContactRow> Known(IDbConnection db, AgencyCampaign campaign, IReadOnlyList<ContactRow> contacts) =>
        db.Query<ContactRow>(SelectByNumbers, new
        {
            tenant = campaign.TenantId, campaign = campaign.Id, numbers = new InList<string>([.. contacts.Select(one => one.PhoneNumber)]),
        });

    /// <summary>Says anew who those are.</summary>
    /// <param name="change">From who is there and who comes to who is there then.</param>
    /// <returns>How many.</returns>
    public ValueTask<int> LayAsync(AgencyCampaign campaign, IReadOnlyList<ContactRow> contacts,
        Func<ContactRow, ContactRow, ContactRow> change, Func<int, AuditNote> note, CancellationToken stop) => store.Sql.WriteAsync(db =>
    {
        int done = ContactTable.Lay(db, Known(db, campaign, contacts), contacts, change).Count;
        if (done > 0) AuditTable.Write(db, note(done));
        return done;
    }, stop);

    /// <summary>Those of the numbers that wait.</summary>
    public ValueTask<IReadOnlySet<string>> ListKnownAsync(AgencyCampaign campaign, IReadOnlyList<ContactRow> contacts,
        CancellationToken stop) => store.Sql.ReadAsync<IReadOnlySet<string>>(
            db => contacts.Chunk(TargetTable.MostAtOnce).SelectMany(some => Known(db, campaign, some)).Select(one => one.PhoneNumber)
                .ToHashSet(StringComparer.Ordinal), stop);

    /// <summary>A page of those that wait, in the order in which they came.</summary>
    public ValueTask<List<ContactRow>> ListAsync(BatchRow batch, RowMark after, int limit, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ContactRow>(SelectPage, new
        {
            tenant = batch.TenantId, campaign = batch.CampaignId, since = after.At, after = after.Id, limit,
        }).AsList(), stop);

    /// <summary>They are the batch's, and whoever dials has them.</summary>
    /// <param name="contacts">At most <see cref="TargetTable.MostAtOnce"/>, as they are then.</param>
    /// <param name="may">Asked in the transaction, in which the batch counts all of them already, and maybe again.</param>
    /// <returns>Those that it has got; null when it is over, or may have none of them.</returns>
    public async ValueTask<IReadOnlySet<Guid>?> TakeAsync(BatchRow batch, IReadOnlyList<ContactRow> contacts,
        Func<ContactRow, Target> targetOf, Func<int, AuditNote> note, Func<IDbConnection, bool> may, CancellationToken stop)
    {
        HashSet<Guid>? taken = null;
        await store.Targets.AddAsync(batch.ListId, db =>
        {
            taken = null;
            // Its row first: who ends it meanwhile waits, or has ended it.
            if (!BatchTable.Grow(db, batch, contacts.Count, may)) return [];
            taken = [.. contacts.Where(contact => TakeOne(db, contact)).Select(contact => contact.Id)];
            if (taken.Count < contacts.Count) BatchTable.Shrink(db, batch, contacts.Count - taken.Count);
            AuditTable.Write(db, note(taken.Count));
            return [.. contacts.Where(contact => !contact.IsOver && taken.Contains(contact.Id)).Select(targetOf)];
        }, stop);
        return taken;
    }

    /// <summary>Nothing is left of who it was, and nobody calls it any more; its calls stay, and name its id.</summary>
    /// <param name="batch">That has it; null for one that waits.</param>
    /// <returns>False when it is gone, has come to another batch, or is called at this moment.</returns>
    public async ValueTask<bool> DeleteAsync(ContactRow contact, BatchRow? batch, DateTimeOffset at, AuditNote note, CancellationToken stop)
    {
        if (batch is null) return await store.Sql.WriteAsync(Remove, stop);
        bool isGone = false;
        return await store.Targets.ForgetAsync(batch.Account, batch.ListId, contact.Id, at, db => isGone = Remove(db), stop) && isGone;

        bool Remove(IDbConnection db)
        {
            string of = batch?.Id.ToString() ?? "";
            if (db.Execute(Delete, new { tenant = contact.TenantId, id = contact.Id, batch = of }) == 0) return false;
            if (batch is not null) db.Execute(Shrink, new { tenant = contact.TenantId, batch = batch.Id });
            AuditTable.Write(db, note);
            return true;
        }
    }

    private static bool TakeOne(IDbConnection db, ContactRow contact) => db.Execute(Take, new
    {
        tenant = contact.TenantId, id = contact.Id, batch = contact.BatchId, number = contact.PhoneNumber,
        second = OneTelephone.OtherOf(contact.PhoneNumber) ?? contact.PhoneNumber, most = contact.MaxAttempts, status = contact.Status,
        next = contact.NextAttemptAt, completed = contact.CompletedAt, block = contact.BlockReason, at = contact.UpdatedAt,
        over = contact.IsOver ? 1 : 0,
    }) > 0;
}
