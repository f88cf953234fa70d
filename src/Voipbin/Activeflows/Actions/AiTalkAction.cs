using Ringwright.Calls;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>An assistant of the account's talks with the party, until it has done or its time is over; then the flow goes on.</summary>
internal sealed class AiTalkAction : IFlowAction
{
    private const int LongestSeconds = 4 * 3_600;

    public string Type => "ai_talk";
    public IReadOnlyList<FlowOption> Options { get; } = [.. Assistance.Options, FlowOption.Whole("duration", 0, LongestSeconds)];
    public bool EndsOnFailure => false;

    public string? FaultOf(FlowOptions options) => Assistance.FaultOf(Type, options);

    public string? LackOf(FlowParts parts) => Assistance.LackOf(parts);

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        if (run.Call is not { } call) return new FlowStep.Failed("a run without a call has nobody to talk with");
        await call.AnswerAsync();
        var assistants = run.Parts.Assistants!;     // or it were lacking
        var (terms, fault) = await assistants.OrderAsync(call.Leg, Assistance.Of(options)!.Value, run.Interrupted);     // it is named
        if (terms is null) return new FlowStep.Failed(fault?.TrimEnd('.') ?? "it cannot talk");
        if (await call.TrySendAsync(new LegCommand.StartAgent(terms)) is { } refused)
        {
            await assistants.WithdrawAsync(run.Tenant, terms, CancellationToken.None);
            return new FlowStep.Failed(refused);
        }
        run.Variables.Set("ai.conversation_id", terms.Conversation.ToString());
        var ended = await EndedAsync(call, terms, options.Whole("duration"));
        // Who has hung up says so himself: the end of the call comes next.
        if (ended?.Reason is AgentEnd.AssistantHangup or AgentEnd.ProviderFailure or AgentEnd.CallHangup or AgentEnd.NodeRestart)
            await call.NextWithinAsync(FlowLimits.Ending, static _ => false);
        else if (ended?.Reason is AgentEnd.Transferred)
            await call.NextAsync(static happened => happened is CallEvent.LegUnbridged or CallEvent.LegDequeued);
        return FlowStep.Next;
    }

    /// <param name="seconds">0 for as long as it likes.</param>
    /// <returns>Null when its time was over, and it did not end then.</returns>
    private static async ValueTask<CallEvent.AgentEnded?> EndedAsync(FlowCall call, AgentTerms terms, int seconds)
    {
        bool IsEnd(object e) => e is CallEvent.AgentEnded { Terms: var ended } && ended.Conversation == terms.Conversation;
        if (seconds == 0) return await call.NextAsync<CallEvent.AgentEnded>(ended => IsEnd(ended));
        if (await call.NextWithinAsync(TimeSpan.FromSeconds(seconds), IsEnd) is CallEvent.AgentEnded over) return over;
        await call.SendAsync(new LegCommand.StopAgent { Conversation = terms.Conversation });
        return await call.NextWithinAsync(FlowLimits.Ending, IsEnd) as CallEvent.AgentEnded;
    }
}
