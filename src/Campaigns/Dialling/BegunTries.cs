using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>A try that this node has dialled.</summary>
/// <param name="Attempt">As which it was claimed then.</param>
internal sealed record BegunTry(Guid Attempt, TenantId Tenant, int Destination, int Try)
{
    /// <summary>Somebody has answered.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>What the target was told, as of an outcome; null before.</summary>
    public (string Result, string Reason, DateTimeOffset? Due)? Told { get; init; }
}

/// <summary>
/// What this node has dialled within some minutes. A database that comes back as it was a while ago, as a standby does that takes over
/// without the last commits of the one before, would have the same people called once more. Any thread may ask.
/// </summary>
internal sealed class BegunTries(TimeProvider time)
{
    /// <summary>No standby is further behind.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid Target, int Round), List<BegunTry>> _ofTarget = [];
    private readonly Dictionary<Guid, (Guid Target, int Round)> _places = [];
    private readonly Queue<(Guid Attempt, long At)> _inOrder = new();

    /// <summary>How many of them there are; for tests.</summary>
    public int Count
    {
        get { lock (_gate) return _places.Count; }
    }

    /// <summary>It is about to be dialled.</summary>
    public void Add(DialAttempt attempt)
    {
        lock (_gate)
        {
            while (_inOrder.TryPeek(out var first) && time.GetElapsedTime(first.At) >= Kept) Remove(_inOrder.Dequeue().Attempt);
            var place = (attempt.Target, attempt.Round);
            if (!_places.TryAdd(attempt.Id, place)) return;
            _inOrder.Enqueue((attempt.Id, time.GetTimestamp()));
            if (!_ofTarget.TryGetValue(place, out var tries)) _ofTarget[place] = tries = [];
            tries.Add(new(attempt.Id, attempt.Tenant, attempt.Destination, attempt.Try));
        }
    }

    public void Answer(Guid attempt) => Change(attempt, static known => known with { IsAnswered = true });

    /// <summary>The target was told.</summary>
    public void Settle(AttemptOutcome outcome) => Change(outcome.Attempt.Id,
        known => known with { Told = (outcome.Result, outcome.Reason, outcome.Due) });

    /// <summary>
    /// The same try of the same target, dialled as another attempt, or another one that somebody has answered; null for none. It may have
    /// been given back, or be over as others are: whether the database knows of it is to be asked.
    /// </summary>
    public BegunTry? Find(DialAttempt claimed)
    {
        lock (_gate)
            return _ofTarget.GetValueOrDefault((claimed.Target, claimed.Round))?.FindLast(known => known.Attempt != claimed.Id
                && (known.IsAnswered || known.Destination == claimed.Destination && known.Try == claimed.Try));
    }

    private void Change(Guid attempt, Func<BegunTry, BegunTry> change)
    {
        lock (_gate)
        {
            if (!_places.TryGetValue(attempt, out var place)) return;
            var tries = _ofTarget[place];
            int at = tries.FindIndex(known => known.Attempt == attempt);
            tries[at] = change(tries[at]);
        }
    }

    private void Remove(Guid attempt)
    {
        if (!_places.Remove(attempt, out var place)) return;
        var tries = _ofTarget[place];
        tries.RemoveAll(known => known.Attempt == attempt);
        if (tries.Count == 0) _ofTarget.Remove(place);
    }
}
