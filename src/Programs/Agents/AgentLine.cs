using Ringwright.Calls;
using Ringwright.Conversations.Models;
using Ringwright.Core;
using Ringwright.Programs.Agents.Spoken;

namespace Ringwright.Programs.Agents;

/// <summary>Answers, and lets an agent talk with the caller. What that came to is in the leg's labels.</summary>
/// <param name="name">Of its script.</param>
internal sealed class AgentLine(string name, AgentScripts scripts, AgentParts parts) : ICallProgram
{
    /// <summary>The caller's phone is not ready to be heard by before.</summary>
    public static readonly TimeSpan BeforeGreeting = TimeSpan.FromMilliseconds(200);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var (agent, fault) = await scripts.ReadAsync(name, call.Stop);
        if (agent is null)
        {
            parts.Log.ScriptUnreadable(name, call.Leg.Id, fault!);      // one of the two is there
            await call.SendAsync(new LegCommand.Hangup { Cause = HangupCause.Internal, Evidence = $"The script {name} cannot be read." });
            return null;
        }
        if (call.Leg.AnsweredAt is null)
        {
            if (!(await call.SendAsync(new LegCommand.Answer())).IsAccepted || await call.NextAsync<CallEvent.LegAnswered>() is null)
                return null;
        }
        await call.WaitAsync(BeforeGreeting);
        StandIn? standsIn = null;
        if (agent is ModelAgent { Model.Speaks: not null } speaks)
        {
            using var spoken = new SpokenTalk(name, speaks, call, parts, guest: null);
            standsIn = await spoken.RunAsync();
            if (standsIn is null) return null;
        }
        using var talk = new AgentTalk(name, standsIn?.Agent ?? agent, call, parts, guest: null, standsIn);
        await talk.RunAsync();
        return null;
    }
}
