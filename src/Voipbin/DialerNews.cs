using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>What customers are told of what whoever dials does: committed with it.</summary>
internal sealed class DialerNews(Contract contract, VoipbinNotation notation) : ICampaignTeller
{
    private readonly Schema _campaign = contract.Schemas.Find("Campaign")!, _target = contract.Schemas.Find("Target")!; // in the program

    public IReadOnlyList<OutboxMessage> Tell(CampaignNews news, IDocumentReader documents)
    {
        var (tenant, told) = news switch
        {
            CampaignNews.CampaignMoved moved => (moved.Campaign.Tenant, Of(moved)),
            CampaignNews.AttemptMoved moved => (moved.Attempt.Tenant, new EventFacts(Campaigncalls.Noun, moved.Attempt.Id.ToString(),
                Campaigncalls.Noun + (moved.IsNew ? "_created" : "_updated"), Campaigncalls.Show(moved.Attempt, notation),
                moved.At)),
            CampaignNews.TargetMoved moved => (moved.Target.Tenant, Of(moved)),
            _ => throw new UnreachableException(),
        };
        if (told is null) return [];
        var customer = documents.Find(Customers.Stored, tenant, tenant.ToString());
        return VoipbinEvents.MessageOf(customer, told, notation) is { } message ? [message] : [];
    }

    /// <summary>
    /// One that has nothing up and has come to its end by itself is stopped at once: nobody is told of the moment in between.
    /// </summary>
    private EventFacts? Of(CampaignNews.CampaignMoved moved)
    {
        var campaign = moved.Campaign;
        if (campaign.State is CampaignState.Stopping && !moved.HasCalls && campaign.StopReason != CampaignStatus.Requested) return null;
        string status = campaign.State.ToString().ToLowerInvariant();
        var body = moved.Document.DeepClone().AsObject();
        body["status"] = status;
        body["stop_reason"] = campaign.StopReason;
        var row = new ResourceRow
        {
            Id = campaign.Id.ToString(), Tenant = campaign.Tenant, Body = body, CreatedAt = campaign.CreatedAt,
            UpdatedAt = campaign.UpdatedAt,
        };
        return new(VoipbinCampaigns.Noun, row.Id, $"campaign_status_{status}", VoipbinShape.Of(_campaign, row), moved.At);
    }

    private EventFacts Of(CampaignNews.TargetMoved moved)
    {
        var target = moved.Target;
        var body = moved.Document.DeepClone().AsObject();
        body["status"] = target.State.ToString().ToLowerInvariant();
        body["outdial_id"] = target.List.ToString();
        for (int place = 0; place < target.Tries.Count; place++) body[$"try_count_{place}"] = target.Tries[place];
        var row = new ResourceRow
        {
            Id = target.Id.ToString(), Tenant = target.Tenant, Body = body, CreatedAt = target.CreatedAt, UpdatedAt = target.UpdatedAt,
        };
        return new(OutdialTargets.Noun, row.Id, OutdialTargets.Noun + "_updated", TargetDocument.Show(_target, row), moved.At);
    }
}
