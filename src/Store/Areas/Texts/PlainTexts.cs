using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>Whether a number may send texts that follow no messaging profile of another API.</summary>
public enum PlainStanding
{
    Ready,
    /// <summary>It is no number of the account.</summary>
    NotOwn,
    /// <summary>Its texts follow a profile, by whose API they are sent.</summary>
    OnProfile,
    /// <summary>Others were changing the number.</summary>
    Busy,
}

/// <summary>
/// Texts for APIs that know no messaging profiles. Their numbers are on a profile whose id is the account's own: it has no document, and
/// allows all that the node does.
/// </summary>
public static class PlainTexts
{
    public static Guid ProfileOf(TenantId tenant) => tenant.Value;

    /// <summary>A number takes part in texts from its first one on.</summary>
    /// <param name="work">Of the number before and after: what is committed when it is put on the profile.</param>
    public static async ValueTask<PlainStanding> JoinAsync(Database store, TenantId tenant, string from,
        Func<Number, Number, UnitOfWork?> work, CancellationToken stop)
    {
        if (StandingOf(store, tenant, from) is { } standing) return standing;
        return await PutAsync(store, tenant, from, work, stop).ConfigureAwait(false) ? PlainStanding.Ready : PlainStanding.Busy;
    }

    /// <summary>How a number stands before it takes part; null for one that may begin to.</summary>
    public static PlainStanding? StandingOf(Database store, TenantId tenant, string from)
    {
        if (store.Routing.Current.FindOwnNumber(from) is not { IsPortedOut: false } number || number.Tenant != tenant)
            return PlainStanding.NotOwn;
        if (number.MessagingProfile is not { } profile) return null;
        return profile == ProfileOf(tenant) ? PlainStanding.Ready : PlainStanding.OnProfile;
    }

    /// <summary>Puts a number of the account on the profile, whichever it was on; no documents answer its texts from then on.</summary>
    /// <returns>False when others were changing the number.</returns>
    public static async ValueTask<bool> PutAsync(Database store, TenantId tenant, string number, Func<Number, Number, UnitOfWork?> work,
        CancellationToken stop)
    {
        if (await store.Numbers.FindIdAsync(tenant, number, stop).ConfigureAwait(false) is not { } id) return false;
        var profile = ProfileOf(tenant);
        var (_, now) = await store.Numbers.Records.ChangeAsync(tenant, id,
            before => before with { MessagingProfile = profile, Texts = null }, store.Time.GetUtcNow(), work, stop).ConfigureAwait(false);
        return now is not null;
    }

    /// <summary>One that is due now, with what it costs.</summary>
    /// <param name="facts">As <see cref="TextMessage.Facts"/>.</param>
    /// <param name="life">So long it may wait; null where nobody has said it.</param>
    /// <param name="isToOwnCode">It is to a short code of this node; a number of this node is known here.</param>
    public static TextMessage TextOf(Database store, TenantId tenant, string from, string to, string words, JsonObject facts,
        TimeSpan? life = null, bool isToOwnCode = false)
    {
        var (now, routing, cut) = (store.Time.GetUtcNow(), store.Routing.Current, TextCut.Of(words));
        var rate = routing.Rates.FindText(tenant, Direction.Outbound, to, isToOwnCode || routing.FindOwnNumber(to) is not null, now);
        return new()
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant, Direction = Direction.Outbound, State = TextState.Queued, From = from, To = to,
            Profile = ProfileOf(tenant), Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count,
            Price = rate is null ? null : new Money(rate.MicrosPerMinute, rate.Currency), FeeMicros = rate?.FeeMicros ?? 0, Facts = facts,
            DueAt = now, ReceivedAt = now, ValidUntil = now + (life ?? TextLife.Of(routing, to)),
        };
    }
}
