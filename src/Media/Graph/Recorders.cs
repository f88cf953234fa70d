using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Media.Taps;

namespace Ringwright.Media.Graph;

/// <summary>The recordings of one port, the beep that may go before one, and the taps, which are given the same.</summary>
internal sealed class Recorders
{
    private const int BeepHertz = 1_000, BeepTicks = 20, ShortBeepTicks = 10;
    /// <summary>The tone's last tick lets it fall away.</summary>
    private const int BeepFallTicks = 1;

    private readonly List<Recorder> _all = [];
    private readonly ToneSource _beep = new();
    /// <summary>Empty until something is recorded or tapped.</summary>
    private short[] _said = [];
    private IAudioDecoder? _decoder;
    private Codec? _codec;
    private int _saidSamples, _beepTicks;

    public bool IsOn => _all.Count > 0 || Taps.IsOn;

    /// <summary>What a bridged peer says is wanted too.</summary>
    public bool WantsPeer => _all.Count > 0 || Taps.WantsHeard;

    public PortTaps Taps { get; } = new();

    public void Configure(Codec codec)
    {
        _codec = codec;
        _beep.Configure(codec);
        _decoder = IsOn ? codec.CreateDecoder() : null;
        Taps.Configure(codec);
        foreach (var recorder in _all) recorder.Configure(codec.SampleRate);
    }

    public void Start(RecordPlan plan, RecordRing ring)
    {
        var recorder = new Recorder(plan, ring);
        _all.Add(recorder);
        Prepare();
        if (_codec is not { } codec) return;
        recorder.Configure(codec.SampleRate);
        _decoder ??= codec.CreateDecoder();
        if (plan.Beeps) Beep(BeepTicks);
    }

    public void OpenTap(TapMemory memory)
    {
        Taps.Open(memory);
        Prepare();
        _decoder ??= _codec?.CreateDecoder();
    }

    private void Prepare()
    {
        if (_said.Length == 0) _said = new short[Limits.FrameSamples];
    }

    /// <summary>A beep for its own sake.</summary>
    public void Beep() => Beep(ShortBeepTicks);

    /// <summary>The next tick is the beep's.</summary>
    public bool IsBeeping => _beepTicks > 0;

    private void Beep(int ticks)
    {
        _beepTicks = ticks;
        _beep.Start(BeepHertz, 0);
    }

    /// <summary>Of the three below, one that nobody knows is over already.</summary>
    public void Stop(Guid id, Instant beat) => Find(id)?.End(RecordEndReason.Stopped, beat);

    public void Pause(Guid id, bool isSilent, Instant beat) => Find(id)?.Pause(isSilent, beat);

    public void Resume(Guid id, Instant beat) => Find(id)?.Resume(beat);

    private Recorder? Find(Guid id)
    {
        foreach (var recorder in _all)
            if (recorder.Plan.Id == id) return recorder;
        return null;
    }

    /// <summary>True when this tick belongs to the beep.</summary>
    public bool TryBeep(Span<byte> frame)
    {
        if (_beepTicks == 0) return false;
        if (--_beepTicks == BeepFallTicks) _beep.Stop();
        return _beep.TryRead(frame);
    }

    /// <summary>This frame is sent, and it comes from nobody else's port.</summary>
    public void Said(ReadOnlySpan<byte> frame) => _saidSamples = IsOn && _decoder is { } decoder ? decoder.Decode(frame, _said) : 0;

    /// <summary>The same of what comes from a room.</summary>
    public void Said(ReadOnlySpan<short> samples)
    {
        if (!IsOn) return;
        samples.CopyTo(_said);
        _saidSamples = samples.Length;
    }

    /// <summary>One tick of each recording and tap of a whole room.</summary>
    public void TickMix(ReadOnlySpan<short> mix, Instant beat)
    {
        foreach (var recorder in _all)
        {
            Begin(recorder, beat);
            recorder.Mix(beat, mix);
            recorder.Advance(beat);
        }
        Taps.Say(mix);
        Taps.Advance(beat);
    }

    /// <summary>One tick of each recording and tap.</summary>
    /// <param name="heard">What the party said; empty when nothing is expected of it.</param>
    /// <param name="captured">When it did.</param>
    /// <param name="peer">What a bridged party said, from its own port.</param>
    public void Tick(ReadOnlySpan<short> heard, CaptureMoment captured, StampedFrames? peer, Instant beat)
    {
        var said = _said.AsSpan(0, _saidSamples);
        foreach (var recorder in _all)
        {
            Begin(recorder, beat);
            recorder.Hear(captured, beat, heard);
            recorder.Say(new(beat), said);
        }
        Taps.Say(said);
        // While we speak ourselves the peer is not heard.
        if (_saidSamples > 0) peer?.Clear();
        for (; peer is not null && peer.TryPeek(out var at, out var samples); peer.Advance())
        {
            foreach (var recorder in _all) recorder.Say(at, samples);
            Taps.Say(samples);
        }
        Taps.Advance(beat);
        foreach (var recorder in _all) recorder.Advance(beat);
        _saidSamples = 0;
    }

    private void Begin(Recorder recorder, Instant beat)
    {
        bool waits = recorder.Plan.Beeps && _beepTicks > 0;
        if (!recorder.HasBegun && !waits && _codec is not null) recorder.Begin(beat);
    }

    /// <summary>The next recording that is over; it is forgotten.</summary>
    public bool TryTakeEnded(out Recorder ended)
    {
        for (int i = 0; i < _all.Count; i++)
        {
            ended = _all[i];
            if (ended.Reason is null) continue;
            _all.RemoveAt(i);
            if (!IsOn) _decoder = null;
            return true;
        }
        ended = null!;      // nobody looks at it then
        return false;
    }

    /// <summary>The port closes.</summary>
    public void EndAll(Instant beat)
    {
        foreach (var recorder in _all) recorder.End(RecordEndReason.Hangup, beat);
    }

    public void Reset()
    {
        Taps.Reset();
        (_codec, _decoder, _saidSamples, _beepTicks) = (null, null, 0, 0);
    }
}
