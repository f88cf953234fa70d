using Ringwright.Admission;
using Ringwright.Agency.Tables;

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
        var held = await lists.ListHeldAsync(batch.Account, batch.TenantId, contacts.Select(contact => contact.PhoneNumber), stop);
        return held.Count == 0 ? contacts : [.. contacts.Select(contact => !held.Contains(contact.PhoneNumber) ? contact : contact with
        {
            Status = ContactRow.Failed,
            BlockReason = ContactProgress.BlockOf(DoNotCallRule.Name),
            NextAttemptAt = null,
            CompletedAt = contact.CreatedAt,
        })];
    }
}
