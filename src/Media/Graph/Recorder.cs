using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>
/// One recording of a port: lays what the party says and hears on one line of time and gives it to the ring, a little later.
/// </summary>
internal sealed class Recorder(RecordPlan plan, RecordRing ring)
{
    private const int Inbound = 0, Outbound = 1;
    /// <summary>What a peer's jitter buffer and a link may hold back at most.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(Limits.RecordLagMilliseconds);

    private readonly VoiceDetector _voice = new();
    private Timeline? _line;
    private Resampler? _inResampler, _outResampler;
    private short[] _resampled = [], _first = [], _second = [], _output = [];
    private int _rate;
    private long _kept, _most = long.MaxValue;
    private bool _isSilent;
    /// <summary>What was captured before it belongs to a pause that is over.</summary>
    private Instant _heardFrom;

    public RecordPlan Plan => plan;
    public bool HasBegun => _line is not null;
    public bool IsPaused { get; private set; }
    public RecordEndReason? Reason { get; private set; }
    public Instant StartedAt { get; private set; }

    /// <summary>The port's rate is known, or another one. The recording keeps the rate that it began with.</summary>
    public void Configure(int portRate)
    {
        if (_rate == 0) Prepare(portRate > Limits.NarrowRate ? Limits.RecordRate : Limits.NarrowRate);
        _inResampler = portRate == _rate ? null : new(portRate, _rate);
        _outResampler = portRate == _rate ? null : new(portRate, _rate);
    }

    /// <summary>The first tick that is recorded.</summary>
    public void Begin(Instant beat)
    {
        _line = new(tracks: 2, _rate);
        _line.Begin(beat);
        StartedAt = beat;
        ring.Begin(_rate);
        if (plan.MaximumLength is { } most) _most = (long)(most.TotalSeconds * _rate);
        if (plan.SilenceLimit is { } limit) _voice.Watch((int)limit.TotalMilliseconds);
    }

    /// <summary>A tick of what the party said.</summary>
    /// <param name="captured">When; what was held up for longer than the recording waits is laid where there is still room.</param>
    public void Hear(CaptureMoment captured, Instant beat, ReadOnlySpan<short> samples)
    {
        if (plan.Track is RecordTrack.Outbound || !IsKept(captured.At)) return;
        Put(Inbound, captured.At > beat - Lag ? captured : captured with { At = beat - Lag }, samples, _inResampler);
    }

    /// <summary>A tick of what the party is given to hear.</summary>
    public void Say(CaptureMoment captured, ReadOnlySpan<short> samples)
    {
        if (plan.Track is not RecordTrack.Inbound && IsKept(captured.At)) Put(Outbound, captured, samples, _outResampler);
    }

    /// <summary>A tick of what a whole room says: on both sides, where there are two.</summary>
    public void Mix(Instant at, ReadOnlySpan<short> samples)
    {
        if (!IsKept(at)) return;
        Put(Outbound, new(at), samples, _outResampler);
        if (ring.Channels > 1) Put(Inbound, new(at), samples, _inResampler);
    }

    /// <summary>Gives away what no late sound can change any more.</summary>
    public void Advance(Instant beat)
    {
        if (_line is null || IsPaused || Reason is not null) return;
        if (ring.IsBroken) End(RecordEndReason.Failed, beat);
        else if (_kept + _line.At(beat) - _line.Taken >= _most) End(RecordEndReason.MaxLength, beat);
        else Flush(_line.At(beat - Lag), beat);
    }

    /// <param name="isSilent">Its time goes on, and what comes is silence in it.</param>
    public void Pause(bool isSilent, Instant beat)
    {
        if (IsPaused || Reason is not null) return;
        _isSilent = isSilent;
        if (isSilent) return;
        Flush(_line?.At(beat) ?? 0, beat);
        IsPaused = true;
    }

    public void Resume(Instant beat)
    {
        if (_isSilent) (_isSilent, _heardFrom) = (false, beat);
        if (!IsPaused) return;
        IsPaused = false;
        _line?.Begin(beat);
    }

    /// <summary>Nothing is recorded any more; only the first reason counts.</summary>
    public void End(RecordEndReason reason, Instant beat)
    {
        if (Reason is not null) return;
        if (reason is not RecordEndReason.Failed && _line is not null && !IsPaused) Flush(_line.At(beat), beat);
        Reason ??= reason;
        ring.End();
    }

    private void Prepare(int rate)
    {
        _rate = rate;
        int tick = rate * Limits.TickMilliseconds / 1000;
        (_resampled, _first, _second, _output) = (new short[2 * tick], new short[tick], new short[tick], new short[2 * tick]);
    }

    private bool IsKept(Instant captured) => !_isSilent && captured >= _heardFrom;

    private void Put(int track, CaptureMoment captured, ReadOnlySpan<short> samples, Resampler? resampler)
    {
        if (_line is null || IsPaused || samples.IsEmpty) return;
        if (resampler is not null) samples = _resampled.AsSpan(0, resampler.Process(samples, _resampled));
        _line.Put(track, captured.At, samples, captured.IsAnew);
    }

    private void Flush(long limit, Instant beat)
    {
        while (Reason is null && _kept < _most && _line is not null && _line.TryTake(limit, _first, _second))
        {
            var mixed = _output.AsSpan(0, _first.Length);
            for (int i = 0; i < mixed.Length; i++) mixed[i] = (short)Math.Clamp(_first[i] + _second[i], short.MinValue, short.MaxValue);
            // A pause is nobody's silence.
            bool isOver = _voice.IsOn && !_isSilent && _voice.Handle(mixed) && !_voice.IsTalking;
            int samples = (int)Math.Min(_first.Length, _most - _kept);
            if (!ring.TryWrite(Output(samples)))
            {
                End(RecordEndReason.Failed, beat);
                return;
            }
            _kept += samples;
            if (!isOver) continue;
            Reason = RecordEndReason.Silence;
            ring.End();
        }
    }

    /// <summary>The mix, which is there already, or both tracks in turn.</summary>
    private ReadOnlySpan<short> Output(int samples)
    {
        if (ring.Channels == 1) return _output.AsSpan(0, samples);
        for (int i = 0; i < samples; i++) (_output[2 * i], _output[2 * i + 1]) = (_first[i], _second[i]);
        return _output.AsSpan(0, 2 * samples);
    }
}
