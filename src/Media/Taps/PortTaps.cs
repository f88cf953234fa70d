using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Taps;

/// <summary>The taps of one port.</summary>
internal sealed class PortTaps
{
    private readonly List<PortTap> _all = [];
    private readonly short[] _sum = new short[Limits.FrameSamples], _samples = new short[Limits.FrameSamples];
    private Codec? _codec;
    private IAudioDecoder? _decoder;
    private IAudioEncoder? _encoder;

    public bool IsOn => _all.Count > 0;

    /// <summary>Somebody is given what the party hears.</summary>
    public bool WantsHeard { get; private set; }

    /// <param name="codec">Of the port's frames.</param>
    public void Configure(Codec codec)
    {
        (_codec, _decoder, _encoder) = (codec, null, null);
        foreach (var tap in _all) Configure(tap, codec);
    }

    public void Open(TapMemory memory)
    {
        var tap = new PortTap(memory);
        _all.Add(tap);
        WantsHeard |= tap.WantsHeard;
        if (_codec is { } codec) Configure(tap, codec);
    }

    public void Close(Guid id)
    {
        WantsHeard = false;
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].Id == id)
            {
                _all[i].End();
                _all.RemoveAt(i);
            }
            else WantsHeard |= _all[i].WantsHeard;
        }
    }

    /// <summary>What the party says in this tick; empty when nothing is expected of it.</summary>
    public void Hear(ReadOnlySpan<short> samples)
    {
        foreach (var tap in _all) tap.Hear(samples);
    }

    /// <summary>What it is given to hear.</summary>
    public void Say(ReadOnlySpan<short> samples)
    {
        foreach (var tap in _all) tap.Say(samples);
    }

    /// <summary>What comes in by the taps, over what plays in this tick already.</summary>
    /// <param name="frame">What is sent in this tick, where <paramref name="hasFrame"/> says that something is.</param>
    public void Mix(Span<byte> frame, Codec codec, ref bool hasFrame)
    {
        if (_all.Count == 0 || _encoder is not { } encoder || _decoder is not { } decoder) return;
        var sum = _sum.AsSpan(0, codec.FrameSamples);
        bool isAny = false;
        foreach (var tap in _all)
        {
            var into = isAny ? _samples.AsSpan(0, codec.FrameSamples) : sum;
            if (!tap.TryRead(into)) continue;
            if (isAny) Mixing.Over(sum, into);
            isAny = true;
        }
        if (!isAny) return;
        if (hasFrame)
        {
            var under = _samples.AsSpan(0, codec.FrameSamples);
            decoder.Decode(frame, under);
            Mixing.Over(sum, under);
        }
        encoder.Encode(sum, frame);
        hasFrame = true;
    }

    /// <summary>The tick is over.</summary>
    public void Advance(Instant beat)
    {
        foreach (var tap in _all) tap.Advance(beat);
    }

    /// <summary>The port closes.</summary>
    public void Reset()
    {
        foreach (var tap in _all) tap.End();
        _all.Clear();
        (_codec, _decoder, _encoder, WantsHeard) = (null, null, null, false);
    }

    private void Configure(PortTap tap, Codec codec)
    {
        tap.Configure(codec.SampleRate);
        if (tap.Injects && _encoder is null) (_decoder, _encoder) = (codec.CreateDecoder(), codec.CreateEncoder());
    }
}
