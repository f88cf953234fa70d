using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>Picks up as a machine: a greeting of four seconds, a beep, then silence while it takes the message.</summary>
internal sealed class Voicemail : Persona
{
    private const string Greeting = "You have reached a voice mailbox. Please leave your message after the tone.";
    private static readonly TimeSpan GreetingLength = TimeSpan.FromSeconds(4);
    private static readonly PromptSource Beep = new PromptSource.Tone(1_000, 0, 400, 0, 400);

    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(600, 1_500)));
        await call.AnswerAsync(Greeting);
    }

    public override async Task OnAnsweredAsync(PersonaCall call) => await call.SayAsync(Greeting);

    public override async Task OnEventAsync(PersonaCall call, CallEvent happened)
    {
        if (happened is not CallEvent.SpeakStarted) return;
        await call.WaitAsync(GreetingLength);
        // Whatever a slow voice has not said by then is cut off.
        await call.SendAsync(new LegCommand.Play { Source = Beep, Stop = StopWhat.All, IsReported = false });
    }
}
