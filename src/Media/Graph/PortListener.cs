using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

/// <summary>
/// What a port hears: one tick of samples out of the jitter buffer, whatever the packets' length, with losses filled in.
/// While nobody listens the packets are only counted off, not decoded.
/// </summary>
internal sealed class PortListener(JitterBuffer buffer, ComfortNoise noise)
{
    /// <summary>Made when somebody listens, which nobody does on most calls for most of the time.</summary>
    private short[] _queue = [];
    private Concealer? _concealer;
    private readonly short[] _tick = new short[Limits.FrameSamples];
    /// <summary>Empty until the party's voice is changed.</summary>
    private short[] _changed = [];
    private readonly VoiceChange _change = new();
    private readonly OtherVoice _others = new();
    private Codec? _codec;
    /// <summary>Of the packet that was heard last, where it is not the port's own: its codec's place in <see cref="Codecs.All"/>.</summary>
    private byte? _other;
    private IAudioDecoder? _decoder;
    private int _queued, _lastPacketSamples, _said;
    /// <summary>Samples played since the packet before, itself included.</summary>
    private long _passed;
    private bool _wasWanted, _isAnew;
    private CaptureClock _clock;
    private Instant _next;

    /// <summary>This tick's audio; silence when nothing came.</summary>
    public ReadOnlySpan<short> Samples => (_change.IsOn ? _changed : _tick).AsSpan(0, _codec?.FrameSamples ?? 0);

    /// <summary>The same as it came, for what has to recognise it.</summary>
    public ReadOnlySpan<short> Plain => _tick.AsSpan(0, _codec?.FrameSamples ?? 0);

    /// <summary>
    /// The first of <see cref="Samples"/>, without what was made up in place of a packet that is only late: its sound comes yet.
    /// </summary>
    public int Said => _said;

    /// <summary>All of this tick is the background that the party describes while it says nothing.</summary>
    public bool IsNoise { get; private set; }

    /// <summary>When this tick's audio was captured; the time on the network is not in it.</summary>
    public CaptureMoment Captured { get; private set; }

    /// <summary>Ticks that were made up.</summary>
    public long ConcealedFrames => _concealer?.Frames ?? 0;

    public void Configure(Codec codec)
    {
        (_decoder as IDisposable)?.Dispose();
        (_codec, _decoder, _queued, _lastPacketSamples, _said, _clock) = (codec, codec.CreateDecoder(), 0, codec.FrameSamples, 0, default);
        _concealer?.Start(codec.SampleRate);
        _others.Configure(codec.SampleRate);
        _other = null;
        Array.Clear(_tick);
        Array.Clear(_changed);
        _change.Configure(codec.SampleRate);
        PrepareChange();
    }

    /// <summary>What becomes of the party's voice from now on. Another codec changes nothing about it.</summary>
    public void Follow(VoiceTerms terms)
    {
        _change.Follow(terms);
        PrepareChange();
    }

    /// <summary>Nothing is expected to come: what was heard last must not be heard again.</summary>
    public void Clear()
    {
        (_queued, _said) = (0, 0);
        Array.Clear(_tick);
        Array.Clear(_changed);
        _change.Clear();
    }

    public void Reset()
    {
        (_decoder as IDisposable)?.Dispose();
        (_codec, _decoder, _queued, _said, _wasWanted, _clock, _other) = (null, null, 0, 0, false, default, null);
        _others.Dispose();
        _change.Reset();
        _concealer?.Reset();
    }

    /// <summary>Moves on by one tick.</summary>
    /// <param name="isWanted">Somebody listens: decode.</param>
    public void Tick(bool isWanted, Instant now)
    {
        if (_codec is null || _decoder is null) return;
        if (isWanted && !_wasWanted)
        {
            if (_queue.Length == 0) _queue = new short[Limits.PacketSamples + Limits.FrameSamples];
            else Array.Clear(_queue);
            (_concealer ??= new()).Start(_codec.SampleRate);
            _change.Clear();
        }
        _wasWanted = buffer.KeepsSound = isWanted;

        int frame = _codec.FrameSamples;
        (_said, _isAnew) = (frame, false);
        bool isNoise = _queued == 0;
        while (_queued < frame)
        {
            var popped = buffer.Pop(now, out var payload);
            if (popped is Popped.Audio) Tell(buffer.PoppedFormat);
            int samples = popped is Popped.Audio ? _other is { } other ? _others.Samples(other, payload) : SamplesOf(_codec, payload)
                : popped is Popped.Lost ? _lastPacketSamples : frame - _queued;
            if (isWanted) Fill(popped, payload, _queue.AsSpan(_queued, samples), _concealer!);      // made when it was first wanted
            isNoise &= noise.IsOn && popped is Popped.Waiting or Popped.Late;
            if (popped is Popped.Audio) Date(samples);
            if (popped is Popped.Late or Popped.Waiting) _said = _queued;
            else _passed += samples;
            _queued += samples;
        }
        IsNoise = isNoise;
        Captured = new(_next, _isAnew);
        _next += Length(_said);
        _queued -= frame;
        if (!isWanted) return;
        _queue.AsSpan(0, frame).CopyTo(_tick);
        _queue.AsSpan(frame, _queued).CopyTo(_queue);
        if (!_change.IsOn) return;
        _change.Process(Plain, _changed);
        Captured = Captured with { At = Captured.At - _change.Delay };
    }

    private void PrepareChange()
    {
        if (_change.IsOn && _changed.Length == 0) _changed = new short[Limits.FrameSamples];
    }

    /// <summary>The peer may change its codec within what was agreed, from one packet to the next.</summary>
    private void Tell(byte format)
    {
        byte? other = ReferenceEquals(Codecs.All[format], _codec) ? null : format;
        if (other == _other) return;
        int before = ClockRate;
        _other = other;
        if (ClockRate != before) _clock = default;
    }

    private int ClockRate => _other is { } other ? Codecs.All[other].ClockRate : _codec!.ClockRate;     // there while it ticks

    /// <summary>A packet's first sample was captured its length before it was sent, and is played behind what is queued.</summary>
    private void Date(int samples)
    {
        // What was known of another stream's way here says nothing of this one's, and may be seconds off.
        if (buffer.PoppedFirst) (_clock, _isAnew) = (default, true);
        _next = _clock.Take(buffer.PoppedTimestamp, buffer.PoppedArrival, Length(_passed), ClockRate) - Length(_queued + samples);
        (_passed, _lastPacketSamples) = (0, samples);
    }

    // there while it ticks
    private TimeSpan Length(long samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / _codec!.SampleRate);

    /// <summary>A packet that says nonsense of itself takes a tick, and one that says too much no more than there is room for.</summary>
    private static int SamplesOf(Codec codec, ReadOnlySpan<byte> payload) => Math.Clamp(codec.Samples(payload), 1, Limits.PacketSamples);

    private void Fill(Popped popped, ReadOnlySpan<byte> payload, Span<short> into, Concealer concealer)
    {
        switch (popped)
        {
            case Popped.Audio when buffer.PoppedWhole && _other is { } other:
                _others.Decode(other, payload, into);
                concealer.Heard(into);
                break;
            case Popped.Audio when buffer.PoppedWhole:
                _decoder!.Decode(payload, into);   // Configure made both or neither.
                if (_decoder is not IConcealingDecoder) concealer.Heard(into);
                break;
            case Popped.Waiting or Popped.Late when noise.IsOn:
                noise.Read(into);
                break;
            case Popped.Lost or Popped.Late when _other is null && _decoder is IConcealingDecoder concealing:
                concealing.Conceal(into);
                break;
            case Popped.Lost or Popped.Late:
                concealer.Conceal(into);
                break;
            default:
                into.Clear();
                break;
        }
    }
}
