using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>Picks up, asks for patience, puts the caller on hold for a while and comes back.</summary>
internal sealed class Holder : Persona
{
    private const string FirstWords = "One moment, please.";

    private bool _hasHeld;

    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(300, 900)));
        await call.AnswerAsync(FirstWords);
    }

    public override async Task OnAnsweredAsync(PersonaCall call) => await call.SayAsync(FirstWords);

    public override async Task OnEventAsync(PersonaCall call, CallEvent happened)
    {
        if (_hasHeld || happened is not CallEvent.SpeakEnded) return;
        _hasHeld = true;
        await call.SendAsync(new LegCommand.Hold(IsOn: true));
        await call.WaitAsync(TimeSpan.FromSeconds(3));
        await call.SendAsync(new LegCommand.Hold(IsOn: false));
        await call.SayAsync("Thank you for waiting.");
    }
}
