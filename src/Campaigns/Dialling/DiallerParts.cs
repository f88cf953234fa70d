using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Campaigns.Windows;
using Ringwright.Store;

namespace Ringwright.Campaigns.Dialling;

/// <summary>What dialling uses.</summary>
public sealed record DiallerParts
{
    public required Database Store { get; init; }
    public required ICallControl Calls { get; init; }
    /// <summary>Read when first somebody is called by a campaign with windows.</summary>
    public required Lazy<RecipientZones> Zones { get; init; }
    public required TimeProvider Time { get; init; }
    /// <summary>The agents of queues; null where there are none, and then no campaign with a queue calls anybody.</summary>
    public IQueueAgents? Agents { get; init; }
    /// <summary>Faces whose campaigns call again whoever has answered, where the call failed and tries are left.</summary>
    public IReadOnlyList<string> RetriesAnswered { get; init; } = [];
    /// <summary>Carries out attempts without calls; null where nothing does, and then they wait.</summary>
    public ILoneAttempts? Alone { get; init; }
    /// <summary>What addresses stand for that are neither numbers nor SIP URIs; null where nobody knows.</summary>
    public ITargetAddresses? Addresses { get; init; }
    /// <summary>Knows which SIP URIs are numbers at a trunk; null where there are no trunks.</summary>
    public IRouteExplainer? Routes { get; init; }
    /// <summary>
    /// How long it looks at nothing while nothing is due: what other nodes do is found so. What happens in this process wakes it.
    /// </summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>
    /// The same while no campaign runs and no attempt is open, where no other node has the database; null for no longer than else.
    /// </summary>
    public TimeSpan? IdleRest { get; init; }
    /// <summary>Calls of campaigns that this node has at a time, at most: the others are for who calls in. Null for any number.</summary>
    public int? MostCalls { get; init; }
    /// <summary>Calls that all campaigns begin a second on this node; null for any number.</summary>
    public int? CallsPerSecond { get; init; }
    /// <summary>Calls that the campaigns of one account and of its children begin a second on this node; null for any number.</summary>
    public int? AccountCallsPerSecond { get; init; }
    /// <summary>Calls that the campaigns of one account below another begin a second on this node; null for any number.</summary>
    public int? ChildCallsPerSecond { get; init; }
    /// <summary>Calls that show one number and that campaigns begin a second on this node; null for any number.</summary>
    public int? CallerCallsPerSecond { get; init; }
    public required ILogger Log { get; init; }

    /// <summary>Between two looks at a list of which nothing is due.</summary>
    internal TimeSpan BetweenLooks => Longer(TimeSpan.FromSeconds(5), Rest);
    /// <summary>How long this node may be silent before another one dials for its campaigns.</summary>
    internal TimeSpan Hold => Longer(TimeSpan.FromSeconds(20), 4 * Rest);
    internal TimeSpan RenewEvery => Longer(TimeSpan.FromSeconds(5), Rest);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
