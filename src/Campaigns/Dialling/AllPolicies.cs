using System.Text.Json.Nodes;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>One rule after the other: all must allow it, and what each says of that is kept.</summary>
internal sealed class AllPolicies(params ICallingPolicy[] policies) : ICallingPolicy
{
    /// <summary>Those of a campaign, in their order.</summary>
    public static AllPolicies OfCampaigns(Database store, Lazy<RecipientZones> zones) =>
        new(new ConsentPolicy(store.Consents), new RegistryPolicy(store.Registries, store.Consents),
            new TimePolicy(store.DialAttempts, zones));

    public async ValueTask<PolicyAnswer> AskAsync(TenantId tenant, CampaignTerms terms, Target target, string number, DateTimeOffset now,
        CancellationToken stop)
    {
        var evidence = new JsonObject();
        foreach (var policy in policies)
        {
            var answer = await policy.AskAsync(tenant, terms, target, number, now, stop).ConfigureAwait(false);
            if (!answer.IsOpen) return answer;
            foreach (var (name, value) in answer.Evidence!) evidence[name] = value?.DeepClone(); // it is open
        }
        return PolicyAnswer.Open(evidence);
    }
}
