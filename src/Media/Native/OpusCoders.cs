using Ringwright.Core;
using static Ringwright.Media.Native.OpusLibrary;

namespace Ringwright.Media.Native;

/// <summary>Speech at 24 kbit/s, or what the peer takes. One frame of 20 ms each time.</summary>
internal sealed unsafe class OpusEncoder : IAudioEncoder, IPlannedEncoder, IDisposable
{
    private const int BitsPerSecond = 24_000, Complexity = 2;
    /// <summary>How much loss the redundancy is for, when the peer wants it.</summary>
    private const int ExpectedLossPercent = 10;

    private readonly OpusHandle _state = OpusHandle.Encoder();
    /// <summary>Samples a second that the peer wants, and that hold all that is said.</summary>
    private int _playbackRate = SampleRate, _spokenRate = SampleRate, _bandwidth;

    public OpusEncoder()
    {
        _ = opus_encoder_ctl(_state, SetBitrate, BitsPerSecond);
        _ = opus_encoder_ctl(_state, SetComplexity, Complexity);
    }

    public void Follow(StreamPlan plan)
    {
        _ = opus_encoder_ctl(_state, SetInbandFec, plan.WantsRedundancy ? 1 : 0);
        _ = opus_encoder_ctl(_state, SetPacketLossPercent, plan.WantsRedundancy ? ExpectedLossPercent : 0);
        _ = opus_encoder_ctl(_state, SetBitrate, Math.Min(BitsPerSecond, plan.MostBitsPerSecond));
        _playbackRate = plan.PlaybackRate;
        LimitBandwidth();
    }

    public void Follow(int spokenRate)
    {
        int rate = spokenRate == 0 ? SampleRate : spokenRate;
        if (rate == _spokenRate) return;
        _spokenRate = rate;
        LimitBandwidth();
    }

    public int Encode(ReadOnlySpan<short> samples, Span<byte> into)
    {
        fixed (short* from = samples)
        fixed (byte* to = into) return Math.Max(0, opus_encode(_state, from, samples.Length, to, into.Length));
    }

    public void Dispose() => _state.Dispose();

    /// <summary>
    /// What the far end does not play, or nobody said, is not worth twice the work of narrowband. The library would fade from one to the
    /// other for five seconds; who speaks changes at once, so we begin anew.
    /// </summary>
    private void LimitBandwidth()
    {
        int bandwidth = Math.Min(_playbackRate, _spokenRate) switch { < 12_000 => Narrowband, < 16_000 => Mediumband, _ => Wideband };
        if (bandwidth == _bandwidth) return;
        _bandwidth = bandwidth;
        _ = opus_encoder_ctl(_state, SetMaxBandwidth, bandwidth);
        _ = opus_encoder_ctl(_state, ResetState, 0);
    }
}

/// <summary>Decodes at our rate whatever the packet's own, and makes up what was lost better than a repeated pitch does.</summary>
internal sealed unsafe class OpusDecoder : IAudioDecoder, IConcealingDecoder, IDisposable
{
    private readonly OpusHandle _state = OpusHandle.Decoder();

    public int Decode(ReadOnlySpan<byte> payload, Span<short> into)
    {
        fixed (byte* packet = payload)
        fixed (short* to = into)
        {
            int samples = opus_decode(_state, packet, payload.Length, to, into.Length, 0);
            if (samples >= 0) return samples;
        }
        into.Clear();
        return into.Length;
    }

    public void Conceal(Span<short> into)
    {
        fixed (short* to = into)
        {
            // It makes up multiples of 2.5 ms only.
            int whole = into.Length / (SampleRate / 400) * (SampleRate / 400);
            int made = whole == 0 ? 0 : Math.Max(0, opus_decode(_state, null, 0, to, whole, 0));
            into[made..].Clear();
        }
    }

    public void Dispose() => _state.Dispose();
}
