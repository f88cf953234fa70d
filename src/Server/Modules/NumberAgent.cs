using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Programs;

namespace Ringwright.Server.Modules;

/// <summary>
/// Has the agent answer to whom the number is assigned that was called, and talk until it or the caller hangs up. A call in which nobody
/// could talk is declined: it costs the caller nothing.
/// </summary>
/// <param name="agentOf">Whom the number is assigned to; null where nobody has it, or nobody who can talk.</param>
internal sealed class NumberAgent(Func<LegFacts, CancellationToken, ValueTask<Guid?>> agentOf) : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        if (await agentOf(call.Leg, call.Stop) is not { } agent)
        {
            await call.SendAsync(new LegCommand.Note(NoteKind.Warning, "no agent who can talk has the number"));
            await call.SendAsync(new LegCommand.Reject(IsBusy: false));
            return null;
        }
        if (!(await call.SendAsync(new LegCommand.Answer())).IsAccepted || await call.NextAsync<CallEvent.LegAnswered>() is null)
            return null;
        // Whoever calls by himself has no key by which he wants no more calls.
        var terms = CampaignAgent.TermsOf(Guid.CreateVersion7(), agent, takesKeys: true);
        if (!(await call.SendAsync(new LegCommand.StartAgent(terms))).IsAccepted) return null;      // the host hangs up
        while (await call.NextAsync() is { } happened)
        {
            if (happened is not CallEvent.AgentEnded ended || ended.Terms.Conversation != terms.Conversation) continue;
            if (ended.Reason is AgentEnd.Transferred) await call.SitOutAsync();
            return null;
        }
        return null;
    }
}
