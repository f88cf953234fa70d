using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Providers;

/// <summary>
/// Asks the providers and carriers of all agencies whether they know the keys that are kept, now: by a question that costs nothing and
/// changes nothing.
/// </summary>
internal sealed class ProviderCheck(AgencyParts parts)
{
    public const string OfAccount = "/api/accounts/me", OfBalance = "/balance", OfModels = "/models";

    /// <returns>One for each key.</returns>
    public async Task<IReadOnlyList<JsonObject>> RunAsync(CancellationToken stop)
    {
        if (parts.Web is not { } web) return [];
        var keys = new ProviderKeys(parts.Store);
        var all = new List<JsonObject>();
        foreach (var row in await parts.Integrations.ListAsync(stop))
        {
            string url = row.BaseUrl ?? ProviderKeys.UsualBaseUrl, carrier = row.CarrierBaseUrl ?? ProviderKeys.UsualCarrierUrl;
            string name = (await parts.Tenancy.AgencyAsync(row.TenantId, stop)).Name;
            if (keys.ApiKeyOf(row) is { } key)
                all.Add(Shown(row, name, ProviderCallTable.Provider, url, row.KeyPrefix,
                    await web.SendAsync(new("GET", url + OfAccount, key), stop)));
            if (keys.ModelOf(row) is { } model)
                all.Add(Shown(row, name, ProviderKeys.Model, model.BaseUrl, row.LlmKeyPrefix,
                    await web.SendAsync(new("GET", model.BaseUrl + OfModels, model.Key) { IsBearer = true }, stop)));
            if (keys.CarrierKeyOf(row) is { } own)
                all.Add(Shown(row, name, ProviderKeys.Carrier, carrier, row.CarrierKeyPrefix,
                    await web.SendAsync(new("GET", carrier + OfBalance, own) { IsBearer = true }, stop)));
        }
        return all;
    }

    private static JsonObject Shown(IntegrationRow row, string name, string provider, string url, string? prefix, ProviderAnswer answer) =>
        new()
        {
            ["record_type"] = "agency_provider", ["account_id"] = row.TenantId.ToString(), ["account"] = name, ["provider"] = provider,
            ["base_url"] = url, ["key_prefix"] = prefix, ["status"] = answer.Status, ["is_known"] = answer.IsSuccess,
            ["says"] = answer.IsSuccess ? "it knows the key"
                : answer is { Fault: null, Status: 401 or 403 } ? "it does not know the key" : answer.Why,
        };
}
