using Ringwright.Calls;

namespace Ringwright.Campaigns.Dialling;

/// <summary>The agent that talks on the calls of a campaign, by the name that its talk has for the leg.</summary>
public static class CampaignAgent
{
    private const string Prefix = "campaign_agent ", OfKeys = "campaign_agent_of_keys ";

    /// <summary>An attempt has one talk at most, which is called by the attempt's id; of a call that came in, by one of its own.</summary>
    /// <param name="takesKeys">It asks for keys: none of them is the one by which somebody wants no more calls.</param>
    public static AgentTerms TermsOf(Guid attempt, Guid agent, bool takesKeys = false) =>
        new(attempt) { Assistant = (takesKeys ? OfKeys : Prefix) + agent, IsFromAnswer = true };

    /// <summary>Null for a talk of nobody whom campaigns know.</summary>
    public static Guid? Of(AgentTerms terms) => Of(terms, Prefix) ?? Of(terms, OfKeys);

    public static bool TakesKeys(AgentTerms terms) => Of(terms, OfKeys) is not null;

    private static Guid? Of(AgentTerms terms, string prefix) =>
        terms.Assistant.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParse(terms.Assistant[prefix.Length..], out var agent)
            ? agent : null;
}
