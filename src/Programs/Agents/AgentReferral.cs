using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Asks the far end to call somebody else in the agent's place, and tells what becomes of that.</summary>
/// <param name="tell">Called on any thread.</param>
internal sealed class AgentReferral(Func<LegCommand, ValueTask<Ack>> send, Action<ConversationInput> tell)
{
    private volatile string? _call;

    public async Task BeginAsync(ToolCall call, LegCommand.Refer refer)
    {
        _call = call.Id;
        string refused = "the call is over";
        try
        {
            var ack = await send(refer);
            if (ack.IsAccepted) return;
            refused = SnakeName.Of(ack.Refusal).Replace('_', ' ');
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException) { /* so is the call */ }
        _call = null;
        tell(new ConversationInput.ToolDone(call.Id, $"Not done: {refused}.", EndsConversation: false));
    }

    /// <summary>The far end's last word; of one that was not the agent's it is nothing.</summary>
    public void OnEnded(CallEvent.ReferEnded ended)
    {
        if (_call is not { } call) return;
        _call = null;
        string result = ended.IsSuccess ? "Done: they talk." : $"Not reached: {ended.SipStatus}.";
        tell(new ConversationInput.ToolDone(call, result, ended.IsSuccess));
    }
}
