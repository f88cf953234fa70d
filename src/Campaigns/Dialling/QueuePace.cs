using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>
/// How many calls a campaign with a queue may begin at this moment. Pure.
///
/// What is safe is a call for each free agent, as far as the service level allows one. Beyond that the pace and a level above 100 may go,
/// less and less the more calls were abandoned: not at all at <see cref="AbandonCap"/>.
/// </summary>
internal static class QueuePace
{
    /// <summary>Per cent of the answered calls that may have found no agent in time, over <see cref="CampaignPast.Back"/>.</summary>
    public const int AbandonCap = 3;
    /// <summary>Until so many were answered nobody reckons with agents who are not free yet.</summary>
    public const int LeastAnswers = 100;

    /// <summary>After fewer the rate of answers is taken to be 1: a call for an agent.</summary>
    private const int LeastFinished = 20;
    /// <summary>However seldom anybody answers.</summary>
    private const double MostPerAgent = 10;

    /// <param name="level">Per cent.</param>
    /// <param name="dialling">Calls that nobody has answered yet.</param>
    public static int Room(Pacing pacing, int level, QueueRoom agents, int dialling, CampaignPast past)
    {
        if (level <= 0) return 0;
        int safe = Share(agents.Free, Math.Min(level, 100)) - agents.Waiting - dialling;
        int wanted = pacing switch
        {
            Pacing.Fixed => Share(agents.Free, level) - agents.Waiting - dialling,
            Pacing.Progressive => ByAnswers(Share(agents.Free, level), agents.Waiting, dialling, past),
            Pacing.Predictive => ByAnswers(Share(agents.Free + FreeSoon(past), level), agents.Waiting, dialling, past),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return Math.Max(0, safe + Allowed(Math.Max(0, wanted - safe), past));
    }

    /// <summary>So many that as many as there are agents answer.</summary>
    private static int ByAnswers(int agents, int waiting, int dialling, CampaignPast past) =>
        (int)(Math.Max(0, agents - waiting) * PerAnswer(past)) - dialling;

    private static double PerAnswer(CampaignPast past) => past.Finished < LeastFinished ? 1
        : past.RecentlyAnswered == 0 ? MostPerAgent : Math.Min(MostPerAgent, (double)past.Finished / past.RecentlyAnswered);

    /// <summary>Agents who will have done by the time at which whoever is called now answers.</summary>
    private static int FreeSoon(CampaignPast past) =>
        past.Answered < LeastAnswers || past.Handling <= TimeSpan.Zero ? 0
            : (int)(past.Talking * Math.Min(1, past.ToAnswer / past.Handling));

    /// <summary>All of it while nobody was abandoned, nothing of it from the cap on.</summary>
    private static int Allowed(long more, CampaignPast past)
    {
        long most = past.Answered * AbandonCap, left = Math.Clamp(most - past.Abandoned * 100, 0, most);
        return (int)(most == 0 ? more : more * left / most);
    }

    private static int Share(int agents, int level) => (int)Math.Min(int.MaxValue, (long)agents * level / 100);
}
