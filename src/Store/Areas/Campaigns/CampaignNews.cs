using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>What has become of a campaign of a face, of somebody on its list, or of an attempt.</summary>
/// <param name="At">Of the change.</param>
public abstract record CampaignNews(DateTimeOffset At)
{
    /// <param name="Campaign">As it is now.</param>
    /// <param name="Document">The face's.</param>
    /// <param name="HasCalls">An attempt of it is not settled yet.</param>
    public sealed record CampaignMoved(Campaign Campaign, JsonObject Document, bool HasCalls, DateTimeOffset At) : CampaignNews(At);

    /// <param name="IsNew">It has just been claimed; else it was answered or settled.</param>
    public sealed record AttemptMoved(DialAttempt Attempt, bool IsNew, DateTimeOffset At) : CampaignNews(At);

    /// <param name="Document">The face's.</param>
    public sealed record TargetMoved(Target Target, JsonObject Document, DateTimeOffset At) : CampaignNews(At);
}

/// <summary>Reads plain resources within a transaction.</summary>
public interface IDocumentReader
{
    /// <summary>With its secrets; null when there is none.</summary>
    ResourceRow? Find(DocumentKind kind, TenantId tenant, string id);
}

/// <summary>A face that tells its customers of campaigns.</summary>
public interface ICampaignTeller
{
    /// <summary>
    /// Asked on the writer's thread, in the transaction of the change, of which the messages become a part: it must be short, and may be
    /// asked again.
    /// </summary>
    IReadOnlyList<OutboxMessage> Tell(CampaignNews news, IDocumentReader documents);
}
