using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>Consents that come with contacts: the client's, and written down before anybody is called by them.</summary>
internal sealed class BroughtConsents(AgencyParts parts)
{
    public async ValueTask BringAsync(OperationContext op, BatchRow batch, IReadOnlyList<Consent> consents)
    {
        foreach (var some in consents.Chunk(ConsentTable.MostNumbers))
        {
            await parts.Store.Consents.BringAsync(batch.Account, [.. some.Select(one => one with { Tenant = batch.Account })],
                count => op.Note("consents_brought", AgencyBatches.RecordType, batch.Id.ToString(), null, new() { ["added"] = count }) with
                {
                    Tenant = batch.TenantId,
                }, op.Stop);
        }
    }
}
