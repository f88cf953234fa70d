using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

/// <summary>
/// What a port hears: one tick of samples out of the jitter buffer, whatever the packets' length, with losses filled in.
/// While nobody listens the packets are only counted off, not decoded.
/// </summary>
internal sealed class Listener(JitterBuffer buffer)
{
    private readonly short[] _queue = new short[Limits.PacketSamples + Limits.FrameSamples];
    private readonly short[] _tick = new short[Limits.FrameSamples];
    private readonly Concealer _concealer = new();
    private Codec? _codec;
    private IAudioDecoder? _decoder;
    private int _queued, _lastPacketSamples;
    private bool _wasWanted;
    private DelayMeter _delay;

    /// <summary>This tick's audio; silence when nothing came.</summary>
    public ReadOnlySpan<short> Samples => _tick.AsSpan(0, _codec?.FrameSamples ?? 0);

    /// <summary>How long ago, seen from the tick, its audio was captured; the time on the network is not in it.</summary>
    public TimeSpan Delay => _delay.Delay;

    /// <summary>Ticks that were made up.</summary>
    public long ConcealedFrames => _concealer.Frames;

    public void Configure(Codec codec)
    {
        (_decoder as IDisposable)?.Dispose();
        (_codec, _decoder, _queued, _lastPacketSamples, _delay) = (codec, codec.CreateDecoder(), 0, codec.FrameSamples, default);
        _concealer.Start(codec.SampleRate);
        Array.Clear(_tick);
    }

    /// <summary>Nothing is expected to come: what was heard last must not be heard again.</summary>
    public void Clear()
    {
        _queued = 0;
        Array.Clear(_tick);
    }

    public void Reset()
    {
        (_decoder as IDisposable)?.Dispose();
        (_codec, _decoder, _queued, _wasWanted, _delay) = (null, null, 0, false, default);
        _concealer.Reset();
    }

    /// <summary>Moves on by one tick.</summary>
    /// <param name="isWanted">Somebody listens: decode.</param>
    /// <param name="beat">When the tick was due.</param>
    public void Tick(bool isWanted, Instant now, Instant beat)
    {
        if (_codec is null || _decoder is null) return;
        if (isWanted && !_wasWanted)
        {
            Array.Clear(_queue);
            _concealer.Start(_codec.SampleRate);
        }
        _wasWanted = isWanted;

        int frame = _codec.FrameSamples;
        while (_queued < frame)
        {
            var popped = buffer.Pop(now, out var payload);
            var room = _queue.AsSpan(_queued);
            int samples = popped is Popped.Audio ? SamplesOf(_codec, payload) : popped is Popped.Lost ? _lastPacketSamples : frame - _queued;
            if (isWanted) Fill(popped, payload, room[..samples]);
            if (popped is Popped.Audio)
            {
                _lastPacketSamples = Math.Max(1, samples);
                // Its first sample was captured a packet's length before it was sent, and is played behind what is queued.
                _delay.Add(beat - buffer.PoppedArrival + TimeSpan.FromSeconds((double)(_queued + samples) / _codec.SampleRate));
            }
            _queued += samples;
        }
        _queue.AsSpan(0, frame).CopyTo(_tick);
        _queue.AsSpan(frame, _queued - frame).CopyTo(_queue);
        _queued -= frame;
    }

    /// <summary>A packet that says nonsense of itself takes a tick, and one that says too much no more than there is room for.</summary>
    private static int SamplesOf(Codec codec, ReadOnlySpan<byte> payload) => Math.Clamp(codec.Samples(payload), 1, Limits.PacketSamples);

    private void Fill(Popped popped, ReadOnlySpan<byte> payload, Span<short> into)
    {
        switch (popped)
        {
            case Popped.Audio:
                _decoder!.Decode(payload, into);   // Configure made both or neither.
                if (_decoder is not IConcealingDecoder) _concealer.Heard(into);
                break;
            case Popped.Lost or Popped.Late when _decoder is IConcealingDecoder concealing:
                concealing.Conceal(into);
                break;
            case Popped.Lost or Popped.Late:
                _concealer.Conceal(into);
                break;
            default:
                into.Clear();
                break;
        }
    }
}
