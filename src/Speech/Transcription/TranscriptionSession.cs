using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.VoiceActivity;

namespace Ringwright.Speech.Transcription;

/// <summary>
/// One live transcription from its order to its end: one recognition for each speaker, between a tap and the call's events.
/// </summary>
internal sealed class TranscriptionSession(TranscriptionOrder order, IRecogniser recogniser, Action<LiveAudioNews> tell,
    Action<Func<Instant, CallEvent>> tellLate, IAudioTaps taps, TranscriptionOptions options, TimeProvider time, ILogger log)
    : ICarrySession
{
    private static readonly TapTracks[] Tracks = [TapTracks.Said, TapTracks.Heard];

    private readonly Lock _lock = new();
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;
    /// <summary>The leg has ended, and is told nothing any more.</summary>
    private LegFacts? _over;

    /// <summary>Never throws.</summary>
    public async Task RunAsync()
    {
        Metrics.Active.Add(1);
        string? failure = null;
        try
        {
            failure = await ListenAsync();
            if (failure is not null && !_isClosed && !IsFinishing) log.TranscriptionFailed(order.Id, order.Leg.Id, failure);
        }
        catch (OperationCanceledException) when (_isClosed || IsFinishing)
        {
            // Closed before it ended.
        }
        catch (Exception fault)
        {
            log.TranscriptionBroke(fault, order.Id);
            failure = "of a fault inside the node";
        }
        Metrics.Active.Add(-1);
        Metrics.Ended.Add(1, new KeyValuePair<string, object?>("outcome", _isClosed || IsFinishing ? "closed" : "failed"));
        lock (_lock)
        {
            if (!_isClosed) TellNow(new LiveAudioNews.Ended(failure));
            _isClosed = true;
        }
    }

    /// <summary>An agent that listens hears from here when the caller speaks.</summary>
    private bool TellsAgent => order.Terms.IsOfAgent && order.Terms.Tracks.HasFlag(TapTracks.Said) && options.AgentVoice is not null;

    private bool IsFinishing => _finish.Task.IsCompleted;

    /// <inheritdoc cref="ILiveAudio.Finish"/>
    /// <returns>False when its end is told already.</returns>
    public bool Finish(LegFacts? over)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            _over = over ?? _over;
        }
        _finish.TrySetResult();
        return true;
    }

    /// <summary>Nothing more is told, but the end of what is finishing.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = !IsFinishing;
        }
        // What then stops does so on the pool: our caller may be a shard in its turn.
        _ = _stop.CancelAsync();
    }

    /// <returns>Why it failed.</returns>
    private async Task<string?> ListenAsync()
    {
        var speakers = new List<Ear>(2);
        try
        {
            foreach (var track in Tracks.Where(track => order.Terms.Tracks.HasFlag(track)))
            {
                var speaker = new Ear(track, recogniser.SampleRate, order.Terms.IsOfAgent);
                speakers.Add(speaker);
                // An agent's caller may have said his first words before a recogniser is there.
                if (!order.Terms.IsOfAgent) speaker.Replace(await OpenAsync());
            }
            if (OpenTap() is not { } opened) return "the node has no room for one more call's audio";
            using var tap = opened;
            lock (_lock)
            {
                if (_isClosed) return null;
                tell(new LiveAudioNews.Connected(tap.Plan) { TellsVoice = TellsAgent });
            }
            log.TranscriptionBegun(order.Id, order.Leg.Id, recogniser.Name);
            return await TranscribeAsync(tap, speakers);
        }
        catch (RecognitionException gone)
        {
            return ResultText.ReasonOf(gone);
        }
        finally
        {
            await _stop.CancelAsync();
            await Task.WhenAll(speakers.Select(speaker => speaker.DisposeAsync().AsTask()));
        }
    }

    /// <exception cref="RecognitionException">Nobody listens.</exception>
    private Task<Speaker> OpenAsync()
    {
        var terms = new RecognitionTerms(order.Terms.Language, order.Terms.HasInterim)
        {
            Model = order.Terms.Model, Hints = order.Terms.Hints
        };
        return Speaker.OpenAsync(recogniser, terms, options, time, log, _stop.Token);
    }

    private IAudioTap? OpenTap()
    {
        try
        {
            return taps.Open(new(order.Id, order.Terms.Tracks, recogniser.SampleRate));
        }
        catch (IOException full)
        {
            log.NoTap(order.Id, full.Message);
            return null;
        }
    }

    private async Task<string?> TranscribeAsync(IAudioTap tap, List<Ear> speakers)
    {
        var listening = Task.Run(() => CarryAsync(tap, speakers), CancellationToken.None);
        var hearing = speakers.Select(speaker => Task.Run(() => HearAsync(speaker), CancellationToken.None)).ToList();
        var deadline = DeadlineAsync();
        try
        {
            await Task.WhenAny([listening, .. hearing, deadline]).WaitAsync(_stop.Token);
            if (!listening.IsCompleted && hearing.Find(one => one.IsCompleted) is { } over) return await over;
            if (!deadline.IsCompleted)
            {
                await listening;
                // The port has closed, as it does when the call ends: who ends it says so then.
                foreach (var speaker in speakers) speaker.Finish();
                await Task.WhenAny(_finish.Task, Task.Delay(options.TapGrace, time, _stop.Token));
                if (!IsFinishing) return "the call's audio has gone";
                await Task.WhenAny(Task.WhenAll(hearing), deadline);
            }
            return hearing.TrueForAll(one => one.IsCompletedSuccessfully) ? null : "what was said last was not understood in time";
        }
        finally
        {
            await _stop.CancelAsync();
            // The tap is read by one of them until it stops, which is at once: a recogniser's loop may hang.
            await listening.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
            foreach (var one in hearing) _ = one.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
        }
    }

    /// <summary>When nobody waits for the last words any longer.</summary>
    private async Task DeadlineAsync()
    {
        await _finish.Task.WaitAsync(_stop.Token);
        await Task.Delay(options.LastWords, time, _stop.Token);
    }

    /// <summary>Until nothing will come any more.</summary>
    private async Task CarryAsync(IAudioTap tap, List<Ear> speakers)
    {
        short[] samples = new short[recogniser.SampleRate / 50];
        long overflows = 0;
        var watches = Watches(speakers);
        while (await tap.WaitAsync(_stop.Token))
        {
            while (tap.TryRead(samples, out var frame))
            {
                if (frame.Kind is not TapFrameKind.Audio) continue;
                var heard = samples.AsSpan(0, frame.Samples);
                var ear = speakers.Find(speaker => speaker.Track == frame.Track);
                ear?.Write(heard);
                if (watches.Find(one => one.Track == frame.Track) is { } watch && watch.Handle(heard)) ear?.OnVoice(watch.IsTalking);
            }
            if (tap.Overflows is var lost && lost > overflows)
            {
                Metrics.Lost.Add(lost - overflows);
                overflows = lost;
            }
        }
    }

    /// <summary>Whose voices are told: a gather's by their energy; an agent's caller by what the node has for that, if anything.</summary>
    private List<VoiceWatch> Watches(List<Ear> speakers)
    {
        if (order.TellsVoice)
            return [.. speakers.Select(speaker => new VoiceWatch(speaker.Track, new EnergyVoice(VoiceWatch.GatherPause), Tell))];
        if (TellsAgent && options.AgentVoice is { } create) return [new(TapTracks.Said, create(recogniser.SampleRate), Tell)];
        // Media tells the agent. What is noticed here is for its recogniser, which is asked to be sure when the caller pauses.
        return order.Terms is { IsOfAgent: true, HasInterim: true }
            ? [new(TapTracks.Said, new EnergyVoice(VoiceWatch.AgentPause), static _ => { })] : [];
    }

    private void Tell(LiveAudioNews news)
    {
        lock (_lock)
        {
            if (!_isClosed) TellNow(news);
        }
    }

    /// <summary>To the leg, or in its name. Under the lock.</summary>
    private void TellNow(LiveAudioNews news)
    {
        if (_over is not { } leg) tell(news);
        else if (news is LiveAudioNews.Transcribed { IsFinal: true } heard)
        {
            tellLate(at => new CallEvent.SpeechTranscribed(order.Id, heard.Track, heard.Text, IsFinal: true, heard.Confidence)
            {
                Leg = leg, At = at, IsLate = true, IsOfAgent = order.Terms.IsOfAgent
            });
        }
        else if (news is LiveAudioNews.Ended ended)
            tellLate(at => new CallEvent.TranscriptionEnded(order.Id, order.Terms.Tracks, ended.Failure) { Leg = leg, At = at });
    }

    /// <summary>An agent's recogniser that is lost has a successor: a caller who is not heard may hang up.</summary>
    /// <returns>Why no more is heard.</returns>
    private async Task<string> HearAsync(Ear speaker)
    {
        if (order.Terms.IsOfAgent) await FindAsync(speaker);
        for (bool isFirst = true; ; isFirst = false)
        {
            long begun = time.GetTimestamp();
            try
            {
                return await ReadAsync(speaker);
            }
            catch (RecognitionException lost) when (MayBeReplaced(isFirst, begun))
            {
                log.RecogniserReplaced(order.Id, ResultText.ReasonOf(lost));
            }
            await FindAsync(speaker);
        }
    }

    /// <summary>Services end what has lasted for a while; one that is lost as soon as it is there will not be better.</summary>
    private bool MayBeReplaced(bool isFirst, long begun) => order.Terms.IsOfAgent && !_stop.IsCancellationRequested
        && (isFirst || time.GetElapsedTime(begun) >= Limits.Steady);

    /// <summary>Somebody listens from here on.</summary>
    /// <exception cref="RecognitionException">Nobody does.</exception>
    private async Task FindAsync(Ear speaker)
    {
        if (speaker.Replace(await OpenAsync()) is { } unneeded) await unneeded.DisposeAsync();
        _stop.Token.ThrowIfCancellationRequested();
    }

    private async Task<string> ReadAsync(Ear speaker)
    {
        var gauge = new FloodGauge(Limits.ResultsAtOnce, Limits.ResultsPerSecond, time);
        await foreach (var result in speaker.Recognition.ReadAsync(_stop.Token))
        {
            if (!gauge.Take(1)) return $"the recogniser tells more than {Limits.ResultsPerSecond} results a second";
            speaker.Understand(result);
            if (!result.IsFinal && !order.Terms.HasInterim) continue;
            if (ResultText.TextOf(result) is not { Length: > 0 } text) continue;
            lock (_lock)
            {
                if (_isClosed) break;
                TellNow(new LiveAudioNews.Transcribed(speaker.Track, text, result.IsFinal, ResultText.ConfidenceOf(result)));
            }
            Metrics.Results.Add(1, new KeyValuePair<string, object?>("kind", result.IsFinal ? "final" : "interim"));
        }
        return "the recogniser ended it";
    }
}
