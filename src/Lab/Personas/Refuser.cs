namespace Ringwright.Lab.Personas;

/// <summary>Answers the INVITE with a final status: 486 busy, 603 declined, 404 no such number.</summary>
internal sealed class Refuser(int status) : Persona
{
    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(50, 400)));
        await call.RejectAsync(status);
    }
}
