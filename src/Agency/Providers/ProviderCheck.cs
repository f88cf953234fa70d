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
            await AddAsync(ProviderCallTable.Provider, url, row.KeyPrefix,
                () => keys.ApiKeyOf(row) is { } key ? new("GET", url + OfAccount, key) : null);
            await AddAsync(ProviderKeys.Model, row.LlmBaseUrl, row.LlmKeyPrefix,
                () => keys.ModelOf(row) is { } model ? new("GET", model.BaseUrl + OfModels, model.Key) { IsBearer = true } : null);
            await AddAsync(ProviderKeys.Carrier, carrier, row.CarrierKeyPrefix,
                () => keys.CarrierKeyOf(row) is { } own ? new("GET", carrier + OfBalance, own) { IsBearer = true } : null);

            async Task AddAsync(string provider, string? at, string? prefix, Func<ProviderRequest?> ask)
            {
                ProviderRequest? asked;
                try
                {
                    asked = ask();
                }
                catch (Exception locked) when (ProviderKeys.IsLocked(locked))
                {
                    // Those of the other agencies are tried all the same.
                    all.Add(Shown(row, name, provider, at, prefix, answer: null));
                    return;
                }
                if (asked is not null) all.Add(Shown(row, name, provider, at, prefix, await web.Of(row.TenantId).SendAsync(asked, stop)));
            }
        }
        return all;
    }

    /// <param name="answer">Null where the key does not open.</param>
    private static JsonObject Shown(IntegrationRow row, string name, string provider, string? url, string? prefix,
        ProviderAnswer? answer) => new()
        {
            ["record_type"] = "agency_provider", ["account_id"] = row.TenantId.ToString(), ["account"] = name, ["provider"] = provider,
            ["base_url"] = url, ["key_prefix"] = prefix, ["status"] = answer?.Status, ["is_known"] = answer?.IsSuccess is true,
            ["says"] = answer is null ? ProviderKeys.Locked : answer.IsSuccess ? "it knows the key"
                : answer is { Fault: null, Status: 401 or 403 } ? "it does not know the key" : answer.Why,
        };
}
