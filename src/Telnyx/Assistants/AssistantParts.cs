using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Telnyx.Inference;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What the handlers of assistants and of conversations use.</summary>
public sealed record AssistantParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    /// <summary>Of the calls that assistants talk on.</summary>
    public required VoiceParts Voice { get; init; }
    /// <summary>Asks servers of tools, for who tries them.</summary>
    public required IToolTrial Trial { get; init; }
    /// <summary>Asks servers for variables, for who looks at an assistant's; null where nobody is asked.</summary>
    public IVariablesWeb? Variables { get; init; }
    /// <summary>What servers of assistants' tools have; null where none is asked.</summary>
    public KnownMcpTools? Mcp { get; init; }
    /// <summary>Where other services are asked for assistants; null where none is.</summary>
    public ImportBases? Imports { get; init; }
    public InferenceParts Inference { get; init; } = new();
    /// <summary>Talks that customers' own programs think for; null where none do.</summary>
    public RelayOrders? Relays { get; init; }
    /// <summary>Null where no assistant talks, because the node has no language model.</summary>
    public IAssistantTalk? Talk { get; init; }
}
