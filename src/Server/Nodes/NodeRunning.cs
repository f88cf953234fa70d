using Ringwright.Admission;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Net;
using Ringwright.Server.Modules;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>The parts that APIs act by, when calls can be made.</summary>
internal sealed record NodeRunning
{
    public required ModuleGround Ground { get; init; }
    public required INodeMedia Media { get; init; }
    public required SipEngine Engine { get; init; }
    public required DialGate Gate { get; init; }
    public required NumberingPlans Plans { get; init; }
    public required Lazy<RecipientZones> Zones { get; init; }
    public required CampaignDialler Dialler { get; init; }
    public required NodeLiveAudio LiveAudio { get; init; }
    public required EventDelivery Delivery { get; init; }
    public required ISpeech Speech { get; init; }
    public required ISelfTest SelfTest { get; init; }
    public required IReadOnlyList<(string Name, JoinedModule Module)> Modules { get; init; }

    public Database Database => Ground.Database;
}
