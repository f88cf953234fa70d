using System.Text;
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

    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(200, 600)));
        await call.AnswerAsync();
    }

    public override async Task OnAnsweredAsync(PersonaCall call)
    {
        if (seconds > 0)
        {
            var words = new StringBuilder();
            // A sentence lasts at least a second and a half: enough of them fill the time, and the hang-up cuts the rest.
            for (int i = 0; i <= seconds; i++)
                words.Append(Sentences[call.Choose(0, Sentences.Length - 1)]).Append(' ');
            await call.SayAsync(words.ToString());
            await call.WaitAsync(TimeSpan.FromSeconds(seconds));
        }
        await call.SendAsync(new LegCommand.Hangup());
    }
}
