using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What has assistants talk on calls of this node.</summary>
public interface IAssistantTalk
{
    /// <summary>What is wrong with an agent as it is to be, with its place, as part of a sentence; null when nothing is.</summary>
    /// <param name="definition">As <c>ringwright</c> reads agents, without a model: that is the node's.</param>
    string? FaultOf(JsonObject definition);
}
