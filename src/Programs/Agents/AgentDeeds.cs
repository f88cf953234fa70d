using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Conversations.Models;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>What the tools of an agent do on its call, whichever way it talks there.</summary>
/// <param name="Guest">Null on a leg of its own.</param>
/// <param name="Send">A command to its leg.</param>
/// <param name="Tell">Hears of results, on any thread.</param>
/// <param name="Note">Says in the call's trace what was done.</param>
internal sealed record AgentDeeds(IAgentGuest? Guest, Func<LegCommand, ValueTask<Ack>> Send, Action<ConversationInput> Tell,
    AgentTransfer Transfer, AgentReferral Referral, Action<string> Note)
{
    /// <param name="handOver">As in <see cref="AgentTools.HandOver"/>.</param>
    public AgentTools ToolsOf(ModelAgent model, ConcurrentDictionary<string, string> variables, AgentParts parts, TenantId tenant,
        Func<ModelAgent, bool, string>? handOver = null) =>
        new(model, variables, parts.Web, parts.Time, Tell)
        {
            Press = digits => Send(new LegCommand.SendDigits(digits)), Transfer = Transfer.Begin,
            Refer = (call, refer) => _ = Referral.BeginAsync(call, refer), HandOver = handOver,
            OptOut = Guest is null ? null : Guest.OptOutAsync, SendText = Guest is null ? null : Guest.SendTextAsync,
            CallBack = Guest is null ? null : Guest.CallBackAsync, StopRecording = Guest is null ? null : StopRecordingAsync,
            SignedFor = tenant, Note = Note, Keep = (name, value) => variables[name] = value,
        };

    /// <summary>What was recorded by then is deleted by whoever reads on the call that somebody has objected.</summary>
    private async ValueTask<bool> StopRecordingAsync()
    {
        if (Guest?.RefusalOfRecording is not { } mark || !(await Send(new LegCommand.SetLabels { Labels = mark })).IsAccepted)
            return false;
        // Refused where nothing records.
        await Send(new LegCommand.RecordStop(null));
        return true;
    }
}
