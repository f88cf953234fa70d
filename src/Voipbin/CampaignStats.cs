using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Voipbin;

/// <summary>How a campaign gets on, counted when it is asked for.</summary>
internal sealed class CampaignStats(VoipbinParts parts)
{
    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await op.Dialect.Rows(DialerRows.Campaign).FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } row)
            return await op.UnknownAsync(DialerRows.Campaign, "id");
        var counts = await parts.Store.DialAttempts.CountAsync(op.Tenant, Guid.Parse(row.Id), op.Stop);
        return op.Ok(new JsonObject
        {
            ["targets"] = await TargetsAsync(op, row), ["attempts"] = Attempts(counts, await AbandonRateAsync(op, row)),
            ["agents"] = await AgentsAsync(op, row),
        });
    }

    private async ValueTask<JsonObject> TargetsAsync(OperationContext op, ResourceRow campaign)
    {
        var list = VoipbinShape.IdOf(campaign.Body["outdial_id"]);
        var counts = list is { } id ? await parts.Store.Targets.CountAsync(op.Tenant, id, op.Stop) : new(0, 0, 0, null);
        return new()
        {
            ["total"] = counts.Total, ["idle"] = counts.Idle, ["progressing"] = counts.Progressing, ["done"] = counts.Done,
            ["tm_next"] = VoipbinTime.Text(counts.NextDue),
        };
    }

    private static JsonObject Attempts(IReadOnlyList<AttemptCount> counts, double? abandonRate)
    {
        long Number(Func<AttemptCount, bool> fits) => counts.Where(fits).Sum(count => count.Number);
        // A refused dispatch that cost no try has called nobody.
        var over = counts.Where(count => count.State is AttemptState.Settled).ToList();
        long called = over.Sum(count => count.Number), answered = over.Where(count => count.IsAnswered).Sum(count => count.Number);
        var reasons = new JsonObject();
        foreach (var reason in over.GroupBy(AttemptReasons.Of).OrderBy(group => group.Key, StringComparer.Ordinal))
            reasons[reason.Key] = reason.Sum(count => count.Number);
        return new()
        {
            ["total"] = Number(_ => true),
            ["dialing"] = Number(count => count.State is AttemptState.Claimed or AttemptState.Dialled),
            ["progressing"] = Number(count => count.State is AttemptState.Answered or AttemptState.Ended),
            ["done"] = Number(count => count.State is AttemptState.Settled or AttemptState.Returned),
            ["success"] = Number(count => count.Result is "success"),
            ["fail"] = Number(count => count.Result is "fail"),
            ["given_back"] = Number(count => count.State is AttemptState.Returned),
            ["answer_rate"] = called == 0 ? null : Math.Round((double)answered / called, 4),
            ["abandon_rate"] = abandonRate,
            ["reasons"] = reasons,
        };
    }

    /// <summary>As the pace reckons with it; null where nobody has answered, and without a queue: nobody waits for an agent then.</summary>
    private async ValueTask<double?> AbandonRateAsync(OperationContext op, ResourceRow campaign)
    {
        if (VoipbinShape.IdOf(campaign.Body["queue_id"]) is null
            || await parts.Store.Campaigns.FindAsync(op.Tenant, Guid.Parse(campaign.Id), op.Stop) is not { } row) return null;
        var past = await parts.Store.DialAttempts.MeasureAsync(row, op.Now - CampaignPast.Back, op.Now, op.Stop);
        return past.Answered == 0 ? null : Math.Round((double)past.Abandoned / past.Answered, 4);
    }

    /// <summary>Of the campaign's queue; nobody without one.</summary>
    private async ValueTask<JsonObject> AgentsAsync(OperationContext op, ResourceRow campaign)
    {
        var byStatus = new JsonObject { ["available"] = 0, ["away"] = 0, ["busy"] = 0, ["offline"] = 0, ["ringing"] = 0 };
        if (VoipbinShape.IdOf(campaign.Body["queue_id"]) is not { } id) return byStatus;
        var queue = await parts.Store.Documents.Rows(DialerRows.Queue).FindAsync(op.Tenant, id.ToString(), op.Stop);
        if (queue is null || ResourceKind.DeletedAt(queue) is not null) return byStatus;
        var tags = AgentPresence.Tags(queue.Body);
        await foreach (var agent in DialerRows.AllAsync(parts.Store.Documents.Rows(Agents.Stored), op.Tenant, op.Stop,
            new ResourceFilter(ResourceKind.DeletedField, "exists", ["false"])))
            if ((tags.Count == 0 || tags.Overlaps(AgentPresence.Tags(agent.Body))) && (string?)agent.Body["status"] is { } status)
                byStatus[status] = ((int?)byStatus[status] ?? 0) + 1;
        return byStatus;
    }
}
