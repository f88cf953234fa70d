using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>
/// Picks up and says hello, or calls and lets the other side greet; listens to what is said, and presses one key when the voice has ended.
/// </summary>
internal sealed class Presser(char digit) : Persona
{
    private const string FirstWords = "Hello?";

    /// <summary>Longer than the pause between two sentences of a prompt, shorter than any time-out for a first digit.</summary>
    private static readonly TimeSpan EndOfPrompt = TimeSpan.FromMilliseconds(1200);

    private bool _hasPickedUp, _hasPressed;

    public override async Task OnRingingAsync(PersonaCall call)
    {
        _hasPickedUp = true;
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(300, 900)));
        await call.AnswerAsync(FirstWords);
    }

    public override async Task OnAnsweredAsync(PersonaCall call)
    {
        await call.SendAsync(new LegCommand.WatchVoice(EndOfPrompt));
        // Words in a greeting interrupt whoever greets.
        if (_hasPickedUp) await call.SayAsync(FirstWords);
    }

    public override async Task OnEventAsync(PersonaCall call, CallEvent happened)
    {
        if (_hasPressed || happened is not CallEvent.VoiceChanged { IsTalking: false }) return;
        _hasPressed = true;
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(100, 500)));
        await call.SendAsync(new LegCommand.SendDigits(digit.ToString()));
    }
}
