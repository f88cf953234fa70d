using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Taps;

/// <summary>The taps of one port.</summary>
internal sealed class PortTaps
{
    private readonly List<PortTap> _all = [];
    private short[] _samples = [], _saying = [];
    /// <summary>
    /// What enters in this tick; null while nothing can. Gone with the last tap that injects, so that what it brought is not heard again.
    /// </summary>
    private Injected? _forParty, _asParty;
    private Codec? _codec;
    private IAudioDecoder? _decoder;
    private IAudioEncoder? _encoder;

    public bool IsOn => _all.Count > 0;

    /// <summary>Somebody is given what the party hears.</summary>
    public bool WantsHeard { get; private set; }

    /// <summary>What others hear of the party is not what it says alone.</summary>
    public bool AddsToSaid { get; private set; }

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
        Note();
        if (_codec is { } codec) Configure(tap, codec);
    }

    public void Close(Guid id)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].Id != id) continue;
            _all[i].End();
            _all.RemoveAt(i);
        }
        Note();
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

    /// <summary>The tick begins: takes what enters in it, once for all who are to hear it.</summary>
    /// <param name="isHeld">The party hears something else in this tick, and nothing that enters for it may be lost.</param>
    public void Take(int frameSamples, bool isHeld)
    {
        if (_forParty is null || _asParty is null) return;
        _forParty.Clear();
        _asParty.Clear();
        var samples = _samples.AsSpan(0, frameSamples);
        foreach (var tap in _all)
        {
            if (_codec is null || isHeld && tap.IsForParty || !tap.TryRead(samples)) continue;
            if (tap.IsForParty) _forParty.Add(samples);
            if (tap.IsAsParty) _asParty.Add(samples);
        }
    }

    /// <summary>What others hear of the party in this tick: what it says, and what enters as if it had.</summary>
    public ReadOnlySpan<short> Speak(ReadOnlySpan<short> said)
    {
        if (_asParty is not { IsAny: true }) return said;
        var saying = _saying.AsSpan(0, said.Length);
        said.CopyTo(saying);
        Mixing.Over(saying, _asParty.Samples(said.Length));
        return saying;
    }

    /// <summary>What enters for the party, over what plays in this tick already.</summary>
    /// <param name="frame">What is sent in this tick, where <paramref name="hasFrame"/> says that something is.</param>
    public void Mix(Span<byte> frame, Codec codec, ref bool hasFrame)
    {
        if (_forParty is not { IsAny: true } || _encoder is not { } encoder || _decoder is not { } decoder) return;
        var sum = _forParty.Samples(codec.FrameSamples);
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
        (_codec, _decoder, _encoder) = (null, null, null);
        Note();
    }

    /// <summary>Other taps than before: what that means for each tick.</summary>
    private void Note()
    {
        bool injects = false;
        (WantsHeard, AddsToSaid) = (false, false);
        foreach (var tap in _all)
        {
            WantsHeard |= tap.WantsHeard;
            AddsToSaid |= tap.IsAsParty;
            injects |= tap.Injects;
        }
        if (injects == _forParty is not null) return;
        (_forParty, _asParty) = injects ? (new Injected(), new Injected()) : (null, null);
        (_samples, _saying) = injects ? (new short[Limits.FrameSamples], new short[Limits.FrameSamples]) : ([], []);
    }

    private void Configure(PortTap tap, Codec codec)
    {
        tap.Configure(codec.SampleRate);
        if (tap.Injects && _encoder is null) (_decoder, _encoder) = (codec.CreateDecoder(), codec.CreateEncoder());
    }

    /// <summary>The sum of what enters in one tick.</summary>
    private sealed class Injected
    {
        private readonly short[] _sum = new short[Limits.FrameSamples];

        public bool IsAny { get; private set; }

        public Span<short> Samples(int count) => _sum.AsSpan(0, count);

        public void Clear() => IsAny = false;

        public void Add(ReadOnlySpan<short> samples)
        {
            if (IsAny) Mixing.Over(Samples(samples.Length), samples);
            else samples.CopyTo(_sum);
            IsAny = true;
        }
    }
}
