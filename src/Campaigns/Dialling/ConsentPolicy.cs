using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Nobody is called who has not agreed to, where the campaign demands it.</summary>
internal sealed class ConsentPolicy(ConsentTable consents) : ICallingPolicy
{
    public const string Missing = "no_consent";

    /// <summary>Of one number.</summary>
    private const int Most = 100;

    public async ValueTask<PolicyAnswer> AskAsync(TenantId tenant, CampaignTerms terms, Target target, string number, DateTimeOffset now,
        CancellationToken stop)
    {
        if (terms.Consent is not { } demanded) return PolicyAnswer.Open([]);
        var (rows, _) = await consents.ListAsync(tenant, number, 0, Most, stop).ConfigureAwait(false);
        var given = rows.FirstOrDefault(row => row.RevokedAt is null && row.Channel is ConsentChannel.Voice && row.GivenAt <= now
            && (row.Kind == demanded || row.Kind is ConsentKind.Written));
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
