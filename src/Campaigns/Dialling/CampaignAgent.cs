using Ringwright.Calls;

namespace Ringwright.Campaigns.Dialling;

/// <summary>The agent that talks on the calls of a campaign, by the name that its talk has for the leg.</summary>
public static class CampaignAgent
{
    private const string Prefix = "campaign_agent ";

    /// <summary>An attempt has one talk at most, which is called by the attempt's id.</summary>
    public static AgentTerms TermsOf(Guid attempt, Guid agent) => new(attempt) { Assistant = Prefix + agent, IsFromAnswer = true };

    /// <summary>Null for a talk that no campaign has begun.</summary>
    public static Guid? Of(AgentTerms terms) =>
        terms.Assistant.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParse(terms.Assistant[Prefix.Length..], out var agent)
            ? agent : null;
}
