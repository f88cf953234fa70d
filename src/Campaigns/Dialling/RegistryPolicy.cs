using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// Whom a national do-not-call registry names is not called by a campaign that sells, unless he has agreed in writing; nor anybody by a
/// snapshot that is too old to say. Where no registry speaks for a number, there is no such rule.
/// </summary>
internal sealed class RegistryPolicy(RegistryTable registries, ConsentTable consents) : ICallingPolicy
{
    public const string Listed = "national_dnc", Stale = "registry_stale";

    public async ValueTask<PolicyAnswer> AskAsync(TenantId tenant, CampaignTerms terms, Target target, string number, DateTimeOffset now,
        CancellationToken stop)
    {
        if (!terms.IsMarketing) return PolicyAnswer.Open([]);
        var answers = await registries.AskAsync(number, stop).ConfigureAwait(false);
        if (answers.Count == 0) return PolicyAnswer.Open([]);
        bool isListed = answers.Any(answer => answer.IsListed);
        if (!isListed && !answers.Any(answer => answer.Registry.IsStale(now) && !answer.Registry.WarnsWhenStale))
            return PolicyAnswer.Open(Asked(answers, now));
        var written = await consents.FindAgreedAsync(tenant, number, ConsentKind.Written, now, stop).ConfigureAwait(false);
        if (written is null) return PolicyAnswer.Not(isListed ? Listed : Stale);
        var evidence = Asked(answers, now);
        evidence["registry_consent"] = ConsentPolicy.Show(written);
        return PolicyAnswer.Open(evidence);
    }

    /// <summary>Of many numbers those that a campaign that sells calls by no means, as registries and consents are now.</summary>
    public async ValueTask<IReadOnlySet<string>> ListBarredAsync(TenantId tenant, IReadOnlyList<string> numbers, DateTimeOffset at,
        CancellationToken stop)
    {
        var known = await registries.ListAsync(stop).ConfigureAwait(false);
        var barred = new HashSet<string>(await registries.ListAsync(known, numbers, stop).ConfigureAwait(false), StringComparer.Ordinal);
        foreach (var old in known.Where(one => one.IsStale(at) && !one.WarnsWhenStale))
            barred.UnionWith(numbers.Where(number => number.StartsWith(old.Prefix, StringComparison.Ordinal)));
        barred.ExceptWith(await consents.ListAgreedAsync(tenant, [.. barred], ConsentKind.Written, at, stop).ConfigureAwait(false));
        return barred;
    }

    private static JsonObject Asked(IReadOnlyList<RegistryAnswer> answers, DateTimeOffset now) => new()
    {
        ["registries"] = new JsonArray([.. answers.Select(answer => (JsonNode)new JsonObject
        {
            ["name"] = answer.Registry.Name,
            ["taken_at"] = answer.Registry.TakenAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["listed"] = answer.IsListed,
            ["stale"] = answer.Registry.IsStale(now),
        })]),
    };
}
