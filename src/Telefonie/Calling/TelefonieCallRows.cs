using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Telefonie.Calling;

/// <summary>The account's calls as the database has them: legs, what they cost, who answered, and what was recorded.</summary>
/// <param name="routing">As it is now: what commands calls of applications.</param>
/// <param name="showsCalledUrls">As <see cref="TelefonieParts.ShowsCalledUrls"/>.</param>
internal sealed class TelefonieCallRows(Database store, PublicLinks links, RoutingSnapshot routing, bool showsCalledUrls)
{
    public ValueTask<LegRow?> FindLegAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        store.Legs.FindByUuidAsync(tenant, id, stop);

    public async ValueTask<TelefonieCall> CompleteAsync(LegRow leg, CancellationToken stop) =>
        (await CompleteAsync(leg.Tenant, [leg], stop))[0];

    public async ValueTask<IReadOnlyList<TelefonieCall>> CompleteAsync(TenantId tenant, IReadOnlyList<LegRow> legs, CancellationToken stop)
    {
        var facts = await store.CallFacts.OfAsync(tenant, [.. legs.Select(leg => leg.Id)], stop);
        return [.. legs.Select(leg => StateOf(leg, facts[leg.Id]))];
    }

    /// <summary>The party that goes by this alias; null where no call of the account has had one that does.</summary>
    public async ValueTask<string?> FindPartyAsync(TenantId tenant, string alias, CancellationToken stop) =>
        (await store.CallFacts.ListNamelessAsync(tenant, stop)).FirstOrDefault(party => PartyAlias.Of(party) == alias);

    private string? UrlOf(LegRow leg, CallFacts facts) => showsCalledUrls
        ? CalledUrl.Of(leg.Labels, leg.AnsweredAt is not null, facts.Verdict, facts.Greeting) : leg.Labels[TelefonieLabels.Url];

    private TelefonieCall StateOf(LegRow leg, CallFacts facts)
    {
        var application = leg.Connection == default ? null : routing.FindConnection(leg.Tenant, leg.Connection);
        return new()
        {
            Id = leg.Uuid,
            Status = TelefonieStatus.Of(leg),
            Direction = leg.Direction,
            From = leg.From,
            To = leg.To,
            AnsweredAt = leg.AnsweredAt,
            EndedAt = leg.EndedAt,
            TalkSeconds = leg.EndedAt is { } end ? facts.TalkSeconds ?? TelefonieCall.Seconds(end - leg.AnsweredAt) : null,
            Cost = facts.Cost,
            RecordingUrl = facts.Recordings.LastOrDefault() is { } recording ? TelefonieRecordings.LinkTo(links, recording) : null,
            Url = UrlOf(leg, facts) ?? application?.WebhookUrl,
            StatusCallback = leg.Labels[TelefonieLabels.StatusCallback] ?? application?.StatusUrl,
            AnsweredBy = leg.AnsweredAt is null ? null : AnsweredBy.Of(facts.Verdict, facts.Greeting),
            SipStatus = leg.SipStatus,
        };
    }
}
