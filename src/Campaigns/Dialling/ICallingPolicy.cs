using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Whether a target may be called at this moment.</summary>
/// <param name="NotBefore">When to ask again; null when it may be called, or never.</param>
/// <param name="Never">Why it is never called, as a word; null otherwise.</param>
/// <param name="Evidence">By what it was allowed, for the attempt.</param>
/// <param name="Why">Of what waits, as a word, where a person could change it.</param>
internal readonly record struct PolicyAnswer(DateTimeOffset? NotBefore, string? Never, JsonObject? Evidence, string? Why = null)
{
    public bool IsOpen => NotBefore is null && Never is null;
    public static PolicyAnswer Open(JsonObject evidence) => new(null, null, evidence);
    public static PolicyAnswer Later(DateTimeOffset at, string? why = null) => new(at, null, null, why);
    public static PolicyAnswer Not(string why) => new(null, why, null);
}

/// <summary>
/// The rules of a campaign that depend on whom it calls and when: asked for each attempt at the moment in which it is dialled. What cannot
/// be read is no permission.
/// </summary>
internal interface ICallingPolicy
{
    ValueTask<PolicyAnswer> AskAsync(TenantId tenant, CampaignTerms terms, Target target, string number, DateTimeOffset now,
        CancellationToken stop);
}
