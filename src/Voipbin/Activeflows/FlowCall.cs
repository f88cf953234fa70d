using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Voipbin.Activeflows;

/// <summary>
/// One leg as actions see it. What happens to it is read as it comes, so that an action that waits for something else leaves nothing
/// unread.
/// </summary>
internal sealed class FlowCall
{
    private readonly IProgramCall _call;
    private readonly TimeProvider _time;
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly List<Func<SubjectEvent, ValueTask>> _watchers = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _notes;

    /// <param name="interrupted">Ends what is waited for, by <see cref="FlowInterruptedException"/>.</param>
    public FlowCall(IProgramCall call, TimeProvider time, CancellationToken interrupted)
    {
        (_call, _time, Interrupted) = (call, time, interrupted);
        _ = PumpAsync();
    }

    public LegFacts Leg => _call.Leg;

    public bool IsAnswered => Leg.AnsweredAt is not null;

    public CancellationToken Interrupted { get; }

    /// <summary>The call has ended, or the node stops.</summary>
    public CancellationToken Stop => _call.Stop;

    /// <summary>Null until it is over, and when nobody has seen its end.</summary>
    public CallEvent.LegEnded? Ended { get; private set; }

    /// <summary>By its SDP name, once it is answered.</summary>
    public string? Codec { get; private set; }

    /// <summary>Hears of each event that is read, before whoever waits.</summary>
    public Action<object>? Heard { get; set; }

    /// <summary>Hears of each event as soon as it comes, whatever runs.</summary>
    public void Watch(Func<SubjectEvent, ValueTask> watcher) => _watchers.Add(watcher);

    /// <exception cref="LegOverException">The call is over.</exception>
    public async ValueTask<Ack> SendAsync(LegCommand command)
    {
        try
        {
            return await _call.SendAsync(command);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            throw new LegOverException();
        }
    }

    /// <inheritdoc cref="SendAsync"/>
    /// <returns>Why it was refused, as part of a sentence; null when it was not.</returns>
    public async ValueTask<string?> TrySendAsync(LegCommand command) =>
        await SendAsync(command) is { IsAccepted: false } ack ? $"it was refused: {Words(ack.Refusal)}" : null;

    /// <summary>Nothing happens where somebody has answered.</summary>
    public async ValueTask AnswerAsync()
    {
        if (IsAnswered) return;
        if (Leg.Direction is Direction.Inbound) await SendAsync(new LegCommand.Answer());
        await NextAsync<CallEvent.LegAnswered>();
    }

    /// <summary>The next event of that kind.</summary>
    /// <exception cref="LegOverException">The call is over.</exception>
    /// <exception cref="FlowInterruptedException">What runs is to end.</exception>
    public async ValueTask<T> NextAsync<T>(Func<T, bool>? which = null) where T : class =>
        (T)await NextAsync(happened => happened is T wanted && which?.Invoke(wanted) is not false);

    /// <inheritdoc cref="NextAsync{T}"/>
    public async ValueTask<object> NextAsync(Func<object, bool> which, CancellationToken limit = default)
    {
        using var either = limit.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(limit, Interrupted) : null;
        while (true)
        {
            object happened;
            try
            {
                happened = await _events.Reader.ReadAsync(either?.Token ?? Interrupted);
            }
            catch (OperationCanceledException) when (Interrupted.IsCancellationRequested)
            {
                throw new FlowInterruptedException();
            }
            catch (ChannelClosedException)
            {
                throw new LegOverException();
            }
            Heard?.Invoke(happened);
            if (which(happened)) return happened;
        }
    }

    /// <summary>The same, for so long.</summary>
    /// <returns>Null when none has come.</returns>
    public async ValueTask<object?> NextWithinAsync(TimeSpan span, Func<object, bool> which)
    {
        using var limit = new CancellationTokenSource(span, _time);
        try
        {
            return await NextAsync(which, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Something that happened elsewhere because of the flow; read among the events of the call. On any thread.</summary>
    public void Post(object happened) => _events.Writer.TryWrite(happened);

    /// <summary>The call for somebody who commands it meanwhile: he reads in the place of the flow.</summary>
    public IProgramCall Lend() => new Lent(this);

    /// <summary>Waits until the call is over, for so long.</summary>
    public async ValueTask OverAsync(TimeSpan span)
    {
        using var limit = new CancellationTokenSource(span, _time);
        await using var gone = limit.Token.UnsafeRegister(static over => ((TaskCompletionSource)over!).TrySetResult(), _over);
        await _over.Task;
    }

    /// <summary>Told in the call's trace.</summary>
    public async ValueTask NoteAsync(NoteKind kind, string text)
    {
        if (++_notes > FlowLimits.Notes) return;
        if (_notes == FlowLimits.Notes) (kind, text) = (NoteKind.Warning, "more steps and warnings of this call are not told");
        await SendAsync(new LegCommand.Note(kind, Clipped.Of(text, FlowLimits.NoteCharacters)));
    }

    /// <summary>Until the call is over, or what runs is to end: then there is nothing to read any more.</summary>
    private sealed class Lent(FlowCall call) : IProgramCall
    {
        public LegFacts Leg => call.Leg;
        public CancellationToken Stop => call.Stop;

        public async ValueTask<SubjectEvent?> NextAnyAsync()
        {
            try
            {
                return (SubjectEvent)await call.NextAsync(static happened => happened is SubjectEvent);
            }
            catch (Exception over) when (over is LegOverException or FlowInterruptedException)
            {
                return null;
            }
        }

        public async ValueTask<CallEvent?> NextAsync()
        {
            while (await NextAnyAsync() is { } happened)
                if (happened is CallEvent own) return own;
            return null;
        }

        public async ValueTask SitOutAsync()
        {
            while (await NextAnyAsync() is not null) { }
        }

        public ValueTask<Ack> SendAsync(LegCommand command) => call._call.SendAsync(command);
        public ValueTask<Dialled> DialAsync(DialRequest request) => call._call.DialAsync(request);
        public Task WaitAsync(TimeSpan span) => call._call.WaitAsync(span);
    }

    private async Task PumpAsync()
    {
        Exception? broken = null;
        try
        {
            while (await _call.NextAnyAsync() is { } happened)
            {
                if (happened is CallEvent.LegEnded ended) Ended = ended;
                else if (happened is CallEvent.LegAnswered { Codec: var codec }) Codec = codec;
                foreach (var watcher in _watchers.ToArray()) await TellAsync(watcher, happened);
                if (IsWanted(happened)) _events.Writer.TryWrite(happened);
            }
        }
        catch (Exception fault)
        {
            broken = fault;
        }
        _events.Writer.TryComplete(broken is OperationCanceledException or ObjectDisposedException ? null : broken);
        _over.TrySetResult();
    }

    private static async ValueTask TellAsync(Func<SubjectEvent, ValueTask> watcher, SubjectEvent happened)
    {
        try
        {
            await watcher(happened);
        }
        catch (LegOverException)
        {
            // Then it can do nothing.
        }
    }

    /// <summary>What ended because the party hung up is no end that an action goes on behind: the call's own comes next.</summary>
    private static bool IsWanted(SubjectEvent happened) => happened is not (CallEvent.LegEnded or CallEvent.Noted or CallEvent.GatherHeard
        or CallEvent.LabelsChanged or CallEvent.GatherEnded { Status: GatherStatus.CallHangup }
        or CallEvent.PlaybackEnded { Status: PlayStatus.CallHangup } or CallEvent.SpeakEnded { Status: PlayStatus.CallHangup });

    /// <summary>AlreadyEnded is "already ended".</summary>
    private static string Words(Refusal refusal) => string.Concat(refusal.ToString().Select((c, i) =>
        char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>The call of a flow has ended: nothing is left to be done.</summary>
internal sealed class LegOverException : Exception;

/// <summary>What runs is to end, and something else to come.</summary>
internal sealed class FlowInterruptedException : Exception;
