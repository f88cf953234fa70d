using System.Text.Json.Nodes;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>A campaign that this node dials for, as far as it is only known here. One thread at a time, but for what is said.</summary>
internal sealed class CampaignRun(Campaign campaign, DateTimeOffset now)
{
    /// <summary>So long after a start nothing is dialled: who started it may still think better of it.</summary>
    private static readonly TimeSpan BeforeFirst = TimeSpan.FromSeconds(1);

    private int _troubles, _unsent, _isPoked;

    /// <summary>As it was read last.</summary>
    public Campaign Campaign { get; private set; } = campaign;

    public CampaignTerms Terms { get; private set; } = CampaignTerms.Read(campaign.Terms);

    public Pace Pace { get; private set; } = new(now + BeforeFirst);

    /// <summary>What its trunks have taken, when they have refused a call for their rate.</summary>
    public LinePace Lines { get; } = new();

    /// <summary>What they have room for, when they have refused calls because as many are up as may be.</summary>
    public LineRoom Room { get; } = new();

    /// <summary>When it tries again, when the node could carry no call.</summary>
    public NodeRest Rest { get; } = new(campaign.Id);

    /// <summary>Nothing is to be done before, unless it is poked.</summary>
    public DateTimeOffset LookAt { get; set; } = now;

    /// <summary>
    /// Whoever waits by what it said before is looked at anew, in the order in which they wait, from behind this target on; null when all
    /// were.
    /// </summary>
    public (DateTimeOffset Since, Guid After)? AnewBehind { get; set; } = (now, Guid.Empty);

    /// <summary>
    /// The same of those who wait for a retry since a moment that is to come, by their ids; null where nobody has set the clock back.
    /// </summary>
    public Guid? RetriesBehind { get; set; }

    /// <summary>The turn in which it began calls last: whoever waits longest is the first of the next.</summary>
    public long Turn { get; set; }

    /// <summary>It would have begun more calls, had other campaigns of the node fewer.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>Until when this node holds it.</summary>
    public DateTimeOffset HeldUntil { get; set; }

    /// <summary>What its calls have shown, and when that was asked; null before.</summary>
    public CampaignPast? Past { get; set; }
    public DateTimeOffset MeasuredAt { get; set; }

    /// <summary>Attempts in a row that found no line.</summary>
    public int Troubles => Volatile.Read(ref _troubles);

    /// <summary>Calls in a row that had a line, and could not be sent by it.</summary>
    public int Unsent => Volatile.Read(ref _unsent);

    public void Follow(Campaign read, DateTimeOffset now)
    {
        bool isResumed = Campaign.State is not CampaignState.Run && read.State is CampaignState.Run;
        if (isResumed)
        {
            Pace = new(now + BeforeFirst);
            HadLine();
            WasSent();
        }
        bool isChanged = read.State != Campaign.State || read.UpdatedAt != Campaign.UpdatedAt || read.Revision != Campaign.Revision;
        if (isChanged)
        {
            // Another name is no reason to look at everybody anew.
            if (read.List != Campaign.List || !JsonNode.DeepEquals(read.Terms, Campaign.Terms)) AnewBehind = (now, Guid.Empty);
            (Terms, LookAt) = (CampaignTerms.Read(read.Terms), now);
        }
        Campaign = read;
    }

    /// <summary>The wall clock was set back: what was to come in a while by it would come later by as much.</summary>
    public void SetBack(DateTimeOffset now)
    {
        (LookAt, HeldUntil) = (now, now);
        (AnewBehind, RetriesBehind) = ((now, Guid.Empty), Guid.Empty);
    }

    public bool IsDueAt(DateTimeOffset now) => Volatile.Read(ref _isPoked) != 0 || now >= LookAt;

    /// <summary>Something has changed that it looks at: any thread may say so.</summary>
    public void Poke() => Volatile.Write(ref _isPoked, 1);

    /// <summary>Whether somebody has, since it was asked last.</summary>
    public bool TakePoke() => Interlocked.Exchange(ref _isPoked, 0) != 0;

    public int HadTrouble() => Interlocked.Increment(ref _troubles);

    public void HadLine() => Volatile.Write(ref _troubles, 0);

    public void WasNotSent() => Interlocked.Increment(ref _unsent);

    public void WasSent() => Volatile.Write(ref _unsent, 0);
}
