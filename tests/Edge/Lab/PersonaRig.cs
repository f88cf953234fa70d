using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Lab.Personas;
using Ringwright.Testing;

namespace Ringwright.Edge.Lab;

/// <summary>One person of the lab with a telephone that only notes what is done with it, and a clock that a test moves.</summary>
internal sealed class PersonaRig : ICallControl, IPrompts
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Persona _person;
    private readonly PersonaCall _call;
    private readonly LegFacts _leg;
    private readonly DateTimeOffset _begun;

    public PersonaRig(string number)
    {
        _person = Ringwright.Lab.Personas.Directory.Find(number);
        _leg = new()
        {
            Id = new(1),
            Uuid = Guid.NewGuid(),
            Session = new(Guid.NewGuid()),
            Tenant = new(Guid.NewGuid()),
            Connection = new(1),
            Direction = Direction.Inbound,
            From = "+15550100000",
            To = number,
            StartedAt = default,
        };
        _begun = _clock.GetUtcNow();
        _call = new(_leg, this, this, _clock, new Rng(1), CancellationToken.None);
    }

    public List<LegCommand> Commands { get; } = [];
    public LegCommand Last => Commands[^1];
    public string Said => Last switch
    {
        LegCommand.Speak speak => speak.Speech.Text,
        LegCommand.Gather { Prompt: PromptSource.Speech speech } => speech.Text,
        _ => "",
    };

    /// <summary>The words that were made ready, each once done.</summary>
    public List<string> Prepared { get; } = [];

    /// <summary>Completes when the voice has time.</summary>
    public Task Voice { get; init; } = Task.CompletedTask;

    /// <summary>How much time passes in all; behind it the person only waits for others.</summary>
    public TimeSpan Time { get; set; } = TimeSpan.MaxValue;

    public Task RingAsync() => RunAsync(_person.OnRingingAsync(_call));

    public Task AnswerAsync() => RunAsync(_person.OnAnsweredAsync(_call));

    public Task TellAsync(Func<LegFacts, CallEvent> happened) => RunAsync(_person.OnEventAsync(_call, happened(_leg)));

    public Task GatheredAsync(string? id, string digits, GatherStatus status = GatherStatus.Valid) =>
        TellAsync(leg => new CallEvent.GatherEnded { Leg = leg, At = default, Digits = digits, Status = status, GatherId = id });

    /// <summary>What the person waits for passes at once.</summary>
    private async Task RunAsync(Task act)
    {
        while (!act.IsCompleted)
        {
            await Eventually.TrueAsync(() => act.IsCompleted || (_clock.TimerCount > 0 && _clock.GetUtcNow() - _begun < Time), "the person waits or is done");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        await act;
    }

    public ValueTask<Ack> SendAsync(LegId leg, LegCommand command, CancellationToken stop)
    {
        Commands.Add(command);
        return new(Ack.Accepted);
    }

    public async ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop)
    {
        await Voice;
        Prepared.Add(((PromptSource.Speech)source).Text);
        return PromptResult.Failed(PromptFailure.SpeechUnavailable, "nothing is heard here");
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => throw new NotSupportedException("people dial by the lab's door");
}
