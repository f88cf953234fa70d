using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Lab.Personas;

namespace Ringwright.Lab;

/// <summary>Gives each leg of the lab its persona and feeds it the leg's events, one at a time and in order.</summary>
internal sealed class PersonaPool(ICallControl calls, IPrompts prompts, TimeProvider clock, ulong seed, ILogger logger)
{
    private readonly Dictionary<LegId, Actor> _actors = [];
    private readonly ConcurrentDictionary<LegId, LabCall> _log = new();
    private ulong _legs;

    /// <summary>What the lab saw, newest last; for <c>ringwright lab calls</c> and tests.</summary>
    public IEnumerable<LabCall> Calls => _log.Values.OrderBy(c => c.Number);

    /// <summary>Runs until the reader completes or <paramref name="stop"/> is cancelled.</summary>
    public async Task RunAsync(System.Threading.Channels.ChannelReader<CallEvent> events, CancellationToken stop)
    {
        await foreach (var happened in events.ReadAllAsync(stop))
        {
            if (happened is CallEvent.LegInitiated)
            {
                // The seed and the order of calls fix a persona's choices.
                var lifetime = CancellationTokenSource.CreateLinkedTokenSource(stop);
                string who = happened.Leg.Direction is Direction.Inbound ? happened.Leg.To : happened.Leg.From;
                var call = new PersonaCall(happened.Leg, calls, prompts, clock, new Rng(seed + ++_legs), lifetime.Token);
                _actors[happened.Leg.Id] = new Actor(Personas.Directory.Find(who), call, lifetime, logger);
                _log[happened.Leg.Id] = new LabCall((long)_legs, happened.Leg.From, happened.Leg.To, happened.Leg.Direction, clock.GetUtcNow());
                Trim();
            }
            if (!_actors.TryGetValue(happened.Leg.Id, out var actor)) continue;
            if (_log.TryGetValue(happened.Leg.Id, out var seen)) seen.Note(happened);
            actor.Post(happened);
            if (happened is CallEvent.LegEnded) _actors.Remove(happened.Leg.Id);
        }
    }

    private void Trim()
    {
        const int keep = 2_000;
        if (_log.Count <= keep * 2) return;
        foreach (var (leg, _) in _log.OrderBy(pair => pair.Value.Number).Take(_log.Count - keep).ToArray())
            if (!_actors.ContainsKey(leg)) _log.TryRemove(leg, out _);
    }

    /// <summary>One leg's queue: a persona that waits must not hold up the others.</summary>
    private sealed class Actor(Persona persona, PersonaCall call, CancellationTokenSource lifetime, ILogger logger)
    {
        private Task _last = Task.CompletedTask;

        public void Post(CallEvent happened)
        {
            if (happened is CallEvent.LegEnded)
            {
                lifetime.Cancel();
                _last = _last.ContinueWith(_ => lifetime.Dispose(), TaskScheduler.Default);
                return;
            }
            _last = RunAsync(_last, happened);
        }

        private async Task RunAsync(Task before, CallEvent happened)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            try
            {
                if (happened is CallEvent.LegInitiated { Leg.Direction: Direction.Inbound }) await persona.OnRingingAsync(call);
                else if (happened is CallEvent.LegAnswered) await persona.OnAnsweredAsync(call);
                else await persona.OnEventAsync(call, happened);
            }
            catch (OperationCanceledException) { /* the leg ended while the persona waited: nothing is left to do */ }
            catch (Exception e)
            {
                logger.PersonaFailed(call.Leg.Id, e);
            }
        }
    }
}

/// <summary>One call as the lab saw it.</summary>
/// <param name="number">Counts the lab's calls from 1.</param>
public sealed class LabCall(long number, string from, string to, Direction direction, DateTimeOffset startedAt)
{
    private readonly ConcurrentQueue<char> _digits = new();

    public long Number { get; } = number;
    public string From { get; } = from;
    public string To { get; } = to;
    public Direction Direction { get; } = direction;
    public DateTimeOffset StartedAt { get; } = startedAt;
    public bool IsAnswered { get; private set; }
    public HangupCause? Cause { get; private set; }
    /// <summary>What the person's own port counted; all zero before the end.</summary>
    public MediaQuality Heard { get; private set; } = new();

    /// <summary>The digits heard, in order.</summary>
    public string Digits => string.Concat(_digits);

    internal void Note(CallEvent happened)
    {
        if (happened is CallEvent.LegAnswered) IsAnswered = true;
        if (happened is CallEvent.DigitReceived digit) _digits.Enqueue(digit.Digit);
        if (happened is not CallEvent.LegEnded ended) return;
        Heard = ended.Quality ?? Heard;
        Cause = ended.Cause;
    }
}
