using Ringwright.Core;

namespace Ringwright.Media.Dsp;

/// <summary>What is done to one direction of a port's sound.</summary>
/// <param name="Pitch">Null leaves it.</param>
internal readonly record struct VoiceTerms(double? Pitch, bool SuppressesNoise)
{
    public bool IsNone => Pitch is null && !SuppressesNoise;

    public static VoiceTerms OfSaid(StreamPlan plan) => new(plan.Sound is { IsOfSaid: true } sound ? sound.Pitch : null,
        plan.Suppression is { IsOfSaid: true });

    public static VoiceTerms OfHeard(StreamPlan plan) => new(plan.Sound is { IsOfHeard: true } sound ? sound.Pitch : null,
        plan.Suppression is { IsOfHeard: true });
}

/// <summary>
/// Does it: noise goes first, so that it is not taken for what it was shifted to. Off, which is the rule, it holds and does nothing.
/// What stays on while the other is switched goes on without a gap.
/// </summary>
internal sealed class VoiceChange
{
    private VoiceTerms _terms;
    private int _rate;
    private PitchShifter? _shifter;
    private NoiseSuppressor? _suppressor;

    public bool IsOn => _shifter is not null || _suppressor is not null;

    public TimeSpan Delay => (_shifter?.Delay ?? TimeSpan.Zero) + (_suppressor is null ? TimeSpan.Zero : NoiseSuppressor.Delay);

    /// <param name="rate">Samples a second.</param>
    public void Configure(int rate)
    {
        if (rate == _rate) return;
        (_rate, _shifter, _suppressor) = (rate, null, null);
        Prepare(_terms);
    }

    public void Follow(VoiceTerms terms)
    {
        if (terms.Pitch != _terms.Pitch) _shifter = null;
        if (!terms.SuppressesNoise) _suppressor = null;
        _terms = terms;
        Prepare(terms);
    }

    public void Clear()
    {
        _suppressor?.Clear();
        _shifter?.Clear();
    }

    public void Reset() => (_terms, _rate, _shifter, _suppressor) = (default, 0, null, null);

    /// <summary>20 ms, while it is on. The two may be one.</summary>
    /// <param name="isVoice">False for sounds, of which none is noise.</param>
    public void Process(ReadOnlySpan<short> samples, Span<short> into, bool isVoice = true)
    {
        if (_suppressor is not null && isVoice)
        {
            _suppressor.Process(samples, into);
            samples = into;
        }
        if (_shifter is not null) _shifter.Process(samples, into);
        else if (samples != into) samples.CopyTo(into);
    }

    private void Prepare(VoiceTerms terms)
    {
        if (_rate == 0) return;
        if (terms.Pitch is { } pitch) _shifter ??= new(pitch, _rate);
        if (terms.SuppressesNoise) _suppressor ??= new(_rate);
    }
}
