using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>A campaign's windows and caps, by the clocks of whom it calls.</summary>
internal sealed class TimePolicy(DialAttemptTable attempts, Lazy<RecipientZones> zones) : ICallingPolicy
{
    public const string NoWindow = "no_calling_window", UnknownZone = "unknown_time_zone";

    /// <summary>Of what is set and cannot be read: somebody must put it right, and until then nobody is called.</summary>
    private static readonly TimeSpan Unreadable = TimeSpan.FromMinutes(1);
    /// <summary>Where nobody knows where the recipient is: until somebody says so, or the windows go, nobody is called.</summary>
    private static readonly TimeSpan Unknown = TimeSpan.FromHours(1);
    /// <summary>Longer than a week and a day of somebody's calendar; and than a call lasts from whose end a gap counts.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromDays(9), LongestCall = TimeSpan.FromDays(2);

    public async ValueTask<PolicyAnswer> AskAsync(TenantId tenant, CampaignTerms terms, Target target, string number, DateTimeOffset now,
        CancellationToken stop)
    {
        if (terms.HasUnreadableRules) return PolicyAnswer.Later(now + Unreadable);
        // Whoever has asked for the call is not called too often by it.
        if (target.IsRecalled) terms = terms with { Caps = null };
        if (!HasRules(terms)) return PolicyAnswer.Open(By(terms, []));
        var where = ZonesOf(target, number);
        // What the target has been claimed for is what is asked about.
        var time = await NextAsync(tenant, terms, where, number, now, claimedFor: target.Id, stop).ConfigureAwait(false);
        return time.Kind switch
        {
            ContactTimeKind.Now => PolicyAnswer.Open(By(terms, new()
            {
                ["time"] = time.Why, ["zones"] = where is null ? null : new JsonArray([.. where.Ids.Select(id => (JsonNode)id)]),
            })),
            ContactTimeKind.Later => PolicyAnswer.Later(time.At!.Value), // it has one
            ContactTimeKind.UnknownZone when terms.EndsUnknownZones => PolicyAnswer.Not(UnknownZone),
            ContactTimeKind.UnknownZone => PolicyAnswer.Later(now + Unknown, UnknownZone),
            ContactTimeKind.Never => PolicyAnswer.Not(NoWindow),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>From then on, the first moment at which the rules allow a call; then itself where they never do, or are none.</summary>
    public async ValueTask<DateTimeOffset> FirstAsync(CampaignTerms terms, Target target, string number, DateTimeOffset from,
        CancellationToken stop) => HasRules(terms) && !terms.HasUnreadableRules
            ? (await NextAsync(target.Tenant, terms, ZonesOf(target, number), number, from, claimedFor: null, stop)
                .ConfigureAwait(false)).At ?? from : from;

    /// <param name="claimedFor">Of this target a claim does not count.</param>
    private async ValueTask<ContactTime> NextAsync(TenantId tenant, CampaignTerms terms, ZoneSet? where, string number, DateTimeOffset from,
        Guid? claimedFor, CancellationToken stop)
    {
        IReadOnlyList<PastAttempt> past = terms.Caps is not { } caps ? []
            : [.. (await ListAsync(tenant, number, from - BackOf(caps), caps.IsWeekShared, stop).ConfigureAwait(false))
                .Where(attempt => attempt.State is not AttemptState.Claimed || attempt.Target != claimedFor)
                .Select(attempt => PastOf(attempt, tenant))];
        return new ContactTimes(terms.Windows, terms.Caps).Next(where, past, from);
    }

    /// <summary>By whichever of its numbers the telephone was tried.</summary>
    private async ValueTask<IReadOnlyList<DialAttempt>> ListAsync(TenantId tenant, string number, DateTimeOffset since, bool ofAll,
        CancellationToken stop)
    {
        var own = await attempts.ListOfNumberAsync(tenant, number, since, ofAll, stop).ConfigureAwait(false);
        return OneTelephone.OtherOf(number) is not { } other ? own
            : [.. own, .. await attempts.ListOfNumberAsync(tenant, other, since, ofAll, stop).ConfigureAwait(false)];
    }

    /// <summary>How long ago an attempt may have begun that these caps still count.</summary>
    private static TimeSpan BackOf(FrequencyCaps caps) =>
        caps.MinGap is { } gap && gap > Back - LongestCall ? gap + LongestCall : Back;

    /// <summary>Also who answers for the hours.</summary>
    private static JsonObject By(CampaignTerms terms, JsonObject evidence)
    {
        if (terms.LegalOverride is { } given) evidence["legal_override"] = given.DeepClone();
        return evidence;
    }

    private static bool HasRules(CampaignTerms terms) => terms.Windows.NeedZones || terms.Caps is not null;

    /// <summary>One that is no zone says nothing: it was judged when it was written.</summary>
    private ZoneSet? ZonesOf(Target target, string number) =>
        zones.Value.Find(number, ZoneSet.TryParse(target.TimeZone, out var own, out _) ? own : null, account: null);

    private static PastAttempt PastOf(DialAttempt attempt, TenantId tenant) => new()
    {
        IsOthers = attempt.Tenant != tenant,
        At = attempt.ClaimedAt, EndedAt = attempt.EndedAt, TalkSeconds = attempt.TalkSeconds,
        WasBusy = attempt.Cause is HangupCause.CalleeBusy, WasGivenBack = attempt.State is AttemptState.Returned,
    };
}
