using System.Globalization;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What the silence between a caller's last sound and the first of the answer was made of, turn by turn: times, no words. Told from any
/// thread.
/// </summary>
public sealed class TurnWatch
{
    private readonly Lock _lock = new();
    private int _turns, _request;
    /// <summary>The request of which there is text before the turn is over that it is about.</summary>
    private int _early;
    /// <summary>Of the turn that the caller is having: its last sound, and the last words that were understood.</summary>
    private Instant? _silent, _understood;
    /// <summary>Null while no answer is waited for.</summary>
    private Answer? _answer;

    /// <summary>The caller has said nothing since, or pressed a key then.</summary>
    public void OnSilent(Instant at)
    {
        lock (_lock) _silent = at;
    }

    /// <summary>A recogniser is sure of words.</summary>
    public void OnWords(Instant at)
    {
        lock (_lock) _understood = at;
    }

    /// <summary>The brain is asked, or was ahead: what follows is its answer, until the next one.</summary>
    public void OnAsked(BrainRequest request, Instant at)
    {
        lock (_lock)
        {
            _request = request.Number;
            if (request is { Occasion: BrainOccasion.Turn, Try: 0 })
            {
                var silent = _silent ?? _understood ?? at;
                // What the caller adds is of the same turn.
                _turns = request.Replaces is null ? _turns + 1 : Math.Max(1, _turns);
                _answer = new(_turns, silent, Instant.Max(silent, _understood ?? silent), at);
                (_silent, _understood) = (null, null);
            }
            // What tools gave, or what has failed, is asked about in the same turn.
            else if (request.Occasion is BrainOccasion.Turn or BrainOccasion.ToolResults) _answer?.AskAgain(at);
            else _answer = null;
            if (_early == request.Number) _answer?.Take(at);
        }
    }

    /// <summary>A bit of what is to be said has come.</summary>
    public void OnText(int request, Instant at)
    {
        lock (_lock)
            if (request == _request) _answer?.Take(at);
            else if (request > _request) _early = request;
    }

    /// <summary>The voice is asked for a piece.</summary>
    /// <param name="piece">Grows.</param>
    public void OnSaid(int piece, Instant at)
    {
        lock (_lock) _answer?.Say(piece, at);
    }

    /// <returns>What there is to say, when this is the first that is heard of the answer to a turn; null else.</returns>
    public string? OnStarted(int piece, Instant at)
    {
        lock (_lock)
        {
            if (_answer?.Start(piece, at) is not { } line) return null;
            _answer = null;
            return line;
        }
    }

    /// <param name="silent">The caller's last sound.</param>
    /// <param name="understood">When his last words were; not before that.</param>
    /// <param name="asked">The turn was over.</param>
    private sealed class Answer(int turn, Instant silent, Instant understood, Instant asked)
    {
        private Instant? _askedAgain, _first, _last, _said;
        private int _piece;

        public void AskAgain(Instant at)
        {
            if (_first is null) _askedAgain = at;
        }

        public void Take(Instant at)
        {
            if (_said is null) (_first, _last) = (_first ?? at, at);
        }

        public void Say(int piece, Instant at)
        {
            // What the conversation says by itself nobody has thought of.
            if (_said is null) (_first, _last, _said, _piece) = (_first ?? at, _last ?? at, at, piece);
        }

        public string? Start(int piece, Instant at)
        {
            if (_said is not { } said || _first is not { } first || _last is not { } last || piece < _piece) return null;
            var askedLast = _askedAgain ?? asked;
            List<(string Part, TimeSpan Took)> parts = [("recogniser", understood - silent), ("endpoint", asked - understood)];
            if (_askedAgain is not null) parts.Add(("tools", askedLast - asked));
            parts.AddRange([("first word", first - askedLast), ("sentence", last - first), ("own", said - last), ("voice", at - said)]);
            Count("whole", at - silent);
            foreach (var (part, took) in parts) Count(part, took);
            return $"turn {turn}: answered after {Milliseconds(at - silent)} ms: "
                + string.Join(", ", parts.Select(one => $"{one.Part} {Milliseconds(one.Took)}"));
        }

        private static void Count(string part, TimeSpan took) =>
            Metrics.Turns.Record(Math.Max(0, took.TotalSeconds), new KeyValuePair<string, object?>("part", part.Replace(' ', '_')));

        private static string Milliseconds(TimeSpan took) =>
            Math.Max(0, took.TotalMilliseconds).ToString("F0", CultureInfo.InvariantCulture);
    }
}
