using Ringwright.Agency.Talking;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Programs;

namespace Ringwright.Server.Modules;

/// <summary>
/// Has the agent answer to whom the number is assigned that was called, and talk until it or the caller hangs up. Where nobody is assigned
/// to it the caller is told so. A call in which nobody could talk is declined: it costs the caller nothing.
/// </summary>
internal sealed class NumberAgent(Func<LegFacts, CancellationToken, ValueTask<NumberAnswer>> answerOf) : ICallProgram
{
    private const string Language = "en-US";

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var answer = await answerOf(call.Leg, call.Stop);
        if (answer.Agent is { } agent) await TalkAsync(call, agent);
        else if (answer.IsUnassigned) await TurnAwayAsync(call, answer.Announcement);
        else await DeclineAsync(call, "no agent who can talk has the number");
        return null;        // the host hangs up
    }

    private static async ValueTask TalkAsync(IProgramCall call, Guid agent)
    {
        if (!await IsAnsweredAsync(call)) return;
        // Whoever calls by himself has no key by which he wants no more calls.
        var terms = CampaignAgent.TermsOf(Guid.CreateVersion7(), agent, takesKeys: true);
        if (!(await call.SendAsync(new LegCommand.StartAgent(terms))).IsAccepted) return;
        while (await call.NextAsync() is { } happened)
        {
            if (happened is not CallEvent.AgentEnded ended || ended.Terms.Conversation != terms.Conversation) continue;
            if (ended.Reason is AgentEnd.Transferred) await call.SitOutAsync();
            return;
        }
    }

    private static async ValueTask TurnAwayAsync(IProgramCall call, string? announcement)
    {
        const string why = "no agent has the number";
        await call.SendAsync(new LegCommand.SetLabels { Labels = UnassignedNumber.Mark });
        if (announcement is null)
        {
            await DeclineAsync(call, why);
            return;
        }
        await call.SendAsync(new LegCommand.Note(NoteKind.Warning, why));
        if (!await IsAnsweredAsync(call)) return;
        var speak = new LegCommand.Speak
        {
            Id = Guid.CreateVersion7(), Speech = new PromptSource.Speech(announcement, "", Language, IsSsml: false),
        };
        if (!(await call.SendAsync(speak)).IsAccepted) return;
        while (await call.NextAsync() is { } happened)
            if (happened is CallEvent.SpeakEnded ended && ended.Speak == speak.Id) return;
    }

    private static async ValueTask DeclineAsync(IProgramCall call, string why)
    {
        await call.SendAsync(new LegCommand.Note(NoteKind.Warning, why));
        await call.SendAsync(new LegCommand.Reject(IsBusy: false));
    }

    private static async ValueTask<bool> IsAnsweredAsync(IProgramCall call) =>
        (await call.SendAsync(new LegCommand.Answer())).IsAccepted && await call.NextAsync<CallEvent.LegAnswered>() is not null;
}
