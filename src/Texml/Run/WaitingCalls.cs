using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Texml.Run;

/// <summary>The calls that wait in queues because a document says so: whoever takes one finds its run.</summary>
internal sealed class WaitingCalls
{
    private readonly ConcurrentDictionary<LegId, WaitingCall> _live = new();

    public WaitingCall Add(WaitingCall waiting) => _live[waiting.Leg] = waiting;

    public void Remove(WaitingCall waiting) => _live.TryRemove(new(waiting.Leg, waiting));

    /// <summary>Null when no document lets it wait.</summary>
    public WaitingCall? Find(LegId leg) => _live.GetValueOrDefault(leg);
}

/// <summary>One call that waits, as whoever takes it sees it.</summary>
/// <param name="tell">Called on any thread.</param>
internal sealed class WaitingCall(LegId leg, Action<QueueTaking> tell)
{
    private QueueTaking? _taking;

    public LegId Leg => leg;

    /// <returns>False when somebody else is about to.</returns>
    public bool TryTake(QueueTaking taking)
    {
        if (Interlocked.CompareExchange(ref _taking, taking, null) is not null) return false;
        tell(taking);
        return true;
    }

    /// <summary>Somebody else may.</summary>
    public void Release() => Interlocked.Exchange(ref _taking, null);
}

/// <summary>Somebody takes a call out of a queue, which hears a document before the two are joined.</summary>
/// <param name="tell">Called on any thread.</param>
internal sealed class QueueTaking(LegFacts taker, Step.Go whisper, Action<QueueNews> tell)
{
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _dismissed = new();

    public LegFacts Taker => taker;

    public Step.Go Whisper => whisper;

    /// <summary>Whoever wanted the call does not any more.</summary>
    public CancellationToken Dismissed => _dismissed.Token;

    public void Tell(bool isReady) => tell(new(this, isReady));

    public void Dismiss() => _ = _dismissed.CancelAsync();
}

/// <summary>What has become of a call that is taken.</summary>
/// <param name="IsReady">It has heard what was to be heard; else it is not to be had any more.</param>
internal sealed record QueueNews(QueueTaking Of, bool IsReady);

/// <summary>Whoever wanted a call that waits has gone.</summary>
internal sealed record TakerLeft(QueueTaking Of);
