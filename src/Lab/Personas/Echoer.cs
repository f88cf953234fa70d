using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>Picks up and sends back whatever it hears.</summary>
internal sealed class Echoer : Persona
{
    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(100, 300)));
        await call.AnswerAsync();
    }

    public override async Task OnAnsweredAsync(PersonaCall call) => await call.SendAsync(new LegCommand.Echo(IsOn: true));
}
