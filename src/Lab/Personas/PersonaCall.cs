using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Programs;

namespace Ringwright.Lab.Personas;

/// <summary>One leg in a persona's hands, with what its seed chose for it.</summary>
internal sealed class PersonaCall(IProgramCall call, IPrompts prompts, TimeProvider clock, Rng rng, Action<LegId, LegCommand>? did)
{
    /// <summary>How everybody in the lab sounds.</summary>
    private const string Voice = "female", Language = "en-US";

    /// <summary>Nobody lets it ring for ever because he cannot find the words.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <inheritdoc cref="IProgramCall.NextAsync"/>
    public ValueTask<CallEvent?> NextAsync() => call.NextAsync();

    /// <inheritdoc cref="ProgramCallExtensions.NextAsync{T}"/>
    public ValueTask<T?> NextAsync<T>() where T : CallEvent => call.NextAsync<T>();

    /// <summary>A number between the bounds, from the lab's seed.</summary>
    public int Choose(int from, int to) => from + rng.Next(to - from + 1);

    public Task WaitAsync(TimeSpan span) => call.WaitAsync(span);

    public ValueTask<Ack> AnswerAsync() => SendAsync(new LegCommand.Answer());

    /// <summary>
    /// Answers when it can say <paramref name="firstWords"/> at once: on a busy machine a voice takes seconds,
    /// and a silent machine passes for a person.
    /// </summary>
    public async ValueTask<Ack> AnswerAsync(string firstWords)
    {
        try
        {
            // Any codec: the sound that is kept serves all. Without it the words come late, which is said when they are to be played.
            await prompts.PrepareAsync(call.Leg.Tenant, Words(firstWords), "PCMU", call.Stop).AsTask()
                .WaitAsync(LongestPause, clock, call.Stop);
        }
        catch (TimeoutException) { /* late then */ }
        return await AnswerAsync();
    }

    /// <summary>How everybody in the lab says this.</summary>
    public static PromptSource.Speech Words(string text) => new(text, Voice, Language, IsSsml: false);

    public ValueTask<Ack> RejectAsync(int status) => SendAsync(new LegCommand.Reject(status == 486) { Status = status });

    public ValueTask<Ack> SayAsync(string words) =>
        SendAsync(new LegCommand.Speak { Speech = Words(words) });

    public async ValueTask<Ack> SendAsync(LegCommand command)
    {
        var ack = await call.SendAsync(command);
        if (ack.IsAccepted) did?.Invoke(call.Leg.Id, command);
        return ack;
    }
}
