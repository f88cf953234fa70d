using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab.Personas;

/// <summary>
/// How one person in the lab behaves on one call. A persona hears the events of its leg, in order, and acts through <see cref="PersonaCall"/>
/// like any other user of the engine: it has no other way to the wire.
/// </summary>
internal abstract class Persona
{
    /// <summary>The phone rings. Personas that never answer do nothing.</summary>
    public virtual Task OnRingingAsync(PersonaCall call) => Task.CompletedTask;

    /// <summary>The call is answered, whichever side placed it.</summary>
    public virtual Task OnAnsweredAsync(PersonaCall call) => Task.CompletedTask;

    /// <summary>Anything else that happens on the leg.</summary>
    public virtual Task OnEventAsync(PersonaCall call, CallEvent happened) => Task.CompletedTask;
}

/// <summary>One leg in a persona's hands, with what its seed chose for it.</summary>
internal sealed class PersonaCall(LegFacts leg, ICallControl calls, IPrompts prompts, TimeProvider clock, Rng rng, CancellationToken stop)
{
    /// <summary>How everybody in the lab sounds.</summary>
    private const string Voice = "female", Language = "en-US";

    /// <summary>Nobody lets it ring for ever because he cannot find the words.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public LegFacts Leg { get; } = leg;

    /// <summary>Cancelled when the leg ends or the lab stops.</summary>
    public CancellationToken Stop { get; } = stop;

    /// <summary>A number between the bounds, from the lab's seed.</summary>
    public int Choose(int from, int to) => from + rng.Next(to - from + 1);

    public Task WaitAsync(TimeSpan span) => Task.Delay(span, clock, Stop);

    public ValueTask<Ack> AnswerAsync() => SendAsync(new LegCommand.Answer());

    /// <summary>Answers when it can say <paramref name="firstWords"/> at once: on a busy machine a voice takes seconds, and a silent machine passes for a person.</summary>
    public async ValueTask<Ack> AnswerAsync(string firstWords)
    {
        try
        {
            // Any codec: the sound that is kept serves all. Without it the words come late, which is said when they are to be played.
            await prompts.PrepareAsync(Leg.Tenant, Words(firstWords), "PCMU", Stop).AsTask().WaitAsync(LongestPause, clock, Stop);
        }
        catch (TimeoutException) { /* late then */ }
        return await AnswerAsync();
    }

    /// <summary>How everybody in the lab says this.</summary>
    public static PromptSource.Speech Words(string text) => new(text, Voice, Language, IsSsml: false);

    public ValueTask<Ack> RejectAsync(int status) => SendAsync(new LegCommand.Reject(status == 486) { Status = status });

    public ValueTask<Ack> SayAsync(string words) =>
        SendAsync(new LegCommand.Speak { Speech = Words(words) });

    public ValueTask<Ack> SendAsync(LegCommand command) => calls.SendAsync(Leg.Id, command, Stop);
}
