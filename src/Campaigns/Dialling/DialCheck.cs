using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

public enum DialDecision
{
    Allow,
    /// <summary>Not now: whoever is to be called waits, or what calls him stops.</summary>
    Defer,
    /// <summary>Not at all, as things stand.</summary>
    Block,
}

/// <summary>Whether somebody would be called.</summary>
/// <param name="Reason">The rule by which he is not, as a word; null when he is.</param>
/// <param name="Until">When it is asked again; null where nobody knows.</param>
/// <param name="Detail">The reason as a sentence.</param>
/// <param name="Evidence">By what the rules of the campaign allow it; empty when they do not.</param>
public sealed record DialOutlook(DialDecision Decision, string? Reason, DateTimeOffset? Until, string? Detail, JsonObject Evidence);

/// <summary>
/// What a call to somebody would meet: the rules of the campaign, a call to him that is up, the gate and the way out, in the order in which
/// the dialler meets them. Places no call and counts none.
/// </summary>
public sealed class DialCheck(Database store, Lazy<RecipientZones> zones, IDialGate gate, IRouteExplainer routes)
{
    private const string CallingHours = "calling_hours", FrequencyCap = "frequency_cap", LiveCall = "live_call";

    private static readonly Dictionary<string, string> Sentences = new(StringComparer.Ordinal)
    {
        [ConsentPolicy.Missing] = "The campaign asks for a consent, and none that the account has of this number is enough.",
        [RegistryPolicy.Listed] = "The number is on a national do-not-call registry, and the account has no written consent of it.",
        [RegistryPolicy.Stale] = "The snapshot of the national do-not-call registry that speaks for this number is older than 31 days.",
        [TimePolicy.NoWindow] = "No calling window of the campaign opens any more.",
        [TimePolicy.UnknownZone] = "The campaign has calling windows, and nobody knows by which clock whoever has this number lives.",
        [CallingHours] = "The campaign's calling windows are shut where whoever has this number may be.",
        [FrequencyCap] = "The number has been tried as often as the campaign allows, or too short a while ago.",
        [LiveCall] = "The account, or another one of its tree, is on the line with this number at this moment.",
    };

    private readonly ICallingPolicy _policy = AllPolicies.OfCampaigns(store, zones);
    private readonly RegistryPolicy _registries = new(store.Registries, store.Consents);

    /// <param name="terms">Of the campaign; null for a call of none.</param>
    /// <param name="number">+E.164, or what else is dialled.</param>
    /// <param name="zone">The recipient's own, by its IANA id; null for those of the number.</param>
    /// <param name="at">When: for the rules of the campaign. All else is as it is now.</param>
    public async ValueTask<DialOutlook> AskAsync(TenantId account, CampaignTerms? terms, string from, string number, string? zone,
        DateTimeOffset at, CancellationToken stop)
    {
        JsonObject evidence = [];
        DialOutlook? unknown = null;
        if (terms is not null)
        {
            var allowed = await _policy.AskAsync(account, terms, Somebody(account, number, zone, at), number, at, stop)
                .ConfigureAwait(false);
            // Numbers that nobody may call, such as those of emergency services, are in no zone.
            if (allowed.Never is TimePolicy.UnknownZone) unknown = Not(DialDecision.Block, TimePolicy.UnknownZone, null);
            else if (allowed.Never is { } never) return Not(DialDecision.Block, never, null);
            else if (allowed is { Why: TimePolicy.UnknownZone, NotBefore: { } again })
                unknown = Not(DialDecision.Defer, TimePolicy.UnknownZone, again);
            else if (allowed.NotBefore is { } later)
            {
                // Nothing but a cap keeps somebody waiting while the windows are open.
                bool isCapped = await IsOpenAsync(account, terms with { Caps = null }, number, zone, at, stop).ConfigureAwait(false);
                return Not(DialDecision.Defer, allowed.Why ?? (isCapped ? FrequencyCap : CallingHours), later);
            }
            else evidence = allowed.Evidence!;       // it is open
            if (await store.DialAttempts.IsLiveAsync(account, number, stop).ConfigureAwait(false))
                return Not(DialDecision.Defer, LiveCall, at + terms.AfterLiveCall);
        }
        var (call, way) = routes.Preview(new()
        {
            Tenant = account, Connection = terms?.Connection ?? default, To = number, From = from,
        });
        var answer = await gate.AskAsync(call).ConfigureAwait(false);
        if (answer.IsOpen) answer = way;
        if (answer.IsOpen) return unknown ?? new(DialDecision.Allow, null, null, null, evidence);
        bool isForGood = AttemptJudge.Of(answer.Refusal) is RefusedKind.Never or RefusedKind.Address;
        if (unknown is not null && !isForGood) return unknown;
        return new(isForGood ? DialDecision.Block : DialDecision.Defer, AttemptJudge.WordOf(answer.Refusal, answer.Rule), null,
            answer.Detail, []);
    }

    /// <summary>Whether a campaign's windows are open to somebody; no consent is asked for, and no registry.</summary>
    public async ValueTask<bool> IsOpenAsync(TenantId account, CampaignTerms terms, string number, string? zone, DateTimeOffset at,
        CancellationToken stop) => (await _policy.AskAsync(account, terms with { Consent = null, IsMarketing = false },
            Somebody(account, number, zone, at), number, at, stop).ConfigureAwait(false)).IsOpen;

    /// <summary>Whom of many a campaign that sells does not call because of a national registry; nobody where it does not.</summary>
    public async ValueTask<IReadOnlySet<string>> ListBarredAsync(TenantId account, CampaignTerms terms, IReadOnlyList<string> numbers,
        DateTimeOffset at, CancellationToken stop) =>
        terms.IsMarketing ? await _registries.ListBarredAsync(account, numbers, at, stop).ConfigureAwait(false) : new HashSet<string>();

    private static Target Somebody(TenantId account, string number, string? zone, DateTimeOffset at) => new()
    {
        Id = Guid.Empty, Tenant = account, List = Guid.Empty, Name = "", TimeZone = zone, Destinations = [number], DueAt = at,
        CreatedAt = at, UpdatedAt = at,
    };

    private static DialOutlook Not(DialDecision decision, string reason, DateTimeOffset? until) =>
        new(decision, reason, until, Sentences[reason], []);
}
