using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Lab.Personas;
using Ringwright.Programs;
using Ringwright.Testing;

namespace Ringwright.Edge.Lab;

/// <summary>One person of the lab with a telephone that only notes what is done with it, and a clock that a test moves.</summary>
internal sealed class PersonaRig : ICallControl, IPrompts
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TurnScheduler _turns = new();
    private readonly EventFeed _feed = new();
    private readonly LegFacts _leg;
    private readonly DateTimeOffset _begun;

    /// <param name="number">The person's.</param>
    /// <param name="direction">Inbound: it is called.</param>
    public PersonaRig(string number, Direction direction = Direction.Inbound)
    {
        const string Other = "+15550100000";
        bool isCalled = direction is Direction.Inbound;
        _leg = new()
        {
            Id = new(1),
            Uuid = Guid.NewGuid(),
            Session = new(Guid.NewGuid()),
            Tenant = new(Guid.NewGuid()),
            Connection = new(1),
            Direction = direction,
            Application = new(ApplicationKind.Script, "people"),
            From = isCalled ? Other : number,
            To = isCalled ? number : Other,
            StartedAt = default,
        };
        _begun = _clock.GetUtcNow();
        new ProgramHost(_feed, this, new Ringwright.Lab.Personas.Directory(this, _clock, seed: 0).Answer, _clock,
            NullLogger.Instance, _turns).Start();
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

    public void Ring() => Tell(leg => new CallEvent.LegInitiated { Leg = leg, At = default });

    public void Answer() => Tell(leg => new CallEvent.LegAnswered { Leg = leg, At = default, Codec = "PCMU", SampleRate = 8000 });

    public void Tell(Func<LegFacts, CallEvent> happened)
    {
        _feed.Publish(happened(_leg));
        Run();
    }

    public void Gathered(string? id, string digits, GatherStatus status = GatherStatus.Valid) =>
        Tell(leg => new CallEvent.GatherEnded { Leg = leg, At = default, Digits = digits, Status = status, GatherId = id });

    /// <summary>What the person waits for passes at once.</summary>
    public void Run()
    {
        _turns.Run();
        while (_clock.TimerCount > 0 && _clock.GetUtcNow() - _begun < Time)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _turns.Run();
        }
    }

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        Commands.Add((LegCommand)command);
        return new(Ack.Accepted);
    }

    public async ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop)
    {
        await Voice;
        Prepared.Add(((PromptSource.Speech)source).Text);
        return PromptResult.Failed(PromptFailure.SpeechUnavailable, "nothing is heard here");
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) =>
        throw new NotSupportedException("people dial by the lab's door");
}
