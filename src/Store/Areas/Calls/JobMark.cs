using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Jobs;

namespace Ringwright.Store.Tables;

/// <summary>
/// A call that a job places. Its leg begins only while the job is still whose who dials, and the job has the leg from then on, both in one
/// transaction: who takes the job after a kill finds the leg there, and who has lost the job meanwhile makes none.
/// </summary>
public static class JobMark
{
    private const string Label = "job", Prefix = "job ", Leg = "leg";

    /// <param name="token">Of the job's lease; each has one of its own.</param>
    public static DialRequest On(DialRequest request, Guid job, string token) => request with
    {
        CommandId = $"{Prefix}{job} {token}",
        Labels = request.Labels.With(Labels.Of((Label, $"{job} {token}"))),
    };

    /// <summary>The leg that a job has placed; null when it has none, and so nobody was called.</summary>
    public static LegId? LegOf(Job job) => LegId.TryParse((string?)job.Result?[Leg], out var leg) ? leg : null;

    /// <summary>Null for a leg that no job made: one that was transferred has the label too, and is another.</summary>
    internal static (string Job, string Token)? Of(CallEvent.LegInitiated initiated) =>
        initiated.CommandId is { } id && initiated.Leg.Labels[Label] is { } mark && id == Prefix + mark
            && mark.Split(' ') is [var job, var token] ? (job, token) : null;

    internal static string ResultOf(string leg) => new JsonObject { [Leg] = leg }.ToJsonString();
}
