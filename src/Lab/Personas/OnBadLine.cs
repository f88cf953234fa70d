using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>Somebody whose line loses 2 % of the packets and delays the others by up to 40 ms, both ways.</summary>
internal sealed class OnBadLine(Persona person) : Persona
{
    private const double Loss = 0.02;
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(40);

    public override Task OnRingingAsync(PersonaCall call) => person.OnRingingAsync(call);

    public override async Task OnAnsweredAsync(PersonaCall call)
    {
        await call.SendAsync(new LegCommand.Degrade(new(Loss, Jitter, (ulong)call.Choose(1, int.MaxValue - 1))));
        await person.OnAnsweredAsync(call);
    }

    public override Task OnEventAsync(PersonaCall call, CallEvent happened) => person.OnEventAsync(call, happened);
}
