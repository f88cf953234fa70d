using Ringwright.Egress;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin;

/// <summary>What the handlers of this API use.</summary>
public sealed record VoipbinParts
{
    /// <summary>Only to look at what is bound.</summary>
    public static readonly VoipbinParts None = new() { Store = null!, Egress = null! };

    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    public VoipbinNotation Notation { get; init; } = VoipbinNotation.Usual;
    /// <summary>Campaigns, or their lists, have changed: whoever dials looks at them.</summary>
    public Action CampaignsChanged { get; set; } = static () => { };
    /// <summary>Called when keys or agents changed: nobody is believed any more without asking.</summary>
    public Action KeysChanged { get; set; } = static () => { };
    /// <summary>What runs flows; null where none run.</summary>
    internal FlowParts? Flows { get; init; }
    /// <summary>Somebody may take calls who could not before: whoever dials for queues looks.</summary>
    public Action AgentsFreed { get; set; } = static () => { };
    /// <summary>Called when one of the account's agents may have become free.</summary>
    public Action<TenantId> AgentsChanged { get; set; } = static _ => { };
    /// <summary>Called when a customer has said where its events go.</summary>
    public Action<ResourceRow> CustomerChanged { get; set; } = static _ => { };
    /// <summary>What goes on beside requests; null where no call lives.</summary>
    public CallWork? Work { get; set; }
    /// <summary>Under which recordings are fetched; null where nothing is served.</summary>
    public DownloadLinks? Links { get; init; }
    /// <summary>Mail can go out.</summary>
    public bool HasMail { get; init; }
    /// <summary>Where SIP users of the node are called: one of its domains, or an address with its port.</summary>
    public string SipHome { get; init; } = "";
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>This process, as rows name it that it looks after.</summary>
    public string Owner => $"{Store.Node.Node} {Store.Node.Epoch}";

    /// <summary>Whether a process that rows name may still be at work: this one, or another node's.</summary>
    public bool IsAlive(string owner)
    {
        if (owner == Owner) return true;
        return int.TryParse(owner.Split(' ')[0], out int node) && node != Store.Node.Node
            && Store.Outbox.Lease is { IsShared: true } lease && lease.Alive.Contains(node);
    }
}
