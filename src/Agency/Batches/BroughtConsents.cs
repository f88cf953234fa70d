using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>Consents that come with contacts: the client's, and written down before anybody is called by them.</summary>
internal sealed class BroughtConsents(AgencyParts parts)
{
    public ValueTask BringAsync(OperationContext op, BatchRow batch, IReadOnlyList<Consent> consents) =>
        BringAsync(op, batch.Account, consents, AgencyBatches.RecordType, batch.Id);

    public ValueTask BringAsync(OperationContext op, AgencyCampaign campaign, IReadOnlyList<Consent> consents) =>
        BringAsync(op, new(Guid.Parse(campaign.ClientId)), consents, AgencyCampaigns.RecordType, campaign.Id);

    private async ValueTask BringAsync(OperationContext op, TenantId account, IReadOnlyList<Consent> consents, string recordType, Guid id)
    {
        foreach (var some in consents.Chunk(ConsentTable.MostNumbers))
        {
            await parts.Store.Consents.BringAsync(account, [.. some.Select(one => one with { Tenant = account })],
                count => op.Note("consents_brought", recordType, id.ToString(), null, new() { ["added"] = count }) with
                {
                    Tenant = AgencyScope.Of(op).Agency,
                }, op.Stop);
        }
    }
}
