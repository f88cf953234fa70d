using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Programs;

namespace Ringwright.Lab.Personas;

/// <summary>
/// How one person in the lab behaves on one call. A persona hears the events of its leg, in order, and acts through
/// <see cref="PersonaCall"/> like any other user of the engine: it has no other way to the wire.
/// </summary>
internal abstract class Persona
{
    /// <summary>
    /// From the first event to the end of the leg. Personas that act by a script have one of their own;
    /// the others say below what they do when.
    /// </summary>
    public virtual async Task RunAsync(PersonaCall call)
    {
        while (await call.NextAsync() is { } happened and not CallEvent.LegEnded)
        {
            if (happened is CallEvent.LegInitiated { Leg.Direction: Direction.Inbound }) await OnRingingAsync(call);
            else if (happened is CallEvent.LegAnswered) await OnAnsweredAsync(call);
            else await OnEventAsync(call, happened);
        }
    }

    /// <summary>The phone rings. Personas that never answer do nothing.</summary>
    public virtual Task OnRingingAsync(PersonaCall call) => Task.CompletedTask;

    /// <summary>The call is answered, whichever side placed it.</summary>
    public virtual Task OnAnsweredAsync(PersonaCall call) => Task.CompletedTask;

    /// <summary>Anything else that happens on the leg.</summary>
    public virtual Task OnEventAsync(PersonaCall call, CallEvent happened) => Task.CompletedTask;
}

/// <summary>A person is a program like any other, and who has done what he does stays on the line.</summary>
internal sealed class PersonaProgram(Persona persona, IPrompts prompts, TimeProvider clock, Rng rng, Action<LegId, LegCommand>? did)
    : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        await persona.RunAsync(new PersonaCall(call, prompts, clock, rng, did));
        await call.SitOutAsync();
        return null;
    }
}
