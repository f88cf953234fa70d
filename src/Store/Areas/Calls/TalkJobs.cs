using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Store.Jobs;

namespace Ringwright.Store.Tables;

/// <summary>
/// Jobs that follow agents' talks on calls. What is to be found out of a talk is a job that is written with the talk's end: there is one
/// for each end, also where a crash ended the talk, and none for what never ended.
/// </summary>
public static class TalkJobs
{
    /// <summary>The kind of the job that finds something out, and of the one that has an agent talk at a set time.</summary>
    public const string Insights = "ai_insights", Scheduled = "ai_scheduled_event";

    /// <summary>
    /// Of the first one's input: the conversation, its leg, the group of what is to be found out, and the model that thought, by the name
    /// that the customer has for it.
    /// </summary>
    public const string Conversation = "conversation", Leg = "leg", Group = "group", Model = "model";

    /// <summary>As in a list of SQL. They are the node's own work, and nobody asks for those that are over.</summary>
    internal const string Kinds = $"'{Insights}', '{Scheduled}'";

    /// <summary>What was said last is written down behind the talk's end.</summary>
    public static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>Whether a job follows: who waits for jobs is told, once both are committed.</summary>
    internal static bool Follows(SubjectEvent happened) => happened is CallEvent.AgentEnded { Terms.InsightGroup: not null };

    /// <summary>In the transaction of the end.</summary>
    internal static void Begin(IDbConnection db, CallEvent.AgentEnded ended, DateTimeOffset at)
    {
        if (!Follows(ended)) return;
        db.Execute(JobTable.Insert, new
        {
            tenant = ended.Leg.Tenant,
            id = Guid.CreateVersion7(at),
            kind = Insights,
            input = new JsonObject
            {
                [Conversation] = ended.Terms.Conversation.ToString(), [Leg] = ended.Leg.Id.ToString(), [Group] = ended.Terms.InsightGroup,
                [Model] = ended.Terms.Model,
            }.ToJsonString(),
            at = Times.Cut(at),
            due = Times.Cut(at + LastWords),
        });
    }
}
