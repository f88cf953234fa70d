using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Answers, and lets a scripted agent talk with the caller. What that came to is in the leg's labels.</summary>
/// <param name="name">Of the script.</param>
internal sealed class AgentLine(string name, AgentParts parts) : ICallProgram
{
    /// <summary>The caller's phone is not ready to be heard by before.</summary>
    private static readonly TimeSpan BeforeGreeting = TimeSpan.FromMilliseconds(200);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var (script, fault) = await parts.Scripts.ReadAsync(name, call.Stop);
        if (script is null)
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
        await new AgentTalk(name, script, call, parts).RunAsync();
        return null;
    }
}
