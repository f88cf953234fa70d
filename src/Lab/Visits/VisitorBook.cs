using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab.Visits;

/// <summary>The visits that go on, and the audio between their calls and their sockets.</summary>
internal sealed class VisitorBook(IAudioTaps taps) : ILiveAudio
{
    /// <summary>The lab's engine takes audio out by a media stream's order; nobody connects to this place.</summary>
    private static readonly StreamTerms Terms = new("ws://lab/visit", TapTracks.Said);

    private readonly ConcurrentDictionary<Guid, Visit> _visits = new();
    private readonly ConcurrentDictionary<Guid, IAudioTap> _open = new();

    public Visit Begin()
    {
        var visit = new Visit(Guid.NewGuid());
        _visits[visit.Id] = visit;
        return visit;
    }

    public void Forget(Visit visit) => _visits.TryRemove(visit.Id, out _);

    /// <summary>Commands the leg of a visit; null for a leg of somebody else's.</summary>
    public ICallProgram? Answer(LegFacts leg) =>
        Guid.TryParse(leg.Application.Target, out var id) && _visits.TryGetValue(id, out var visit) ? new Caller(visit) : null;

    public void Open(LiveAudioOrder order, Action<LiveAudioNews> tell)
    {
        if (!_visits.TryGetValue(order.Id, out var visit))
        {
            tell(new LiveAudioNews.Ended("nobody is there"));
            return;
        }
        var plan = new TapPlan(Guid.CreateVersion7(), TapTracks.Said, Visit.Rate) { InjectionRate = Visit.Rate };
        try
        {
            var tap = _open[order.Id] = taps.Open(plan);
            tell(new LiveAudioNews.Connected(plan));
            visit.Connect(tap);
        }
        catch (IOException failed)
        {
            tell(new LiveAudioNews.Ended(failed.Message));
        }
    }

    public void Close(Guid id)
    {
        if (_open.TryRemove(id, out var tap)) tap.Dispose();
    }

    public void Press(Guid id, char key) { }

    /// <summary>Nobody here listens for words.</summary>
    public void Finish(TranscriptionOrder order, LegFacts? over) { }

    /// <summary>Has audio carried from the answer on, and says when it is over.</summary>
    private sealed class Caller(Visit visit) : ICallProgram
    {
        public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
        {
            try
            {
                while (await call.NextAsync() is { } happened)
                {
                    if (happened is CallEvent.LegAnswered) await call.SendAsync(new LegCommand.StartStream(Terms) { Id = visit.Id });
                    else if (happened is CallEvent.StreamFailed failed)
                    {
                        visit.End($"no audio: {failed.Reason}");
                        await call.SendAsync(new LegCommand.Hangup());
                    }
                    else if (happened is CallEvent.LegEnded ended) visit.End(SnakeName.Of(ended.Cause).Replace('_', ' '));
                }
            }
            finally
            {
                visit.End("the call is over");
            }
            return null;
        }
    }
}
