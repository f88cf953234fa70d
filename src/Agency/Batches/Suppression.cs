using Ringwright.Agency.Tables;
using Ringwright.Campaigns;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Whoever is on a do-not-call list that holds for a batch is its contact, and over at once: whoever dials never hears of him. Those who
/// come onto a list later are found by the dialler when their time comes.
/// </summary>
internal sealed class Suppression(AgencyParts parts)
{
    public async ValueTask<IReadOnlyList<ContactRow>> MarkAsync(BatchRow batch, IReadOnlyList<ContactRow> contacts, CancellationToken stop)
    {
        var lists = parts.Store.DoNotCall;
        if (lists.IsEmpty) return contacts;
        var marked = new List<ContactRow>(contacts.Count);
        foreach (var contact in contacts)
        {
            bool isHeld = lists.MayHold(batch.Account, batch.TenantId, contact.PhoneNumber)
                && await lists.FindHoldAsync(batch.Account, batch.TenantId, contact.PhoneNumber, stop) is not null;
            marked.Add(!isHeld ? contact : contact with
            {
                Status = ContactRow.Failed,
                BlockReason = ContactProgress.BlockOf(DoNotCallRule.Name),
                CompletedAt = contact.CreatedAt,
            });
        }
        return marked;
    }
}
