using System.Net.WebSockets;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Has a customer's own program talk on a leg that somebody else commands: opens the socket to it, and talks until the program, the call or
/// whoever commands it ends that. It never ends the call.
/// </summary>
internal sealed class RelayGuest(AgentTerms terms, RelayOrder order, IAgentSockets sockets, AgentParts parts) : ICallProgram, IAgentGuest
{
    private const string Name = "relay";
    /// <summary>Why the leg hears that it is over, where the conversation's own word would not say it.</summary>
    private const string NotReached = "not_reached";

    public RelayMind? Mind { get; private set; }

    public AgentGather? Gather => null;

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var (socket, fault) = await sockets.OpenAsync(order.Terms.Url, order.Terms.Headers, call.Stop);
        if (socket is null)
        {
            order.Outcome = new(RelayFault.NotReached, null, fault!);       // one of the two is there
            parts.Log.AgentFailed(Name, call.Leg.Id, NotReached);
            await call.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the program cannot be reached: {fault}"));
            await call.SendAsync(Stop(NotReached));
            return null;
        }
        using var _ = socket;
        var told = order.Terms.SetupOf is { } of ? order.Terms with { Setup = of(call.Leg) } : order.Terms;
        var mind = Mind = new(told, socket);
        using var talk = new AgentTalk(Name, mind.Agent, call, parts, this);
        mind.Begin();
        var carrying = CarryAsync(socket, mind);
        try
        {
            await call.SendAsync(new LegCommand.Note(NoteKind.Step, "the program is connected"));
            await talk.RunAsync();
        }
        finally
        {
            socket.Close(WebSocketCloseStatus.NormalClosure, "Closing websocket session");
            await carrying;
        }
        return null;
    }

    public bool IsEnd(CallEvent.AgentEnded ended) => ended.Terms.Conversation == terms.Conversation;

    /// <summary>The customer tells his program himself: it has no conversation that others could add to.</summary>
    public ValueTask<ConversationInput.Told?> ReadAsync(CallEvent.AgentTold told, Instant now) => new((ConversationInput.Told?)null);

    /// <summary>What was said is the customer's own business.</summary>
    public void Tell(Message message, TimeSpan since) { }

    public Task KeepAsync() => Task.CompletedTask;

    /// <summary>A program that thinks has its own ways.</summary>
    public ValueTask<bool> OptOutAsync() => new(false);

    /// <inheritdoc cref="OptOutAsync"/>
    public ValueTask<string?> SendTextAsync(string words) => new("A program of a customer's sends its texts itself.");

    public ValueTask<string> CallBackAsync(string at) => new("Not done: nobody is called again from here.");

    /// <summary>Its outcome is there before whoever commands the leg hears of its end.</summary>
    public IEnumerable<LegCommand> EndOf(EndReason reason)
    {
        if (reason is EndReason.Stopped) yield break;
        string? lost = Mind?.Fault;
        if (reason is EndReason.AssistantHangup && lost is null) order.Outcome = new(RelayFault.None, Mind?.Handoff, "");
        else if (lost is not null) order.Outcome = new(RelayFault.Lost, null, lost);
        else if (reason is EndReason.ProviderFailure) order.Outcome = new(RelayFault.Failed, null, "it has not answered, turn after turn");
        else if (reason is EndReason.VoiceFailure or EndReason.RecogniserFailure)
            order.Outcome = new(RelayFault.Failed, null, SnakeName.Of(reason).Replace('_', ' '));
        if (lost is not null) yield return new LegCommand.Note(NoteKind.Warning, $"the program is lost: {lost}");
        yield return Stop(lost is null ? SnakeName.Of(reason) : order.Terms.LostReason);
    }

    private static async Task CarryAsync(IAgentSocket socket, RelayMind mind)
    {
        if (await socket.RunAsync((message, _) => mind.Take(message)) is { } why) mind.Lose(why);
    }

    private LegCommand.StopAgent Stop(string reason) => new() { Conversation = terms.Conversation, Reason = reason };
}
