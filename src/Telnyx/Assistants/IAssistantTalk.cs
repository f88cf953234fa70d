using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What has assistants talk on calls of this node, and answer in writing.</summary>
public interface IAssistantTalk
{
    /// <summary>What is wrong with an agent as it is to be, with its place, as part of a sentence; null when nothing is.</summary>
    /// <param name="definition">As <c>ringwright</c> reads agents, without a model: that is the node's.</param>
    string? FaultOf(JsonObject definition);

    /// <summary>What an agent says first, with its variables filled in; empty when the other one begins.</summary>
    string GreetingOf(WrittenAgent agent);

    /// <summary>What an agent writes and has done by its tools, until it waits for the next words of somebody else.</summary>
    /// <param name="history">In order; the last message is what is answered.</param>
    Task<WrittenAnswer> AnswerAsync(WrittenAgent agent, IReadOnlyList<WrittenMessage> history, CancellationToken stop);
}

/// <summary>Who answers in writing.</summary>
/// <param name="Definition">As <c>ringwright</c> reads agents, without a model, and with secrets in their places: for memory alone.</param>
/// <param name="Model">What the assistant names; the node may have another.</param>
public sealed record WrittenAgent(JsonObject Definition, string Model)
{
    /// <summary>In whose name servers of its tools are asked; null where nothing is signed.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>Its tool for that ends the talk; else it is told that there is no call.</summary>
    public bool MayHangUp { get; init; }

    /// <summary>Hears each bit of what is written as it comes, on any thread; null where the whole is enough.</summary>
    public Action<string>? Told { get; init; }

    /// <summary>Servers of its tools are not asked.</summary>
    public bool IsDry { get; init; }
}

/// <param name="Role">user, assistant, tool, system or developer.</param>
public sealed record WrittenMessage(string Role, string Text, DateTimeOffset At)
{
    /// <summary>Of an assistant: tools that it called, with a JSON object each.</summary>
    public IReadOnlyList<(string Id, string Name, string Arguments)> Calls { get; init; } = [];
    /// <summary>Of a tool: which call it is the result of.</summary>
    public string? CallId { get; init; }
    /// <summary>Of a user: who it is; null where that is not said.</summary>
    public string? Name { get; init; }
}

/// <param name="Messages">What is added, in order.</param>
/// <param name="Text">All that was written.</param>
/// <param name="Fault">Why it is not whole, as part of a sentence; null when it is.</param>
/// <param name="IsOver">It has hung up.</param>
public sealed record WrittenAnswer(IReadOnlyList<WrittenMessage> Messages, string Text, string? Fault, bool IsOver);
