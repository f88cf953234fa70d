namespace Ringwright.Lab.Personas;

/// <summary>Picks up after a moment, says a word of greeting, then listens until the other side hangs up.</summary>
internal class Person : Persona
{
    private static readonly string[] Greetings = ["Hello?", "Yes, hello?", "Hello, who is this?"];

    private string? _firstWords;

    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(300, 900)));
        await call.AnswerAsync(FirstWords(call));
    }

    public override async Task OnAnsweredAsync(PersonaCall call) => await call.SayAsync(FirstWords(call));

    private string FirstWords(PersonaCall call) => _firstWords ??= Greetings[call.Choose(0, Greetings.Length - 1)];
}
