namespace Ringwright.Store.Tables;

/// <summary>What a campaign's calls have shown, for who sets its pace.</summary>
public sealed record CampaignPast
{
    /// <summary>An answered call that has found no agent after so long is abandoned.</summary>
    public static readonly TimeSpan AgentWithin = TimeSpan.FromSeconds(2);
    /// <summary>What counts as past.</summary>
    public static readonly TimeSpan Back = TimeSpan.FromDays(30);

    /// <summary>
    /// Calls of the time that was asked for that were answered by somebody, and those of them that were abandoned. Whom a machine stands
    /// for nobody has abandoned.
    /// </summary>
    public long Answered { get; init; }
    public long Abandoned { get; init; }
    /// <summary>Of the newest few hundred calls that are over: how many, and how many of these were answered.</summary>
    public long Finished { get; init; }
    public long RecentlyAnswered { get; init; }
    /// <summary>
    /// Of these on average: from the first row to the answer, and from the agent's first word to the end. Zero when there are none.
    /// </summary>
    public TimeSpan ToAnswer { get; init; }
    public TimeSpan Handling { get; init; }
    /// <summary>Calls at this moment with an agent who stays for the next one.</summary>
    public int Talking { get; init; }
}
