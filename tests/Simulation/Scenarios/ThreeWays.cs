using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>
/// A program in one file that dials somebody and goes on when that call is over, joins a conference, and waits in a queue. It hears and
/// commands each of the three.
/// </summary>
/// <param name="newId">For the conference.</param>
internal sealed class ThreeWays(string callee, Func<Guid> newId) : ICallProgram
{
    public const string Room = "three ways", Queue = "support";

    /// <summary>All that it has read, in order.</summary>
    public List<SubjectEvent> Heard { get; } = [];

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var company = call.Company!;        // it has the leg itself
        await call.SendAsync(new LegCommand.Answer());
        if (await UntilAsync(call, happened => happened is CallEvent.LegAnswered) is null) return null;
        await DialAsync(call, company);
        await ConferAsync(call, company);
        await WaitAsync(call, company);
        return null;
    }

    /// <summary>The two talk until the program ends the other call; what comes then is this call's action.</summary>
    private async Task DialAsync(IProgramCall call, IProgramCompany company)
    {
        var dialled = await company.DialAsync(new()
        {
            Tenant = default, Connection = call.Leg.Connection, From = call.Leg.To, To = callee, RingTimeout = TimeSpan.FromSeconds(5),
            Link = new(call.Leg.Id) { JoinsOnAnswer = true, ParksOther = true },
        });
        if (dialled.Leg is not { } child) return;
        if (await UntilAsync(call, happened => happened is CallEvent.LegAnswered or CallEvent.LegEnded && Is(happened, child.Id))
            is not CallEvent.LegAnswered) return;
        await company.SendAsync(child.Id, new LegCommand.SetLabels { Labels = Labels.Of(("by", "its parent")) });
        await call.WaitAsync(TimeSpan.FromMilliseconds(500));
        await company.SendAsync(child.Id, new LegCommand.Hangup());
        await UntilAsync(call, happened => happened is CallEvent.LegEnded && Is(happened, child.Id));
    }

    private async Task ConferAsync(IProgramCall call, IProgramCompany company)
    {
        var asked = await call.SendAsync(new LegCommand.CreateConference(newId(), Room) { JoinsExisting = true });
        if (!asked.IsAccepted) return;
        if (await UntilAsync(call, happened => happened is ConferenceEvent.ParticipantJoined) is not { } joined) return;
        company.Hear(joined.Subject);
        var muted = await company.SendAsync(joined.Subject, new ConferenceCommand.Mute([call.Leg.Id], IsOn: true));
        if (muted.IsAccepted) await UntilAsync(call, happened => happened is ConferenceEvent.ParticipantChanged);
        var left = await company.SendAsync(joined.Subject, new ConferenceCommand.Leave(call.Leg.Id));
        if (left.IsAccepted) await UntilAsync(call, happened => happened is ConferenceEvent.ConferenceEnded);
    }

    private async Task WaitAsync(IProgramCall call, IProgramCompany company)
    {
        var asked = await call.SendAsync(new LegCommand.Enqueue(Queue) { MaxWait = TimeSpan.FromSeconds(1) });
        if (!asked.IsAccepted) return;
        if (await UntilAsync(call, happened => happened is CallEvent.LegEnqueued) is not CallEvent.LegEnqueued put) return;
        company.Hear(Subject.Of(put.Queue));
        await UntilAsync(call, happened => happened is QueueEvent.QueueEnded);
    }

    /// <summary>Null when the call is over.</summary>
    private async Task<SubjectEvent?> UntilAsync(IProgramCall call, Func<SubjectEvent, bool> isWanted)
    {
        while (await call.NextAnyAsync() is { } happened)
        {
            Heard.Add(happened);
            if (isWanted(happened)) return happened;
        }
        return null;
    }

    private static bool Is(SubjectEvent happened, LegId leg) => happened is CallEvent { Leg.Id: var id } && id == leg;
}
