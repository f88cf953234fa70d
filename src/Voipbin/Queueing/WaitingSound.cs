using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Queueing;

/// <summary>What a caller hears while he waits, and while an agent rings: the queue's flow, again and again, or a tone.</summary>
/// <param name="flow">Null for the tone.</param>
internal sealed class WaitingSound(IProgramCall call, Func<IProgramCall, ValueTask>? flow, TimeProvider time)
{
    private static readonly PromptSource.Tone Tone = new(425, 0, 1_000, 4_000, 60_000);
    /// <summary>A flow that is over at once is not begun again at once.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(call.Stop);
    private readonly Channel<SubjectEvent> _events = Channel.CreateUnbounded<SubjectEvent>();
    private Task _playing = Task.CompletedTask;
    private bool _isStopped;

    public async ValueTask StartAsync()
    {
        if (flow is null) await TrySendAsync(new LegCommand.Play { Source = Tone, Loops = 0, IsReported = false });
        else _playing = Task.Run(PlayAsync, CancellationToken.None);
    }

    public void Tell(SubjectEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Nothing of it is heard any more, and nothing of it commands the call.</summary>
    public async ValueTask StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await _stop.CancelAsync();
        await _playing;
        await TrySendAsync(new LegCommand.StopPlayback(StopWhat.All));
        if (flow is not null) await TrySendAsync(new LegCommand.StopGather());
        _stop.Dispose();
    }

    private async Task PlayAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                long since = time.GetTimestamp();
                await flow!(new Heard(call, _events.Reader, _stop.Token));       // only with one
                if (time.GetElapsedTime(since) < Rest) await Task.Delay(Rest, time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The waiting is over.
        }
        catch (Exception)
        {
            // A flow that cannot be run is no reason to wait in silence.
            await TrySendAsync(new LegCommand.Play { Source = Tone, Loops = 0, IsReported = false });
        }
    }

    private async ValueTask TrySendAsync(LegCommand command)
    {
        try
        {
            await call.SendAsync(command);
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
    }

    /// <summary>The call as the flow has it: for as long as the caller waits.</summary>
    private sealed class Heard(IProgramCall call, ChannelReader<SubjectEvent> events, CancellationToken stop) : IProgramCall
    {
        public LegFacts Leg => call.Leg;

        public CancellationToken Stop => stop;

        public async ValueTask<CallEvent?> NextAsync()
        {
            while (await NextAnyAsync() is { } any)
                if (any is CallEvent ofLeg) return ofLeg;
            return null;
        }

        public async ValueTask<SubjectEvent?> NextAnyAsync() => await events.ReadAsync(stop);

        public async ValueTask SitOutAsync()
        {
            while (await NextAnyAsync() is not CallEvent.LegEnded) { }
        }

        public ValueTask<Ack> SendAsync(LegCommand command)
        {
            stop.ThrowIfCancellationRequested();
            return call.SendAsync(command);
        }

        public ValueTask<Dialled> DialAsync(DialRequest request)
        {
            stop.ThrowIfCancellationRequested();
            return call.DialAsync(request);
        }

        public async Task WaitAsync(TimeSpan span)
        {
            stop.ThrowIfCancellationRequested();
            var over = Task.Delay(Timeout.InfiniteTimeSpan, stop);
            await await Task.WhenAny(call.WaitAsync(span), over);
        }
    }
}
