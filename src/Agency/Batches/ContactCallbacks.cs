using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Batches;

/// <summary>
/// When a contact wants to be called, as somebody says who has talked with it, or is about to. Whoever is on the line is called again when
/// that call is over. Nobody is called for a batch that is over, and whoever is over is called by a new one.
/// </summary>
internal sealed class ContactCallbacks(AgencyParts parts)
{
    public static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(30);

    public static bool IsNear(DateTimeOffset moment, DateTimeOffset now) => moment > now && moment <= now + FarthestAhead;

    public async ValueTask<Reply> Add(OperationContext op)
    {
        var (scope, body) = (AgencyScope.Of(op), op.ReadObject());
        string at = (string)body["at"]!;       // required
        if (AgencyText.Moment(at) is null) return op.Fail(AgencyText.Bad("at", "at is a moment such as 2026-02-20T10:00:00Z."));
        if (await FindAsync(op, scope) is not { } contact
                || await parts.Campaigns.FindAsync(scope.Agency, contact.CampaignId, op.Stop) is not { } campaign
                || !scope.Sees(campaign.ClientId))
            return op.Unknown("id");
        if (ContactDue.Moment(at, contact.Timezone, contact.PhoneNumber) is not { } moment || !IsNear(moment, op.Now))
            return op.Fail(AgencyText.Bad("at", "at is in the future, and within 30 days."));
        var batch = contact.BatchId is { } id ? await parts.Batches.FindAsync(scope.Agency, id, op.Stop) : null;
        if (batch is not null) batch = await parts.Follower.FollowAsync(batch, op.Stop);
        if (batch is null or { IsOver: true }) return op.Fail(Fault.WrongState, "The contact is of no batch that calls.");
        var due = Times.Cut(moment);
        var done = await parts.Contacts.CallBackAsync(scope.Agency, contact.Id, due, op.Now, before => op.Note("callback_scheduled",
            "campaign_contact", before.Id.ToString(), new() { ["next_attempt_at"] = AgencyText.Time(before.NextAttemptAt) }, new()
            {
                ["next_attempt_at"] = AgencyText.Time(due), ["note"] = AgencyText.Text(body, "note"),
            }) with
        { Tenant = scope.Agency }, op.Stop);
        if (done is null) return op.Fail(Fault.WrongState, "The contact is over: it is called by a new batch.");
        if (done is false)
            return op.Fail(Fault.WrongState, $"A contact is called {ContactRow.MostCallbacks} times more than its campaign says, at most.");
        await parts.Follower.FollowAsync(batch, op.Stop);
        return await FindAsync(op, scope) is { } now ? op.Ok(AgencyContacts.Show(now, isMasked: false, phase: null)) : op.Unknown("id");
    }

    private async ValueTask<ContactRow?> FindAsync(OperationContext op, AgencyScope scope) =>
        Guid.TryParse(op.Path("id"), out var id) ? await parts.Contacts.FindAsync(scope.Agency, id, op.Stop) : null;
}
