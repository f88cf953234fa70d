using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Nobody is called who has not agreed to, where the campaign demands it.</summary>
internal sealed class ConsentPolicy(ConsentTable consents) : ICallingPolicy
{
    public const string Missing = "no_consent";

    public async ValueTask<PolicyAnswer> AskAsync(TenantId tenant, CampaignTerms terms, Target target, string number, DateTimeOffset now,
        CancellationToken stop)
    {
        if (terms.Consent is not { } demanded) return PolicyAnswer.Open([]);
        var given = await consents.FindAgreedAsync(tenant, number, demanded, now, stop).ConfigureAwait(false);
        return given is null ? PolicyAnswer.Not(Missing) : PolicyAnswer.Open(new()
        {
            ["consent"] = Show(given),
        });
    }

    /// <summary>As attempts keep it.</summary>
    public static JsonObject Show(Consent given) => new()
    {
        ["id"] = given.Id.ToString(), ["kind"] = ContactWords.Of(given.Kind), ["source"] = given.Source,
        ["given_at"] = given.GivenAt.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
    };
}
