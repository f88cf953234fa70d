using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>Picks up, talks for a number of seconds, and hangs up.</summary>
internal sealed class Talker(int seconds) : Persona
{
    private static readonly string[] Sentences =
    [
        "So I went to the market this morning.", "The weather has been very kind lately.", "My neighbour has bought a small boat.",
        "We should meet again before the winter.", "The train was late, as it always is.", "I have been reading about old telephones.",
    ];

    private string? _words;

    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(200, 600)));
        if (seconds > 0) await call.AnswerAsync(Words(call));
        else await call.AnswerAsync();
    }

    public override async Task OnAnsweredAsync(PersonaCall call)
    {
        if (seconds > 0)
        {
            await call.SayAsync(Words(call));
            await call.WaitAsync(TimeSpan.FromSeconds(seconds));
        }
        await call.SendAsync(new LegCommand.Hangup());
    }

    /// <summary>A sentence lasts at least a second and a half: enough of them fill the time, and the hang-up cuts the rest.</summary>
    private string Words(PersonaCall call) =>
        _words ??= string.Concat(Enumerable.Range(0, seconds + 1).Select(_ => Sentences[call.Choose(0, Sentences.Length - 1)] + " "));
}
