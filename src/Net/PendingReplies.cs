using System.Collections.Concurrent;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Switch;

namespace Ringwright.Net;

/// <summary>Who waits for which acknowledgement. Shards answer by number, for messages hold no task.</summary>
internal sealed class PendingReplies
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<Ack>> _acks = new();
    /// <summary>Who hears where the answer is given.</summary>
    private readonly ConcurrentDictionary<long, Action<Ack>> _told = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource<PingAnswer>> _pings = new();
    private readonly ConcurrentDictionary<long, TaskCompletionSource<PhoneTextAnswer>> _texts = new();
    private long _last;

    public int Count => _acks.Count + _told.Count + _pings.Count + _texts.Count;

    public long ExpectAck(out Task<Ack> ack)
    {
        var source = new TaskCompletionSource<Ack>(TaskCreationOptions.RunContinuationsAsynchronously);
        long correlation = Interlocked.Increment(ref _last);
        _acks[correlation] = source;
        ack = source.Task;
        return correlation;
    }

    /// <param name="told">Hears it on the thread that gives it.</param>
    public long ExpectAck(Action<Ack> told)
    {
        long correlation = Interlocked.Increment(ref _last);
        _told[correlation] = told;
        return correlation;
    }

    public long ExpectPing(out Task<PingAnswer> answer)
    {
        var source = new TaskCompletionSource<PingAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        long correlation = Interlocked.Increment(ref _last);
        _pings[correlation] = source;
        answer = source.Task;
        return correlation;
    }

    public long ExpectText(out Task<PhoneTextAnswer> answer)
    {
        var source = new TaskCompletionSource<PhoneTextAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        long correlation = Interlocked.Increment(ref _last);
        _texts[correlation] = source;
        answer = source.Task;
        return correlation;
    }

    public void Complete(long correlation, Ack ack)
    {
        if (_acks.TryRemove(correlation, out var source)) source.TrySetResult(ack);
        else if (_told.TryRemove(correlation, out var told)) told(ack);
    }

    public void Complete(long correlation, PingAnswer answer)
    {
        if (_pings.TryRemove(correlation, out var source)) source.TrySetResult(answer);
    }

    public void Complete(long correlation, PhoneTextAnswer answer)
    {
        if (_texts.TryRemove(correlation, out var source)) source.TrySetResult(answer);
    }

    /// <summary>The engine stopped: nobody will answer any more.</summary>
    public void CompleteAll()
    {
        foreach (var (correlation, _) in _acks) Complete(correlation, Refusal.AlreadyEnded);
        foreach (var (correlation, _) in _told) Complete(correlation, Refusal.AlreadyEnded);
        foreach (var (correlation, _) in _pings) Complete(correlation, new PingAnswer(null, "the node stopped"));
        // A phone may have one of these: nobody knows.
        foreach (var (correlation, _) in _texts)
            if (_texts.TryRemove(correlation, out var source)) source.TrySetCanceled();
    }
}
