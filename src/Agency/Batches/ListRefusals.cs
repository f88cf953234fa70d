using Ringwright.Agency.Tables;
using Ringwright.Campaigns.Dialling;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Of whom a list says that nobody is to call him, he is not called by those that came before it either: his client's contacts of that
/// number are over. It is said of them, and no entry of a do-not-call list: who comes by a later list that says nothing of it is called.
/// </summary>
internal sealed class ListRefusals(AgencyParts parts)
{
    /// <param name="batch">Which has got the list.</param>
    /// <inheritdoc cref="TakeOutAsync(OperationContext, AgencyCampaign, ContactReading)"/>
    public ValueTask<int> TakeOutAsync(OperationContext op, BatchRow batch, ContactReading read) =>
        TakeOutAsync(op, batch.ClientId, read, AgencyBatches.RecordType, batch.Id);

    /// <param name="campaign">Which has got the list.</param>
    /// <returns>How many contacts are over by it, or will be when their calls are.</returns>
    public ValueTask<int> TakeOutAsync(OperationContext op, AgencyCampaign campaign, ContactReading read) =>
        TakeOutAsync(op, campaign.ClientId, read, AgencyCampaigns.RecordType, campaign.Id);

    /// <returns>How many would be over by it.</returns>
    public async ValueTask<int> CountAsync(AgencyCampaign campaign, ContactReading read, CancellationToken stop)
    {
        int all = 0;
        foreach (string[] some in read.Refused.Chunk(TargetTable.MostAtOnce))
            all += (await parts.Held.ListAsync(campaign.TenantId, campaign.ClientId, some, stop)).Count;
        return all;
    }

    /// <summary>Nobody of the list is called; what it says of others has been done.</summary>
    public static Problem Nobody(int takenOut) => AgencyText.Bad("contacts", "None of the contacts has a number that can be called."
        + (takenOut == 0 ? "" : $" By what the list says nobody calls {takenOut} who waited any more."));

    /// <summary>Some hundred numbers after some hundred: what a crash leaves undone is done when the list is sent again.</summary>
    private async ValueTask<int> TakeOutAsync(OperationContext op, string client, ContactReading read, string recordType, Guid id)
    {
        var agency = AgencyScope.Of(op).Agency;
        int all = 0;
        var contacts = new Dictionary<Guid, HashSet<Guid>>();
        foreach (string[] some in read.Refused.Chunk(TargetTable.MostAtOnce))
        {
            var (refused, ofBatches) = await parts.Held.RefuseAsync(agency, client, some, ContactProgress.BlockOf(Target.RefusedByList),
                Times.Cut(parts.Store.Time.GetUtcNow()), count => op.Note("contacts_taken_out", recordType, id.ToString(), null, new()
                {
                    ["taken_out"] = count,
                }) with
                { Tenant = agency }, op.Stop);
            all += refused;
            foreach (var batch in ofBatches.GroupBy(one => one.BatchId!.Value))       // those of batches have one
            {
                if (!contacts.TryGetValue(batch.Key, out var its)) contacts[batch.Key] = its = [];
                its.UnionWith(batch.Select(one => one.Id));
            }
        }
        foreach (var (batch, its) in contacts)
        {
            if (await parts.Batches.FindAsync(agency, batch, op.Stop) is not { } row) continue;
            // Whoever is about to be dialled, by whichever node, is not: after that nobody dials him again.
            await CampaignSwitch.WithdrawAsync(parts.Store, row.Account, row.Id, Target.RefusedByList, parts.Store.Time.GetUtcNow(),
                op.Stop, its);
            await parts.Follower.FollowAsync(row, op.Stop);
        }
        return all;
    }
}
